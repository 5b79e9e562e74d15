/**
 * What schema formats cost in one process, without HTTP and Kafka: between JSON text and a record's bytes, beside the
 * libraries. Prints a JSON array of lines. Needs a build.
 */
import { SchemaRegistry } from '@kafkajs/confluent-schema-registry';
import { Ajv } from 'ajv';
import avro from 'avsc';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import protobuf from 'protobufjs';
import type { SchemaLanguage } from '#libs/serde/schema/schema-language.ts';
import type { Line } from './scenarios.ts';

type Job = () => unknown;

const seconds = Number(process.argv[2] ?? '3');
const lines: Line[] = [];

/** CPU time a record: the least of several rounds. */
async function measure(what: string, job: Job): Promise<void> {
  const rounds = 5;
  const batch = 2_000;
  let least = Infinity;
  let most = 0;
  // What is run is what V8 has seen often.
  for (let i = 0; i < 10; i++) await runBatch(job, batch);
  for (let round = 0; round < rounds; round++) {
    const until = performance.now() + (seconds * 1000) / rounds;
    const startedAt = performance.now();
    const cpu = process.cpuUsage();
    let count = 0;
    while (performance.now() < until) {
      await runBatch(job, batch);
      count += batch;
    }
    const { user, system } = process.cpuUsage(cpu);
    least = Math.min(least, (user + system) / count);
    most = Math.max(most, (count * 1000) / (performance.now() - startedAt));
  }
  lines.push({ what, unit: 'record', perSecond: most, cpuUs: least });
}

/** The library is asynchronous; what is not is not waited for. */
async function runBatch(job: Job, batch: number): Promise<void> {
  let last: unknown;
  for (let i = 0; i < batch; i++) {
    last = job();
    if (last instanceof Promise) await last;
  }
}

async function measureAvro(): Promise<void> {
  const schema = {
    type: 'record',
    name: 'Order',
    namespace: 'shop',
    fields: [
      { name: 'id', type: 'long' },
      { name: 'customer', type: 'string' },
      { name: 'quantity', type: 'int' },
      { name: 'price', type: 'double' },
      { name: 'paid', type: 'boolean' },
      { name: 'note', type: ['null', 'string'] },
      { name: 'status', type: { type: 'enum', name: 'Status', symbols: ['NEW', 'SENT', 'DONE'] } },
      { name: 'tags', type: { type: 'array', items: 'string' } },
      {
        name: 'address',
        type: {
          type: 'record',
          name: 'Address',
          fields: [
            { name: 'street', type: 'string' },
            { name: 'zip', type: 'int' },
          ],
        },
      },
      { name: 'createdAt', type: { type: 'long', logicalType: 'timestamp-millis' } },
    ],
  } satisfies avro.Schema;
  const json = Buffer.from(
    '{"id":1234567890123,"customer":"Ada Lovelace","quantity":42,"price":12.5,"paid":true,' +
      '"note":{"string":"by hand"},"status":"SENT","tags":["a","bc","def"],' +
      '"address":{"street":"Main Street 1","zip":12345},"createdAt":1700000000000}',
  );
  const text = JSON.stringify(schema);
  const codec = (await languageOf('avro/avro-language.js', 'AvroLanguage')).compile({ text, references: [] });
  const header = Buffer.from([0, 0, 0, 0, 1]);
  const bytes = codec.encode(json, header);
  await measure('Avro, JSON to bytes: the proxy', () => codec.encode(json, header));
  await measure('Avro, bytes to JSON: the proxy', () => codec.decode(bytes, header.length));

  const type = avro.Type.forSchema(schema, { wrapUnions: true });
  const body = bytes.subarray(header.length);
  await measure('Avro, JSON to bytes: avsc alone', () => type.toBuffer(JSON.parse(json.toString())));
  await measure('Avro, bytes to JSON: avsc alone', () => Buffer.from(JSON.stringify(type.fromBuffer(body))));

  const server = createServer((_request, response) => response.end(JSON.stringify({ schema: text })));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const host = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const library = new SchemaRegistry({ host }, { forSchemaOptions: { wrapUnions: true } });
  await measure('Avro, JSON to bytes: the registry library', () =>
    library.encode(1, JSON.parse(json.toString())),
  );
  await measure('Avro, bytes to JSON: the registry library', async () =>
    Buffer.from(JSON.stringify(await library.decode(bytes))),
  );
  server.closeAllConnections();
  server.close();
}

