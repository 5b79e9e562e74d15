import type { Clock } from '../clock.ts';
import { consumerInstanceKey } from '../consumer-instance-key.ts';
import type { ConsumerInstanceOptions } from '../consumer-instance-options.ts';
import { ConsumerRegistry, type Claim, type ConsumerInstanceName } from '../consumer-registry.ts';

const markMs = 60_000;
const mostMarks = 10_000;

interface Entry {
  readonly epoch: number;
  readonly requestId: string | undefined;
}

interface Mark {
  readonly requestId: string;
  readonly until: number;
}

/** The registry of a proxy that is alone. */
export class MemoryConsumerRegistry extends ConsumerRegistry {
  override readonly isShared = false;
  readonly #entries = new Map<string, Entry>();
  /** Of removed instances, the oldest first. */
  readonly #marks = new Map<string, Mark>();
  #epoch = 0;

  constructor(private readonly clock: Clock) {
    super();
  }

  override create(options: ConsumerInstanceOptions, requestId: string | undefined): Promise<Claim> {
    const key = consumerInstanceKey(options);
    const taken = this.#entries.get(key);
    if (taken !== undefined) {
      const repeated = requestId !== undefined && taken.requestId === requestId;
      return Promise.resolve({ outcome: repeated ? 'repeated' : 'taken' });
    }
    this.#epoch += 1;
    this.#entries.set(key, { epoch: this.#epoch, requestId });
    return Promise.resolve({ outcome: 'created', epoch: this.#epoch });
  }

  override used(): void {
    // Nobody else would read it.
  }

  override changed(): void {
    // Nor this.
  }

  override saving(): undefined {
    return undefined;
  }

  override persist(): Promise<void> {
    return Promise.resolve();
  }

  override remove(
    name: ConsumerInstanceName,
    epoch: number,
    requestId: string | undefined,
  ): Promise<'removed'> {
    this.lost(name, epoch);
    if (requestId !== undefined) this.#mark(consumerInstanceKey(name), requestId);
    return Promise.resolve('removed');
  }

  override lost(name: ConsumerInstanceName, epoch: number): void {
    const key = consumerInstanceKey(name);
    if (this.#entries.get(key)?.epoch === epoch) this.#entries.delete(key);
  }

  override removedBy(name: ConsumerInstanceName, requestId: string): Promise<boolean> {
    const mark = this.#marks.get(consumerInstanceKey(name));
    return Promise.resolve(mark?.requestId === requestId && mark.until > this.clock.now());
  }

  #mark(key: string, requestId: string): void {
    const now = this.clock.now();
    this.#marks.delete(key);
    this.#marks.set(key, { requestId, until: now + markMs });
    for (const [oldest, { until }] of this.#marks) {
      if (until > now && this.#marks.size <= mostMarks) break;
      this.#marks.delete(oldest);
    }
  }
}
