import type { IncomingMessage, ServerResponse } from 'node:http';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { ConsumerInstanceName } from '#libs/consumers/consumer-registry.ts';
import { RestError } from '#libs/errors/rest-error.ts';
import { restErrors } from '#libs/errors/rest-errors.ts';
import type { Placement } from '#libs/replicas/placement.ts';
import { ReplicaRouter } from '#libs/replicas/replica-router.ts';
import { InternalRoutes } from '../internal/internal-routes.ts';
import { HopSecret } from './hop-secret.ts';
import { placementJson } from './placement-json.ts';

const longestBody = 1024;

/**
 * What the internal listeners serve to other replicas besides the link, below `/replica/`:
 * `GET instances/{group}/{id}` and `POST instances/{group}/{id}/take-over`.
 */
@Injectable()
export class ReplicaEndpoints implements OnModuleInit {
  constructor(
    private readonly routes: InternalRoutes,
    private readonly secret: HopSecret,
    private readonly replicas: ReplicaRouter,
  ) {}

  onModuleInit(): void {
    this.routes.fallback = (req, res) => this.#serve(req, res);
  }

  /** @throws {RestError} */
  async #serve(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const { url = '', method = '' } = req;
    if (!url.startsWith('/replica/')) throw restErrors.notFound();
    this.secret.check(req);
    const [path = ''] = url.split('?');
    const [, , kind, group = '', id = '', action = ''] = path.split('/').map(decoded);
    switch (`${method} ${kind} ${action}`) {
      case 'GET instances ':
        return answer(res, this.replicas.held({ group, id }));
      case 'POST instances take-over':
        return answer(res, await this.#takeOver(req, { group, id }));
      default:
        throw restErrors.notFound();
    }
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
