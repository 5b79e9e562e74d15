import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { RestError } from '#libs/errors/rest-error.ts';
import { ForwardedDeliveries } from '#libs/replicas/forwarded-deliveries.ts';
import { ServerState } from '../http/server-state.ts';
import { InternalRoutes } from '../internal/internal-routes.ts';
import type { AnswerStream } from './answer-stream.ts';
import type { DeliveryReport } from './delivery-report.ts';
import { ForwardEndpoint } from './forward-endpoint.ts';
import type { Message } from './frames.ts';
import { HopSecret } from './hop-secret.ts';
import { LinkSession, type LinkHandler } from './link-session.ts';
import { linkPath, linkProtocol } from './peer-connections.ts';

const lookEveryMs = 500;
const longestHoldMs = 60_000;
const keepAliveMs = 60_000;

/** Takes the links of other replicas: a request that becomes a connection of frames. */
@Injectable()
export class LinkEndpoint implements OnModuleInit, LinkHandler {
  readonly #sessions = new Set<LinkSession>();
  #timer: NodeJS.Timeout | undefined;
  #lookedAt = 0;

  constructor(
    private readonly routes: InternalRoutes,
    private readonly secret: HopSecret,
    private readonly forwarded: ForwardEndpoint,
    private readonly deliveries: ForwardedDeliveries,
    private readonly state: ServerState,
  ) {}

  /** Requests of other replicas that are not over. */
  get waiting(): number {
    let waiting = 0;
    for (const session of this.#sessions) waiting += session.waiting;
    return waiting;
  }

  onModuleInit(): void {
    this.routes.upgrade = {
      path: linkPath,
      take: (req, socket) => this.#take(req, socket),
      end: () => {
        for (const session of this.#sessions) session.endWhenIdle();
      },
    };
  }

  serve(exchange: number, request: Message, session: LinkSession): AnswerStream {
    return this.forwarded.serve(exchange, request, session);
  }

  report(report: DeliveryReport, ask: () => Promise<boolean>): void {
    const { id, what } = report;
    if (what === 'hold') this.deliveries.hold(id, Math.min(report.ms, longestHoldMs));
    else if (what === 'abandon') this.deliveries.abandon(id);
    else this.deliveries.confirm(id, report.mayAsk ? ask : undefined);
  }

  ended(session: LinkSession): void {
    this.#sessions.delete(session);
    if (this.#sessions.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** @throws {RestError} */
  #take(req: IncomingMessage, socket: Socket): void {
    this.secret.check(req);
    if (req.headers.upgrade !== linkProtocol) throw new RestError(404, 404, 'No such protocol');
    socket.setTimeout(0);
    socket.setNoDelay(true);
    socket.setKeepAlive(true, keepAliveMs);
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: ${linkProtocol}\r\n\r\n`,
    );
    this.#sessions.add(new LinkSession(socket, this, this.state.http.maxRequestBodyBytes));
    if (this.#timer !== undefined) return;
    this.#lookedAt = performance.now();
    this.#timer = setInterval(() => this.#look(performance.now()), lookEveryMs).unref();
  }

  #look(now: number): void {
    const hasSlept = now - this.#lookedAt - lookEveryMs > lookEveryMs;
    this.#lookedAt = now;
    for (const session of this.#sessions) {
      session.tellAlive();
      session.endWhenSilent(now, hasSlept);
    }
  }
}
