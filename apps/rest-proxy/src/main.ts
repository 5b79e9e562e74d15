import { createServer } from 'node:http';
import { createApp } from './app.setup.ts';
import { ConfigError } from './config/config-error.ts';
import { readConfig } from './config/read-config.ts';

try {
  const config = readConfig(process.env, process.argv.slice(2));
  const app = await createApp(config);
  for (const { host, port } of config.http.listeners)
    createServer(app.getHttpAdapter().getInstance()).listen(port, host);
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  process.stderr.write(`${error.problems.join('\n')}\n`);
  process.exitCode = 1;
}
