import type { ConfigChanges, ConfigEntry } from '../../kafka-admin.ts';
import { KafkaError } from '../../kafka-error.ts';

/** Whether what a broker tells of a topic is as some changes made it; so, too, when it cannot tell. */
export function showsChanges(
  entries: readonly ConfigEntry[] | KafkaError | undefined,
  { changes }: ConfigChanges,
): boolean {
  if (entries === undefined || entries instanceof KafkaError) return true;
  const byName = new Map(entries.map((entry) => [entry.name, entry]));
  return changes.every((change) => {
    const entry = byName.get(change.name);
    if (entry === undefined) return true;
    const isSet = entry.source === 'DYNAMIC_TOPIC_CONFIG';
    return change.operation === 'SET' ? isSet && isSame(entry.value, change.value) : !isSet;
  });
}

/** Kafka trims values, and writes words its own way. */
function isSame(shown: string | null, set: string | null): boolean {
  return plain(shown) === plain(set);
}

function plain(value: string | null): string {
  return (value ?? '').replaceAll(/\s/g, '').toLowerCase();
}
