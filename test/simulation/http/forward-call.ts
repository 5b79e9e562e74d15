import type { Placement } from '#libs/replicas/placement.ts';
import type { ForwardOutcome } from '#libs/replicas/serving.ts';
import type { Host, SimulatedProcess } from '../engine/simulated-process.ts';
import type { World } from '../world.ts';
import type { AnswerFate, Exchange } from './exchange.ts';
import type { DeliveryReports } from './delivery-reports.ts';
import { Hop, type HopAnswer, type HopListener } from './hop.ts';

/** The replica that has the client. */
export interface Forwarder {
  readonly host: Host;
  readonly process: SimulatedProcess;
  readonly reports: DeliveryReports;
}

const connectMs = 500;
const lookEveryMs = 500;
const silenceMs = 3_000;
/** When our own timer is late by so much, it was us who slept. */
const sleptMs = 500;

/** A request on its way through another replica, as `apps/rest-proxy/src/replicas/forward-call.ts` does it. */
export class ForwardCall implements HopListener {
  readonly outcome: Promise<ForwardOutcome>;
  readonly #settle: (outcome: ForwardOutcome) => void;
  readonly #hop: Hop;
  #isOver = false;
  #hasBegun = false;
  #fate: AnswerFate | undefined;
  #heardAt: number;
  #lookedAt: number;

  constructor(
    private readonly world: World,
    private readonly node: Forwarder,
    private readonly exchange: Exchange,
    private readonly to: Placement,
  ) {
    const { promise, resolve } = Promise.withResolvers<ForwardOutcome>();
    this.outcome = promise;
    this.#settle = resolve;
    this.#heardAt = world.scheduler.now;
    this.#lookedAt = world.scheduler.now;
    const target = world.nodeAt(to.address);
    const ends = {
      from: { name: node.host.name, process: node.process },
      to: { name: target.name, process: target.process },
    };
    this.#hop = new Hop(world, exchange.request, to.epoch, ends);
    void exchange.ended.then(() => this.#end({ outcome: 'done' }));
    if (world.network.isCut(node.host.name, target.name) && world.random.chance(0.5)) {
      // There was no connection yet.
      world.scheduler.after(connectMs, () => this.refused(), node.process);
      return;
    }
    const owner = target.running;
    this.#hop.open(this, () => owner?.acceptForwarded(this.#hop));
    this.#watch();
  }

  begun(deliveryId: string | undefined): void {
    if (this.#isOver) return this.#refuse(deliveryId);
    this.#hasBegun = true;
    this.#learn(deliveryId);
    this.exchange.begin(this.#fate, true);
  }

  ended(answer: HopAnswer): void {
    if (this.#isOver) return this.#refuse(answer.kind === 'answer' ? answer.deliveryId : undefined);
    this.#isHere = true;
    if (answer.kind === 'not-owner') return this.#end({ outcome: 'not-owner', holder: answer.holder });
    if (this.#hasBegun) return this.exchange.complete(answer.answer);
    if (answer.answer.status === 503 && answer.isDraining) return this.#end(broken(false));
    this.#learn(answer.deliveryId);
    this.#hasBegun = true;
    this.exchange.respond(answer.answer, this.#fate);
  }

  broken(): void {
    if (this.#isOver || this.#isHere) return;
    if (this.#hasBegun) this.exchange.destroy();
    this.#end(this.#hasBegun ? { outcome: 'done' } : broken(false));
  }

  refused(): void {
    this.#end({ outcome: 'unreachable' });
  }

  /** All of the answer has arrived. */
  #isHere = false;

  #learn(deliveryId: string | undefined): void {
    if (deliveryId !== undefined) this.#fate = this.node.reports.fateOf(this.to.address, deliveryId);
  }

  /** Nobody waits for it any more: its owner hears so, or the next read waits until it is sure. */
  #refuse(deliveryId: string | undefined): void {
    if (this.#fate !== undefined || deliveryId === undefined) return;
    this.#fate = this.node.reports.fateOf(this.to.address, deliveryId);
    this.#fate.abandon();
  }

  #watch(): void {
    const { scheduler } = this.world;
    scheduler.after(
      lookEveryMs,
      () => {
        if (this.#isOver || this.#isHere) return;
        const { now } = scheduler;
        const slept = now - this.#lookedAt - lookEveryMs > sleptMs;
        this.#lookedAt = now;
        if (slept || this.#hop.isHeard) this.#heardAt = now;
        if (now - this.#heardAt > silenceMs) this.#silent();
        else this.#watch();
      },
      this.node.process,
    );
  }

  #silent(): void {
    if (this.#hasBegun) this.exchange.destroy();
    this.#end(this.#hasBegun ? { outcome: 'done' } : broken(true));
  }

  #end(outcome: ForwardOutcome): void {
    if (this.#isOver) return;
    this.#isOver = true;
    if (!this.#hasBegun) this.#fate?.abandon();
    this.#hop.close();
    this.#settle(outcome);
  }
}

const broken = (silent: boolean): ForwardOutcome => ({ outcome: 'broken', silent });
