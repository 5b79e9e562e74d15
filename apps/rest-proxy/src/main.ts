import { createApp } from './app.setup.ts';
import { ConfigError } from './config/config-error.ts';
import { readConfig } from './config/read-config.ts';
import { ProcessLifecycle } from './process-lifecycle.ts';

/** One line a problem of the configuration; what is expected without a stack. */
function problems(error: unknown): readonly string[] {
  if (error instanceof ConfigError) return error.problems;
  if (!(error instanceof Error)) return [String(error)];
  return [error.cause === undefined ? (error.stack ?? error.message) : error.message];
}

try {
  const config = readConfig(process.env, process.argv.slice(2));
  const proxy = await createApp(config);
  new ProcessLifecycle(proxy, process, config.http.shutdownGracefulMs).watch();
  for (const warning of config.warnings) proxy.logger.warn(warning);
  proxy.logger.info({ settings: config.describe() }, 'settings that differ from their defaults');
  proxy.logger.info(await proxy.listen(), 'listening');
} catch (error) {
  for (const problem of problems(error)) process.stderr.write(`${problem}\n`);
  process.exit(1);
}
