import { kafkaErrorTable } from './kafka-error-table.ts';

/**
 * An error of Kafka's: what a broker answered, or what stood between us and the broker.
 *
 * Stays a KafkaError until the one mapper of the HTTP side. Kinds and texts are those of Kafka's own table, so that a
 * message reads as it does with the Java client; client-side troubles use the kind that Java's exception has there
 * (`NETWORK_EXCEPTION`, `REQUEST_TIMED_OUT`, `MESSAGE_TOO_LARGE`, `INVALID_TOPIC_EXCEPTION`, …).
 */
export class KafkaError extends Error {
  override readonly name = 'KafkaError';

  /**
   * @param kind Kafka's name of the error, e.g. `NOT_LEADER_OR_FOLLOWER`
   * @param code the protocol's number
   * @param retriable whether the same request may succeed later
   */
  constructor(
    readonly kind: string,
    readonly code: number,
    readonly retriable: boolean,
    message: string,
    options: { readonly cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
  }

  /** The error that a broker's code stands for. `message` replaces the table's text. */
  static ofCode(code: number, message?: string | null, cause?: unknown): KafkaError {
    const [kind, , retriable, text] = byCode.get(code) ?? [
      'UNKNOWN_SERVER_ERROR',
      code,
      false,
      `Kafka error ${code}.`,
    ];
    return new KafkaError(kind, code, retriable, message ?? text, { cause });
  }

  /** The error of a kind, with a text of its own where given. @throws {TypeError} for a kind not in the table */
  static of(kind: string, message?: string | null, cause?: unknown): KafkaError {
    const row = byKind.get(kind);
    if (row === undefined) throw new TypeError(`${kind} is not in Kafka's table of errors`);
    return new KafkaError(row[0], row[1], row[2], message ?? row[3], { cause });
  }
}

const byCode = new Map(kafkaErrorTable.map((row) => [row[1], row]));
const byKind = new Map(kafkaErrorTable.map((row) => [row[0], row]));
