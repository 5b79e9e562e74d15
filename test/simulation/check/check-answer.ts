import type { Answer, Request } from '../http/operations.ts';
import { leaseMs, sessionTimeoutMs } from '../nodes/settings.ts';
import type { Weather } from './weather.ts';

/** The effects of a fault are over after so long. */
export const aftermathMs = leaseMs + 5_000;
/** Routing takes no longer once everything works; see the protocol. */
export const mostRoutingMs = leaseMs + 1_000;

/** What members of a group are told when it has given their partitions to others. */
const overtaken = ['ILLEGAL_GENERATION', 'UNKNOWN_MEMBER_ID', 'REBALANCE_IN_PROGRESS'];

/** What is wrong with an answer, for all requests of an instance that is there. */
export function faultOf(
  { name, operation }: Request,
  { error, status }: Answer,
  startedAt: number,
  weather: Weather,
): string | undefined {
  if (status < 300) return undefined;
  const what = `${operation.kind} was answered ${status} ${error}`;
  if (status === 503) {
    const isExcused =
      weather.wasBad('store', startedAt - aftermathMs) || weather.wasBad('replicas', startedAt - aftermathMs);
    return isExcused ? undefined : what;
  }
  if (status === 500 && overtaken.includes(error)) return undefined;
  if (status === 500 && weather.wasBad('kafka', startedAt - sessionTimeoutMs)) return undefined;
  // The instance, or what it was subscribed to, is lost.
  if ((status === 404 || status === 409) && weather.isCatastrophe) return undefined;
  if ((status === 404 || status === 409) && weather.isUnsure(name, startedAt - aftermathMs)) return undefined;
  return what;
}
