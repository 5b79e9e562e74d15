import { consumerInstanceKey, consumerInstanceName } from '#libs/consumers/consumer-instance-key.ts';
import type { ConsumerInstanceName } from '#libs/consumers/consumer-registry.ts';
import {
  InstanceStore,
  requestField,
  tombstoneMs,
  type AdoptOutcome,
  type CreateOutcome,
  type FieldsPatch,
  type InstanceFields,
  type KnownReplicas,
  type LookOutcome,
  type RestoreOutcome,
  type SaveOutcome,
} from '../instance-store.ts';
import { layoutVersion, type LiveReplica, type Replica } from '../placement.ts';
import {
  adoptScript,
  createScript,
  lookScript,
  noteReplicaScript,
  removeScript,
  requestsOfAMark,
  restoreScript,
  saveScript,
} from './instance-scripts.ts';
import { leaseOf, leaseText, ScriptAnswer, stored, storedNames } from './redis-answers.ts';
import type { RedisConnection } from './redis-connection.ts';
import type { RedisScript } from './redis-script.ts';
import { SolitaryCalls } from './solitary-calls.ts';

/**
 * The store on Redis.
 *
 * A write whose answer was not seen may have been made. Asked again, `create` with the same request id finds the
 * instance with that id, `adopt` finds it moved to its own owner, `remove` finds it missing with `removedBy` true, and
 * all others do the same once more.
 *
 * Calls of one instance are to be made one after the other: after a flush their order is not kept.
 */
export class RedisInstanceStore extends InstanceStore {
  readonly #calls = new SolitaryCalls();

  constructor(
    private readonly redis: RedisConnection,
    private readonly prefix: string,
    private readonly version = layoutVersion,
  ) {
    super();
  }

