import { RestError } from '#libs/errors/rest-error.ts';
import { restErrors } from '#libs/errors/rest-errors.ts';
import { IllegalStateError } from '#libs/kafka/illegal-state-error.ts';
import { KafkaError } from '#libs/kafka/kafka-error.ts';

type Line = (message: string, options: { readonly cause: unknown }) => RestError;

const lines = new Map<string, Line>();
const say = (line: Line, kinds: readonly string[]): void => {
  for (const kind of kinds) lines.set(kind, line);
};

// In the order of the original's mapper. Kinds that are not named here are 50003 when retriable, else 50002.
say(restErrors.kafkaAuthentication, [
  'SASL_AUTHENTICATION_FAILED',
  'UNSUPPORTED_SASL_MECHANISM',
  'ILLEGAL_SASL_STATE',
]);
say(restErrors.kafkaAuthorization, [
  'TOPIC_AUTHORIZATION_FAILED',
  'GROUP_AUTHORIZATION_FAILED',
  'CLUSTER_AUTHORIZATION_FAILED',
  'TRANSACTIONAL_ID_AUTHORIZATION_FAILED',
  'DELEGATION_TOKEN_AUTHORIZATION_FAILED',
]);
say(restErrors.unknownTopicOrPartition, ['UNKNOWN_TOPIC_OR_PARTITION', 'UNKNOWN_TOPIC_ID']);
say(restErrors.invalidKafkaRequest, [
  'INVALID_REPLICATION_FACTOR',
  'SECURITY_DISABLED',
  'UNSUPPORTED_VERSION',
  'INVALID_PARTITIONS',
  'INVALID_REQUEST',
  'UNKNOWN_SERVER_ERROR',
  'POLICY_VIOLATION',
  'TOPIC_ALREADY_EXISTS',
  'INVALID_CONFIG',
  'TOPIC_DELETION_DISABLED',
  'INVALID_TOPIC_EXCEPTION',
]);
say(restErrors.throttled, ['THROTTLING_QUOTA_EXCEEDED']);
say(restErrors.brokerNotAvailable, ['BROKER_NOT_AVAILABLE']);

/** The error that a client sees for one of Kafka's. The only place where the two meet. */
export function restErrorOfKafka(error: KafkaError): RestError {
  const line = lines.get(error.kind) ?? (error.retriable ? restErrors.kafkaRetriable : restErrors.kafka);
  return line(error.message, { cause: error });
}

/** The error that a client sees for anything thrown. What nobody foresaw is 500 and says nothing of its cause. */
export function toRestError(error: unknown): RestError {
  if (error instanceof RestError) return error;
  if (error instanceof KafkaError) return restErrorOfKafka(error);
  if (error instanceof IllegalStateError) return restErrors.illegalState(error.message, { cause: error });
  return restErrors.internal({ cause: error });
}
