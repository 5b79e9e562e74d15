import { restErrors } from '#libs/errors/rest-errors.ts';
import type { RecordFormat } from '../record-format.ts';
import type { RecordSerializer } from '../serde.ts';
import { dataError } from './schema-errors.ts';
import type { ResolvedSchema } from './schema-resolver.ts';

/** Serialises one half of the records of one request with one schema. */
export class SchemaSerializer implements RecordSerializer {
  readonly schemaId: number;
  readonly subject: string;
  readonly schemaVersion: number;
  readonly format: RecordFormat;
  #count = 0;
  #deadline = Infinity;
  /** Bytes made so far, less what the JSON they were made of accounts for. */
  #growth = 0;

  /** @param nullIsTombstone whether null is Kafka's null though there is a schema */
  constructor(
    private readonly schema: ResolvedSchema,
    private readonly isKey: boolean,
    private readonly nullIsTombstone: boolean,
  ) {
    this.schemaId = schema.id;
    this.subject = schema.subject;
    this.schemaVersion = schema.version;
    this.format = schema.language.format;
  }

  serialize(json: Buffer | null): Buffer | null {
    if (json === null && this.nullIsTombstone) return null;
    this.#requireTime();
    let bytes: Buffer;
    try {
      bytes = this.schema.codec.encode(json, this.schema.header);
    } catch (error) {
      throw dataError(this.isKey ? 'key' : 'value', error);
    }
    // The defaults of a schema can make much of little.
    this.#growth += bytes.length - (json?.length ?? 0) * 4;
    if (this.#growth > mostGrowth) {
      throw restErrors.bodyTooLarge('Defaults of the schema make the records of the request too large');
    }
    return bytes;
  }

  paused(ms: number): void {
    this.#deadline += ms;
  }

  /** Some schemas make little data expensive; nobody else is served meanwhile. */
  #requireTime(): void {
    if (this.#count % recordsPerCheck === 0) {
      const now = performance.now();
      if (this.#count === 0) this.#deadline = now + mostMs;
      if (now > this.#deadline) {
        throw restErrors.bodyTooLarge(
          'With this schema the records of the request take too long to serialise',
        );
      }
    }
    this.#count++;
  }
}

/** A request without a schema for this half of the record: nothing but null can be written. */
export function withoutSchema(isKey: boolean): RecordSerializer {
  return isKey ? noKeySchema : noValueSchema;
}

const noKeySchema: RecordSerializer = {
  schemaId: null,
  serialize(json) {
    if (json === null) return null;
    throw restErrors.keySchemaMissing();
  },
};

const noValueSchema: RecordSerializer = {
  schemaId: null,
  serialize(json) {
    if (json === null) return null;
    throw restErrors.valueSchemaMissing();
  },
};

const recordsPerCheck = 64;
/** For all records of a request. */
const mostMs = 5_000;
const mostGrowth = 67_108_864;
