import { beforeEach, describe, expect, it, vi } from 'vitest';
import { RestError } from '#libs/errors/rest-error.ts';
import { SchemaRegistryError } from '#libs/schema-registry/schema-registry-error.ts';
import type { SchemaType } from '#libs/schema-registry/schema-registry.ts';
import { MemorySchemaRegistry } from '../../../test/support/fakes/memory-schema-registry.ts';
import { DeserializationError, type RecordSerializer, type SchemaSelection } from '../serde.ts';
import { DataMismatchError } from './data-mismatch-error.ts';
import { SchemaFormats, type SchemaFormatsSettings } from './schema-formats.ts';
import { SchemaLanguage, type SchemaCodec, type SchemaSource } from './schema-language.ts';
import { SchemaParseError } from './schema-parse-error.ts';
import type { SchemaSerde } from './schema-serde.ts';

/** A schema is a name, `bad` is none; a datum is its text behind the names of the schema and of what it refers to. */
class NameLanguage extends SchemaLanguage {
  readonly format = 'avro';
  readonly compiled: string[] = [];

  constructor(readonly type: SchemaType) {
    super();
  }

  compile({ text, references }: SchemaSource): SchemaCodec {
    this.compiled.push(text);
    if (text === 'bad') throw new SchemaParseError('It is bad');
    const names = [...references.map(({ name }) => name), text].join('+');
    return {
      canonicalText: text.trim(),
      recordName: text.startsWith('nameless') ? undefined : `ns.${text.trim()}`,
      encode(json, header) {
        if (json?.toString() === '"no"') throw new DataMismatchError('.a', 'expected yes, got no');
        if (json?.toString() === '"big"') return Buffer.alloc(70_000_000);
        return Buffer.concat([header, Buffer.from(`${names}:${json === null ? 'null' : json.toString()}`)]);
      },
      decode: (data, start) => Buffer.from(JSON.stringify(data.toString('utf8', start))),
    };
  }
}

let registry: MemorySchemaRegistry;
let language: NameLanguage;
let serde: SchemaSerde;

function serdeWith(settings: Partial<SchemaFormatsSettings> = {}): SchemaSerde {
  const formats = SchemaFormats.of(registry, [language, new NameLanguage('PROTOBUF')], {
    autoRegister: true,
    keySubjectNames: 'TOPIC_NAME',
    valueSubjectNames: 'TOPIC_NAME',
    nullIsTombstone: false,
    caches: { maxSchemas: 100, latestTtlMs: 1_000, failureTtlMs: 1_000 },
    ...settings,
  });
  const [first] = formats.serdes;
  if (first === undefined) throw new Error('No serde');
  return first;
}

beforeEach(() => {
  registry = new MemorySchemaRegistry();
  language = new NameLanguage('AVRO');
  serde = serdeWith();
});

async function serializer(schema: SchemaSelection, topic = 't', isKey = false): Promise<RecordSerializer> {
  return serde.serializer({ topic, isKey, schema });
}

async function errorOf(schema: SchemaSelection, topic = 't', isKey = false): Promise<RestError> {
  try {
    const made = await serializer(schema, topic, isKey);
    made.serialize(Buffer.from('1'));
  } catch (error) {
    if (error instanceof RestError) return error;
    throw error;
  }
  throw new Error('no error');
}

