import { KafkaError } from '../../kafka-error.ts';

/** The error of a group's request, with the Java client's text where it has one of its own. */
export function groupError(code: number, groupId: string): KafkaError {
  const error = KafkaError.ofCode(code);
  if (error.kind !== 'GROUP_AUTHORIZATION_FAILED') return error;
  return KafkaError.of(error.kind, `Not authorized to access group: ${groupId}`);
}

/** The error of a topic, with the Java client's text where it has one of its own. */
export function topicError(error: KafkaError, topic: string): KafkaError {
  if (error.kind === 'TOPIC_AUTHORIZATION_FAILED')
    return KafkaError.of(error.kind, `Not authorized to access topics: [${topic}]`);
  if (error.kind === 'INVALID_TOPIC_EXCEPTION')
    return KafkaError.of(error.kind, `Invalid topics: [${topic}]`);
  return error;
}

/** A KafkaError of whatever was thrown; what is none is a defect of ours, kept as the cause. */
export function asKafkaError(error: unknown): KafkaError {
  if (error instanceof KafkaError) return error;
  const text = error instanceof Error ? error.message : String(error);
  return KafkaError.of('UNKNOWN_SERVER_ERROR', text, error);
}
