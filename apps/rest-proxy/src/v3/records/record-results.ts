import type { RecordOutcome, WrittenData } from '#libs/produce/record-draft.ts';
import { recordError, type RecordError } from './record-error.ts';
import { timestampText } from './record-timestamp.ts';

type Written = Extract<RecordOutcome, { readonly partition: number }>;

/**
 * Writes what became of records of one topic, by hand: in the original's order of members, without those that are
 * absent.
 */
export class RecordResults {
  readonly #head: string;
  #lastTime = -1n;
  #lastTimeMember = '';

  constructor(
    clusterId: string,
    private readonly topic: string,
  ) {
    this.#head = `"cluster_id":${JSON.stringify(clusterId)},"topic_name":${JSON.stringify(topic)},"partition_id":`;
  }

  /** One object, as a stream has it. */
  objectOf(outcome: RecordOutcome): string {
    return outcome.error === undefined
      ? `{"error_code":200,${this.membersOf(outcome)}}`
      : errorObject(this.errorOf(outcome.error));
  }

  /** Members of the object of a record that was written, all but `error_code`. */
  membersOf({ partition, offset, timestamp, key, value }: Written): string {
    // Numbers are written several times faster than bigints.
    const digits = offset <= mostSafe ? Number(offset) : offset;
    let members = `${this.#head}${partition},"offset":${digits}${this.#time(timestamp)}`;
    if (key !== undefined) members += `,"key":${dataObject(key)}`;
    if (value !== undefined) members += `,"value":${dataObject(value)}`;
    return members;
  }

  errorOf(error: Error): RecordError {
    return recordError(this.topic, error);
  }

  #time(timestamp: bigint): string {
    // Records that were sent together have one time.
    if (timestamp !== this.#lastTime) {
      const text = timestampText(timestamp);
      this.#lastTime = timestamp;
      this.#lastTimeMember = text === undefined ? '' : `,"timestamp":"${text}"`;
    }
    return this.#lastTimeMember;
  }
}

export function errorObject({ errorCode, message }: RecordError): string {
  return `{"error_code":${errorCode},"message":${JSON.stringify(message)}}`;
}

function dataObject({ format, serializer, size }: WrittenData): string {
  const { subject, schemaId, schemaVersion } = serializer;
  const schema =
    subject === undefined
      ? ''
      : `"subject":${JSON.stringify(subject)},"schema_id":${schemaId},"schema_version":${schemaVersion},`;
  return `{"type":"${format.toUpperCase()}",${schema}"size":${size}}`;
}

const mostSafe = BigInt(Number.MAX_SAFE_INTEGER);
