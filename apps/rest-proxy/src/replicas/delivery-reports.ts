import { Logger } from '@nestjs/common';
import type { AnswerFate } from '../http/routed.ts';
import type { PeerConnections } from './peer-connections.ts';

const limitMs = 2_000;
const reports = '/replica/deliveries';
/** What one request tells at the most. */
const mostTold = 200;

/** A report of what became of an answer. */
export type Report = 'confirm' | 'abandon' | 'hold';

/** Tells owners what became of answers that we have written to clients for them. */
export class DeliveryReports {
  readonly #logger = new Logger('DeliveryReports');
  /** What is to be told in this turn of the event loop, by address. */
  readonly #toTell = new Map<string, string[]>();
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

  /** Under load many answers end in one turn of the event loop: one request tells of them all, in their order. */
  #add(address: string, report: string): void {
    this.#pending++;
    const others = this.#toTell.get(address);
    if (others !== undefined) {
      others.push(report);
      return;
    }
    this.#toTell.set(address, [report]);
    setImmediate(() => {
      const all = this.#toTell.get(address) ?? [];
      this.#toTell.delete(address);
      for (let at = 0; at < all.length; at += mostTold)
        void this.#tell(address, all.slice(at, at + mostTold));
    });
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
