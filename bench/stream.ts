import { connect } from 'node:net';
import type { MeasuredProcess } from './measured-process.ts';
import type { Line } from './scenarios.ts';

/** The id of the cluster that the proxy serves. */
export async function clusterId(base: string): Promise<string> {
  const response = await fetch(`${base}/v3/clusters`);
  const found = /"cluster_id":"([^"]+)"/.exec(await response.text());
  if (found?.[1] === undefined) throw new Error('the proxy names no cluster');
  return found[1];
}

/** Records of 100 bytes of JSON in one stream of API v3, one connection: as many as the proxy takes. */
export async function stream(
  server: MeasuredProcess,
  port: number,
  what: string,
  options: {
    readonly path: string;
    readonly records: number;
    /** Records that a chunk of the body holds. */
    readonly perChunk: number;
  },
): Promise<Line> {
  const { path, records, perChunk } = options;
  const record = JSON.stringify({ value: { type: 'JSON', data: { name: 'x'.repeat(89) } } });
  const chunk = chunkOf(record.repeat(perChunk));
  // Many chunks a write, or the system calls of this side would be measured.
  const chunksAtOnce = Math.max(1, Math.floor(65_536 / chunk.length));
  const piece = Buffer.concat(Array.from({ length: chunksAtOnce }, () => chunk));
  const before = server.usage();
  const started = performance.now();
  await new Promise<void>((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    let sent = 0;
    let answered = 0;
    let tail = Buffer.alloc(0);
    const send = (): void => {
      while (sent < records) {
        sent += perChunk * chunksAtOnce;
        if (!socket.write(piece)) return;
      }
      // The socket stays open: it is closed when the last answer has come.
      socket.write('0\r\n\r\n');
    };
    socket.setTimeout(30_000, () => reject(new Error(`no answer for 30 s after ${answered} records`)));
    socket.on('error', reject);
    socket.on('close', () => reject(new Error(`the stream ended after ${answered} of ${sent} records`)));
    socket.on('drain', send);
    socket.on('connect', () => {
      socket.write(
        `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n`,
      );
      send();
    });
    socket.on('data', (data) => {
      const text = Buffer.concat([tail, data]);
      let at = text.indexOf(success);
      let end = 0;
      for (; at >= 0; at = text.indexOf(success, end)) {
        answered++;
        end = at + success.length;
      }
      tail = text.subarray(Math.max(end, text.length - success.length + 1));
      if (answered < sent || sent < records) return;
      socket.removeAllListeners('close').destroy();
      resolve();
    });
  });
  const seconds = (performance.now() - started) / 1000;
  return {
    what,
    unit: 'record',
    perSecond: records / seconds,
    cpuUs: (server.usage().cpuUs - before.cpuUs) / records,
  };
}

function chunkOf(body: string): Buffer {
  return Buffer.from(`${Buffer.byteLength(body).toString(16)}\r\n${body}\r\n`);
}

const success = Buffer.from('"error_code":200');
