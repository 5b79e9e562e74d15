import { spawn, spawnSync, type ChildProcessByStdio } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { WireInput } from '#libs/serde/protobuf/io/wire-input.ts';
import { fetchRegistry } from '../../scripts/stack/maven.ts';
import { javaCommand } from '../../scripts/stack/prerequisites.ts';
import { pythonTool } from '../../scripts/stack/python-venv.ts';

/** A FileDescriptorSet, in base64, of a schema and what it imports, made by protoc. The schema comes last. */
export async function descriptorsOf(schema: string): Promise<string> {
  const bin = await pythonTool('grpcio-tools', '1.76.0');
  const dir = await mkdtemp(join(tmpdir(), 'proto-'));
  try {
    await writeFile(join(dir, 'schema.proto'), schema);
    const args = ['-m', 'grpc_tools.protoc', `-I${dir}`, '--include_imports', `-o${join(dir, 'set')}`];
    // Some well-known types come with the package, which adds their folder itself.
    const protoc = spawnSync(join(bin, 'python'), [...args, 'schema.proto'], { encoding: 'utf8' });
    if (protoc.status !== 0) throw new Error(protoc.stderr);
    return (await readFile(join(dir, 'set'))).toString('base64');
  } finally {
    await rm(dir, { recursive: true });
  }
}

/** What some clients register as the schema: its own descriptor, in base64. @param descriptors see descriptorsOf */
export function lastDescriptor(descriptors: string): string {
  const input = new WireInput();
  const data = Buffer.from(descriptors, 'base64');
  let last = data;
  input.reset(data, 0);
  while (input.at < input.end) {
    input.tag();
    const size = input.size();
    last = data.subarray(input.at, input.at + size);
    input.at += size;
  }
  return last.toString('base64');
}

export interface JavaQuestion {
  readonly descriptors: string;
  /** Its full name. */
  readonly message: string;
  readonly json?: string;
  readonly hex?: string;
}

export interface JavaAnswer {
  /** What `json` is in bytes. */
  readonly hex?: string;
  /** What `hex` is in JSON. */
  readonly json?: string;
  readonly error?: string;
}

/** Protobuf as the original has it: Java's, with its JSON format. The registry of the tests brings it along. */
export class JavaProtobuf {
  readonly #process: ChildProcessByStdio<Writable, Readable, null>;
  readonly #answers: AsyncIterator<string>;

  private constructor(process: ChildProcessByStdio<Writable, Readable, null>) {
    this.#process = process;
    this.#answers = createInterface({ input: process.stdout })[Symbol.asyncIterator]();
  }

  static async start(): Promise<JavaProtobuf> {
    const { dir } = await fetchRegistry(() => {});
    const source = join(import.meta.dirname, 'schema-java-protobuf.java');
    const args = ['-Xmx128m', '-XX:+UseSerialGC', '-cp', join(dir, 'lib', '*'), source];
    return new JavaProtobuf(spawn(javaCommand(), args, { stdio: ['pipe', 'pipe', 'ignore'] }));
  }

  async ask(question: JavaQuestion): Promise<JavaAnswer> {
    this.#process.stdin.write(`${JSON.stringify(question)}\n`);
    const { value, done } = await this.#answers.next();
    if (done === true) throw new Error('Java has ended');
    const answer: unknown = JSON.parse(value);
    return answer as JavaAnswer;
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.#process.once('exit', resolve));
    this.#process.stdin.end();
    await ended;
  }
}
