import { createServer, IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Placement } from '#libs/replicas/placement.ts';
import { AnswerStream } from '../../../apps/rest-proxy/src/replicas/answer-stream.ts';
import type { DeliveryReport } from '../../../apps/rest-proxy/src/replicas/delivery-report.ts';
import type { Message } from '../../../apps/rest-proxy/src/replicas/frames.ts';
import {
  answerHeadText,
  requestHeadOf,
  type AnswerHead,
  type RequestHead,
} from '../../../apps/rest-proxy/src/replicas/hop-heads.ts';
import { LinkSession, type LinkHandler } from '../../../apps/rest-proxy/src/replicas/link-session.ts';
import { linkPath, linkProtocol } from '../../../apps/rest-proxy/src/replicas/peer-connections.ts';

/** How a request came, and what can be done with it besides answering it. */
export interface FakeExchange {
  readonly head: RequestHead;
  readonly answer: AnswerStream;
  readonly session: LinkSession;
}

/** Answers what is sent on. Headers of an answer: name, value, … */
export type FakeAnswer = (res: ServerResponse, req: IncomingMessage, exchange: FakeExchange) => void;

const tellAliveMs = 500;
const longestBody = 16_777_216;

/** Another replica that does what the test says; its end of the links is that of the proxy. */
export class FakeOwner implements LinkHandler {
  /** Of all that was asked besides what came over links. */
  readonly paths: string[] = [];
  /** Headers of the requests that opened links. */
  readonly links: IncomingMessage['headers'][] = [];
  readonly heads: RequestHead[] = [];
  readonly bodies: string[] = [];
  /** What was said of deliveries: `a-1/confirm` (`a-1/confirm?ask` when it may be asked), `a-1/abandon`, `a-1/hold?ms=5`. */
  readonly reports: string[] = [];
  /** By delivery: asks whether its client has not gone since. */
  readonly questions = new Map<string, () => Promise<boolean>>();
  /** Answers that were over before they were complete. */
  broken = 0;
  /** What answers say in their heads besides. */
  head: Partial<Pick<AnswerHead, 'delivery' | 'endpoint' | 'isDraining' | 'records'>> = {};
  /** Tells that it is at work. */
  isAlive = true;
  /** Called with every report, before it is acknowledged. */
  reported: ((report: DeliveryReport) => void) | undefined;
  readonly #sockets = new Set<Socket>();
  readonly #sessions = new Set<LinkSession>();
  readonly #timer = setInterval(() => {
    if (this.isAlive) for (const session of this.#sessions) session.tellAlive();
  }, tellAliveMs);

  private constructor(
    private readonly server: Server,
    readonly address: string,
    private readonly answer: FakeAnswer,
  ) {}

  /**
   * @param answer of requests that are sent on
   * @param isSilent whether all else has no answer, neither a link nor a request; otherwise requests have 204
   */
  static async start(answer: FakeAnswer, isSilent = false): Promise<FakeOwner> {
    const server = createServer({ shouldUpgradeCallback: ({ url }) => url === linkPath }, (req, res) => {
      owner.paths.push(req.url ?? '');
      if (!isSilent) res.writeHead(204).end();
    });
    server.on('upgrade', (req, socket) => {
      owner.links.push(req.headers);
      owner.#sockets.add(socket as Socket);
      if (!isSilent) owner.#take(socket as Socket);
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    const { port } = server.address() as AddressInfo;
    const owner = new FakeOwner(server, `http://127.0.0.1:${port}`, answer);
    return owner;
  }

  get placement(): Placement {
    return { incarnation: 'fake-1', address: this.address, epoch: 3 };
  }

  get openLinks(): number {
    return this.#sessions.size;
  }

  /** Breaks all links. */
  cut(): void {
    for (const session of this.#sessions) session.destroy();
  }

  serve(exchange: number, { body, text }: Message, session: LinkSession): AnswerStream {
    const head = requestHeadOf(text);
    this.heads.push(head);
    this.bodies.push(body.toString());
    const req = new IncomingMessage(session.socketStandIn);
    Object.assign(req, { method: head.method, url: head.target, headers: head.headers });
    const answer = new AnswerStream(exchange, req, session, (status, headers) =>
      answerHeadText({
        status,
        endpoint: '',
        delivery: '',
        records: 0,
        isDraining: false,
        ...this.head,
        headers,
      }),
    );
    const { response } = answer;
    response.once('close', () => {
      if (!response.writableFinished) this.broken++;
    });
    // Not before the session knows it.
    setImmediate(() => this.answer(response, req, { head, answer, session }));
    return answer;
  }

  report(report: DeliveryReport, ask: () => Promise<boolean>): void {
    const { id, what } = report;
    this.reports.push(`${id}/${what}${detailsOf(report)}`);
    if (what === 'confirm') this.questions.set(id, ask);
    this.reported?.(report);
  }

  ended(session: LinkSession): void {
    this.#sessions.delete(session);
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    for (const socket of this.#sockets) socket.destroy();
    this.server.closeAllConnections();
    await new Promise((resolve) => {
      this.server.close(resolve);
    });
  }

  #take(socket: Socket): void {
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: ${linkProtocol}\r\n\r\n`,
    );
    this.#sessions.add(new LinkSession(socket, this, longestBody));
  }
}

function detailsOf(report: DeliveryReport): string {
  if (report.what === 'hold') return `?ms=${report.ms}`;
  return report.what === 'confirm' && report.mayAsk ? '?ask' : '';
}
