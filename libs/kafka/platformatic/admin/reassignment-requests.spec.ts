import { describe, expect, it } from 'vitest';
import { KafkaError } from '../../kafka-error.ts';
import type { AdminRequests } from './admin-requests.ts';
import { alterReassignments } from './reassignment-requests.ts';

interface Answer {
  readonly errorCode: number;
  readonly errorMessage?: string | null;
  readonly responses: readonly {
    readonly name: string;
    readonly partitions: readonly {
      readonly partitionIndex: number;
      readonly errorCode: number;
      readonly errorMessage: string | null;
    }[];
  }[];
}

/** A controller that answers the same to everything, and notes what it was asked. */
function controller(answer: Answer): { readonly requests: AdminRequests; readonly asked: unknown[][] } {
  const asked: unknown[][] = [];
  const connection = {
    call: async (_versions: unknown, ...args: unknown[]): Promise<Answer> => {
      asked.push(args);
      return answer;
    },
  };
  const requests = {
    brokerTimeoutMs: 29_000,
    toController: (ask: (to: typeof connection) => Promise<Answer>) => ask(connection),
  };
  return { requests: requests as never, asked };
}

const changes = [
  { topic: 'a', partition: 0, replicas: [1, 2] },
  { topic: 'b', partition: 0, replicas: null },
  { topic: 'a', partition: 1, replicas: [3] },
];

describe('alterReassignments', () => {
  it('asks once for all, a topic named once, and lets the number of replicas change', async () => {
    const { requests, asked } = controller({ errorCode: 0, responses: [] });

    await alterReassignments(requests, changes);

    expect(asked).toEqual([
      [
        29_000,
        true,
        [
          {
            name: 'a',
            partitions: [
              { partitionIndex: 0, replicas: [1, 2] },
              { partitionIndex: 1, replicas: [3] },
            ],
          },
          { name: 'b', partitions: [{ partitionIndex: 0, replicas: null }] },
        ],
      ],
    ]);
  });

  it('gives the outcomes in the order of the changes, with the text of Kafka', async () => {
    const ok = { errorCode: 0, errorMessage: null };
    const { requests } = controller({
      errorCode: 0,
      responses: [
        { name: 'b', partitions: [{ partitionIndex: 0, errorCode: 85, errorMessage: 'None.' }] },
        { name: 'a', partitions: [{ partitionIndex: 0, ...ok }] },
      ],
    });

    expect(await alterReassignments(requests, changes)).toEqual([
      undefined,
      KafkaError.of('NO_REASSIGNMENT_IN_PROGRESS', 'None.'),
      // What it says nothing of is not done.
      KafkaError.of('UNKNOWN_SERVER_ERROR'),
    ]);
  });

  it('fails when the answer is about all', async () => {
    const { requests } = controller({ errorCode: 31, errorMessage: null, responses: [] });

    await expect(alterReassignments(requests, changes)).rejects.toMatchObject({
      kind: 'CLUSTER_AUTHORIZATION_FAILED',
    });
  });
});
