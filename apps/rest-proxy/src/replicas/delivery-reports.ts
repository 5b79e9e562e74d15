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

  /** Resolves when all were heard, after `limitMs` at the latest. */
  async allTold(limitMs: number): Promise<void> {
    const until = performance.now() + limitMs;
    while (this.pending > 0 && performance.now() < until) await setTimeout(lookEveryMs);
  }

  /** @param id as the owner has called the delivery */
  fateOf(address: string, id: string): AnswerFate {
    const { askable, connections } = this;
    return {
      confirm: (stillHas) => {
        if (stillHas !== undefined) askable.keep(id, stillHas);
        connections.report(address, { what: 'confirm', id, mayAsk: stillHas !== undefined });
      },
      abandon: () => connections.report(address, { what: 'abandon', id }),
      hold: (ms) => connections.report(address, { what: 'hold', id, ms }),
    };
  }
}
