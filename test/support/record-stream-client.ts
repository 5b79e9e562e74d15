import { connect, type Socket } from 'node:net';

/** One open stream of records over a socket of its own: what is sent and when what comes back is up to the test. */
export class RecordStreamClient {
  /** Everything of the answer's body that has come. */
  text = '';
  head = '';
  /** Bytes received, of the body and around it. */
  received = 0;
  /** Objects of the answer's body that are complete. */
  count = 0;
  ended = false;
  closed = false;
  #keepsText = true;
  #rest = Buffer.alloc(0);
  #waiting: (() => void)[] = [];

  private constructor(readonly socket: Socket) {
    socket.on('data', (data) => this.#receive(data));
    socket.on('close', () => {
      this.closed = true;
      this.#wake();
    });
    socket.on('error', () => undefined);
  }

  /** @param headers besides Host, Content-Type (JSON) and Transfer-Encoding */
  static open(
    port: number,
    path: string,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<RecordStreamClient> {
    return new Promise((resolve, reject) => {
      const socket = connect({ port, host: '127.0.0.1', noDelay: true }, () => {
        const all = {
          Host: 'proxy',
          'Content-Type': 'application/json',
          'Transfer-Encoding': 'chunked',
          ...headers,
        };
        const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`);
        socket.write(`POST ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`);
        resolve(new RecordStreamClient(socket));
      });
      socket.once('error', reject);
    });
  }

  /** The objects of the answer, parsed; those that are complete. */
  get results(): readonly Readonly<Record<string, unknown>>[] {
    const lines = this.text.split('\r\n').slice(0, -1);
    return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  }

  /** The object that came last. */
  get last(): unknown {
    return JSON.parse(this.text.trimEnd().split('\r\n').at(-1) ?? '');
  }

  /** From now on only the last piece of the answer is kept. */
  discardText(): void {
    this.#keepsText = false;
  }

  /** Sends a piece of the body, as one chunk. @returns whether the system took it all */
  send(piece: string | Buffer): boolean {
    const bytes = Buffer.from(piece);
    return this.socket.write(
      Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')]),
    );
  }

  /** Ends the body. */
  end(): void {
    this.socket.write('0\r\n\r\n');
  }

  /** Waits until the condition holds; something must come from the proxy for it. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) {
      if (this.closed) throw new Error(`The connection has ended: ${this.head}\n${this.text}`);
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve);
      });
    }
  }

  async untilResults(count: number): Promise<readonly Readonly<Record<string, unknown>>[]> {
    await this.until(() => this.count >= count);
    return this.results;
  }

  /** Waits for the end of the answer. */
  untilEnd(): Promise<void> {
    return this.until(() => this.ended);
  }

  async untilClosed(): Promise<void> {
    while (!this.closed) {
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve);
      });
    }
  }

  #receive(data: Buffer): void {
    this.received += data.length;
    this.#rest = Buffer.concat([this.#rest, data]);
    if (this.head === '') {
      const end = this.#rest.indexOf('\r\n\r\n');
      if (end === -1) return;
      this.head = this.#rest.toString('latin1', 0, end);
      this.#rest = this.#rest.subarray(end + 4);
    }
    while (!this.ended) {
      const lineEnd = this.#rest.indexOf('\r\n');
      if (lineEnd === -1) break;
      const length = Number.parseInt(this.#rest.toString('latin1', 0, lineEnd), 16);
      if (this.#rest.length < lineEnd + 4 + length) break;
      const piece = this.#rest.toString('utf8', lineEnd + 2, lineEnd + 2 + length);
      if (this.#keepsText) this.text += piece;
      else if (piece !== '') this.text = piece;
      this.count += piece.split('\r\n').length - 1;
      this.#rest = this.#rest.subarray(lineEnd + 4 + length);
      if (length === 0) this.ended = true;
    }
    this.#wake();
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const wake of waiting) wake();
  }
}