  override async create(
    name: ConsumerInstanceName,
    owner: Replica,
    fields: InstanceFields,
    ttlMs: number,
  ): Promise<CreateOutcome> {
    const { incarnation, address } = owner;
    const [maker = ''] = storedNames([requestField]);
    const args = [String(this.version), incarnation, address, maker, ttl(ttlMs), ...stored(fields)];
    return this.#claiming<CreateOutcome>(name, owner, async () => {
      const answer = await this.#run(createScript, name, args);
      if (answer.oneOf('created', 'exists') === 'created') {
        return { owner: incarnation, result: { outcome: 'created', epoch: answer.integer(1) } };
      }
      const placement = answer.placement(1);
      const requestId = answer.text(4) === '' ? undefined : answer.text(4);
      return { owner: placement.incarnation, result: { outcome: 'exists', requestId, placement } };
    });
  }

  override async look(name: ConsumerInstanceName): Promise<LookOutcome> {
    const answer = await this.#run(lookScript, name, []);
    const outcome = answer.oneOf('found', 'removed', 'missing');
    if (outcome === 'found') return { outcome, placement: answer.placement(1) };
    return outcome === 'removed' ? { outcome, epoch: answer.integer(1) } : { outcome };
  }

  override async adopt(
    name: ConsumerInstanceName,
    expectedEpoch: number,
    owner: Replica,
    leastMs: number,
  ): Promise<AdoptOutcome> {
    const { incarnation, address } = owner;
    const args = [String(expectedEpoch), String(this.version), incarnation, address, ttl(leastMs)];
    return this.#claiming<AdoptOutcome>(name, owner, async () => {
      const answer = await this.#run(adoptScript, name, args);
      const outcome = answer.oneOf('adopted', 'moved', 'too-new', 'missing');
      switch (outcome) {
        case 'adopted': {
          const [epoch, remainingMs] = [answer.integer(1), Math.max(0, answer.integer(2))];
          return { owner: incarnation, result: { outcome, epoch, fields: answer.fields(3), remainingMs } };
        }
        case 'moved': {
          const placement = answer.placement(1);
          return { owner: placement.incarnation, result: { outcome, placement } };
        }
        case 'too-new':
          return { owner: '', result: { outcome, version: answer.integer(1) } };
        case 'missing':
          return { owner: '', result: { outcome } };
      }
    });
  }

  override async save(
    name: ConsumerInstanceName,
    epoch: number,
    owner: string,
    patch: FieldsPatch,
    ttlMs: number,
  ): Promise<SaveOutcome> {
    const args = [String(epoch), owner, ttl(ttlMs), String(patch.set.size), ...stored(patch.set)];
    const answer = await this.#run(saveScript, name, [...args, ...storedNames(patch.drop)]);
    return answer.oneOf('saved', 'fenced', 'missing');
  }

  override async restore(
    name: ConsumerInstanceName,
    epoch: number,
    owner: Replica,
    formerly: readonly string[],
    fields: InstanceFields,
    ttlMs: number,
  ): Promise<RestoreOutcome> {
    const { incarnation, address } = owner;
    const args = [String(epoch), String(this.version), incarnation, address, ttl(ttlMs)];
    const lists = [String(formerly.length), ...formerly, ...stored(fields)];
    return this.#claiming(name, owner, async () => {
      const answer = await this.#run(restoreScript, name, [...args, ...lists]);
      return { owner: answer.text(1), result: answer.oneOf('restored', 'fenced', 'removed') };
    });
  }

  override async remove(
    name: ConsumerInstanceName,
    epoch: number,
    owner: Replica,
    requestId: string | undefined,
  ): Promise<SaveOutcome> {
    const args = [String(epoch), requestId ?? '', String(tombstoneMs)];
    return this.#settled(name, owner, async () => {
      const answer = await this.#run(removeScript, name, args);
      return { owner: answer.text(1), result: answer.oneOf('saved', 'fenced', 'missing') };
    });
  }

  override async removedBy(name: ConsumerInstanceName, requestId: string): Promise<boolean> {
    const [, tombstone] = this.#keysOf(name);
    const removals = await this.redis.ask((client) => client.hmget(tombstone, ...requestsOfAMark));
    return removals.includes(requestId);
  }

  override async renew(replica: LiveReplica, leaseMs: number, isNew: boolean): Promise<'kept' | 'lost'> {
    const key = this.#leaseKey(replica.incarnation);
    const [lease, ms] = [leaseText(replica), ttl(leaseMs)];
    const written = await this.redis.ask((client) =>
      isNew ? client.set(key, lease, 'PX', ms) : client.set(key, lease, 'PX', ms, 'XX'),
    );
    if (written === null) return 'lost';
    await this.redis.ask((client) =>
      noteReplicaScript.run(client, [this.#replicasKey], [replica.incarnation]),
    );
    return 'kept';
  }

  override async withdraw(incarnation: string): Promise<void> {
    await this.redis.ask((client) => client.del(this.#leaseKey(incarnation)));
  }

  override async isAlive(incarnation: string): Promise<boolean> {
    return (await this.redis.ask((client) => client.exists(this.#leaseKey(incarnation)))) === 1;
  }

  override async replicas(): Promise<KnownReplicas> {
    const [all, [seconds, microseconds]] = await this.redis.ask((client) =>
      Promise.all([client.zrange(this.#replicasKey, '0', '-1'), client.time()]),
    );
    const leases = await this.redis.ask((client) =>
      Promise.all(all.map((incarnation) => client.get(this.#leaseKey(incarnation)))),
    );
    const live = all.map((incarnation, i) => leaseOf(incarnation, leases[i] ?? ''));
    return {
      live: live.filter((replica) => replica !== undefined),
      dead: all.filter((_, i) => leases[i] === null),
      timeMs: Number(seconds) * 1000 + Math.floor(Number(microseconds) / 1000),
    };
  }

  override async ownedBy(incarnation: string): Promise<readonly ConsumerInstanceName[]> {
    const keys = await this.redis.ask((client) => client.smembers(this.#ownedKey(incarnation)));
    return keys.map(consumerInstanceName).filter((name) => name !== undefined);
  }

  override async bury(incarnation: string): Promise<void> {
    await this.redis.ask((client) => client.del(this.#ownedKey(incarnation)));
    await this.redis.ask((client) => client.zrem(this.#replicasKey, incarnation));
  }

  async #run(
    script: RedisScript,
    name: ConsumerInstanceName,
    args: readonly string[],
  ): Promise<ScriptAnswer> {
    return new ScriptAnswer(await this.redis.ask((client) => script.run(client, this.#keysOf(name), args)));
  }

  /**
   * Makes a call that may make `owner` the owner. Its name is among those owned before, whatever becomes of the call.
   */
  #claiming<T>(name: ConsumerInstanceName, owner: Replica, call: () => Promise<Settled<T>>): Promise<T> {
    return this.#settled(name, owner, async () => {
      const key = this.#ownedKey(owner.incarnation);
      await this.redis.ask((client) => client.sadd(key, consumerInstanceKey(name)));
      return call();
    });
  }

  /**
   * Makes a call after which the owner is known, and takes the name out of those of `owner` if that is another.
   *
   * Only when the call was alone: with others beside it, which of them was the last to be made cannot be known. A name
   * too many does no harm; one too few is an instance that nobody looks after.
   */
  async #settled<T>(name: ConsumerInstanceName, owner: Replica, call: () => Promise<Settled<T>>): Promise<T> {
    const key = consumerInstanceKey(name);
    const end = this.#calls.begin(`${owner.incarnation} ${key}`);
    let settled: Settled<T> | undefined;
    let alone = false;
    try {
      settled = await call();
    } finally {
      alone = end();
    }
    if (alone && settled.owner !== owner.incarnation) {
      // The call itself was made: its caller need not know that a name too many is left.
      await this.redis
        .ask((client) => client.srem(this.#ownedKey(owner.incarnation), key))
        .catch(() => undefined);
    }
    return settled.result;
  }

  /** Both in one slot of a cluster: what stands in the first braces is the same. */
  #keysOf(name: ConsumerInstanceName): readonly [instance: string, tombstone: string] {
    const tag = `{${consumerInstanceKey(name)}}`;
    return [`${this.prefix}:i:${tag}`, `${this.prefix}:t:${tag}`];
  }

  #leaseKey(incarnation: string): string {
    return `${this.prefix}:r:${incarnation}`;
  }

  #ownedKey(incarnation: string): string {
    return `${this.prefix}:o:${incarnation}`;
  }

  get #replicasKey(): string {
    return `${this.prefix}:rs`;
  }
}

interface Settled<T> {
  /** Who owns the instance now; "" for nobody. */
  readonly owner: string;
  readonly result: T;
}

/** Redis takes whole milliseconds, and at least one. */
const ttl = (ms: number): string => String(Math.max(1, Math.ceil(ms)));
