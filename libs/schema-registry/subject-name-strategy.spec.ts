import { describe, expect, it } from 'vitest';
import { needsRecordName, subjectName, type NameStrategy } from './subject-name-strategy.ts';

describe('subjectName', () => {
  it.each<[NameStrategy, boolean, string]>([
    ['TOPIC_NAME', false, 'orders-value'],
    ['TOPIC_NAME', true, 'orders-key'],
    ['RECORD_NAME', false, 'shop.Order'],
    ['RECORD_NAME', true, 'shop.Order'],
    ['TOPIC_RECORD_NAME', false, 'orders-shop.Order'],
  ])('names by %s (key: %s)', (strategy, isKey, subject) => {
    expect(subjectName(strategy, 'orders', isKey, () => 'shop.Order')).toBe(subject);
  });

  it('does not ask for the name of the record where the topic is enough', () => {
    const never = (): string => {
      throw new Error('asked');
    };
    expect(subjectName('TOPIC_NAME', 'orders', false, never)).toBe('orders-value');
  });

  it('has no subject for a schema without a name', () => {
    expect(subjectName('RECORD_NAME', 'orders', false, () => undefined)).toBe(undefined);
    expect(needsRecordName('RECORD_NAME')).toBe(true);
    expect(needsRecordName('TOPIC_NAME')).toBe(false);
  });
});