describe('SchemaSerde, with a raw schema', () => {
  it('registers it under the subject of the topic when it is not there, and frames data with its id', async () => {
    registry.add('other-value', { text: 'Z' });
    const made = await serializer({ schema: 'A' });

    expect(registry.calls).toEqual(['lookUp t-value', 'register t-value', 'lookUp t-value']);
    expect(made).toMatchObject({ schemaId: 2, subject: 't-value', schemaVersion: 1 });
    expect(made.serialize(Buffer.from('1'))?.toString('latin1')).toBe('\0\0\0\0\u0002A:1');
  });

  it('registers it in its canonical form, and finds it as it was sent', async () => {
    registry.add('t-value', { text: ' A' });

    expect((await serializer({ schema: ' A' })).schemaId).toBe(1);
    expect((await serializer({ schema: 'B ' })).schemaId).toBe(2);
    expect(registry.textOf(2)).toBe('B');
  });

  it('asks the registry once for the same, and for each topic and half of the record apart', async () => {
    for (let i = 0; i < 3; i++) {
      await serializer({ schema: 'A' });
      await serializer({ schema: 'A' }, 't', true);
      await serializer({ schema: 'A' }, 'u');
    }

    expect(registry.calls.filter((call) => call.startsWith('register'))).toEqual([
      'register t-value',
      'register t-key',
      'register u-value',
    ]);
    expect(language.compiled).toEqual(['A']);
  });

  it.each([
    [{ schema: 'A', subjectNameStrategy: 'RECORD_NAME' }, 'ns.A'],
    [{ schema: 'A', subjectNameStrategy: 'TOPIC_RECORD_NAME' }, 't-ns.A'],
    [{ schema: 'A', subject: 's' }, 's'],
  ] as const)('takes the subject that %j says', async (schema, subject) => {
    expect(await serializer(schema)).toMatchObject({ subject });
  });

  it('takes the strategy that is configured', async () => {
    serde = serdeWith({ keySubjectNames: 'RECORD_NAME', valueSubjectNames: 'TOPIC_RECORD_NAME' });

    expect(await serializer({ schema: 'A' }, 't', true)).toMatchObject({ subject: 'ns.A' });
    expect(await serializer({ schema: 'A' })).toMatchObject({ subject: 't-ns.A' });
    expect(await errorOf({ schema: 'nameless' })).toMatchObject({
      status: 400,
      message: 'Bad Request: Cannot use schema_subject_strategy=TOPIC_RECORD_NAME: the schema has no name.',
    });
  });

  it('says of a schema that is none why it is none, and asks the registry nothing', async () => {
    expect(await errorOf({ schema: 'bad' })).toMatchObject({
      status: 422,
      errorCode: 42205,
      message: 'Invalid schema: Error when parsing raw schema. format = AVRO, schema = bad\nIt is bad',
    });
    expect(await errorOf({ schema: 'x'.repeat(2_000_000) })).toMatchObject({ errorCode: 42205 });
    expect(registry.calls).toEqual([]);
  });

  it('does not register where that is off', async () => {
    serde = serdeWith({ autoRegister: false });
    registry.add('t-value', { text: 'A' });

    expect((await serializer({ schema: 'A' })).schemaId).toBe(1);
    expect(await errorOf({ schema: 'B' })).toMatchObject({
      status: 422,
      errorCode: 42207,
      message: expect.stringContaining('Error when fetching schema version. subject = t-value, schema = B\n'),
    });
    expect(registry.calls).not.toContain('register t-value');
  });

  it('does not take a registry that fails for one that does not have the schema', async () => {
    registry.failure = new SchemaRegistryError('boom; error code: 50001', 500, 50001);

    expect(await errorOf({ schema: 'A' })).toMatchObject({
      status: 422,
      errorCode: 42207,
      message:
        'Error serializing message. Error when registering schema. format = AVRO, subject = t-value, schema = A\nboom; error code: 50001',
    });
    expect(registry.calls).toEqual(['lookUp t-value']);
  });

  it('passes on that the registry does not allow it', async () => {
    registry.failure = new SchemaRegistryError('no', 403, 40301);

    expect(await errorOf({ schema: 'A' })).toMatchObject({
      status: 403,
      errorCode: 40301,
      message: 'Error when registering schema. format = AVRO, subject = t-value, schema = A',
    });
  });
});

