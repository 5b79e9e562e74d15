import { buildWhenStale } from './build.ts';
import { serveArguments } from './serve-command.ts';
import { projectDir } from './stack/cache.ts';
import { PortInUse, isPortFree } from './stack/ports.ts';
import { SupervisedProcess } from './stack/processes.ts';
import { Told } from './stack/told.ts';
import { GiveUp, unlessAborted, waitFor } from './stack/wait.ts';
import { type LocalStack, stackPorts, startStack } from './start/local-stack.ts';
import { type ProxySetting, readProxySetting } from './start/proxy-address.ts';
import { welcome } from './start/quick-start.ts';

/** Time for the proxy to finish what it does; it has its own, shorter limit. */
const proxyStopMs = 45_000;

const args = process.argv.slice(2).filter((argument) => argument !== '--watch');
const watch = process.argv.includes('--watch');
const end = new AbortController();
let stack: LocalStack | undefined;
let proxy: SupervisedProcess | undefined;

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    // The second time somebody is in a hurry: exiting kills what is left.
    if (end.signal.aborted) process.exit(130);
    console.log('\nStopping …');
    end.abort();
  });
}
// The wrapper that started us is gone without a signal.
process.on('disconnect', () => end.abort());

try {
  await main();
} catch (error) {
  if (!end.signal.aborted) {
    process.exitCode = 1;
    console.error(error instanceof Told ? error.message : error);
  }
} finally {
  await stopAll();
}
process.exit();

async function main(): Promise<void> {
  const setting = readProxySetting(process.env, args[0]);
  if (!(await isPortFree(setting.port))) {
    throw new Told(
      `Port ${setting.port}, where the proxy would listen, is in use. Choose another one: KAFKA_REST_LISTENERS=http://0.0.0.0:${setting.port + 1000} npm start`,
    );
  }
  if (!buildWhenStale()) throw new Told('The build failed; the compiler says above why.');
  const environment = { ...process.env };
  if (setting.bootstrapServers === undefined) {
    stack = await bringUpStack();
    environment['KAFKA_REST_BOOTSTRAP_SERVERS'] = stack.bootstrapServers;
    if (setting.schemaRegistryUrl === undefined && stack.schemaRegistryUrl !== undefined) {
      environment['KAFKA_REST_SCHEMA_REGISTRY_URL'] = stack.schemaRegistryUrl;
    }
  }
  console.log('Starting the proxy …');
  proxy = await startProxy(environment);
  const ended = proxy.ended.then((exit) => {
    if (!end.signal.aborted) throw new Told(`The proxy ended (${exit}); what it wrote above says why.`);
  });
  await unlessAborted(end.signal, Promise.race([ready(setting), ended]));
  console.log(
    welcome({
      baseUrl: setting.baseUrl,
      kafka: setting.bootstrapServers ?? stack?.bootstrapServers ?? '',
      registry: setting.schemaRegistryUrl ?? stack?.schemaRegistryUrl,
      note: stack?.note,
    }),
  );
  // The processes that were started do not keep this one alive, and whoever started it need not either.
  const alive = setInterval(() => {}, 60_000);
  try {
    await unlessAborted(end.signal, ended);
  } finally {
    clearInterval(alive);
  }
}

async function bringUpStack(): Promise<LocalStack> {
  const ports = stackPorts(process.env);
  try {
    return await startStack(ports, (line) => console.log(line), end.signal);
  } catch (error) {
    if (!(error instanceof PortInUse)) throw error;
    throw new Told(
      `Port ${error.port}, where the local Kafka would listen, is in use. Choose another one: KRP_KAFKA_PORT=${error.port + 1000} npm start. Or, when a Kafka runs there, use that one: KAFKA_REST_BOOTSTRAP_SERVERS=localhost:${error.port} npm start`,
    );
  }
}

function startProxy(environment: NodeJS.ProcessEnv): Promise<SupervisedProcess> {
  // Without a shell between them, the CLI waits for the old process to end before it starts the new one.
  const nest = ['start', '--watch', '--no-shell', ...(args.length > 0 ? ['--', ...args] : [])];
  return SupervisedProcess.start({
    name: 'proxy',
    command: watch ? 'nest' : process.execPath,
    args: watch ? nest : [...serveArguments(), ...args],
    cwd: projectDir,
    env: environment,
    log: 'inherit',
  });
}

/** Any answer from the health route that is not an error means that the proxy serves. */
async function ready({ baseUrl, port }: ProxySetting): Promise<void> {
  if (!baseUrl.startsWith('http:')) {
    // Its certificate need not be valid for this machine: a listener is all that can be waited for.
    await waitFor('the proxy', async () => ((await isPortFree(port)) ? undefined : true), 60_000);
    return;
  }
  await waitFor(
    'the proxy',
    async () => {
      if (end.signal.aborted) throw new GiveUp('stopped');
      const answer = await fetch(`${baseUrl}/health/ready`, { signal: AbortSignal.timeout(5000) });
      const text = await answer.text();
      if (!answer.ok) throw new Error(`/health/ready answers ${answer.status}: ${text}`);
      return true;
    },
    60_000,
  ).catch((error: unknown) => {
    if (!(error instanceof Error)) throw error;
    const why = error.cause instanceof Error ? error.cause.message : error.message;
    throw new Told(`The proxy is not ready: ${why}`);
  });
}

async function stopAll(): Promise<void> {
  end.abort();
  await proxy?.stop(proxyStopMs);
  await stack?.stop();
}
