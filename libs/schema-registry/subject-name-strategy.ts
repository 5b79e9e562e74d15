/** How a subject is named when a request does not name it; the vocabulary of API v3. */
export type NameStrategy = 'TOPIC_NAME' | 'RECORD_NAME' | 'TOPIC_RECORD_NAME';

/**
 * The subject of a topic's keys or values, in the names of Confluent's serializers.
 *
 * @param recordName full name of what the schema describes; asked for only where the strategy needs it
 * @returns undefined when the strategy needs a name and the schema has none
 */
export function subjectName(
  strategy: NameStrategy,
  topic: string,
  isKey: boolean,
  recordName: () => string | undefined,
): string | undefined {
  if (strategy === 'TOPIC_NAME') return `${topic}-${isKey ? 'key' : 'value'}`;
  const name = recordName();
  if (name === undefined) return undefined;
  return strategy === 'RECORD_NAME' ? name : `${topic}-${name}`;
}

/** Whether the subject follows from the schema, so that it cannot be known without one. */
export function needsRecordName(strategy: NameStrategy): boolean {
  return strategy !== 'TOPIC_NAME';
}
