import type { ConsumerInstanceName } from '#libs/consumers/consumer-registry.ts';
import type { InstanceFields } from '#libs/replicas/instance-store.ts';
import type { Scheduler } from '../engine/scheduler.ts';
import type { Place, Request } from '../http/operations.ts';
import type { CommitObserver } from '../kafka/simulated-broker.ts';
import type { StoreObserver } from '../store/simulated-store.ts';
import { aftermathMs } from './check-answer.ts';
import { GroupProgress } from './group-progress.ts';
import { SavedPositions } from './saved-positions.ts';
import type { Weather } from './weather.ts';

/** All that was seen, and what of it was wrong. */
export class History implements CommitObserver, StoreObserver {
  readonly violations: string[] = [];
  readonly #lines: string[] = [];
  readonly #groups = new Map<string, GroupProgress>();
  readonly #saved = new SavedPositions();
  readonly #listeners: ((request: Request) => void)[] = [];

  constructor(
    private readonly scheduler: Scheduler,
    private readonly weather: Weather,
    private readonly partitions: number,
    /** Whether what happens is kept, and not only whether it is right. */
    private readonly keepsLines: boolean,
  ) {}

  get lines(): readonly string[] {
    return this.#lines;
  }

  group(name: string): GroupProgress {
    const known = this.#groups.get(name);
    if (known !== undefined) return known;
    const group = new GroupProgress(this.partitions);
    this.#groups.set(name, group);
    return group;
  }

  note(text: () => string): void {
    if (this.keepsLines) this.#lines.push(`${this.scheduler.now.toFixed(1).padStart(9)} ${text()}`);
  }

  violation(text: string): void {
    this.note(() => `VIOLATION ${text}`);
    this.violations.push(`${text} (at ${this.scheduler.now.toFixed(1)} ms)`);
  }

  /** Whoever wants to strike when an answer has just gone out. */
  onHanded(listener: (request: Request) => void): void {
    this.#listeners.push(listener);
  }

  /**
   * An owner begins to answer. All that its client has got before is known to the store: else two answers would come
   * again if it died now.
   */
  begun({ name, requestId }: Request, records: readonly Place[]): void {
    const place = this.#saved.unknown(name, records);
    const since = this.scheduler.now - aftermathMs;
    if (place === undefined || this.weather.wasBad('store', since) || this.weather.wasBad('time', since))
      return;
    this.violation(
      `${requestId} is answered with ${place.partition}@${place.offset}, and the store does not know of what was before`,
    );
  }

  /** An answer was handed to the connection completely by the replica that has the client. */
  handed(request: Request, records: readonly Place[]): void {
    if (records.length === 0) return;
    this.note(() => `${request.requestId} handed out ${places(records)}`);
    this.group(request.name.group).hand(records);
    for (const listener of this.#listeners) listener(request);
  }

  /** The client has the whole answer. */
  received(request: Request, records: readonly Place[]): void {
    if (records.length === 0) return;
    const text = `${request.requestId} received ${places(records)}`;
    this.scheduler.mix(text);
    this.note(() => text);
    this.group(request.name.group).receive(records);
  }

  /** An answer had been handed out, and the client hung up before it came: nobody can know that in time. */
  excuse(request: Request, records: readonly Place[]): void {
    this.note(() => `${request.requestId} was handed out and not received: ${places(records)}`);
    this.group(request.name.group).excuse(records);
  }

  committed(group: string, partition: number, offset: number): void {
    this.scheduler.mix(`${group} ${partition} ${offset}`);
    this.note(() => `group ${group} has committed ${partition}@${offset}`);
    const missing = this.group(group).commit(partition, offset);
    if (missing === undefined) return;
    this.violation(`group ${group} committed ${partition}@${offset}, and ${missing} was handed to nobody`);
  }

  saved({ group, id }: ConsumerInstanceName, fields: InstanceFields): void {
    for (const [field, text] of fields) {
      const [, digits] = /^at:(\d+):/.exec(field) ?? [];
      if (digits === undefined) continue;
      const missing = this.group(group).missingBelow(Number(digits), Number(text));
      this.#saved.save({ group, id }, { partition: Number(digits), offset: Number(text) });
      this.note(() => `${id} of ${group} saved ${digits}@${text}`);
      if (missing !== undefined)
        this.violation(`${id} of ${group} saved ${digits}@${text}, and ${missing} was handed to nobody`);
    }
  }
}

function places(records: readonly Place[]): string {
  return records.map(({ offset, partition }) => `${partition}@${offset}`).join(' ');
}
