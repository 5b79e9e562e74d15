import type { ServerResponse } from 'node:http';

/** As nginx says it: the client closed the connection before there was an answer. */
const clientGone = 499;

/** The status of a request that is over. */
export function answeredStatus(res: ServerResponse): number {
  return res.headersSent ? res.statusCode : clientGone;
}
