import { restErrors } from '#libs/errors/rest-errors.ts';
import { RestError } from '#libs/errors/rest-error.ts';
import type { RecordHeader } from '#libs/kafka/kafka-types.ts';
import type { RecordToProduce } from '#libs/produce/produce-request.ts';
import { bytesOf } from '#libs/serde/binary/base64-data.ts';
import { excerptOfString } from '#libs/serde/json-text/excerpt.ts';
import { JsonMappingError } from '#libs/serde/json-text/json-mapping-error.ts';
import { JsonScanner, type JsonKind } from '#libs/serde/json-text/json-scanner.ts';
import { JsonSyntaxError } from '#libs/serde/json-text/json-syntax-error.ts';
import { readInt, readLong, readString } from '#libs/serde/json-text/json-values.ts';
import type { SchemaSelection } from '#libs/serde/serde.ts';
import type { ProduceBody, ProduceBodyRules } from './produce-body.ts';

/**
 * Reads the body of a v2 produce request in one pass, by hand. Data of records is checked to be JSON and stays text.
 *
 * Made for one body.
 */
export class ProduceBodyDecoder {
  readonly #records: RecordToProduce[] = [];
  /** Where the reading is, for messages: what has been entered, from the outside in. */
  #inRecords = false;
  #headerIndex = -1;
  #field: string | undefined;

  constructor(private readonly rules: ProduceBodyRules) {}

  /**
   * @throws {RestError} 400 for what is not JSON, has the wrong type or is there twice; 422 for what is unknown, missing
   *   or out of range; 413 for too many records. Each says where.
   */
  decode(body: Buffer): ProduceBody {
    try {
      return this.#body(new JsonScanner(body));
    } catch (error) {
      if (error instanceof JsonSyntaxError) throw restErrors.malformed(error.message, { cause: error });
      if (error instanceof JsonMappingError) {
        throw restErrors.malformed(this.#placed(error.message), { cause: error });
      }
      throw error;
    }
  }

  #body(scanner: JsonScanner): ProduceBody {
    const kind = scanner.atEnd() ? 'null' : scanner.peek();
    if (kind === 'null') {
      if (!scanner.atEnd()) scanner.value();
      scanner.finish();
      throw restErrors.unprocessable('request body must not be null');
    }
    let keySchema: string | null = null;
    let valueSchema: string | null = null;
    let keySchemaId: number | null = null;
    let valueSchemaId: number | null = null;
    let seen = 0;
    this.#beginObject(scanner, kind, 'ProduceRequest');
    while (scanner.nextMember()) {
      if (scanner.nameIs('records')) {
        seen = this.#once(seen, 1, 'records');
        this.#readRecords(scanner);
      } else if (scanner.nameIs('key_schema')) {
        seen = this.#once(seen, 2, 'key_schema');
        keySchema = readString(scanner);
      } else if (scanner.nameIs('value_schema')) {
        seen = this.#once(seen, 4, 'value_schema');
        valueSchema = readString(scanner);
      } else if (scanner.nameIs('key_schema_id')) {
        seen = this.#once(seen, 8, 'key_schema_id');
        keySchemaId = readInt(scanner);
      } else if (scanner.nameIs('value_schema_id')) {
        seen = this.#once(seen, 16, 'value_schema_id');
        valueSchemaId = readInt(scanner);
      } else {
        throw this.#unrecognized(scanner);
      }
      this.#field = undefined;
    }
    scanner.finish();
    if (this.#records.length === 0) throw restErrors.unprocessable('records must not be empty');
    return {
      records: this.#records,
      keySchema: selectionOf(keySchema, keySchemaId),
      valueSchema: selectionOf(valueSchema, valueSchemaId),
    };
  }

  #readRecords(scanner: JsonScanner): void {
    const kind = scanner.peek();
    if (kind === 'null') {
      scanner.value();
      return;
    }
    if (kind !== 'array') throw JsonMappingError.wrongKind('List', kind);
    const { maxRecords } = this.rules;
    scanner.begin();
    this.#inRecords = true;
    this.#field = undefined;
    while (scanner.nextElement()) {
      if (this.#records.length === maxRecords) {
        throw restErrors.bodyTooLarge(`The request has more than ${maxRecords} records`);
      }
      this.#records.push(this.#record(scanner));
    }
    this.#inRecords = false;
  }

