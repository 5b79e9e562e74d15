import { setTimeout } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import type { AnswerFate } from '../http/routed.ts';
import type { PeerConnections } from './peer-connections.ts';

const limitMs = 2_000;
const reports = '/replica/deliveries';
/** What one request tells at the most. */
const mostTold = 200;
/** Requests to one replica at a time. With two, one that hangs stops nobody. */
const mostAtOnce = 2;

/** A request that goes the same way takes so many along. */
const mostAlong = 50;
/** So long a report waits for others, or for a request that takes it along, where requests come and go. */
const gatherMs = 1;
const lookEveryMs = 5;

/** One replica that is told. */
interface Told {
  toTell: string[];
  underWay: number;
  /** They are told soon. */
  isDue: boolean;
}

/** Reports that another request has taken along. To be called once. */
export interface Along {
  readonly header: string;
  /** Whether the request has reached the other replica; otherwise they are told again. */
  readonly ended: (arrived: boolean) => void;
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

  /** Resolves when nothing is under way any more, after `limitMs` at the latest. */
  async allTold(limitMs: number): Promise<void> {
    const until = performance.now() + limitMs;
    while (this.#pending > 0 && performance.now() < until) await setTimeout(lookEveryMs);
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
   * What waits to be told to a replica goes with a request that is sent there now: a report of its own costs both as
   * much as a request.
   */
  alongTo(address: string): Along | undefined {
    const told = this.#told.get(address);
    if (told === undefined || told.toTell.length === 0) return undefined;
    const taken = told.toTell.splice(0, mostAlong);
    const ended = (arrived: boolean): void => {
      this.#pending -= taken.length;
      if (!arrived) for (const report of taken) this.#add(address, report);
    };
    return { header: taken.join(','), ended };
  }

  /**
   * At the end of this turn of the event loop, or a moment later where other requests are under way to that replica; or
   * when a former report is answered: together with all that has come by then.
   */
  #add(address: string, report: string): void {
    this.#pending++;
    let told = this.#told.get(address);
    if (told === undefined) this.#told.set(address, (told = { toTell: [], underWay: 0, isDue: false }));
    told.toTell.push(report);
    if (told.isDue) return;
    told.isDue = true;
    const tell = (): void => void this.#tellAll(address, told);
    // The request whose answer is reported has not ended yet.
    if (this.connections.runningAt(address) > 1) void setTimeout(gatherMs).then(tell);
    else setImmediate(tell);
  }

  async #tellAll(address: string, told: Told): Promise<void> {
    told.isDue = false;
    if (told.underWay >= mostAtOnce) return;
    told.underWay++;
    while (told.toTell.length > 0) await this.#tell(address, told.toTell.splice(0, mostTold));
    told.underWay--;
    if (told.underWay === 0 && !told.isDue) this.#told.delete(address);
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
