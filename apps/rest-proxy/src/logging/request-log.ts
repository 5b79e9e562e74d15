import type { DestinationStream } from 'pino';
import { answeredStatus } from '../http/answered-status.ts';
import type { RequestObserver } from '../http/request-entry.ts';
import { isoTime } from './iso-time.ts';

const longestPath = 512;

/**
 * One line a request, at its end. No query, no body, no headers: none of what may be secret.
 *
 * Written by hand in the form of the other lines, because it is the one that costs: the logger takes twice as long.
 */
export function requestLog(target: DestinationStream): RequestObserver {
  return (req, res) => {
    const { context, url = '' } = req;
    const { endpoint, errorCode, owner } = context;
    const query = url.indexOf('?');
    const path = url.slice(0, query === -1 ? longestPath : Math.min(query, longestPath));
    const durationMs = Math.round((performance.now() - context.startedAt) * 1000) / 1000;
    target.write(
      `{"level":"info","time":"${isoTime()}","requestId":${JSON.stringify(context.requestId)},` +
        `"client":"${req.socket.remoteAddress ?? ''}","method":"${req.method ?? ''}","path":${JSON.stringify(path)},` +
        (endpoint === undefined ? '' : `"endpoint":"${endpoint}",`) +
        `"status":${answeredStatus(res)},` +
        (errorCode === undefined ? '' : `"errorCode":${errorCode},`) +
        (owner === undefined ? '' : `"owner":${JSON.stringify(owner)},`) +
        (context.isForwarded ? '"forwarded":true,' : '') +
        (res.writableFinished ? '' : '"complete":false,') +
        `"records":${context.records},"bytesIn":${context.bytesIn},"bytesOut":${context.bytesOut},` +
        `"durationMs":${durationMs},"msg":"request"}\n`,
    );
  };
}
