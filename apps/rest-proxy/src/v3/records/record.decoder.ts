import { restErrors } from '#libs/errors/rest-errors.ts';
import { RestError } from '#libs/errors/rest-error.ts';
import type { RecordHeader } from '#libs/kafka/kafka-types.ts';
import type { DraftData, RecordDraft } from '#libs/produce/record-draft.ts';
import { bytesOf } from '#libs/serde/binary/base64-data.ts';
import { excerptOfString } from '#libs/serde/json-text/excerpt.ts';
import { JsonMappingError } from '#libs/serde/json-text/json-mapping-error.ts';
import type { JsonScanner } from '#libs/serde/json-text/json-scanner.ts';
import { readInt, readString } from '#libs/serde/json-text/json-values.ts';
import {
  cannotConstruct,
  formatOfType,
  selectionOf,
  strategyOf,
  typeNames,
  strategyNames,
} from './data-selection.ts';
import { readTimestamp } from './record-timestamp.ts';

/** A record as it was sent. */
export interface DecodedRecord extends RecordDraft {
  /** Of an entry of a batch; undefined where it has none, null where it is null. */
  readonly id: string | null | undefined;
}

/**
 * Reads records of API v3 by hand, one after another. Data are checked to be JSON and stay text.
 *
 * Errors say where in the record they are: `(headers[1].value)`.
 */
export class RecordDecoder {
  /** Where the reading is, for messages: what has been entered, from the outside in. */
  #part: string | undefined;
  #headerIndex = -1;
  #field: string | undefined;

  /** @param hasId whether records are entries of a batch, which have an `id` */
  constructor(private readonly hasId: boolean) {}

  /**
   * Reads the value that comes next.
   *
   * @throws {RestError} 400 for a wrong type or a combination that is not allowed, 422 for what is unknown
   * @throws {JsonSyntaxError}
   */
  read(scanner: JsonScanner): DecodedRecord {
    this.#part = this.#field = undefined;
    this.#headerIndex = -1;
    try {
      return this.#record(scanner);
    } catch (error) {
      if (!(error instanceof JsonMappingError)) throw error;
      throw restErrors.malformed(this.#placed(error.message), { cause: error });
    }
  }

  #record(scanner: JsonScanner): DecodedRecord {
    let key: DraftData | undefined;
    let value: DraftData | undefined;
    let partition: number | null = null;
    let headers: readonly RecordHeader[] | undefined;
    let timestamp: bigint | undefined;
    let id: string | null | undefined;
    let seen = 0;
    beginObject(scanner, 'ProduceRequest');
    while (scanner.nextMember()) {
      if (scanner.nameIs('value')) {
        seen = this.#once(seen, 1, 'value');
        value = this.#data(scanner, 'value');
      } else if (scanner.nameIs('key')) {
        seen = this.#once(seen, 2, 'key');
        key = this.#data(scanner, 'key');
      } else if (scanner.nameIs('partition_id') || scanner.nameIs('partitionId')) {
        seen = this.#once(seen, 4, 'partition_id');
        partition = readInt(scanner);
      } else if (scanner.nameIs('headers')) {
        seen = this.#once(seen, 8, 'headers');
        headers = this.#headers(scanner);
      } else if (scanner.nameIs('timestamp')) {
        seen = this.#once(seen, 16, 'timestamp');
        timestamp = readTimestamp(scanner);
      } else if (this.hasId && scanner.nameIs('id')) {
        seen = this.#once(seen, 32, 'id');
        id = this.#id(scanner);
      } else if (scanner.nameIs('originalSize')) {
        // The original takes it, and makes nothing of it.
        scanner.value();
      } else {
        throw this.#unrecognized(scanner);
      }
      this.#field = undefined;
    }
    return { key, value, partition, headers, timestamp, id };
  }

