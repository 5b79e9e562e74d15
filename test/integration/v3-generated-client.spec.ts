import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import openapiTypes, { astToString } from 'openapi-typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { projectDir } from '../../scripts/stack/cache.ts';
import { makeGroups } from '../support/group-offsets.ts';
import { sharedKafka } from '../support/shared-servers.ts';
import { TestApp } from '../support/test-app.ts';
import { uniqueName } from '../support/unique-name.ts';

const run = promisify(execFile);
const program = fileURLToPath(new URL('../generated-client/program.ts', import.meta.url));

/** As strict as a compiler of a user's may be. */
const tsconfig = {
  extends: join(projectDir, 'tsconfig.json'),
  compilerOptions: {
    noEmit: true,
    rootDir: '.',
    lib: ['es2024', 'dom', 'dom.iterable', 'dom.asynciterable'],
    // With what a generator makes of the document.
    skipLibCheck: false,
  },
  include: ['*.ts'],
  exclude: [],
};

/** A client generated from our own document: whatever special case it needs is a fault of the document. */
describe('a client generated from the OpenAPI document', () => {
  const topic = uniqueName('generated');
  const group = uniqueName('generated');
  let bootstrapServers: string;
  let app: TestApp;
  let folder: string;

  beforeAll(async () => {
    bootstrapServers = await sharedKafka();
    app = await TestApp.onKafka(bootstrapServers);
    // Below the project, so that its packages are found.
    await mkdir(join(projectDir, '.cache'), { recursive: true });
    folder = await mkdtemp(join(projectDir, '.cache', 'generated-client-'));
    await copyFile(program, join(folder, 'program.ts'));
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(tsconfig));
    await writeFile(
      join(folder, 'paths.ts'),
      astToString(await openapiTypes(new URL(`${app.url}/openapi.json`))),
    );
  });

  afterAll(async () => {
    await app.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function drive(step: 'write' | 'finish'): Promise<unknown> {
    const args = [join(folder, 'program.ts'), app.url, topic, group, step];
    const { stdout } = await run(process.execPath, args);
    return JSON.parse(stdout) as unknown;
  }

  it('fits what a user writes, for a strict compiler', async () => {
    const compiled = await run(join(projectDir, 'node_modules', '.bin', 'tsc'), ['-p', folder]).then(
      () => '',
      (error: { readonly stdout?: string }) => String(error.stdout),
    );

    expect(compiled).toBe('');
  });

  it('creates a topic, configures it, and produces records one by one, in a batch and in a stream', async () => {
    expect(await drive('write')).toEqual({
      create: { tried: topic, created: 2, listed: true, again: [400, 40002] },
      configure: {
        altered: 204,
        put: 204,
        set: '2000000',
        reset: 204,
        changed: [['cleanup.policy', 'compact']],
        multi: 204,
      },
      produce: {
        one: [200, 0, 0],
        refused: 40401,
        batch: [['good'], ['bad']],
        streamed: { results: 100, written: 100, offsets: Array.from({ length: 100 }, (_, i) => i) },
      },
    });
  });

  it('sees how far a group is behind, sets where it reads on, and deletes group and topic', async () => {
    await makeGroups(bootstrapServers, [group], topic, [2, 40]);

    expect(await drive('finish')).toEqual({
      lag: {
        state: 'EMPTY',
        lags: [
          [1, 60],
          [0, 0],
        ],
        summary: [60, 60, 1],
        single: 60,
        altered: [
          [0, 2, 2],
          [1, 40, 100],
        ],
      },
      remove: { groupGone: 204, topicGone: 204, after: [404, 40403] },
    });
  });
});
