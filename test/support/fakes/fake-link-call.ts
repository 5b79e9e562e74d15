import type { AnswerHead } from '../../../apps/rest-proxy/src/replicas/hop-heads.ts';
import type { LinkCall, LinkExchange } from '../../../apps/rest-proxy/src/replicas/peer-link.ts';

export type LinkEnd = 'answered' | 'broken' | 'elsewhere' | 'ended' | 'silent' | 'unreachable';

/** Whoever waits for an answer, and keeps all of it. */
export class FakeLinkCall implements LinkCall {
  /** How it ended. */
  readonly end: Promise<LinkEnd>;
  /** Everything that was called, in order. */
  readonly calls: ('begun' | 'data' | LinkEnd)[] = [];
  head: AnswerHead | undefined;
  /** To be set by whoever has sent it. */
  exchange: LinkExchange | undefined;
  bytes = 0;
  /** Where the instance is. */
  elsewhereText: string | undefined;
  readonly #chunks: Buffer[] = [];
  readonly #settle: (end: LinkEnd) => void;

  /** @param takes tells that it has taken what came */
  constructor(private readonly takes = true) {
    const { promise, resolve } = Promise.withResolvers<LinkEnd>();
    this.end = promise;
    this.#settle = resolve;
  }

  get body(): string {
    return Buffer.concat(this.#chunks).toString();
  }

  begun(head: AnswerHead): void {
    this.calls.push('begun');
    this.head = head;
  }

  data(bytes: Buffer): void {
    this.calls.push('data');
    this.#keep(bytes);
    if (this.takes) this.exchange?.taken(bytes.length);
  }

  ended(): void {
    this.#over('ended');
  }

  answered(head: AnswerHead, body: Buffer): void {
    this.head = head;
    this.#keep(body);
    this.#over('answered');
  }

  elsewhere(text: string): void {
    this.elsewhereText = text;
    this.#over('elsewhere');
  }

  broken(): void {
    this.#over('broken');
  }

  unreachable(): void {
    this.#over('unreachable');
  }

  silent(): void {
    this.#over('silent');
  }

  #keep(bytes: Buffer): void {
    this.bytes += bytes.length;
    // A view of what came is used again.
    this.#chunks.push(Buffer.from(bytes));
  }

  #over(end: LinkEnd): void {
    this.calls.push(end);
    this.#settle(end);
  }
}
