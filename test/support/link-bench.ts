import { IncomingMessage, type ServerResponse } from 'node:http';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { expect, vi } from 'vitest';
import { AnswerStream } from '../../apps/rest-proxy/src/replicas/answer-stream.ts';
import type { DeliveryReport } from '../../apps/rest-proxy/src/replicas/delivery-report.ts';
import type { Message } from '../../apps/rest-proxy/src/replicas/frames.ts';
import { answerHeadText, requestHeadOf } from '../../apps/rest-proxy/src/replicas/hop-heads.ts';
import { LinkSession, type LinkHandler } from '../../apps/rest-proxy/src/replicas/link-session.ts';
import { FramePeer } from './fakes/frame-peer.ts';

/** With the names of what has happened to it. */
interface Response extends ServerResponse {
  readonly events: string[];
}

const longestBody = 1_000;
/** A machine that is busy with other things makes nothing fail. */
const patient = { timeout: 10_000 };

/** The end of a link at which requests are answered, with a test on both sides of it. */
export class LinkBench implements LinkHandler {
  readonly responses: Response[] = [];
  readonly answers: AnswerStream[] = [];
  readonly reports: { readonly report: DeliveryReport; readonly ask: () => Promise<boolean> }[] = [];
  sessionsEnded = 0;
  readonly session: LinkSession;

  private constructor(
    private readonly server: Server,
    /** The other end. */
    readonly peer: FramePeer,
    socket: Socket,
  ) {
    this.session = new LinkSession(socket, this, longestBody);
  }

  static async start(): Promise<LinkBench> {
    const { promise, resolve } = Promise.withResolvers<Socket>();
    const server = createServer(resolve);
    await new Promise<void>((listening) => {
      server.listen(0, '127.0.0.1', listening);
    });
    const { port } = server.address() as AddressInfo;
    const peer = new FramePeer(connect(port, '127.0.0.1'));
    return new LinkBench(server, peer, await promise);
  }

  serve(exchange: number, { text }: Message, link: LinkSession): AnswerStream {
    const { method, target } = requestHeadOf(text);
    const req = new IncomingMessage(link.socketStandIn);
    Object.assign(req, { method, url: target });
    const answer = new AnswerStream(exchange, req, link, (status, headers) =>
      answerHeadText({ status, endpoint: '', delivery: '', records: 0, isDraining: false, headers }),
    );
    const events: string[] = [];
    for (const name of ['drain', 'finish', 'close']) answer.response.on(name, () => events.push(name));
    this.responses.push(Object.assign(answer.response, { events }));
    this.answers.push(answer);
    return answer;
  }

  report(report: DeliveryReport, ask: () => Promise<boolean>): void {
    this.reports.push({ report, ask });
  }

  ended(): void {
    this.sessionsEnded++;
  }

  /** Asks, and gives the response in which the answer is to be written. */
  async asked(exchange: number, method = 'GET'): Promise<Response> {
    const before = this.responses.length;
    this.peer.request(exchange, { method });
    await vi.waitFor(() => expect(this.responses.length).toBe(before + 1), patient);
    const response = this.responses.at(-1);
    if (response === undefined) throw new Error('There is no response');
    return response;
  }

  over(response: Response): Promise<void> {
    return vi.waitFor(() => expect(response.events.at(-1)).toBe('close'), patient);
  }

  /** So many bytes of the answer have come, and no more when there was time for more. */
  async staysAt(exchange: number, bytes: number): Promise<void> {
    await vi.waitFor(() => expect(this.peer.bodyOf(exchange)).toHaveLength(bytes), patient);
    // Whatever was written before has come when this has.
    const marker = await this.asked(99_999 - this.responses.length);
    marker.writeHead(204, []).end();
    await this.over(marker);
    expect(this.peer.bodyOf(exchange)).toHaveLength(bytes);
  }

  /** Ends the link and looks that nothing is left of it. */
  async close(): Promise<void> {
    this.peer.socket.destroy();
    await vi.waitFor(() => expect(this.sessionsEnded).toBe(1), patient);
    expect(this.session.waiting).toBe(0);
    expect(this.responses.map(({ events }) => events.at(-1))).toEqual(this.responses.map(() => 'close'));
    await new Promise((resolve) => {
      this.server.close(resolve);
    });
  }
}
