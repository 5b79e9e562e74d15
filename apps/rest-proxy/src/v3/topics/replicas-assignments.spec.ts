import { describe, expect, it } from 'vitest';
import { assignmentsOf } from './replicas-assignments.ts';

const refusal = 'lists of broker ids by partition at replicas_assignments';

describe('assignmentsOf', () => {
  it('takes an object, and a list as clients made of the OpenAPI document of the original send it', () => {
    const listed = [
      { partition_id: 0, broker_ids: [3, 1] },
      { partition_id: 1, broker_ids: [2, 3] },
    ];

    expect(assignmentsOf(listed)).toEqual(
      new Map([
        [0, [3, 1]],
        [1, [2, 3]],
      ]),
    );
    expect(assignmentsOf({ 0: [3, 1], 1: [2, 3] })).toEqual(assignmentsOf(listed));
  });

  it.each([[undefined], [{}], [[]]])('finds none in %j', (value) => {
    expect(assignmentsOf(value).size).toBe(0);
  });

  it.each([
    [null],
    [1],
    [[1]],
    [{ broker_ids: [1] }],
    [{ partition_id: 0 }],
    [{ partition_id: 0, broker_ids: 1 }],
    [{ partition_id: 0, broker_ids: ['1'] }],
    [{ partition_id: -1, broker_ids: [1] }],
    [{ partition_id: 0.5, broker_ids: [1] }],
    [{ partition_id: 2 ** 31, broker_ids: [1] }],
    [{ partition_id: '0', broker_ids: [1] }],
  ])('refuses %j in a list, and says where', (item) => {
    const good = { partition_id: 7, broker_ids: [1] };

    expect(() => assignmentsOf([good, item])).toThrow(`${refusal}[1]`);
  });

  it('refuses a partition that is listed twice, and members that it does not know', () => {
    const item = { partition_id: 0, broker_ids: [1] };

    expect(() => assignmentsOf([item, item])).toThrow(`${refusal}[1]`);
    expect(() => assignmentsOf([{ ...item, partitions: 1 }])).toThrow('Unrecognized field: partitions');
  });

  it.each([['x'], [1], [null]])('refuses %j', (value) => {
    expect(() => assignmentsOf(value)).toThrow(refusal);
  });

  it.each(['x', '-1', '1.5', '', String(2 ** 31)])('refuses the partition %j of an object', (partition) => {
    expect(() => assignmentsOf({ [partition]: [1] })).toThrow(`${refusal}.${partition}`);
  });
});
