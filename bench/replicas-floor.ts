/**
 * The floor of a forwarded request: a bare node:http server that answers, and one that sends requests on to it with
 * undici and does nothing else. Arguments: its port, and for the second the port of the first.
 */
import { createServer } from 'node:http';
import { Pool } from 'undici';

const [port = '', target] = process.argv.slice(2);
const answer = Buffer.from(JSON.stringify({ topics: ['a-topic-of-the-bench'] }));

function owner(): ReturnType<typeof createServer> {
  return createServer((request, response) => {
    request.resume();
    response.writeHead(200, ['Content-Type', 'application/json', 'Content-Length', String(answer.length)]);
    response.end(answer);
  });
}

function edge(to: string): ReturnType<typeof createServer> {
  const pool = new Pool(`http://127.0.0.1:${to}`, { pipelining: 1, connections: 256 });
  return createServer((request, response) => {
    let status = 0;
    const chunks: Buffer[] = [];
    pool.dispatch(
      { method: 'GET', path: request.url ?? '/', headers: { accept: request.headers.accept ?? '' } },
      {
        onRequestStart() {},
        onResponseStart(_controller, code) {
          status = code;
        },
        onResponseData(_controller, chunk) {
          chunks.push(chunk);
        },
        onResponseEnd() {
          const body = chunks.length === 1 ? (chunks[0] ?? Buffer.alloc(0)) : Buffer.concat(chunks);
          response.writeHead(status, [
            'Content-Type',
            'application/json',
            'Content-Length',
            String(body.length),
          ]);
          response.end(body);
        },
        onResponseError(_controller, error) {
          response.destroy(error);
        },
      },
    );
  });
}

(target === undefined ? owner() : edge(target)).listen(Number(port), '127.0.0.1');
