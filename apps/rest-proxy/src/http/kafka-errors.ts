import { RestError } from '#libs/errors/rest-error.ts';
import { restErrors } from '#libs/errors/rest-errors.ts';
import { IllegalStateError } from '#libs/kafka/illegal-state-error.ts';
import { KafkaError } from '#libs/kafka/kafka-error.ts';

type Line = (message: string, options: { readonly cause: unknown }) => RestError;

/** What clients are told to wait when Kafka asks for less. */
const retryAfterSeconds = 1;

/** Kinds of Kafka's errors and the line each becomes. Kinds that are not here are 50003 when retriable, else 50002. */
export const kafkaErrorLines: readonly { readonly kinds: readonly string[]; readonly line: Line }[] = [
  {
    kinds: [
      'SASL_AUTHENTICATION_FAILED',
      'SSL_AUTHENTICATION_FAILED',
      'UNSUPPORTED_SASL_MECHANISM',
      'ILLEGAL_SASL_STATE',
    ],
    line: restErrors.kafkaAuthentication,
  },
  {
    kinds: [
      'TOPIC_AUTHORIZATION_FAILED',
      'GROUP_AUTHORIZATION_FAILED',
      'CLUSTER_AUTHORIZATION_FAILED',
      'TRANSACTIONAL_ID_AUTHORIZATION_FAILED',
      'DELEGATION_TOKEN_AUTHORIZATION_FAILED',
    ],
    line: restErrors.kafkaAuthorization,
  },
  { kinds: ['UNKNOWN_TOPIC_OR_PARTITION', 'UNKNOWN_TOPIC_ID'], line: restErrors.unknownTopicOrPartition },
  {
    kinds: [
      'INVALID_REPLICATION_FACTOR',
      'SECURITY_DISABLED',
      'UNSUPPORTED_VERSION',
      'INVALID_PARTITIONS',
      'INVALID_REQUEST',
      'UNKNOWN_SERVER_ERROR',
      'POLICY_VIOLATION',
      'TOPIC_ALREADY_EXISTS',
      'INVALID_CONFIG',
      'INVALID_REPLICA_ASSIGNMENT',
      'REASSIGNMENT_IN_PROGRESS',
      'NO_REASSIGNMENT_IN_PROGRESS',
      'TOPIC_DELETION_DISABLED',
      'INVALID_TOPIC_EXCEPTION',
      'OFFSET_METADATA_TOO_LARGE',
      'INVALID_GROUP_ID',
    ],
    line: restErrors.invalidKafkaRequest,
  },
  {
    kinds: ['THROTTLING_QUOTA_EXCEEDED'],
    line: (message, { cause }) => restErrors.throttled(message, { cause, retryAfterSeconds }),
  },
  { kinds: ['NON_EMPTY_GROUP'], line: restErrors.groupNotEmpty },
  { kinds: ['BROKER_NOT_AVAILABLE'], line: restErrors.brokerNotAvailable },
];

const lineOf = new Map(
  kafkaErrorLines.flatMap(({ kinds, line }) => kinds.map((kind) => [kind, line] as const)),
);

/** The error that a client sees for one of Kafka's. The only place where the two meet. */
export function restErrorOfKafka(error: KafkaError): RestError {
  const line = lineOf.get(error.kind) ?? (error.retriable ? restErrors.kafkaRetriable : restErrors.kafka);
  return line(error.message, { cause: error });
}

/** The error that a client sees for anything thrown. What nobody foresaw is 500 and says nothing of its cause. */
export function toRestError(error: unknown): RestError {
  if (error instanceof RestError) return error;
  if (error instanceof KafkaError) return restErrorOfKafka(error);
  if (error instanceof IllegalStateError) return restErrors.illegalState(error.message, { cause: error });
  return restErrors.internal({ cause: error });
}
