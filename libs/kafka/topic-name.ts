import { KafkaError } from './kafka-error.ts';

const maxLength = 249;

/** Whether Kafka would take it: 1 to 249 of `[A-Za-z0-9._-]`, and neither `.` nor `..`. */
export function isTopicName(name: string): boolean {
  return name.length <= maxLength && /^[A-Za-z0-9._-]+$/.test(name) && name !== '.' && name !== '..';
}

/** @throws {KafkaError} INVALID_TOPIC_EXCEPTION, as the broker would answer */
export function checkTopicName(name: string): void {
  if (!isTopicName(name)) throw KafkaError.of('INVALID_TOPIC_EXCEPTION');
}
