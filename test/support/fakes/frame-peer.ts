import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { FrameReader } from '../../../apps/rest-proxy/src/replicas/frame-reader.ts';
import { FrameWriter } from '../../../apps/rest-proxy/src/replicas/frame-writer.ts';
import { frameKind, messageOf } from '../../../apps/rest-proxy/src/replicas/frames.ts';
import { requestHeadText, type RequestHead } from '../../../apps/rest-proxy/src/replicas/hop-heads.ts';
import { linkPath, linkProtocol } from '../../../apps/rest-proxy/src/replicas/peer-connections.ts';

export interface Frame {
  readonly kind: number;
  readonly exchange: number;
  readonly payload: Buffer;
}

/** One end of a link that says what the test says, right or wrong, and keeps all that comes. */
export class FramePeer {
  readonly frames: Frame[] = [];
  readonly out: FrameWriter;
  /** Resolves when the connection has ended. */
  readonly closed: Promise<void>;
  readonly #reader = new FrameReader(2 ** 30);

  constructor(readonly socket: Socket) {
    this.out = new FrameWriter(socket);
    this.closed = new Promise((resolve) => {
      socket.once('close', () => resolve());
    });
    socket.on('error', () => socket.destroy());
    socket.on('data', (chunk: Buffer) =>
      this.#reader.push(chunk, (kind, exchange, payload) => this.frames.push({ kind, exchange, payload })),
    );
  }

  /** Opens a link to an internal listener. */
  static async open(address: string, secret: string): Promise<FramePeer> {
    const asked = request(`${address}${linkPath}`, {
      headers: { connection: 'Upgrade', upgrade: linkProtocol, 'x-krest-secret': secret },
    });
    asked.end();
    const [, socket] = (await once(asked, 'upgrade')) as [IncomingMessage, Socket];
    return new FramePeer(socket);
  }

  request(exchange: number, head: Partial<RequestHead> = {}, body = ''): void {
    const whole: RequestHead = { method: 'GET', target: '/', requestId: 'r', epoch: 7, headers: {}, ...head };
    this.out.message(frameKind.request, exchange, requestHeadText(whole), [Buffer.from(body)]);
  }

  /** Of one kind. */
  of(kind: keyof typeof frameKind): readonly Frame[] {
    return this.frames.filter((frame) => frame.kind === frameKind[kind]);
  }

  /** Names of all frames of an exchange, in order. */
  kindsOf(exchange: number): readonly string[] {
    const names = new Map<number, string>(Object.entries(frameKind).map(([name, kind]) => [kind, name]));
    return this.frames
      .filter((frame) => frame.exchange === exchange)
      .map(({ kind }) => names.get(kind) ?? String(kind));
  }

  /** The body of an answer, as far as it has come. */
  bodyOf(exchange: number): Buffer {
    const pieces: Buffer[] = [];
    for (const frame of this.frames) {
      if (frame.exchange !== exchange) continue;
      if (frame.kind === frameKind.data) pieces.push(frame.payload);
      else if (frame.kind === frameKind.answer) pieces.push(messageOf(frame.payload).body);
    }
    return Buffer.concat(pieces);
  }
}
