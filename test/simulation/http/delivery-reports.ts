import { CallFailedError } from '../engine/network.ts';
import type { Host } from '../engine/simulated-process.ts';
import type { World } from '../world.ts';
import type { AnswerFate } from './exchange.ts';

type Report = 'confirm' | 'abandon' | 'hold';

const limitMs = 2_000;
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
      confirm: () => void this.#send(address, id, 'confirm', 0),
      abandon: () => void this.#send(address, id, 'abandon', 0),
      hold: (ms) => {
        const { now } = this.world.scheduler;
        if (now - heldAt < holdEveryMs) return;
        heldAt = now;
        void this.#send(address, id, 'hold', ms);
      },
    };
  }

  /** Never rejects. */
  async #send(address: string, id: string, report: Report, ms: number): Promise<void> {
    const { random, scheduler } = this.world;
    if (random.chance(0.03)) {
      scheduler.after(random.between(0, 500), () => void this.#try(address, id, report, ms));
    }
    const failure = await this.#try(address, id, report, ms);
    if (failure !== undefined && failure.reason !== 'timeout') await this.#try(address, id, report, ms);
  }

  async #try(address: string, id: string, report: Report, ms: number): Promise<CallFailedError | undefined> {
    const target = this.world.nodeAt(address);
    this.#pending++;
    try {
      await this.world.network.call(this.host, target, limitMs, () => {
        const deliveries = target.running?.deliveries;
        if (report === 'confirm') deliveries?.confirm(id);
        else if (report === 'abandon') deliveries?.abandon(id);
        else deliveries?.hold(id, ms);
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
