import { setTimeout } from 'node:timers/promises';
import type { AnswerFate } from '../http/routed.ts';
import type { AskableAnswers } from './askable-answers.ts';
import type { PeerConnections } from './peer-connections.ts';

const lookEveryMs = 5;

/** Tells owners what became of answers that we have written to clients for them. */
export class DeliveryReports {
  constructor(
    private readonly connections: PeerConnections,
    private readonly askable: AskableAnswers,
  ) {}

  /** Reports that their owners have not heard yet. */
  get pending(): number {
    return this.connections.unheard;
  }

  /** Says all that there is to say; resolves when it was heard, after `limitMs` at the latest. */
  async allTold(limitMs: number): Promise<void> {
    const until = performance.now() + limitMs;
    await this.askable.settle();
    while (this.pending > 0 && performance.now() < until) await setTimeout(lookEveryMs);
  }

  /** @param id as the owner has called the delivery */
  fateOf(address: string, id: string): AnswerFate {
    const { askable, connections } = this;
    return {
      confirm: (stillHas) => {
        const confirm = (mayAsk: boolean): void =>
          connections.report(address, { what: 'confirm', id, mayAsk });
        if (stillHas !== undefined) askable.keep(id, stillHas, () => confirm(false));
        confirm(stillHas !== undefined);
      },
      abandon: () => connections.report(address, { what: 'abandon', id }),
      hold: (ms) => connections.report(address, { what: 'hold', id, ms }),
    };
  }
}
