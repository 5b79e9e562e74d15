import type { ForwardedDeliveries } from '#libs/replicas/forwarded-deliveries.ts';
import { CallFailedError } from '../engine/network.ts';
import type { Host } from '../engine/simulated-process.ts';
import type { World } from '../world.ts';
import type { AnswerFate } from './exchange.ts';

type Report = (deliveries: ForwardedDeliveries, owner: Host) => void;

const limitMs = 2_000;
/** An owner that asks waits no longer; what is not answered is delivered again. */
const askMs = 2_000;
const holdEveryMs = 1_000;

/** Tells owners what became of answers, as `apps/rest-proxy/src/replicas/delivery-reports.ts` does it. */
export class DeliveryReports {
  #pending = 0;

  constructor(
    private readonly world: World,
    private readonly host: Host,
  ) {}

  /** Reports that are under way. */
  get pending(): number {
    return this.#pending;
  }

  fateOf(address: string, id: string): AnswerFate {
    let heldAt = this.world.scheduler.now;
    return {
      confirm: (stillHas) =>
        void this.#send(address, (deliveries, owner) => {
          deliveries.confirm(id, stillHas === undefined ? undefined : () => this.#ask(owner, stillHas));
        }),
      abandon: () => void this.#send(address, (deliveries) => deliveries.abandon(id)),
      hold: (ms) => {
        const { now } = this.world.scheduler;
        if (now - heldAt < holdEveryMs) return;
        heldAt = now;
        void this.#send(address, (deliveries) => deliveries.hold(id, ms));
      },
    };
  }

  /** Never rejects. */
  async #send(address: string, report: Report): Promise<void> {
    const { random, scheduler } = this.world;
    if (random.chance(0.03)) {
      scheduler.after(random.between(0, 500), () => void this.#try(address, report));
    }
    const failure = await this.#try(address, report);
    if (failure !== undefined && failure.reason !== 'timeout') await this.#try(address, report);
  }

  /** The owner asks, before somebody goes on. Never rejects. */
  async #ask(owner: Host, stillHas: () => Promise<boolean>): Promise<boolean> {
    try {
      return await this.world.network.call(owner, this.host, askMs, stillHas);
    } catch (error) {
      if (error instanceof CallFailedError) return false;
      throw error;
    }
  }

  async #try(address: string, report: Report): Promise<CallFailedError | undefined> {
    const target = this.world.nodeAt(address);
    this.#pending++;
    try {
      await this.world.network.call(this.host, target, limitMs, () => {
        const { running } = target;
        if (running !== undefined) report(running.deliveries, target);
      });
      return undefined;
    } catch (error) {
      if (error instanceof CallFailedError) return error;
      throw error;
    } finally {
      this.#pending--;
    }
  }
}
