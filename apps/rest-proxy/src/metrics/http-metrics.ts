import { Injectable } from '@nestjs/common';
import type { RequestObserver } from '../http/request-entry.ts';
import type { HttpRequest } from '../http/rest-request.ts';
import { ServerState } from '../http/server-state.ts';
import { answeredStatus } from '../http/answered-status.ts';
import { Metrics } from './metrics.ts';
import { RouteTallies, type RouterRoute } from './route-tallies.ts';

/** Requests by route, from their end. */
@Injectable()
export class HttpMetrics {
  readonly #tallies = new RouteTallies();

  constructor(metrics: Metrics, state: ServerState) {
    const tallies = this.#tallies;
    metrics.histogram('http_server_request_duration_seconds', function* () {
      for (const { method, route, durations } of tallies.all()) {
        for (const [status, distribution] of durations) {
          yield { labels: { method, route, status: String(status) }, distribution };
        }
      }
    });
    metrics.counter('krest_http_request_bytes_total', function* () {
      for (const { method, route, bytesIn } of tallies.all())
        yield { labels: { method, route }, value: bytesIn };
    });
    metrics.counter('krest_http_response_bytes_total', function* () {
      for (const { method, route, bytesOut } of tallies.all())
        yield { labels: { method, route }, value: bytesOut };
    });
    metrics.gauge('krest_http_inflight', () => [{ value: state.requestsInFlight }]);
    metrics.gauge('krest_http_inflight_bytes', () => [{ value: state.bytesInFlight }]);
    metrics.gauge('krest_http_open_streams', () => [{ value: state.openStreams }]);
  }

  /** Counts a request that is over. */
  readonly observe: RequestObserver = (req, res) => {
    const { context } = req;
    const tally = this.#tallies.of(routeOf(req), req.method ?? '');
    tally.bytesIn += context.bytesIn;
    tally.bytesOut += context.bytesOut;
    tally.observe(answeredStatus(res), (performance.now() - context.startedAt) / 1000);
  };
}

/** The router leaves the route that it has chosen at the request. It does not see what another replica answers. */
function routeOf(req: HttpRequest): RouterRoute {
  const { route } = req as HttpRequest & { readonly route?: RouterRoute };
  const { context, method = '', url = '' } = req;
  if (route !== undefined || context.routed === undefined) return route;
  const query = url.indexOf('?');
  return context.server.routes.routeOf(method, query === -1 ? url : url.slice(0, query));
}
