import { Logger } from '@nestjs/common';
import type { AnswerFate } from '../http/routed.ts';
import type { PeerConnections } from './peer-connections.ts';

const limitMs = 2_000;
const reports = '/replica/deliveries/';

/** A report of what became of an answer. */
export type Report = 'confirm' | 'abandon' | 'hold';

/** Tells owners what became of answers that we have written to clients for them. */
export class DeliveryReports {
  readonly #logger = new Logger('DeliveryReports');
  #pending = 0;

  constructor(private readonly connections: PeerConnections) {}

  /** Reports that are under way. */
  get pending(): number {
    return this.#pending;
  }

  /** @param id as the owner has called the delivery */
  fateOf(address: string, id: string): AnswerFate {
    const base = `${reports}${encodeURIComponent(id)}/`;
    const send = (report: Report, query = ''): void => void this.#send(address, `${base}${report}${query}`);
    return {
      confirm: () => send('confirm'),
      abandon: () => send('abandon'),
      hold: (ms) => send('hold', `?ms=${ms}`),
    };
  }

  /** Never rejects: without a report the records stay unconfirmed, and are delivered again. */
  async #send(address: string, path: string): Promise<void> {
    this.#pending++;
    try {
      await this.#try(address, path).catch((error: unknown) => {
        if (isTimeout(error)) throw error;
        return this.#try(address, path);
      });
    } catch (error) {
      this.#logger.debug({ err: error, address }, 'What became of an answer could not be reported');
    } finally {
      this.#pending--;
    }
  }

  async #try(address: string, path: string): Promise<void> {
    await this.connections.control(address, 'POST', path, limitMs);
  }
}

const isTimeout = (error: unknown): boolean => error instanceof Error && error.name === 'TimeoutError';
