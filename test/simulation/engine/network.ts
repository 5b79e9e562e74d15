import type { Random } from './random.ts';
import type { Scheduler } from './scheduler.ts';
import type { Host, SimulatedProcess } from './simulated-process.ts';

/** `refused`: nobody listens. `broken`: the other side died. `timeout`: no answer came in time; it may have been done. */
export type CallFailure = 'refused' | 'broken' | 'timeout';

export class CallFailedError extends Error {
  override readonly name = 'CallFailedError';

  constructor(readonly reason: CallFailure) {
    super(`No answer: ${reason}`);
  }
}

/** Carries messages: late, in any order, and not at all where it is cut. */
export class Network {
  readonly #cuts = new Map<string, number>();
  /** When what a process has sent over its one connection arrives at last. */
  readonly #arrivals = new WeakMap<SimulatedProcess, number>();
  /** How likely a message is lost where nothing is cut. */
  lossRate = 0;

  constructor(
    private readonly scheduler: Scheduler,
    private readonly random: Random,
  ) {}

  /** @returns mends it */
  cut(a: string, b: string): () => void {
    const key = linkOf(a, b);
    this.#cuts.set(key, (this.#cuts.get(key) ?? 0) + 1);
    let isCut = true;
    return () => {
      if (isCut) this.#cuts.set(key, (this.#cuts.get(key) ?? 0) - 1);
      isCut = false;
    };
  }

  isCut(a: string, b: string): boolean {
    return (this.#cuts.get(linkOf(a, b)) ?? 0) > 0;
  }

  /** Of one message. */
  delay(): number {
    return this.random.chance(0.03) ? this.random.between(5, 120) : this.random.between(0.1, 3);
  }

  /** Whether the message that is to be sent now does not arrive. */
  loses(from: Host, to: Host): boolean {
    return this.isCut(from.name, to.name) || (this.lossRate > 0 && this.random.chance(this.lossRate));
  }

  /**
   * A request and its answer.
   *
   * What is lost may still arrive, late, when the caller has given up: as packets do that are sent again.
   *
   * @param isOrdered all requests go over one connection: none overtakes another
   * @throws {CallFailedError}
   */
  call<T>(from: Host, to: Host, limitMs: number, serve: () => T | Promise<T>, isOrdered = false): Promise<T> {
    const { scheduler } = this;
    const caller = from.process;
    return new Promise((resolve, reject) => {
      let isOver = false;
      const end = (settle: () => void): void => {
        if (isOver) return;
        isOver = true;
        cancel();
        settle();
      };
      const fail = (reason: CallFailure): void => reject(new CallFailedError(reason));
      const cancel = scheduler.after(limitMs, () => end(() => fail('timeout')), caller);
      const back = (settle: () => void): void => {
        if (!this.loses(to, from)) scheduler.after(this.delay(), () => end(settle), caller);
      };
      const arrive = (): void => {
        const { process } = to;
        if (process?.isAlive !== true) back(() => fail('refused'));
        else this.#run(process, serve, back, resolve, reject, fail);
      };
      const inOrder = (ms: number): number =>
        isOrdered && caller !== undefined ? this.#inOrder(caller, ms) : ms;
      if (!this.loses(from, to)) scheduler.after(inOrder(this.delay()), arrive);
      else if (this.random.chance(0.4)) {
        const isStillCut = (): boolean => this.isCut(from.name, to.name);
        scheduler.after(inOrder(this.random.between(100, 4_000)), () => void (isStillCut() || arrive()));
      }
    });
  }

  /** @returns how long it takes when all that was sent before has to arrive first */
  #inOrder(caller: SimulatedProcess, ms: number): number {
    const { now } = this.scheduler;
    const at = Math.max(now + ms, (this.#arrivals.get(caller) ?? 0) + 0.001);
    this.#arrivals.set(caller, at);
    return at - now;
  }

  #run<T>(
    process: SimulatedProcess,
    serve: () => T | Promise<T>,
    back: (settle: () => void) => void,
    resolve: (value: T) => void,
    reject: (error: Error) => void,
    fail: (reason: CallFailure) => void,
  ): void {
    const forget = process.onEnd(() => back(() => fail('broken')));
    const work = async (): Promise<void> => {
      try {
        const value = await serve();
        back(() => resolve(value));
      } catch (error) {
        const failure = error instanceof Error ? error : new Error(String(error));
        back(() => reject(failure));
      } finally {
        forget();
      }
    };
    if (process.pausedUntil > this.scheduler.now) this.scheduler.after(0, () => void work(), process);
    else void work();
  }
}

const linkOf = (a: string, b: string): string => (a < b ? `${a} ${b}` : `${b} ${a}`);
