import { Injectable } from '@nestjs/common';

/** As long as an owner may ask: what is older counts. */
const askableMs = 6_000;
const mostAskable = 20_000;

interface Askable {
  readonly stillHas: () => Promise<boolean>;
  readonly until: number;
}

/** Answers of which their owners may ask whether their clients have not gone since they were confirmed. */
@Injectable()
export class AskableAnswers {
  /** The oldest first. */
  readonly #answers = new Map<string, Askable>();

  keep(id: string, stillHas: () => Promise<boolean>): void {
    const now = performance.now();
    this.#answers.set(id, { stillHas, until: now + askableMs });
    for (const [oldest, { until }] of this.#answers) {
      if (until > now && this.#answers.size <= mostAskable) break;
      this.#answers.delete(oldest);
    }
  }

  /** Never rejects. */
  async stillHas(id: string): Promise<boolean> {
    return (await this.#answers.get(id)?.stillHas()) ?? true;
  }
}