  /** @throws {RestError} 42208 for what is no string; the original takes no number for one here */
  #id(scanner: JsonScanner): string | null {
    const kind = scanner.peek();
    if (kind === 'string' || kind === 'null') return readString(scanner);
    throw restErrors.invalidBatch('Batch entry identifier is not a valid string.');
  }

  #data(scanner: JsonScanner, part: 'key' | 'value'): DraftData | undefined {
    if (isNull(scanner)) return undefined;
    let type: string | null = null;
    let strategy: string | null = null;
    let subject: string | null = null;
    let schemaId: number | null = null;
    let schemaVersion: number | null = null;
    let schema: string | null = null;
    let json: Buffer | null = null;
    let seen = 0;
    this.#part = part;
    this.#field = undefined;
    beginObject(scanner, 'ProduceRequestData');
    while (scanner.nextMember()) {
      if (scanner.nameIs('data')) {
        seen = this.#once(seen, DATA, 'data');
        json = scanner.nullableValue();
      } else if (scanner.nameIs('type')) {
        seen = this.#once(seen, 2, 'type');
        type = readWord(scanner, 'EmbeddedFormat', typeNames);
      } else if (scanner.nameIs('subject')) {
        seen = this.#once(seen, 4, 'subject');
        subject = readString(scanner);
      } else if (scanner.nameIs('subject_name_strategy')) {
        seen = this.#once(seen, 8, 'subject_name_strategy');
        strategy = readWord(scanner, 'EnumSubjectNameStrategy', strategyNames);
      } else if (scanner.nameIs('schema_id')) {
        seen = this.#once(seen, 16, 'schema_id');
        schemaId = readInt(scanner);
      } else if (scanner.nameIs('schema_version')) {
        seen = this.#once(seen, 32, 'schema_version');
        schemaVersion = readInt(scanner);
      } else if (scanner.nameIs('schema')) {
        seen = this.#once(seen, 64, 'schema');
        schema = readString(scanner);
      } else {
        throw this.#unrecognized(scanner);
      }
      this.#field = undefined;
    }
    if ((seen & DATA) === 0) throw cannotConstruct('ProduceRequestData', 'Missing required properties: data');
    const selection = selectionOf({
      type,
      subject,
      strategy: strategyOf(strategy),
      schemaId,
      schemaVersion,
      schema,
    });
    this.#part = undefined;
    return { format: formatOfType(type), schema: selection, json };
  }

  #headers(scanner: JsonScanner): readonly RecordHeader[] | undefined {
    if (isNull(scanner)) return undefined;
    const kind = scanner.peek();
    if (kind !== 'array') {
      scanner.value();
      throw JsonMappingError.wrongKind('List', kind);
    }
    const headers: RecordHeader[] = [];
    scanner.begin();
    this.#part = 'headers';
    for (this.#headerIndex = 0; scanner.nextElement(); this.#headerIndex++) {
      this.#field = undefined;
      headers.push(this.#header(scanner));
    }
    this.#headerIndex = -1;
    this.#part = undefined;
    return headers;
  }

  #header(scanner: JsonScanner): RecordHeader {
    let name: string | null = null;
    let value: Buffer | null = null;
    let seen = 0;
    beginObject(scanner, 'ProduceRequestHeader');
    while (scanner.nextMember()) {
      if (scanner.nameIs('name')) {
        seen = this.#once(seen, 1, 'name');
        name = readString(scanner);
      } else if (scanner.nameIs('value')) {
        seen = this.#once(seen, 2, 'value');
        value = this.#headerValue(scanner);
      } else {
        throw this.#unrecognized(scanner);
      }
      this.#field = undefined;
    }
    if (name === null) throw cannotConstruct('ProduceRequestHeader', 'Null name');
    // UTF-8 cannot carry half a surrogate pair.
    if (!name.isWellFormed()) throw new JsonMappingError('name is not valid Unicode');
    return { key: name, value };
  }

  #headerValue(scanner: JsonScanner): Buffer | null {
    const json = scanner.nullableValue();
    try {
      return bytesOf(json);
    } catch (error) {
      throw error instanceof RestError ? error.at(this.#place()) : error;
    }
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
    const part = this.#headerIndex >= 0 ? `headers[${this.#headerIndex}]` : this.#part;
    return [part, this.#field].filter((step) => step !== undefined).join('.');
  }
}

const DATA = 1;

function isNull(scanner: JsonScanner): boolean {
  if (scanner.peek() !== 'null') return false;
  scanner.value();
  return true;
}

function beginObject(scanner: JsonScanner, type: string): void {
  const kind = scanner.peek();
  if (kind !== 'object') {
    // By its first character a kind is only guessed.
    scanner.value();
    throw JsonMappingError.wrongKind(type, kind);
  }
  scanner.begin();
}

/** One of a few words, in their case. */
function readWord(scanner: JsonScanner, type: string, words: readonly string[]): string | null {
  const kind = scanner.peek();
  if (kind !== 'string' && kind !== 'null') {
    scanner.value();
    throw JsonMappingError.wrongKind(type, kind);
  }
  const word = readString(scanner);
  if (word !== null && !words.includes(word)) {
    throw new JsonMappingError(
      `Cannot deserialize value of type \`${type}\` from String ${JSON.stringify(excerptOfString(word))}: ` +
        `not one of the values accepted for Enum class: [${words.join(', ')}]`,
    );
  }
  return word;
}
