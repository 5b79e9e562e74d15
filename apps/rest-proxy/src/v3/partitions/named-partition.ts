import { restErrors } from '#libs/errors/rest-errors.ts';
import { KafkaError } from '#libs/kafka/kafka-error.ts';
import { intParam, pathParam, type RestRequest } from '../../http/rest-request.ts';

/** The partition that a path names. @throws {RestError} 404 when the number is none */
export function namedPartition(req: RestRequest): { readonly topic: string; readonly partition: number } {
  return {
    topic: pathParam(req, 'topic'),
    partition: intParam(pathParam(req, 'partition'), 'partition'),
  };
}

/** Names the partition in the error for a topic that does not exist, as the original does where it is in the path. */
export async function withPartitionNamed<T>(
  { topic, partition }: { readonly topic: string; readonly partition: number },
  work: Promise<T>,
): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof KafkaError) || error.kind !== 'UNKNOWN_TOPIC_OR_PARTITION') throw error;
    const text = `This server does not host topic-partition ${partition} for topic ${topic}`;
    throw restErrors.unknownTopicOrPartition(text, { cause: error });
  }
}
