import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

import { Told } from './told.ts';

/** Something that must be installed by hand is not there; the message is one sentence that says what. */
export class MissingPrerequisite extends Told {
  override readonly name = 'MissingPrerequisite';
}

const neededJava = 17;

/** Options that make a Java server start fast and stay small; they cost speed that no test needs. */
export const lightJvm: readonly string[] = [
  '-XX:+UseSerialGC',
  '-XX:TieredStopAtLevel=1',
  '-Xshare:auto',
  '-Djava.awt.headless=true',
];

/** The major version in what `java -version` prints, for example 17 for `openjdk version "17.0.15"`. */
export function javaMajor(versionText: string): number | undefined {
  const found = /version "(?:1\.)?(\d+)/.exec(versionText);
  return found?.[1] === undefined ? undefined : Number(found[1]);
}

/**
 * The `java` command: that of JAVA_HOME, else the one on the PATH.
 *
 * @throws {MissingPrerequisite} when there is none, or it is older than 17
 */
export function javaCommand(): string {
  const home = process.env['JAVA_HOME'];
  const command = home ? join(home, 'bin', 'java') : 'java';
  const answer = spawnSync(command, ['-version'], { encoding: 'utf8' });
  const major = answer.error === undefined ? javaMajor(answer.stderr + answer.stdout) : undefined;
  const advice = `install a JDK or JRE of version ${neededJava} or newer (Debian, Ubuntu: apt-get install openjdk-17-jre-headless)`;
  if (major === undefined)
    throw new MissingPrerequisite(`A local Kafka needs Java, and none was found: ${advice}.`);
  if (major < neededJava)
    throw new MissingPrerequisite(`Java ${major} is too old for a local Kafka: ${advice}.`);
  return command;
}

/**
 * Makes sure that a command exists.
 *
 * @throws {MissingPrerequisite} with `sentence` when it does not
 */
export function requireCommand(command: string, sentence: string, versionArgument = '--version'): void {
  const answer = spawnSync(command, [versionArgument], { stdio: 'ignore' });
  if (answer.error !== undefined) throw new MissingPrerequisite(sentence);
}
