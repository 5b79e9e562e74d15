import { Logger } from '@nestjs/common';
import type { AnswerFate } from '../http/routed.ts';
import type { PeerConnections } from './peer-connections.ts';

const limitMs = 2_000;
const reports = '/replica/deliveries';
/** What one request tells at the most. */
const mostTold = 200;
/** Requests to one replica at a time. With two, one that hangs stops nobody. */
const mostAtOnce = 2;

/** One replica that is told. */
interface Told {
  toTell: string[];
  underWay: number;
}

/** A report of what became of an answer. */
export type Report = 'confirm' | 'abandon' | 'hold';

/** Tells owners what became of answers that we have written to clients for them. */
export class DeliveryReports {
  readonly #logger = new Logger('DeliveryReports');
  /** Those to whom something is under way. */
  readonly #told = new Map<string, Told>();
  #pending = 0;

  constructor(private readonly connections: PeerConnections) {}

  /** Reports that are under way. */
  get pending(): number {
    return this.#pending;
  }

  /** @param id as the owner has called the delivery */
  fateOf(address: string, id: string): AnswerFate {
    const base = `${encodeURIComponent(id)}/`;
    const send = (report: Report, query = ''): void => this.#add(address, `${base}${report}${query}`);
    return {
      confirm: () => send('confirm'),
      abandon: () => send('abandon'),
      hold: (ms) => send('hold', `?ms=${ms}`),
    };
  }

  /**
   * At the end of this turn of the event loop; or when a former request is answered, together with all that has come
   * by then: a replica that has much to tell needs few requests.
   */
  #add(address: string, report: string): void {
    this.#pending++;
    let told = this.#told.get(address);
    if (told === undefined) this.#told.set(address, (told = { toTell: [], underWay: 0 }));
    if (told.toTell.push(report) === 1) setImmediate(() => void this.#tellAll(address, told));
  }

  async #tellAll(address: string, told: Told): Promise<void> {
    if (told.underWay >= mostAtOnce) return;
    told.underWay++;
    while (told.toTell.length > 0) await this.#tell(address, told.toTell.splice(0, mostTold));
    told.underWay--;
    if (told.underWay === 0) this.#told.delete(address);
  }

  /** Never rejects: without a report the records stay unconfirmed, and are delivered again. */
  async #tell(address: string, told: readonly string[]): Promise<void> {
    try {
      await this.#try(address, told).catch((error: unknown) => {
        if (isTimeout(error)) throw error;
        return this.#try(address, told);
      });
    } catch (error) {
      this.#logger.debug({ err: error, address }, 'What became of an answer could not be reported');
    } finally {
      this.#pending -= told.length;
    }
  }

  async #try(address: string, told: readonly string[]): Promise<void> {
    const [first] = told;
    if (told.length === 1) await this.connections.control(address, 'POST', `${reports}/${first}`, limitMs);
    else await this.connections.control(address, 'POST', reports, limitMs, told.join('\n'));
  }
}

const isTimeout = (error: unknown): boolean => error instanceof Error && error.name === 'TimeoutError';
