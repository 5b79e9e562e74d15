import type { RequestListener } from 'node:http';
import { Injectable, Logger } from '@nestjs/common';
import { RestError } from '#libs/errors/rest-error.ts';
import { restErrors } from '#libs/errors/rest-errors.ts';
import { ReplicaRouter } from '#libs/replicas/replica-router.ts';
import type { ConsumerInstanceName } from '#libs/consumers/consumer-registry.ts';
import { toRestError } from '../http/kafka-errors.ts';
import type { HttpRequest, HttpResponse } from '../http/rest-request.ts';
import { sendError } from '../http/send-error.ts';
import { DeliveryReports } from './delivery-reports.ts';
import { instanceOfRequest } from './instance-requests.ts';
import { PeerConnections } from './peer-connections.ts';
import { RoutedRequest, type Hop } from './routed-request.ts';

/** Stands in front of the router and brings requests of consumer instances to the replica that holds them. */
@Injectable()
export class ReplicaEdge {
  readonly #logger = new Logger('ReplicaEdge');
  readonly #hop: Hop;

  constructor(
    private readonly replicas: ReplicaRouter,
    connections: PeerConnections,
    reports: DeliveryReports,
  ) {
    this.#hop = { connections, reports };
  }

  inFrontOf(router: RequestListener): (req: HttpRequest, res: HttpResponse) => void {
    return (req, res) => {
      const name = instanceOfRequest(req.method, req.url);
      if (name === undefined) router(req, res);
      else void this.#serve(name, router, res);
    };
  }

  /** Never rejects. */
  async #serve(name: ConsumerInstanceName, router: RequestListener, res: HttpResponse): Promise<void> {
    const { context } = res.req;
    const routed = new RoutedRequest(router, res, this.#hop);
    context.routed = routed;
    try {
      await this.replicas.serve(name, routed);
    } catch (error) {
      if (isNotFound(error) && !context.answered && !res.destroyed) return routed.hereAnyway();
      if (!(error instanceof RestError)) {
        this.#logger.error({ requestId: context.requestId, err: error }, 'A request could not be routed');
      }
      if (!context.answered && !res.destroyed) sendError(res, toRestError(error));
      else if (!res.writableEnded) res.destroy();
    }
  }
}

const { errorCode: notFound, status } = restErrors.consumerInstanceNotFound;

const isNotFound = (error: unknown): boolean =>
  error instanceof RestError && error.status === status && error.errorCode === notFound;
