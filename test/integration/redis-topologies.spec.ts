import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ConsumerInstanceName } from '#libs/consumers/consumer-registry.ts';
import type { LookOutcome } from '#libs/replicas/instance-store.ts';
import { layoutVersion } from '#libs/replicas/placement.ts';
import { RedisConnection } from '#libs/replicas/redis/redis-connection.ts';
import { RedisInstanceStore } from '#libs/replicas/redis/redis-instance-store.ts';
import type { RedisSettings } from '#libs/replicas/redis/redis-settings.ts';
import { StoreUnavailableError } from '#libs/replicas/store-unavailable.error.ts';
import { freePorts } from '../../scripts/stack/ports.ts';
import { waitFor } from '../../scripts/stack/wait.ts';
import { uniqueName } from '../support/unique-name.ts';
import { instanceStoreContract, replica, type StoreUnderTest } from './port-instance-store.contract.ts';
import { redisSettings, startServer, StoreProbe, type RedisServer } from './redis-fixture.ts';

const long = 60_000;
const none = new Map<string, string>();

async function connected(settings: RedisSettings): Promise<{ redis: RedisConnection; probe: StoreProbe }> {
  const probe = new StoreProbe();
  const redis = new RedisConnection(settings, probe);
  await redis.whenUp(20_000);
  return { redis, probe };
}

/** Ports whose neighbours 10,000 above are a cluster's own. */
async function clusterPorts(): Promise<readonly number[]> {
  const ports = await waitFor(
    'ports for a cluster',
    async () => {
      const free = await freePorts(3);
      return free.every((port) => port < 55_000) ? free : undefined;
    },
    20_000,
    1,
  );
  return ports;
}

async function joinNodes(ports: readonly number[]): Promise<void> {
  const clients = ports.map((port) => new Redis(port, '127.0.0.1'));
  const share = Math.ceil(16_384 / clients.length);
  for (const [i, client] of clients.entries()) {
    await client.cluster('ADDSLOTSRANGE', i * share, Math.min((i + 1) * share, 16_384) - 1);
    await client.call('CLUSTER', 'SET-CONFIG-EPOCH', i + 1);
  }
  for (const port of ports.slice(1)) await clients[0]?.cluster('MEET', '127.0.0.1', port);
  for (const client of clients) {
    await waitFor(
      'the cluster',
      async () => {
        const info = await client.cluster('INFO');
        const complete = info.includes('cluster_slots_assigned:16384') && info.includes('known_nodes:3');
        return complete && info.includes('cluster_state:ok') ? true : undefined;
      },
      20_000,
      20,
    );
    client.disconnect();
  }
}

describe('RedisInstanceStore on a cluster', () => {
  const prefix = uniqueName('krest');
  let nodes: RedisServer[] = [];
  let redis: RedisConnection;
  let underTest: StoreUnderTest;

  beforeAll(async () => {
    const ports = await clusterPorts();
    const cluster = '--cluster-enabled yes --cluster-node-timeout 1000 --cluster-require-full-coverage no';
    nodes = await Promise.all(ports.map((port) => startServer(cluster.split(' '), port)));
    await joinNodes(ports);
    const [first] = nodes;
    ({ redis } = await connected(
      redisSettings([first?.url ?? ''], { mode: 'cluster', commandTimeoutMs: 500 }),
    ));
    underTest = {
      store: new RedisInstanceStore(redis, prefix),
      newer: new RedisInstanceStore(redis, prefix, layoutVersion + 1),
      flush: async () => {
        for (const { port } of nodes) {
          const node = new Redis(port);
          await node.flushall();
          node.disconnect();
        }
      },
    };
  });
  afterAll(async () => {
    redis.close();
    await Promise.all(nodes.map((node) => node.kill()));
  });

  instanceStoreContract(() => underTest);

  it('serves what the other nodes hold while one is frozen, and all of it afterwards', async () => {
    const { store } = underTest;
    const names = await manyNames();

    nodes[1]?.pause();
    const looks = await Promise.allSettled(names.map((name) => store.look(name)));
    const again = await Promise.allSettled(names.map((name) => store.look(name)));
    nodes[1]?.resume();

    expectSome(looks);
    expectSome(again);
    await waitFor('all instances', () => all(names), 20_000, 20);
  }, 30_000);

  it('serves what the other nodes hold while one is dead', async () => {
    const { store } = underTest;
    const names = await manyNames();

    await nodes[2]?.kill();

    expectSome(await Promise.allSettled(names.map((name) => store.look(name))));
    expectSome(await Promise.allSettled(names.map((name) => store.look(name))));
  }, 30_000);

  async function manyNames(): Promise<readonly ConsumerInstanceName[]> {
    const names = Array.from({ length: 30 }, (_, i) => ({ group: uniqueName('g'), id: `${i}` }));
    await Promise.all(names.map((name) => underTest.store.create(name, replica(), none, long)));
    return names;
  }

  async function all(names: readonly ConsumerInstanceName[]): Promise<true | undefined> {
    const looks = await Promise.all(names.map((name) => underTest.store.look(name)));
    return looks.every(({ outcome }) => outcome === 'found') ? true : undefined;
  }

  function expectSome(looks: readonly PromiseSettledResult<LookOutcome>[]): void {
    const found = looks.filter((look) => look.status === 'fulfilled' && look.value.outcome === 'found');
    const failed = looks.flatMap((look) => (look.status === 'rejected' ? [look.reason as unknown] : []));
    expect(found.length).toBeGreaterThan(0);
    expect(failed.length).toBeGreaterThan(0);
    expect(found.length + failed.length).toBe(looks.length);
    expect(failed.every((reason) => reason instanceof StoreUnavailableError)).toBe(true);
  }
});