  #record(scanner: JsonScanner): RecordToProduce {
    let key: Buffer | null = null;
    let value: Buffer | null = null;
    let partition: number | null = null;
    let headers: readonly RecordHeader[] | undefined;
    let timestamp: bigint | undefined;
    let seen = 0;
    this.#beginObject(scanner, scanner.peek(), 'ProduceRecord');
    while (scanner.nextMember()) {
      if (scanner.nameIs('value')) {
        seen = this.#once(seen, 1, 'value');
        value = scanner.nullableValue();
      } else if (scanner.nameIs('key')) {
        seen = this.#once(seen, 2, 'key');
        key = scanner.nullableValue();
      } else if (scanner.nameIs('partition')) {
        seen = this.#once(seen, 4, 'partition');
        partition = this.#partition(scanner);
      } else if (this.rules.headers && scanner.nameIs('headers')) {
        seen = this.#once(seen, 8, 'headers');
        headers = this.#headers(scanner);
      } else if (this.rules.timestamps && scanner.nameIs('timestamp')) {
        seen = this.#once(seen, 16, 'timestamp');
        timestamp = this.#timestamp(scanner);
      } else {
        throw this.#unrecognized(scanner);
      }
      this.#field = undefined;
    }
    return { key, value, partition, headers, timestamp };
  }

  #partition(scanner: JsonScanner): number | null {
    const partition = readInt(scanner);
    if (partition !== null && partition < 0) {
      throw restErrors.unprocessable(this.#placed(negativePartition(partition)));
    }
    return partition;
  }

  #timestamp(scanner: JsonScanner): bigint | undefined {
    const timestamp = readLong(scanner) ?? undefined;
    if (timestamp !== undefined && timestamp < 0n) {
      throw restErrors.unprocessable(
        this.#placed(`Invalid timestamp: ${timestamp}. Timestamp should always be non-negative or null.`),
      );
    }
    return timestamp;
  }

  #headers(scanner: JsonScanner): readonly RecordHeader[] | undefined {
    const kind = scanner.peek();
    if (kind === 'null') {
      scanner.value();
      return undefined;
    }
    if (kind !== 'array') throw JsonMappingError.wrongKind('List', kind);
    const headers: RecordHeader[] = [];
    scanner.begin();
    for (this.#headerIndex = 0; scanner.nextElement(); this.#headerIndex++) {
      this.#field = undefined;
      headers.push(this.#header(scanner));
    }
    this.#headerIndex = -1;
    return headers;
  }

  #header(scanner: JsonScanner): RecordHeader {
    let key: string | null = null;
    let value: Buffer | null = null;
    let seen = 0;
    this.#beginObject(scanner, scanner.peek(), 'Header');
    while (scanner.nextMember()) {
      if (scanner.nameIs('key') || scanner.nameIs('name')) {
        seen = this.#once(seen, 1, scanner.name());
        key = readString(scanner);
      } else if (scanner.nameIs('value')) {
        seen = this.#once(seen, 2, 'value');
        value = this.#headerValue(scanner);
      } else {
        throw this.#unrecognized(scanner);
      }
      this.#field = undefined;
    }
    if (key === null) throw restErrors.unprocessable(this.#placed('key must not be null'));
    // UTF-8 cannot carry half a surrogate pair.
    if (!key.isWellFormed()) throw restErrors.unprocessable(this.#placed('key is not valid Unicode'));
    return { key, value };
  }

  #headerValue(scanner: JsonScanner): Buffer | null {
    const json = scanner.nullableValue();
    try {
      return bytesOf(json);
    } catch (error) {
      throw error instanceof RestError ? error.at(this.#place()) : error;
    }
  }

  #beginObject(scanner: JsonScanner, kind: JsonKind, type: string): void {
    if (kind !== 'object') {
      // By its first character a kind is only guessed.
      scanner.value();
      throw JsonMappingError.wrongKind(type, kind);
    }
    scanner.begin();
  }

  /** Enters a field, `bit` of those seen; whoever sends two of a name would lose one. */
  #once(seen: number, bit: number, field: string): number {
    if ((seen & bit) !== 0) throw restErrors.malformed(this.#placed(`Duplicate field '${field}'`));
    this.#field = field;
    return seen | bit;
  }

  #unrecognized(scanner: JsonScanner): RestError {
    return restErrors.unrecognizedField(this.#placed(excerptOfString(scanner.name())));
  }

  #placed(message: string): string {
    const place = this.#place();
    return place === '' ? message : `${message} (${place})`;
  }

  #place(): string {
    const record = this.#inRecords ? `records[${this.#records.length}]` : '';
    const header = this.#headerIndex >= 0 ? `.headers[${this.#headerIndex}]` : '';
    return [`${record}${header}`, this.#field ?? ''].filter((part) => part !== '').join('.');
  }
}

function selectionOf(schema: string | null, schemaId: number | null): SchemaSelection {
  return { ...(schema !== null && { schema }), ...(schemaId !== null && { schemaId }) };
}

/** In the Java client's words. */
export function negativePartition(partition: number): string {
  return `Invalid partition: ${partition}. Partition number should always be non-negative or null.`;
}
