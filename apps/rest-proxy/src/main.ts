import { createApp, type RestProxy } from './app.setup.ts';
import { ConfigError } from './config/config-error.ts';
import type { Config } from './config/config.ts';
import { readConfig } from './config/read-config.ts';

/** On top of `shutdown.graceful.ms`: what leaving groups and closing connections may take before the process just ends. */
const closingMs = 5_000;

const say = (lines: readonly string[]): void => {
  for (const line of lines) process.stderr.write(`${line}\n`);
};

/** Ends the process on a signal; a second one does not wait. */
function stopOnSignal(proxy: RestProxy, config: Config): void {
  let stopping = false;
  const stop = (signal: NodeJS.Signals): void => {
    if (stopping) process.exit(1);
    stopping = true;
    proxy.logger.info({ signal }, 'stopping');
    setTimeout(() => {
      proxy.logger.fatal('stopped before everything was closed');
      process.exit(1);
    }, config.http.shutdownGracefulMs + closingMs).unref();
    proxy.close().then(
      () => {
        proxy.logger.info('stopped');
        proxy.logger.flush(() => process.exit(0));
      },
      (error: unknown) => {
        proxy.logger.fatal(error, 'closing failed');
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', stop).on('SIGINT', stop);
}

/** A fault that nobody caught leaves a state that nobody knows: say it, and end. */
function endOnFault(proxy: RestProxy): void {
  const end = (error: unknown): void => {
    proxy.logger.fatal(error, 'unexpected fault');
    process.exit(1);
  };
  process.on('uncaughtException', end).on('unhandledRejection', end);
}

try {
  const config = readConfig(process.env, process.argv.slice(2));
  const proxy = await createApp(config);
  endOnFault(proxy);
  for (const warning of config.warnings) proxy.logger.warn(warning);
  proxy.logger.info({ settings: config.describe() }, 'settings that differ from their defaults');
  stopOnSignal(proxy, config);
  const urls = await proxy.servers.listen();
  proxy.logger.info({ listeners: urls }, 'listening');
} catch (error) {
  if (error instanceof ConfigError) say(error.problems);
  else
    say([
      error instanceof Error
        ? error.cause === undefined
          ? (error.stack ?? '')
          : error.message
        : String(error),
    ]);
  process.exit(1);
}
