import type { Server } from 'node:http';
import type { Listener } from '../config/config.ts';

/**
 * Lets a server listen.
 *
 * @param key of the setting that names the listener
 * @returns its URL, e.g. `http://0.0.0.0:8082`
 * @throws {Error} that names the address that cannot be had
 */
export function openListener(
  server: Server,
  { protocol, host, port }: Pick<Listener, 'protocol' | 'host' | 'port'>,
  key: string,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const fail = (cause: NodeJS.ErrnoException): void => {
      const why = reasons.get(cause.code ?? '')?.(key) ?? cause.message;
      reject(new Error(`Cannot listen on ${protocol}://${host}:${port}: ${why}`, { cause }));
    };
    server.once('error', fail);
    server.listen({ host, port, backlog: 1024 }, () => {
      server.off('error', fail);
      const address = server.address();
      const actual = typeof address === 'object' && address !== null ? address.port : port;
      resolve(`${protocol}://${host.includes(':') ? `[${host}]` : host}:${actual}`);
    });
  });
}

const reasons = new Map<string, (key: string) => string>([
  ['EADDRINUSE', (key) => `the port is in use; choose another with ${key}`],
  ['EACCES', () => 'not permitted; ports below 1024 need privileges'],
  ['EADDRNOTAVAIL', () => 'this machine does not have the address'],
]);

/** Idle connections end at once, busy ones with their answer. */
export function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    if (!server.listening) return resolve();
    server.close(() => resolve());
  });
}