describe('RedisInstanceStore behind sentinels', () => {
  const servers: RedisServer[] = [];
  let dir = '';
  let redis: RedisConnection | undefined;

  afterEach(async () => {
    redis?.close();
    await Promise.all(servers.splice(0).map((server) => server.kill()));
    rmSync(dir, { recursive: true, force: true });
  });

  it('follows a failover', async () => {
    const first = await startServer(['--requirepass', 'hunter2', '--masterauth', 'hunter2']);
    servers.push(first);
    const follows = ['--replicaof', '127.0.0.1', `${first.port}`, '--repl-diskless-sync-delay', '0'];
    const second = await startServer(['--requirepass', 'hunter2', '--masterauth', 'hunter2', ...follows]);
    servers.push(second);
    dir = mkdtempSync(join(tmpdir(), 'krest-sentinel-'));
    const config = join(dir, 'sentinel.conf');
    writeFileSync(
      config,
      [
        'requirepass hunter3',
        `sentinel monitor main 127.0.0.1 ${first.port} 1`,
        'sentinel auth-pass main hunter2',
        'sentinel down-after-milliseconds main 500',
        'sentinel failover-timeout main 5000',
      ].join('\n'),
    );
    const sentinel = await startServer([config, '--sentinel']);
    servers.push(sentinel);
    const watcher = new Redis(sentinel.port, { password: 'hunter3' });
    await waitFor(
      'the sentinel to know the replica',
      async () => {
        const replicas = await watcher.call('SENTINEL', 'REPLICAS', 'main');
        const known = JSON.stringify(replicas);
        return known.includes(`${second.port}`) && known.includes('"master-link-status","ok"')
          ? true
          : undefined;
      },
      40_000,
      50,
    ).finally(() => watcher.disconnect());

    const opened = await connected(
      redisSettings(sentinel.url, {
        mode: 'sentinel',
        sentinelMaster: 'main',
        password: 'hunter2',
        sentinelPassword: 'hunter3',
        commandTimeoutMs: 500,
      }),
    );
    redis = opened.redis;
    const store = new RedisInstanceStore(redis, 'krest');
    const [name, owner] = [{ group: 'g', id: 'i' }, replica()];
    const outcome = await store.create(name, owner, none, long);
    const epoch = outcome.outcome === 'created' ? outcome.epoch : 0;

    await first.kill();
    await opened.probe.becomes(false);
    await opened.probe.becomes(true);

    // Replication is asynchronous: the instance may be there, or have to be restored.
    const restored = await waitFor(
      'a write after the failover',
      () => store.restore(name, epoch, owner, [], none, long),
      30_000,
      20,
    );
    expect(restored).toBe('restored');
    const port = new Redis(second.port, { password: 'hunter2' });
    expect(await port.exists('krest:i:{1:g/i}')).toBe(1);
    port.disconnect();
  });
});
