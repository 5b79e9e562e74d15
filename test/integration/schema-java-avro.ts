import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fetchRegistry } from '../../scripts/stack/maven.ts';
import { javaCommand } from '../../scripts/stack/prerequisites.ts';

export interface JavaQuestion {
  readonly schema: string;
  /** In Avro's JSON encoding. */
  readonly json?: string;
  /** In Avro's binary encoding. */
  readonly hex?: string;
}

export interface JavaAnswer {
  readonly canonical?: string;
  /** What `json` is in bytes. */
  readonly hex?: string;
  /** What `hex` is in JSON. */
  readonly json?: string;
  readonly error?: string;
}

/** The Avro library of the original, which the registry of the tests brings along. */
export class JavaAvro {
  readonly #process: ChildProcessByStdio<Writable, Readable, null>;
  readonly #answers: AsyncIterator<string>;
  readonly #lines: Interface;

  private constructor(process: ChildProcessByStdio<Writable, Readable, null>) {
    this.#process = process;
    this.#lines = createInterface({ input: process.stdout });
    this.#answers = this.#lines[Symbol.asyncIterator]();
  }

  static async start(): Promise<JavaAvro> {
    const { dir } = await fetchRegistry(() => {});
    const source = join(import.meta.dirname, 'schema-java-avro.java');
    const args = ['-Xmx128m', '-XX:+UseSerialGC', '-cp', join(dir, 'lib', '*'), source];
    return new JavaAvro(spawn(javaCommand(), args, { stdio: ['pipe', 'pipe', 'ignore'] }));
  }

  async ask(question: JavaQuestion): Promise<JavaAnswer> {
    this.#process.stdin.write(`${JSON.stringify(question)}\n`);
    const { value, done } = await this.#answers.next();
    if (done === true) throw new Error('Java has ended');
    const answer: unknown = JSON.parse(value);
    return answer as JavaAnswer;
  }

  stop(): void {
    this.#process.kill();
    this.#lines.close();
  }
}
