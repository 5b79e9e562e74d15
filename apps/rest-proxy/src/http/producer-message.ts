import type { KafkaError } from '#libs/kafka/kafka-error.ts';

/** What went wrong with a record, in the Java producer's words where brokers send but a code. */
export function producerMessage(topic: string, { kind, message }: KafkaError): string {
  switch (kind) {
    case 'TOPIC_AUTHORIZATION_FAILED':
      return `Not authorized to access topics: [${topic}]`;
    case 'INVALID_TOPIC_EXCEPTION':
      return `Invalid topics: [${topic}]`;
    default:
      return message;
  }
}
