import type { IncomingMessage, ServerResponse } from 'node:http';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { ConsumerInstanceName } from '#libs/consumers/consumer-registry.ts';
import { RestError } from '#libs/errors/rest-error.ts';
import { restErrors } from '#libs/errors/rest-errors.ts';
import type { Placement } from '#libs/replicas/placement.ts';
import { ReplicaRouter } from '#libs/replicas/replica-router.ts';
import { InternalRoutes } from '../internal/internal-routes.ts';
import { DeliveryEndpoint } from './delivery-endpoint.ts';
import { ForwardEndpoint } from './forward-endpoint.ts';
import { alongHeader } from './hop-headers.ts';
import { HopSecret } from './hop-secret.ts';
import { placementJson } from './placement-json.ts';
import { forwardPath } from './routed-request.ts';

const longestBody = 1024;
const longestReports = 65_536;

/**
 * What the internal listeners serve to other replicas, below `/replica/`:
 * `forward/…` · `instances/{group}/{id}` · `instances/{group}/{id}/take-over` · `deliveries/{id}/confirm|abandon|hold`,
 * and several of these at once, a line each, as the body of `deliveries` · `answers/{id}`.
 */
@Injectable()
export class ReplicaEndpoints implements OnModuleInit {
  constructor(
    private readonly routes: InternalRoutes,
    private readonly secret: HopSecret,
    private readonly forwarded: ForwardEndpoint,
    private readonly replicas: ReplicaRouter,
    private readonly deliveries: DeliveryEndpoint,
  ) {}

  onModuleInit(): void {
    this.routes.fallback = (req, res) => this.#serve(req, res);
  }

  /** @throws {RestError} */
  async #serve(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const { url = '', method = '' } = req;
    if (!url.startsWith('/replica/')) throw restErrors.notFound();
    this.secret.check(req);
    if (url.startsWith(`${forwardPath}/`)) {
      this.#hearAlong(req.headers[alongHeader]);
      await this.forwarded.serve(req, res, url.slice(forwardPath.length));
      return;
    }
    const [path = '', query = ''] = url.split('?');
    const [, , kind, first = '', second = '', action] = path.split('/').map(decoded);
    switch (`${method} ${kind} ${kind === 'deliveries' ? second : (action ?? '')}`) {
      case 'GET instances ':
        return answer(res, this.replicas.held({ group: first, id: second }));
      case 'POST instances take-over':
        return answer(res, await this.#takeOver(req, { group: first, id: second }));
      case 'POST deliveries confirm':
      case 'POST deliveries abandon':
      case 'POST deliveries hold':
        return reported(res, this.deliveries.report(first, second, query));
      case 'POST deliveries ':
        for (const line of (await textOf(req, longestReports)).split('\n')) this.#hear(line);
        return reported(res, true);
      case 'GET answers ':
        res.writeHead((await this.deliveries.stillHas(first)) ? 204 : 410, ['Content-Length', '0']);
        res.end();
        return;
      default:
        throw restErrors.notFound();
    }
  }

  /** What was told along with a request is heard before the request: it may be the read that goes on from there. */
  #hearAlong(told: string | string[] | undefined): void {
    if (typeof told !== 'string') return;
    for (const line of told.split(',')) {
      try {
        this.#hear(line);
      } catch (error) {
        // It is no fault of the request.
        if (!(error instanceof RestError)) throw error;
      }
    }
  }

  #hear(line: string): void {
    const [report = '', query = ''] = line.split('?');
    const [id = '', what = ''] = report.split('/').map(decoded);
    this.deliveries.report(id, what, query);
  }

  async #takeOver(req: IncomingMessage, name: ConsumerInstanceName): Promise<Placement | undefined> {
    const epoch = Number(await textOf(req, longestBody));
    if (!Number.isSafeInteger(epoch)) throw restErrors.badRequest('the epoch is not a number');
    return this.replicas.takeOver(name, epoch);
  }
}

/** @throws {RestError} 400 */
function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch (cause) {
    throw restErrors.malformedUri('Bad percent-encoding in the path', { cause });
  }
}

function answer(res: ServerResponse, placement: Placement | undefined): void {
  if (placement === undefined) throw new RestError(404, 404, 'Not held here');
  const body = placementJson(placement);
  res.writeHead(200, ['Content-Type', 'application/json', 'Content-Length', String(Buffer.byteLength(body))]);
  res.end(body);
}

function reported(res: ServerResponse, known: boolean): void {
  res.sendDate = false;
  res.writeHead(known ? 204 : 404, known ? [] : ['Content-Length', '0']);
  res.end();
}

/** Without the stream's iterator, which costs more than what is told. */
function textOf(req: IncomingMessage, longest: number): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    req.on('data', (chunk: Buffer) => {
      if (text.length > longest) return;
      text += chunk.toString('latin1');
      if (text.length > longest) reject(restErrors.bodyTooLarge('The body is too large'));
    });
    req.on('end', () => resolve(text));
    req.on('close', () => reject(restErrors.badRequest('the request broke off')));
    req.on('error', reject);
  });
}
