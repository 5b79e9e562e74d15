import { RestError } from '#libs/errors/rest-error.ts';
import { restErrors } from '#libs/errors/rest-errors.ts';
import type { StreamItem } from '#libs/produce/produce-stream.ts';
import { JsonScanner } from '#libs/serde/json-text/json-scanner.ts';
import { JsonSyntaxError } from '#libs/serde/json-text/json-syntax-error.ts';
import { JsonValueFinder } from '#libs/serde/json-text/json-value-finder.ts';
import { RecordDecoder } from './record.decoder.ts';
import { sendable } from './sendable.ts';

/**
 * Reads the records of a stream, however it is cut into chunks.
 *
 * What is wrong with one record becomes the answer to it. What is no JSON ends the stream: nobody knows where the next
 * record would begin.
 */
export class RecordReader {
  /** Why nothing more is read. */
  failure: RestError | undefined;
  readonly #finder = new JsonValueFinder();
  readonly #decoder = new RecordDecoder(false);
  #items: StreamItem[] = [];
  #count = 0;

  /**
   * @param maxRecordBytes of a record's JSON
   * @param admit asked for each record: why it is refused unread, if it is
   */
  constructor(
    private readonly maxRecordBytes: number,
    private readonly admit: (bytes: number) => RestError | undefined,
  ) {}

  /** Bytes of the record that has no end yet. */
  get unfinishedBytes(): number {
    return this.#finder.unfinishedBytes;
  }

  /** Takes the next bytes. */
  feed(chunk: Buffer): void {
    if (this.failure !== undefined) return;
    this.#finder.feed(chunk, this.#found);
    if (this.failure !== undefined) return;
    if (this.#finder.broken !== undefined) this.#fail(this.#problemOf(this.#finder.broken));
    else if (this.unfinishedBytes > this.maxRecordBytes) this.#fail(tooLarge());
  }

  /** The stream has ended. */
  end(): void {
    const rest = this.#finder.end();
    if (rest !== undefined) this.#found(rest);
  }

  /** The records that were read since the last call, each to be sent or answered. */
  take(): readonly StreamItem[] {
    const items = this.#items;
    this.#items = [];
    return items;
  }

  readonly #found = (value: Buffer): void => {
    if (this.failure !== undefined) return;
    this.#count++;
    if (value.length > this.maxRecordBytes) return this.#fail(tooLarge());
    const refusal = this.admit(value.length);
    if (refusal !== undefined) {
      this.#items.push(refusal);
      return;
    }
    try {
      this.#items.push(this.#read(value));
    } catch (error) {
      if (error instanceof JsonSyntaxError) this.#fail(this.#syntax(error));
      // What the batch answers with 422 a stream answers with 400, as the original does.
      else if (error instanceof RestError)
        this.#items.push(restErrors.malformed(error.message, { cause: error }));
      else throw error;
    }
  };

  #read(value: Buffer): StreamItem {
    const scanner = new JsonScanner(value);
    if (scanner.peek() === 'null') {
      scanner.value();
      return restErrors.payload('Null input provided. Data is required.');
    }
    return sendable(this.#decoder.read(scanner));
  }

  /** What a JSON reader says of the beginning of a value that cannot be one. */
  #problemOf(text: Buffer): RestError {
    this.#count++;
    try {
      const scanner = new JsonScanner(text);
      scanner.value();
      scanner.finish();
    } catch (error) {
      if (error instanceof JsonSyntaxError) return this.#syntax(error);
      throw error;
    }
    return processing('The record is not JSON');
  }

  #syntax(error: JsonSyntaxError): RestError {
    return processing(error.message, { cause: error }).at(`record ${this.#count} of the stream`);
  }

  #fail(failure: RestError): void {
    this.failure = failure;
  }
}

/** The object that ends a stream. */
export const processing = (detail: string, options: { readonly cause?: unknown } = {}): RestError =>
  restErrors.badRequest(`Error processing message: ${detail}`, options);

const tooLarge = (): RestError => processing('Produce request size is larger than allowed threshold');
