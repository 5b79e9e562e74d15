import type { Placement } from '#libs/replicas/placement.ts';
import type { SimulatedProcess } from '../engine/simulated-process.ts';
import type { Surroundings } from '../surroundings.ts';
import type { Answer, Request } from './operations.ts';

/** What comes back from the replica that was asked. */
export type HopAnswer =
  | {
      readonly kind: 'answer';
      readonly answer: Answer;
      readonly deliveryId: string | undefined;
      readonly isDraining: boolean;
    }
  | { readonly kind: 'not-owner'; readonly holder: Placement | undefined };

/** What the replica hears that has sent the request on. */
export interface HopListener {
  /** The head of an answer is there; all of it comes with `ended`. */
  begun(deliveryId: string | undefined): void;
  ended(answer: HopAnswer): void;
  broken(): void;
  refused(): void;
}

const againMs = 250;

/**
 * One request on the connection between two replicas: what one side writes arrives in order, or not at all. What was on
 * its way when the other side closed arrives too: the connection is there for others as well.
 */
export class Hop {
  /** The replica that has sent the request on wants nothing of it any more. */
  readonly gone = new AbortController();
  #isClosing = false;
  #isClosed = false;
  #isWritten = false;
  #arrivesAt = 0;
  #isWithOwner = false;
  #listener: HopListener | undefined;
  #onAbandoned: (() => void) | undefined;

  constructor(
    private readonly world: Surroundings,
    readonly request: Request,
    readonly epoch: number,
    private readonly ends: {
      readonly from: { readonly name: string; readonly process: SimulatedProcess };
      readonly to: { readonly name: string; readonly process: SimulatedProcess | undefined };
    },
  ) {}

  /** Whether signs of life would come, now. */
  get isHeard(): boolean {
    const { from, to } = this.ends;
    const { network, scheduler } = this.world;
    const isAwake = to.process?.isAlive === true && to.process.pausedUntil <= scheduler.now;
    return this.#isWithOwner && isAwake && !network.isCut(from.name, to.name);
  }

  open(listener: HopListener, arrive: () => void): void {
    const { process } = this.ends.to;
    this.#listener = listener;
    this.#transmit(() => {
      if (process?.isAlive !== true) {
        this.#transmit(() => this.#listener?.refused(), this.ends.from.process);
        return;
      }
      process.onEnd(() => this.#transmit(() => this.#listener?.broken(), this.ends.from.process));
      this.#isWithOwner = true;
      arrive();
    }, undefined);
  }

  /** The owner's side: calls back when the other side has gone before the answer was written. */
  onAbandoned(listener: () => void): void {
    this.#onAbandoned = listener;
    if (this.#isClosed) listener();
  }

  /** The owner's side: writes an answer. @param written it was handed to the connection completely */
  write(answer: HopAnswer, written: () => void): void {
    const { random, scheduler } = this.world;
    const { from, to } = this.ends;
    if (this.#isClosed) return;
    const isLarge = answer.kind === 'answer' && answer.answer.records.length > 0 && random.chance(0.15);
    const end = (): void => {
      if (this.#isClosed) return;
      this.#isWritten = true;
      this.#transmit(() => this.#listener?.ended(answer), from.process);
      written();
    };
    if (!isLarge) return end();
    this.#transmit(() => this.#listener?.begun(answer.deliveryId), from.process);
    scheduler.after(random.between(0.1, 400), end, to.process);
  }

  /** The other side goes. */
  close(): void {
    if (this.#isClosing) return;
    this.#isClosing = true;
    this.#transmit(() => {
      this.#isClosed = true;
      this.gone.abort();
      if (!this.#isWritten) this.#onAbandoned?.();
    }, this.ends.to.process);
  }

  /** What cannot pass now is sent again. */
  #transmit(arrive: () => void, process: SimulatedProcess | undefined): void {
    const { network, random, scheduler } = this.world;
    const { from, to } = this.ends;
    if (network.isCut(from.name, to.name)) {
      scheduler.after(againMs, () => this.#transmit(arrive, process));
      return;
    }
    const lost = network.lossRate > 0 && random.chance(network.lossRate) ? againMs : 0;
    this.#arrivesAt = Math.max(this.#arrivesAt, scheduler.now + network.delay() + lost);
    scheduler.after(this.#arrivesAt - scheduler.now, arrive, process);
  }
}
