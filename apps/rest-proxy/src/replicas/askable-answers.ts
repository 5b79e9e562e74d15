import { Injectable } from '@nestjs/common';

/** As long as an owner may ask: what is older counts. */
const askableMs = 6_000;
const mostAskable = 20_000;

interface Askable {
  readonly stillHas: () => Promise<boolean>;
  readonly confirm: () => void;
  readonly until: number;
}

/** Answers of which their owners may ask whether their clients have not gone since they were confirmed. */
@Injectable()
export class AskableAnswers {
  /** The oldest first. */
  readonly #answers = new Map<string, Askable>();

  /** @param confirm says that nobody needs to ask any more */
  keep(id: string, stillHas: () => Promise<boolean>, confirm: () => void): void {
    const now = performance.now();
    this.#answers.set(id, { stillHas, confirm, until: now + askableMs });
    for (const [oldest, { until }] of this.#answers) {
      if (until > now && this.#answers.size <= mostAskable) break;
      this.#answers.delete(oldest);
    }
  }

  /** Of what is not known any more nothing is known. Never rejects. */
  async stillHas(id: string): Promise<boolean> {
    return (await this.#answers.get(id)?.stillHas()) ?? false;
  }

  /** Nobody can be asked from now on: says what is known. */
  async settle(): Promise<void> {
    const answers = [...this.#answers.values()];
    this.#answers.clear();
    await Promise.all(
      answers.map(async ({ confirm, stillHas }) => {
        if (await stillHas()) confirm();
      }),
    );
  }
}
