import { RestError } from '#libs/errors/rest-error.ts';
import { restErrors } from '#libs/errors/rest-errors.ts';
import { excerptOfString } from '#libs/serde/json-text/excerpt.ts';
import { JsonMappingError } from '#libs/serde/json-text/json-mapping-error.ts';
import { JsonScanner } from '#libs/serde/json-text/json-scanner.ts';
import { JsonSyntaxError } from '#libs/serde/json-text/json-syntax-error.ts';
import { cannotConstruct } from './data-selection.ts';
import { RecordDecoder, type DecodedRecord } from './record.decoder.ts';

export interface BatchEntry {
  readonly id: string;
  readonly record: DecodedRecord;
  /** Of its JSON. */
  readonly bytes: number;
}

/**
 * Reads the body of `records:batch`.
 *
 * @throws {RestError} 400 for what is not JSON, has the wrong type or is not allowed together; 422 for unknown fields;
 *   422/42208 for a batch that is empty or too long, and for ids that are none or not distinct
 */
export function decodeBatch(body: Buffer, maxEntries: number): readonly BatchEntry[] {
  try {
    return readBatch(new JsonScanner(body), maxEntries);
  } catch (error) {
    if (error instanceof JsonSyntaxError || error instanceof JsonMappingError) {
      throw restErrors.malformed(error.message, { cause: error });
    }
    throw error;
  }
}

function readBatch(scanner: JsonScanner, maxEntries: number): readonly BatchEntry[] {
  const kind = scanner.atEnd() ? 'null' : scanner.peek();
  if (kind !== 'object') {
    if (!scanner.atEnd()) scanner.value();
    scanner.finish();
    if (kind === 'null') throw restErrors.invalidBatch('Request body is empty. Data is required.');
    throw JsonMappingError.wrongKind('ProduceBatchRequest', kind);
  }
  let entries: readonly BatchEntry[] | undefined;
  scanner.begin();
  while (scanner.nextMember()) {
    if (!scanner.nameIs('entries')) throw restErrors.unrecognizedField(excerptOfString(scanner.name()));
    if (entries !== undefined) throw restErrors.malformed("Duplicate field 'entries'");
    entries = readEntries(scanner, maxEntries);
  }
  scanner.finish();
  if (entries === undefined || entries.length === 0) throw restErrors.invalidBatch('Empty batch.');
  if (new Set(entries.map(({ id }) => id)).size < entries.length) {
    throw restErrors.invalidBatch('Batch entry IDs are not distinct.');
  }
  return entries;
}

function readEntries(scanner: JsonScanner, maxEntries: number): readonly BatchEntry[] {
  const kind = scanner.peek();
  if (kind !== 'array') {
    scanner.value();
    if (kind === 'null') return [];
    throw JsonMappingError.wrongKind('List', kind);
  }
  const decoder = new RecordDecoder(true);
  const entries: BatchEntry[] = [];
  scanner.begin();
  while (scanner.nextElement()) {
    if (entries.length === maxEntries) throw restErrors.invalidBatch('Too many entries in batch.');
    try {
      entries.push(readEntry(scanner, decoder));
    } catch (error) {
      throw error instanceof RestError && error.errorCode !== batchCode
        ? error.at(`entries[${entries.length}]`)
        : error;
    }
  }
  return entries;
}

function readEntry(scanner: JsonScanner, decoder: RecordDecoder): BatchEntry {
  const start = scanner.position;
  const record = decoder.read(scanner);
  const { id } = record;
  if (id === undefined || id === null) throw malformed(cannotConstruct('Builder', 'Null id'));
  if (!/^[\w-]{1,80}$/.test(id)) {
    throw restErrors.invalidBatch('Batch entry identifier is not a valid string.');
  }
  return { id, record, bytes: scanner.position - start };
}

function malformed(error: JsonMappingError): RestError {
  return restErrors.malformed(error.message, { cause: error });
}

const batchCode = restErrors.invalidBatch.errorCode;