describe('SchemaSerde, with an id', () => {
  it('takes it when the subject has it, and only then', async () => {
    const id = registry.add('t-value', { text: 'A' });

    expect(await serializer({ schemaId: id })).toMatchObject({ schemaId: id, schemaVersion: 1 });
    expect(await errorOf({ schemaId: id }, 'u')).toMatchObject({
      status: 422,
      errorCode: 42207,
      message: expect.stringContaining(
        'Error serializing message. Error when fetching schema version. subject = u-value, schema = A\n',
      ),
    });
    expect(await errorOf({ schemaId: id }, 't', true)).toMatchObject({ errorCode: 42207 });
  });

  it('says that there is none', async () => {
    expect(await errorOf({ schemaId: 9 })).toMatchObject({
      status: 422,
      errorCode: 42207,
      message:
        'Error serializing message. Error when fetching schema by id. schemaId = 9\nSchema not found; error code: 40403',
    });
  });

  it('refuses one of another format, and an id beside a raw schema', async () => {
    const id = registry.add('t-value', { type: 'PROTOBUF', text: 'A' });

    expect(await errorOf({ schemaId: id })).toMatchObject({ status: 422, errorCode: 42205 });
    expect(await errorOf({ schemaId: id, schema: 'A' })).toMatchObject({
      status: 422,
      errorCode: 422,
      message: 'Only one of value_schema and value_schema_id can be used.',
    });
    const json = registry.add('t-value', { type: 'JSON', text: 'A' });
    expect(await errorOf({ schemaId: json })).toMatchObject({ status: 422, errorCode: 42205 });
  });

  it('says that what the registry has cannot be used', async () => {
    const id = registry.add('t-value', { text: 'bad' });

    expect(await errorOf({ schemaId: id })).toMatchObject({
      status: 422,
      errorCode: 42205,
      message: 'Invalid schema: Error when fetching schema by id. schemaId = 1\nIt is bad',
    });
  });

  it('gets what it refers to, each after those that it refers to itself, and once', async () => {
    registry.add('c', { text: 'C' });
    registry.add('b', { text: 'B', references: [{ name: 'c', subject: 'c', version: 1 }] });
    const id = registry.add('t-value', {
      text: 'A',
      references: [
        { name: 'b', subject: 'b', version: 1 },
        { name: 'c', subject: 'c', version: 1 },
      ],
    });

    const made = await serializer({ schemaId: id });

    expect(made.serialize(Buffer.from('1'))?.toString()).toContain('c+b+A:1');
    expect(registry.calls.filter((call) => call.startsWith('version'))).toEqual([
      'version b 1',
      'version c 1',
    ]);
  });

  it('refuses references that go in a circle, and too many', async () => {
    const reference = (subject: string) => ({ name: subject, subject, version: 1 });
    registry.add('a', { text: 'A', references: [reference('b')] });
    registry.add('b', { text: 'B', references: [reference('a')] });
    const circle = registry.add('t-value', { text: 'T', references: [reference('a')] });
    for (let i = 0; i < 300; i++) registry.add(`r${i}`, { text: `R${i}` });
    const many = registry.add('t-value', {
      text: 'M',
      references: Array.from({ length: 300 }, (_, i) => reference(`r${i}`)),
    });
    const other = registry.add('t-value', { text: 'O', references: [reference('p')] });
    registry.add('p', { type: 'PROTOBUF', text: 'P' });

    expect(await errorOf({ schemaId: circle })).toMatchObject({
      errorCode: 42205,
      message: expect.stringContaining(
        'The references go in a circle: a version 1 → b version 1 → a version 1',
      ),
    });
    expect(await errorOf({ schemaId: many })).toMatchObject({
      errorCode: 42205,
      message: expect.stringContaining('more than 256 references'),
    });
    expect(await errorOf({ schemaId: other })).toMatchObject({
      errorCode: 42205,
      message: expect.stringContaining('of type PROTOBUF'),
    });
  });
});

describe('SchemaSerde, with a version', () => {
  it('takes that version of the subject, or the latest', async () => {
    registry.add('t-value', { text: 'A' });
    registry.add('t-value', { text: 'B' });

    expect(await serializer({ schemaVersion: 1 })).toMatchObject({ schemaId: 1, schemaVersion: 1 });
    expect(await serializer({ schemaVersion: 'latest' })).toMatchObject({ schemaId: 2, schemaVersion: 2 });
    expect(await serializer({ schemaVersion: 1, subject: 't-value' }, 'u')).toMatchObject({ schemaId: 1 });
  });

  it('says what is missing', async () => {
    registry.add('t-value', { text: 'A' });

    expect(await errorOf({ schemaVersion: 3 })).toMatchObject({
      status: 400,
      message: 'Bad Request: Schema does not exist for subject: t-value, version: 3',
    });
    expect(await errorOf({ schemaVersion: 'latest' }, 'u')).toMatchObject({
      errorCode: 42207,
      message: expect.stringContaining('Error when fetching latest schema version. subject = u-value\n'),
    });
    expect(await errorOf({ schemaVersion: 1, subjectNameStrategy: 'RECORD_NAME' })).toMatchObject({
      status: 400,
      message: 'Bad Request: Cannot use schema_subject_strategy=RECORD_NAME without schema_id or schema.',
    });
  });
});

