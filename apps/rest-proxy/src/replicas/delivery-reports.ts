import { setTimeout } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import type { AnswerFate } from '../http/routed.ts';
import type { PeerConnections } from './peer-connections.ts';

const limitMs = 2_000;
const reports = '/replica/deliveries';
const answers = '/replica/answers';
/** An owner that goes on waits no longer for our word. */
const askMs = 250;
/** As long as an owner may ask: what is older counts. */
const askableMs = 6_000;
const mostAskable = 20_000;
/** What one request tells at the most. */
const mostTold = 200;
/** Requests to one replica at a time. With two, one that hangs stops nobody. */
const mostAtOnce = 2;

/** A request that goes the same way takes so many along. */
const mostAlong = 50;
const longestAlong = 4_000;
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
interface Along {
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
  /** Answers of which owners may ask what became of them; the oldest first. */
  readonly #askable = new Map<
    string,
    { readonly stillHas: () => Promise<boolean>; readonly until: number }
  >();
  #pending = 0;

  /** @param own the address of this replica */
  constructor(
    private readonly connections: PeerConnections,
    private readonly own = '',
  ) {}

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
      confirm: (stillHas) => {
        if (stillHas !== undefined && this.own !== '') {
          this.#keep(id, stillHas);
          send('confirm', `?at=${encodeURIComponent(this.own)}`);
        } else send('confirm');
      },
      abandon: () => send('abandon'),
      hold: (ms) => send('hold', `?ms=${ms}`),
    };
  }

  /** Whether the client of an answer of ours, confirmed a moment ago, has not gone since. */
  async stillHas(id: string): Promise<boolean> {
    return (await this.#askable.get(id)?.stillHas()) ?? true;
  }

  /** Asks another replica that. Who does not answer has taken nothing back. */
  async ask(address: string, id: string): Promise<boolean> {
    try {
      const path = `${answers}/${encodeURIComponent(id)}`;
      return (await this.connections.control(address, 'GET', path, askMs)).status !== 410;
    } catch (error) {
      this.#logger.debug({ err: error, address }, 'It could not be asked what became of an answer');
      return true;
    }
  }

  #keep(id: string, stillHas: () => Promise<boolean>): void {
    const now = performance.now();
    this.#askable.set(id, { stillHas, until: now + askableMs });
    for (const [oldest, { until }] of this.#askable) {
      if (until > now && this.#askable.size <= mostAskable) break;
      this.#askable.delete(oldest);
    }
  }

  /**
   * What waits to be told to a replica goes with a request that is sent there now: a report of its own costs both as
   * much as a request.
   */
  alongTo(address: string): Along | undefined {
    const told = this.#told.get(address);
    if (told === undefined || told.toTell.length === 0) return undefined;
    const taken = told.toTell.splice(0, fitting(told.toTell));
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

/** How many of them a header takes; one at least. */
function fitting(reports: readonly string[]): number {
  let length = 0;
  const end = reports.findIndex((report, index) => {
    length += report.length + 1;
    return index === mostAlong || (index > 0 && length > longestAlong);
  });
  return end < 0 ? reports.length : end;
}

const isTimeout = (error: unknown): boolean => error instanceof Error && error.name === 'TimeoutError';
