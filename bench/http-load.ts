import { connect, type Socket } from 'node:net';

export interface LoadOptions {
  readonly port: number;
  readonly connections: number;
  /** The whole request, head and body, sent over and over; several are shared out among the connections. */
  readonly request: Buffer | readonly Buffer[];
  readonly durationMs: number;
  /** Ends earlier, after so many answers. */
  readonly most?: number;
  /** Says what is wrong with a response; every response's status is checked anyway. */
  readonly check?: (body: string) => string | undefined;
}

export interface LoadResult {
  readonly requests: number;
  readonly seconds: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/**
 * A closed loop over keep-alive connections: each sends its next request when the last one is answered.
 *
 * Speaks just enough HTTP for answers with a Content-Length, so that it costs less than what it measures.
 */
export async function load(options: LoadOptions): Promise<LoadResult> {
  const latencies: number[] = [];
  const requests = [options.request].flat();
  const started = performance.now();
  const until = started + options.durationMs;
  await Promise.all(
    Array.from({ length: options.connections }, (_, i) => {
      const request = requests[i % requests.length];
      if (request === undefined) throw new Error('there is nothing to send');
      return oneConnection(options, request, until, latencies);
    }),
  );
  const seconds = (performance.now() - started) / 1000;
  latencies.sort((a, b) => a - b);
  const at = (q: number): number =>
    latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * q))] ?? NaN;
  return { requests: latencies.length, seconds, p50Ms: at(0.5), p99Ms: at(0.99) };
}

function oneConnection(
  options: LoadOptions,
  request: Buffer,
  until: number,
  latencies: number[],
): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket: Socket = connect({ port: options.port, host: '127.0.0.1', noDelay: true });
    let received = Buffer.alloc(0);
    let sentAt = 0;
    let answered = 0;
    const send = (): void => {
      sentAt = performance.now();
      socket.write(request);
    };
    const fail = (reason: string): void => {
      socket.destroy();
      reject(new Error(reason));
    };
    socket.setTimeout(30_000, () => fail('no answer for 30 s'));
    socket.on('error', reject);
    socket.on('close', () => {
      if (performance.now() < until) fail('the server closed the connection');
    });
    socket.on('connect', send);
    socket.on('data', (chunk) => {
      received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
      const headEnd = received.indexOf('\r\n\r\n');
      if (headEnd < 0) return;
      const head = received.toString('latin1', 0, headEnd);
      const length = /content-length: (\d+)/i.exec(head)?.[1];
      if (length === undefined) return fail(`an answer without Content-Length: ${head}`);
      if (received.length < headEnd + 4 + Number(length)) return;
      latencies.push(performance.now() - sentAt);
      if (!head.startsWith('HTTP/1.1 200')) return fail(`${head}\n${received.toString('utf8', headEnd + 4)}`);
      // One body in a hundred is read: enough to see a load of errors, too few to slow the loop.
      if (options.check !== undefined && answered++ % 100 === 0) {
        const problem = options.check(received.toString('utf8', headEnd + 4));
        if (problem !== undefined) return fail(problem);
      }
      received = Buffer.alloc(0);
      if (performance.now() < until && latencies.length < (options.most ?? Infinity)) send();
      else {
        socket.destroy();
        resolve();
      }
    });
  });
}

/** A POST as bytes. */
export function post(path: string, contentType: string, body: string): Buffer {
  const bytes = Buffer.from(body);
  const head = [
    `POST ${path} HTTP/1.1`,
    'Host: 127.0.0.1',
    `Content-Type: ${contentType}`,
    'Accept: application/vnd.kafka.v2+json',
    `Content-Length: ${bytes.length}`,
  ];
  return Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), bytes]);
}

/** A GET as bytes. */
export function get(path: string, accept: string): Buffer {
  return Buffer.from(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: ${accept}\r\n\r\n`);
}
