import type { SimulatedProcess } from '../engine/simulated-process.ts';
import { holdMs, type Answer, type Request } from './operations.ts';
import type { Surroundings } from '../surroundings.ts';

/** What becomes of the records in an answer. */
export interface AnswerFate {
  /** @param stillHas whether the client has not gone since, as far as its connection tells */
  confirm(stillHas?: () => Promise<boolean>): void;
  abandon(): void;
  hold(ms: number): void;
}

export type Outcome =
  /** `begunAt`: when its head went out; how long the rest takes is up to the client. */
  | { readonly outcome: 'answered'; readonly answer: Answer; readonly begunAt: number }
  /** No connection could be made. */
  | { readonly outcome: 'refused' }
  /** The connection ended before the answer did. */
  | { readonly outcome: 'broken' }
  | { readonly outcome: 'hung up' };

/**
 * One request of a client on its connection to a replica, and the answer.
 *
 * An answer that was handed to the connection completely arrives, also when the process dies then: the kernel sends it.
 */
export class Exchange {
  readonly outcome: Promise<Outcome>;
  readonly #tell: (outcome: Outcome) => void;
  readonly #gone = new AbortController();
  readonly #ended = Promise.withResolvers<void>();
  readonly #forget: () => void;
  #fate: AnswerFate | undefined;
  #answer: Answer | undefined;
  #hasHungUp = false;
  #isAnswered = false;
  #begunAt = 0;
  #isLarge = false;
  #isWritten = false;
  /** The connection has said that the client is gone. */
  #isLeft = false;
  #isClosed = false;
  #isToldOf = false;

  constructor(
    private readonly world: Surroundings,
    readonly request: Request,
    private readonly process: SimulatedProcess,
  ) {
    const { promise, resolve } = Promise.withResolvers<Outcome>();
    this.outcome = promise;
    this.#tell = (outcome): void => {
      this.#isToldOf = true;
      resolve(outcome);
    };
    this.#forget = process.onEnd(() => {
      if (!this.#isWritten) this.#toClient({ outcome: 'broken' });
    });
  }

  /** An answer has begun, or none will. */
  get isAnswered(): boolean {
    return this.#isAnswered || this.#isClosed;
  }

  /** The client is gone. */
  get signal(): AbortSignal {
    return this.#gone.signal;
  }

  /** Resolves when the connection is through with it. */
  get ended(): Promise<void> {
    return this.#ended.promise;
  }

  /**
   * The head of the answer goes out: nothing else can be answered.
   *
   * @param isLarge it is more than the connection takes at once
   */
  begin(fate: AnswerFate | undefined, isLarge = false): void {
    this.#isAnswered = true;
    this.#isLarge = isLarge;
    this.#begunAt = this.world.scheduler.now;
    this.#fate = fate;
  }

  /** Writes the answer, in as many pieces as the connection takes. */
  respond(answer: Answer, fate?: AnswerFate): void {
    if (this.isAnswered) {
      fate?.abandon();
      return;
    }
    this.begin(fate);
    this.complete(answer);
  }

  /** Writes all that comes after `begin`. */
  complete(answer: Answer): void {
    const { random } = this.world;
    this.#write(answer, random.chance(0.7) || answer.records.length === 0 ? 1 : random.int(2, 4));
  }

  /** Breaks the connection. */
  destroy(): void {
    if (this.#isWritten || this.#isClosed) return;
    this.#toClient({ outcome: 'broken' });
    this.#close();
  }

  /** The client closes the connection, whatever it has got of the answer. */
  hangUp(): void {
    if (this.#isToldOf) return;
    this.#tell({ outcome: 'hung up' });
    this.#hasHungUp = true;
    this.#excuse();
    this.world.scheduler.after(this.world.network.delay(), () => this.#brokenByClient(), this.process);
  }

  #write(answer: Answer, pieces: number): void {
    if (this.#isClosed) return;
    const { history, random, scheduler } = this.world;
    if (pieces > 1) {
      this.#fate?.hold(holdMs);
      const ms = random.chance(0.05) ? random.between(500, 3_000) : random.between(0.1, 60);
      scheduler.after(ms, () => this.#write(answer, pieces - 1), this.process);
      return;
    }
    this.#isWritten = true;
    history.handed(this.request, answer.records);
    this.#fate?.confirm(this.#isLarge ? () => Promise.resolve(!this.#isLeft) : undefined);
    this.#toClient({ outcome: 'answered', answer, begunAt: this.#begunAt });
    this.#answer = answer;
    this.#excuse();
    this.#end();
  }

  #brokenByClient(): void {
    if (this.#isClosed) return;
    this.#isLeft = true;
    if (this.#isWritten) this.#fate?.abandon();
    this.#close();
  }

  /** The answer is out, and nobody takes it: the next request may come before the replica hears of that. */
  #excuse(): void {
    if (this.#hasHungUp && this.#answer !== undefined) {
      this.world.history.excuse(this.request, this.#answer.records);
    }
  }

  #close(): void {
    this.#isClosed = true;
    if (!this.#isWritten) this.#fate?.abandon();
    this.#gone.abort();
    this.#end();
  }

  #end(): void {
    this.#forget();
    this.#ended.resolve();
  }

  #toClient(outcome: Outcome): void {
    const { network, scheduler } = this.world;
    scheduler.after(network.delay(), () => {
      if (!this.#isToldOf) this.#tell(outcome);
    });
  }
}
