import { restErrors } from '#libs/errors/rest-errors.ts';
import type { TopicPartition } from '#libs/kafka/kafka-types.ts';

const largestInt = 2 ** 31 - 1;

/**
 * Partitions of a query: `partitions=t1:0,t1:1&partitions=t2:0`, for clients that cannot send a body with GET.
 *
 * @returns undefined when the query says nothing of partitions
 * @throws {RestError} 422
 */
export function partitionsOfQuery(query: URLSearchParams): readonly TopicPartition[] | undefined {
  if (!query.has('partitions')) return undefined;
  const items = query.getAll('partitions').flatMap((list) => list.split(','));
  return items.filter((item) => item !== '').map(partitionOf);
}

function partitionOf(text: string): TopicPartition {
  const colon = text.lastIndexOf(':');
  const topic = text.slice(0, Math.max(colon, 0));
  const digits = text.slice(colon + 1);
  const partition = /^\d{1,10}$/.test(digits) ? Number(digits) : Number.NaN;
  if (topic !== '' && partition <= largestInt) return { topic, partition };
  throw restErrors.unprocessable(`partitions must be a list of topic:partition (was ${text.slice(0, 300)})`);
}
