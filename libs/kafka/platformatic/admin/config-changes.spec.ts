import { describe, expect, it } from 'vitest';
import type { ConfigChange, ConfigEntry } from '../../kafka-admin.ts';
import { KafkaError } from '../../kafka-error.ts';
import { showsChanges } from './config-changes.ts';

function entry(value: string | null, source: ConfigEntry['source'] = 'DYNAMIC_TOPIC_CONFIG'): ConfigEntry {
  return { name: 'a', value, readOnly: false, sensitive: false, source, synonyms: [] };
}

const set = (value: string): ConfigChange => ({ name: 'a', operation: 'SET', value });
const reset: ConfigChange = { name: 'a', operation: 'DELETE' };

describe('showsChanges', () => {
  it.each<[string, ConfigEntry, ConfigChange, boolean]>([
    ['a value that is set', entry('1'), set('1'), true],
    ['a value in the form of Kafka', entry('delete,compact'), set(' Delete, compact'), true],
    ['the value before', entry('1'), set('2'), false],
    ['a default of the same value', entry('1', 'DEFAULT_CONFIG'), set('1'), false],
    ['a value that is not reset yet', entry('1'), reset, false],
    ['a value that is reset', entry('1', 'DEFAULT_CONFIG'), reset, true],
  ])('of %s: %#', (_, shown, change, expected) => {
    expect(showsChanges([shown], { resource: { type: 'topic', name: 't' }, changes: [change] })).toBe(
      expected,
    );
  });

  it('does not wait for what is not told', () => {
    const item = { resource: { type: 'topic', name: 't' }, changes: [set('1')] } as const;

    expect(showsChanges([], item)).toBe(true);
    expect(showsChanges(undefined, item)).toBe(true);
    expect(showsChanges(KafkaError.of('UNKNOWN_TOPIC_OR_PARTITION'), item)).toBe(true);
  });
});
