import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { builtMain, buildWhenStale } from '../../scripts/build.ts';

const dir = mkdtempSync(join(tmpdir(), 'process-'));

beforeAll(() => {
  if (!buildWhenStale()) throw new Error('the build fails');
});

afterAll(() => rmSync(dir, { recursive: true }));

/** The proxy as a process, with nothing in its environment but these. */
const start = (settings: Readonly<Record<string, string>>, args: readonly string[] = []) => {
  const child = spawn(process.execPath, [builtMain, ...args], { env: settings, stdio: 'pipe' });
  return { child, output: text(child.stdout), errors: text(child.stderr), exit: once(child, 'exit') };
};

describe('the process', () => {
  it('says what is wrong with its configuration, one line a problem and nothing else, and ends', async () => {
    const { output, errors, exit } = start({
      KAFKA_REST_CONSUMER_REQUEST_TIMEOUT_MS: 'abc',
      KAFKA_REST_AUTHENTICATION_METHOD: 'BASIC',
      KAFKA_REST_CLIENT_SECURITY_PROTOCOL: 'SASL_SSL',
      KAFKA_REST_CLIENT_SASL_MECHANISM: 'PLAIN',
      KAFKA_REST_CLIENT_SASL_JAAS_CONFIG: 'PlainLoginModule required password="secret-1";',
    });

    expect((await errors).trimEnd().split('\n')).toEqual([
      'consumer.request.timeout.ms: must be an integer, was "abc" (from KAFKA_REST_CONSUMER_REQUEST_TIMEOUT_MS)',
      'authentication.method: refused: not supported, and the proxy would run without the protection (from KAFKA_REST_AUTHENTICATION_METHOD)',
      'bootstrap.servers: required; set KAFKA_REST_BOOTSTRAP_SERVERS or put it into the properties file',
      'client.sasl.jaas.config: must be "PlainLoginModule required username=… password=…;" for sasl.mechanism=PLAIN (from KAFKA_REST_CLIENT_SASL_JAAS_CONFIG)',
    ]);
    expect(await output).toBe('');
    expect((await exit)[0]).toBe(1);
  });

  it('starts from a properties file without a Kafka to be had, and logs no secret at any level', async () => {
    const path = join(dir, 'kafka-rest.properties');
    writeFileSync(
      path,
      [
        'bootstrap.servers=127.0.0.1:9',
        'listeners=http://127.0.0.1:0',
        'internal.listeners=',
        'log.level=trace',
        'client.security.protocol=SASL_PLAINTEXT',
        'client.sasl.mechanism=PLAIN',
        'client.sasl.jaas.config=PlainLoginModule required username="u" \\',
        '  password="secret-1";',
        'client.ssl.key.password=secret-2',
        'unknown.password=secret-3',
      ].join('\n'),
    );
    const { child, output, errors, exit } = start({ KAFKA_REST_ID: 'of-environment' }, [path]);
    const address = new Promise<string>((resolve) => {
      let seen = '';
      child.stdout.on('data', (chunk: Buffer) => {
        seen += chunk.toString();
        const [, url] = /"listeners":\["([^"]+)"/.exec(seen) ?? [];
        if (url !== undefined) resolve(url);
      });
    });

    expect((await fetch(`${await address}/`)).status).toBe(200);
    await fetch(`${await address}/topics`);
    child.kill('SIGTERM');

    const log = (await output) + (await errors);
    expect((await exit)[0]).toBe(0);
    expect(log).toContain('"id":"of-environment"');
    expect(log).toContain('unknown.password: unknown, ignored');
    expect(log).toContain('"client.sasl.jaas.config":"[hidden]"');
    expect(log).not.toContain('secret-');
  });
});
