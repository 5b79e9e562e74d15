import { logFile } from './cache.ts';
import { PortInUse, freePort, isPortFree } from './ports.ts';
import { requireCommand } from './prerequisites.ts';
import { SupervisedProcess } from './processes.ts';
import { GiveUp, waitFor } from './wait.ts';
import { connect } from 'node:net';

/** A Redis that runs, with nothing stored on disk. */
export interface Redis {
  readonly url: string;
  readonly port: number;
  readonly log: string;
  stop(): Promise<void>;
  /** Freezes it; its connections stay open. */
  pause(): void;
  resume(): void;
}

/**
 * Starts Redis on 127.0.0.1.
 *
 * @throws {MissingPrerequisite} when redis-server is not installed
 * @throws {PortInUse} when a port asked for is busy
 */
export async function startRedis(options: { readonly port?: number } = {}): Promise<Redis> {
  requireCommand(
    'redis-server',
    'Redis is needed, and no redis-server was found: install it (Debian, Ubuntu: apt-get install redis-server).',
  );
  if (options.port !== undefined && !(await isPortFree(options.port))) throw new PortInUse(options.port);
  const port = options.port ?? (await freePort());
  const child = await SupervisedProcess.start({
    name: 'redis',
    command: 'redis-server',
    args: `--port ${port} --bind 127.0.0.1 --appendonly no --daemonize no --dir /tmp`
      .split(' ')
      .concat('--save', ''),
    log: logFile(`redis-${port}`),
  });
  try {
    await waitFor(
      `Redis on port ${port} (log: ${child.log})`,
      async () => {
        if (!child.isRunning) throw new GiveUp(`redis-server ended (${child.exit}):\n${child.lastLines()}`);
        return (await ping(port)) ? true : undefined;
      },
      20_000,
      20,
    );
  } catch (error) {
    await child.kill();
    throw error;
  }
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    log: child.log,
    stop: () => child.kill(),
    pause: () => child.pause(),
    resume: () => child.resume(),
  };
}

function ping(port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port }, () => socket.write('PING\r\n'));
    socket.setTimeout(1000, () => socket.destroy(new Error('no answer')));
    socket.once('error', reject);
    socket.once('data', (data) => {
      resolve(data.toString().startsWith('+PONG'));
      socket.destroy();
    });
  });
}