describe('SchemaSerde, with data', () => {
  it('takes no data without a schema, and null', async () => {
    expect((await serializer({})).serialize(null)).toBe(null);
    expect(await errorOf({})).toMatchObject({ status: 422, errorCode: 42202 });
    expect(await errorOf({}, 't', true)).toMatchObject({ status: 422, errorCode: 42201 });
  });

  it('takes null by the schema, or as Kafka’s null where that is set', async () => {
    expect((await serializer({ schema: 'A' })).serialize(null)?.toString()).toContain('A:null');

    serde = serdeWith({ nullIsTombstone: true });

    expect((await serializer({ schema: 'A' })).serialize(null)).toBe(null);
  });

  it('says where data do not fit', async () => {
    const value = await serializer({ schema: 'A' });
    const key = await serializer({ schema: 'A' }, 't', true);

    expect(() => value.serialize(Buffer.from('"no"'))).toThrow('Bad Request: value.a: expected yes, got no');
    expect(() => key.serialize(Buffer.from('"no"'))).toThrow('Bad Request: key.a: expected yes, got no');
  });

  it('does not let a schema make too much of little', async () => {
    const made = await serializer({ schema: 'A' });

    expect(() => made.serialize(Buffer.from('"big"'))).toThrow(expect.objectContaining({ status: 413 }));
  });

  it.each([
    [5_001, 0, 413],
    [5_001, 5_001, 'taken'],
    [10_002, 5_000, 413],
  ])(
    'in %i ms, of which %i were those of others, the records of a request are: %s',
    async (ms, paused, result) => {
      const made = await serializer({ schema: 'A' });
      vi.useFakeTimers({ toFake: ['performance'] });
      try {
        made.serialize(Buffer.from('1'));
        vi.advanceTimersByTime(ms);
        made.paused?.(paused);
        const rest = (): void => {
          for (let count = 0; count < 100; count += 1) made.serialize(Buffer.from('1'));
        };
        if (result === 413) expect(rest).toThrow(expect.objectContaining({ status: 413 }));
        else rest();
      } finally {
        vi.useRealTimers();
      }
    },
  );
});

describe('SchemaSerde, reading', () => {
  const framed = (id: number, text: string): Buffer => {
    const frame = Buffer.alloc(5);
    frame.writeInt32BE(id, 1);
    return Buffer.concat([frame, Buffer.from(text)]);
  };

  it('reads each record with the schema that it names', async () => {
    const a = registry.add('x', { text: 'A' });
    const b = registry.add('y', { text: 'B' });

    for (const id of [a, b, a])
      expect((await serde.deserialize(framed(id, 'data'))).toString()).toBe('"data"');
    expect(serde.deserialize(framed(a, 'data'))).toBeInstanceOf(Buffer);
    expect(registry.calls).toEqual(['schemaById 1', 'schemaById 2']);
  });

  it('reads what was written with a raw schema while the registry is down', async () => {
    const made = await serializer({ schema: 'A' });
    registry.failure = SchemaRegistryError.unreachable('down', undefined);

    expect((await serde.deserialize(framed(made.schemaId ?? 0, 'data'))).toString()).toBe('"data"');
  });

  it.each([
    ['', '0 bytes are too few'],
    ['000000', '3 bytes are too few'],
    ['0100000001', 'Unknown magic byte! Expected 0, got 0x01'],
    ['7b', 'Unknown magic byte! Expected 0, got 0x7b'],
    ['0000000009', 'Error retrieving schema for id 9: Schema not found; error code: 40403'],
    ['00ffffffff', 'Error retrieving schema for id -1: Schema not found; error code: 40403'],
    ['0000000001', 'The schema with id 1 is of type PROTOBUF, not AVRO'],
    ['0000000002', 'Error retrieving schema for id 2: It is bad'],
  ])('says of %s why it cannot be read', async (hex, message) => {
    registry.add('x', { type: 'PROTOBUF', text: 'A' });
    registry.add('x', { text: 'bad' });
    const reading = async (): Promise<Buffer> => serde.deserialize(Buffer.from(hex, 'hex'));

    await expect(reading()).rejects.toThrow(DeserializationError);
    await expect(reading()).rejects.toThrow(message);
  });
});