async function measureProtobuf(): Promise<void> {
  const text = `syntax = "proto3"; package shop; message Order { int64 id = 1; string customer = 2; int32 quantity = 3;
    double price = 4; bool paid = 5; optional string note = 6; Status status = 7; repeated string tags = 8; Address address = 9;
    uint64 created_at = 10; } enum Status { NEW = 0; SENT = 1; DONE = 2; } message Address { string street = 1; int32 zip = 2; }`;
  const json = Buffer.from(
    '{"id":"1234567890123","customer":"Ada Lovelace","quantity":42,"price":12.5,"paid":true,"note":"by hand",' +
      '"status":"SENT","tags":["a","bc","def"],"address":{"street":"Main Street 1","zip":12345},' +
      '"createdAt":"1700000000000"}',
  );
  const language = await languageOf('protobuf/protobuf-language.js', 'ProtobufLanguage');
  const codec = language.compile({ text, references: [] });
  const header = Buffer.from([0, 0, 0, 0, 1]);
  const bytes = codec.encode(json, header);
  await measure('Protobuf, JSON to bytes: the proxy', () => codec.encode(json, header));
  await measure('Protobuf, bytes to JSON: the proxy', () => codec.decode(bytes, header.length));

  const type = protobuf.parse(text).root.lookupType('shop.Order');
  const body = bytes.subarray(header.length + 1);
  const shown = { longs: String, enums: String, bytes: String, defaults: true };
  await measure('Protobuf, JSON to bytes: protobufjs alone', () =>
    type.encode(type.fromObject(JSON.parse(json.toString()) as Readonly<Record<string, unknown>>)).finish(),
  );
  await measure('Protobuf, bytes to JSON: protobufjs alone', () =>
    Buffer.from(JSON.stringify(type.toObject(type.decode(body), shown))),
  );
}

async function measureJsonSchema(): Promise<void> {
  const schema = {
    $schema: 'http://json-schema.org/draft-07/schema#',
    type: 'object',
    properties: {
      id: { type: 'integer' },
      customer: { type: 'string', minLength: 1 },
      quantity: { type: 'integer', minimum: 0 },
      price: { type: 'number' },
      paid: { type: 'boolean' },
      note: { type: ['null', 'string'] },
      status: { enum: ['NEW', 'SENT', 'DONE'] },
      tags: { type: 'array', items: { type: 'string' } },
      address: {
        type: 'object',
        properties: { street: { type: 'string' }, zip: { type: 'integer' } },
        required: ['street', 'zip'],
      },
      createdAt: { type: 'integer' },
    },
    required: ['id', 'customer'],
    additionalProperties: false,
  };
  const json = Buffer.from(
    '{"id":1234567890123,"customer":"Ada Lovelace","quantity":42,"price":12.5,"paid":true,"note":"by hand",' +
      '"status":"SENT","tags":["a","bc","def"],"address":{"street":"Main Street 1","zip":12345},' +
      '"createdAt":1700000000000}',
  );
  const language = await languageOf('jsonschema/json-schema-language.js', 'JsonSchemaLanguage');
  const codec = language.compile({ text: JSON.stringify(schema), references: [] });
  await codec.requireWritable?.();
  const header = Buffer.from([0, 0, 0, 0, 1]);
  const bytes = codec.encode(json, header);
  await measure('JSON Schema, JSON to bytes: the proxy', () => codec.encode(json, header));
  await measure('JSON Schema, bytes to JSON: the proxy', () => codec.decode(bytes, header.length));

  const matches = new Ajv().compile(schema);
  await measure('JSON Schema, JSON to bytes: Ajv alone', () => {
    const value: unknown = JSON.parse(json.toString());
    if (!matches(value)) throw new Error('It does not match');
    return Buffer.from(JSON.stringify(value));
  });
  await measure('JSON Schema, bytes to JSON: JSON.parse alone', () =>
    Buffer.from(JSON.stringify(JSON.parse(bytes.toString('utf8', header.length)))),
  );
}

/** From the build: the sources are not what runs. */
async function languageOf(path: string, name: string): Promise<SchemaLanguage> {
  const url = new URL(`../dist/libs/serde/${path}`, import.meta.url);
  const built = (await import(url.href)) as Readonly<Record<string, new () => SchemaLanguage>>;
  const Language = built[name];
  if (Language === undefined) throw new Error(`No ${name} in ${url.pathname}`);
  return new Language();
}

await measureAvro();
await measureProtobuf();
await measureJsonSchema();
console.log(JSON.stringify(lines));
