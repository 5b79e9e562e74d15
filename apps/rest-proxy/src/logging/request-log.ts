import type { Logger } from 'pino';
import type { RequestLog } from '../http/request-entry.ts';

const longestPath = 512;
/** As nginx says it: the client closed the connection before there was an answer. */
const clientGone = 499;

/** One line a request, at its end. No query, no body, no headers: none of what may be secret. */
export function requestLog(logger: Logger): RequestLog {
  return (req, res) => {
    const { context, url = '', method } = req;
    const end = url.indexOf('?');
    logger.info(
      {
        requestId: context.requestId,
        client: req.socket.remoteAddress,
        method,
        path: url.slice(0, end === -1 ? longestPath : Math.min(end, longestPath)),
        endpoint: context.endpoint,
        status: res.headersSent ? res.statusCode : clientGone,
        errorCode: context.errorCode,
        complete: res.writableFinished ? undefined : false,
        records: context.records,
        bytesIn: context.bytesIn,
        bytesOut: context.bytesOut,
        durationMs: Math.round((performance.now() - context.startedAt) * 1000) / 1000,
      },
      'request',
    );
  };
}
