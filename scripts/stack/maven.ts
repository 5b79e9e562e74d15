import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { cacheDir, writeInto } from './cache.ts';
import { withFileLock } from './file-lock.ts';
import { requireCommand } from './prerequisites.ts';

/** Receives one line for a person each time something takes a while. */
export type Progress = (line: string) => void;

const kafkaVersion = '4.1.1';
const registryVersion = '2.6.13.Final';
const dependencyPlugin = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1';

/** The folder with the jars of Apache Kafka, its command-line tools among them, fetched the first time. */
export async function fetchKafka(progress: Progress): Promise<string> {
  const dir = await fetchOnce(
    `kafka-${kafkaVersion}`,
    `Apache Kafka ${kafkaVersion} (about 45 MB)`,
    progress,
    async (target) => {
      writeInto(
        join(target, 'pom.xml'),
        pom([
          ['org.apache.kafka', 'kafka_2.13', kafkaVersion],
          ['org.apache.kafka', 'kafka-tools', kafkaVersion],
          ['org.apache.logging.log4j', 'log4j-slf4j-impl', '2.24.3'],
        ]),
      );
      await maven(target, [
        `${dependencyPlugin}:copy-dependencies`,
        '-DincludeScope=runtime',
        `-DoutputDirectory=${join(target, 'libs')}`,
      ]);
    },
  );
  return join(dir, 'libs');
}

/** The folder with Apicurio Registry, fetched the first time, and the name of its jar. */
export async function fetchRegistry(progress: Progress): Promise<{ dir: string; jar: string }> {
  const dir = await fetchOnce(
    `registry-${registryVersion}`,
    `Apicurio Registry ${registryVersion} (about 140 MB)`,
    progress,
    async (target) => {
      await maven(target, [
        `${dependencyPlugin}:copy`,
        `-Dartifact=io.apicurio:apicurio-registry-app:${registryVersion}:tar.gz:all`,
        `-DoutputDirectory=${target}`,
      ]);
      const archive = `apicurio-registry-app-${registryVersion}-all.tar.gz`;
      await run('tar', ['xzf', archive], target);
      rmSync(join(target, archive));
    },
  );
  return { dir, jar: `apicurio-registry-app-${registryVersion}-runner.jar` };
}

/** Fills a folder of the cache once: in a folder beside it that is renamed when complete, by one process at a time. */
async function fetchOnce(
  name: string,
  title: string,
  progress: Progress,
  fill: (dir: string) => Promise<void>,
): Promise<string> {
  const target = cacheDir(name);
  if (existsSync(target)) return target;
  return withFileLock(
    // One lock for all: two Mavens at once could spoil the repository folder that they share.
    cacheDir('maven.lock'),
    () => progress(`waiting for another process that uses Maven, to fetch ${title} …`),
    async () => {
      if (existsSync(target)) return target;
      requireCommand(
        'mvn',
        `${title} is fetched through Maven, and no mvn was found: install Maven (Debian, Ubuntu: apt-get install maven).`,
      );
      const startedAt = Date.now();
      progress(`fetching ${title}; this happens once …`);
      for (const entry of readdirSync(cacheDir())) {
        // Left by a process that was killed: nobody else fetches while we hold the lock.
        if (entry.startsWith(`${name}.partial-`)) rmSync(cacheDir(entry), { recursive: true, force: true });
      }
      const partial = mkdtempSync(cacheDir(`${name}.partial-`));
      const alive = setInterval(
        () => progress(`… still fetching (${Math.round((Date.now() - startedAt) / 1000)} s)`),
        10_000,
      );
      try {
        await fill(partial);
        renameSync(partial, target);
      } finally {
        clearInterval(alive);
        rmSync(partial, { recursive: true, force: true });
      }
      progress(`fetched in ${Math.round((Date.now() - startedAt) / 1000)} s`);
      return target;
    },
  );
}

function pom(dependencies: readonly (readonly [group: string, artifact: string, version: string])[]): string {
  const list = dependencies.map(
    ([group, artifact, version]) =>
      `<dependency><groupId>${group}</groupId><artifactId>${artifact}</artifactId><version>${version}</version>${withoutConnect}</dependency>`,
  );
  return `<project>
<modelVersion>4.0.0</modelVersion>
<groupId>local</groupId><artifactId>local</artifactId><version>1</version><packaging>pom</packaging>
<dependencies>${list.join('\n')}</dependencies>
</project>
`;
}

/** kafka-tools brings a web server for Kafka Connect, which nobody needs here. */
const withoutConnect =
  '<exclusions><exclusion><groupId>org.apache.kafka</groupId><artifactId>connect-runtime</artifactId></exclusion></exclusions>';

async function maven(dir: string, args: readonly string[]): Promise<void> {
  await run('mvn', ['-B', '-q', ...args], dir);
}

/** @throws {Error} with the end of what the command printed, when it fails */
function run(command: string, args: readonly string[], cwd: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const end = (): void => void child.kill();
    process.once('exit', end);
    const keep = (chunk: Buffer): void => {
      output = (output + chunk.toString()).slice(-4000);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.once('error', reject);
    child.once('close', (code) => {
      process.off('exit', end);
      if (code === 0) resolve();
      else reject(new Error(`${command} failed (${code ?? 'killed'}):\n${output.trim()}`));
    });
  });
}
