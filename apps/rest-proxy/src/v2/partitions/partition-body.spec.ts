import { describe, expect, it } from 'vitest';
import { partitionBody } from './partition-body.ts';

describe('partitionBody', () => {
  it('tells of each replica whether it leads and whether it is in sync', () => {
    const body = partitionBody({
      partition: 4,
      leader: 2,
      leaderEpoch: 7,
      replicas: [3, 2, 1],
      inSyncReplicas: [2, 1],
    });

    expect(JSON.stringify(body)).toBe(
      '{"partition":4,"leader":2,"replicas":[{"broker":3,"leader":false,"in_sync":false},' +
        '{"broker":2,"leader":true,"in_sync":true},{"broker":1,"leader":false,"in_sync":true}]}',
    );
  });

  it('shows -1 where nobody leads', () => {
    const body = partitionBody({
      partition: 0,
      leader: -1,
      leaderEpoch: 7,
      replicas: [1],
      inSyncReplicas: [1],
    });

    expect(body).toMatchObject({ leader: -1, replicas: [{ broker: 1, leader: false }] });
  });
});
