import { join } from 'node:path';

import { logFile } from './cache.ts';
import { PortInUse, freePort, isPortFree } from './ports.ts';
import { type Progress, fetchRegistry } from './maven.ts';
import { javaCommand, lightJvm } from './prerequisites.ts';
import { SupervisedProcess } from './processes.ts';
import { GiveUp, waitFor } from './wait.ts';

/** A schema registry that runs. */
export interface Registry {
  /** The base of the Confluent-compatible API, with its path. */
  readonly url: string;
  readonly log: string;
  stop(): Promise<void>;
}

/**
 * Starts a schema registry (Apicurio, in memory) on 127.0.0.1, with compatibility BACKWARD as Confluent's default.
 *
 * @throws {MissingPrerequisite} when Java or Maven is missing
 * @throws {PortInUse} when a port asked for is busy
 */
export async function startRegistry(
  options: { readonly port?: number; readonly progress?: Progress } = {},
): Promise<Registry> {
  const java = javaCommand();
  if (options.port !== undefined && !(await isPortFree(options.port))) throw new PortInUse(options.port);
  const { dir, jar } = await fetchRegistry(options.progress ?? (() => {}));
  const port = options.port ?? (await freePort());
  const child = await SupervisedProcess.start({
    name: 'schema registry',
    command: java,
    args: ['-Xmx160m', ...lightJvm, '-jar', join(dir, jar)],
    cwd: dir,
    env: { ...process.env, QUARKUS_HTTP_HOST: '127.0.0.1', HTTP_PORT: String(port) },
    log: logFile(`registry-${port}`),
  });
  const url = `http://127.0.0.1:${port}/apis/ccompat/v7`;
  try {
    await waitFor(
      `schema registry on port ${port} (log: ${child.log})`,
      async () => {
        if (!child.isRunning) {
          throw new GiveUp(`the schema registry ended (${child.exit}):\n${child.lastLines()}`);
        }
        const answer = await fetch(`${url}/config`, {
          method: 'PUT',
          headers: { 'Content-Type': 'application/vnd.schemaregistry.v1+json' },
          body: '{"compatibility":"BACKWARD"}',
          signal: AbortSignal.timeout(5000),
        });
        return answer.ok ? true : undefined;
      },
      90_000,
    );
  } catch (error) {
    await child.kill();
    throw error;
  }
  return { url, log: child.log, stop: () => child.kill() };
}
