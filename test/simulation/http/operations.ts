import type { ConsumerInstances } from '#libs/consumers/consumer-instances.ts';
import { ConsumerInstanceMovedError } from '#libs/consumers/consumer-instance-moved.error.ts';
import type { ConsumerInstanceName } from '#libs/consumers/consumer-registry.ts';
import type { Delivery } from '#libs/consumers/delivery.ts';
import { RestError } from '#libs/errors/rest-error.ts';
import { IllegalStateError } from '#libs/kafka/illegal-state-error.ts';
import { KafkaError } from '#libs/kafka/kafka-error.ts';

/** Where a record is in the one topic. */
export interface Place {
  readonly partition: number;
  readonly offset: number;
}

export type Operation =
  | { readonly kind: 'create'; readonly autoCommit: boolean }
  | { readonly kind: 'subscribe' }
  | { readonly kind: 'assign'; readonly partitions: readonly number[] }
  | { readonly kind: 'read'; readonly timeoutMs: number }
  | { readonly kind: 'commit' }
  | { readonly kind: 'seek'; readonly to: readonly Place[] }
  | { readonly kind: 'delete' };

/** What a client asks for. */
export interface Request {
  /** A retry has the same. */
  readonly requestId: string;
  readonly name: ConsumerInstanceName;
  readonly operation: Operation;
}

export interface Answer {
  readonly status: number;
  readonly records: readonly Place[];
  /** What is wrong, when something is. */
  readonly error: string;
}

export interface Performed {
  readonly answer: Answer;
  /** To be confirmed when the client has the answer. */
  readonly delivery?: Delivery;
}

const topic = 't';
/** As the proxy's: an answer that makes progress keeps its records for so long. */
export const holdMs = 5_000;

/**
 * What the controllers do.
 *
 * @throws {ConsumerInstanceMovedError} the instance is elsewhere now
 */
export async function perform(
  instances: ConsumerInstances,
  request: Request,
  signal: AbortSignal,
): Promise<Performed> {
  try {
    return await performed(instances, request, signal);
  } catch (error) {
    if (error instanceof ConsumerInstanceMovedError) throw error;
    return { answer: failure(error) };
  }
}

/** @throws {unknown} what is no answer but a fault of the program */
export function failure(error: unknown): Answer {
  if (error instanceof RestError) {
    return { status: error.status, records: [], error: `${error.errorCode} ${error.message}` };
  }
  if (error instanceof KafkaError) return { status: 500, records: [], error: error.kind };
  if (error instanceof IllegalStateError) return { status: 409, records: [], error: error.message };
  throw error;
}

async function performed(
  instances: ConsumerInstances,
  { name, operation, requestId }: Request,
  signal: AbortSignal,
): Promise<Performed> {
  const { group, id } = name;
  if (operation.kind === 'create') {
    await instances.create({ group, id, format: 'binary', autoCommit: operation.autoCommit }, requestId);
    return well(200);
  }
  if (operation.kind === 'delete') {
    await instances.delete(group, id, requestId);
    return well(204);
  }
  const instance = instances.find(group, id);
  switch (operation.kind) {
    case 'subscribe':
      await instance.subscribe([topic]);
      return well(204);
    case 'assign':
      await instance.assign(operation.partitions.map((partition) => ({ topic, partition })));
      return well(204);
    case 'commit':
      await instance.commitConfirmed();
      return well(200);
    case 'seek':
      await instance.use(() =>
        instance.seek(
          operation.to.map(({ offset, partition }) => ({ topic, partition, to: BigInt(offset) })),
        ),
      );
      await instance.persist();
      return well(204);
    case 'read': {
      const delivery = await instance.read({ timeoutMs: operation.timeoutMs, maxBytes: 1_000_000, signal });
      const records = delivery.records.map(({ offset, partition }) => ({
        partition,
        offset: Number(offset),
      }));
      if (records.length > 0) delivery.hold(holdMs);
      return { answer: { status: 200, records, error: '' }, delivery };
    }
  }
}

function well(status: number): Performed {
  return { answer: { status, records: [], error: '' } };
}
