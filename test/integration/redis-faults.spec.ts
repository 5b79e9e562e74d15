import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { Logger } from '@nestjs/common';
import { Redis } from 'ioredis';
import { afterEach, describe, expect, it } from 'vitest';
import type { RedisSettings } from '#libs/replicas/redis/redis-settings.ts';
import { RedisConnection } from '#libs/replicas/redis/redis-connection.ts';
import { RedisInstanceStore } from '#libs/replicas/redis/redis-instance-store.ts';
import { StoreUnavailableError } from '#libs/replicas/store-unavailable.error.ts';
import { CertificateAuthority } from '../../scripts/stack/certificates.ts';
import { waitFor } from '../../scripts/stack/wait.ts';
import { replica } from './port-instance-store.contract.ts';
import { redisSettings, startServer, StoreProbe, type RedisServer } from './redis-fixture.ts';

const name = { group: 'g', id: 'i' };
const long = 60_000;
const none = new Map<string, string>();
const cleanUps: (() => Promise<void> | void)[] = [];

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp();
});

async function server(args: readonly string[] = [], port?: number, scheme?: string): Promise<RedisServer> {
  const started = await startServer(args, port, scheme);
  cleanUps.push(() => started.kill());
  return started;
}

interface Opened {
  readonly store: RedisInstanceStore;
  readonly redis: RedisConnection;
  readonly probe: StoreProbe;
}

function open(url: string, other: Partial<RedisSettings> = {}): Opened {
  const probe = new StoreProbe();
  const settings = redisSettings(url, { commandTimeoutMs: 300, ...other });
  const redis = new RedisConnection(settings, probe);
  cleanUps.push(() => redis.close());
  return { store: new RedisInstanceStore(redis, settings.keyPrefix), redis, probe };
}

function direct(port: number): Redis {
  const client = new Redis({ port, host: '127.0.0.1' });
  cleanUps.push(() => client.disconnect());
  return client;
}

async function created(store: RedisInstanceStore, owner = replica()): Promise<number> {
  const outcome = await store.create(name, owner, none, long);
  if (outcome.outcome !== 'created') throw new Error(outcome.outcome);
  return outcome.epoch;
}

const answers = (store: RedisInstanceStore): Promise<unknown> =>
  waitFor('Redis to answer', () => store.look(name), 20_000, 10);

const failure = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => 'no failure',
    (error: unknown) => error,
  );

describe('RedisInstanceStore', () => {
  it('loads its scripts again when Redis has lost them', async () => {
    const { port, url } = await server();
    const { store, redis } = open(url);
    await redis.whenUp(10_000);
    const owner = replica();
    const epoch = await created(store, owner);
    await store.save(name, epoch, owner.incarnation, { set: none, drop: [] }, long);
    await direct(port).script('FLUSH');

    const saves = Array.from({ length: 20 }, () =>
      store.save(name, epoch, owner.incarnation, { set: none, drop: [] }, long),
    );

    expect(new Set(await Promise.all(saves))).toEqual(new Set(['saved']));
  });

  it('fails in time while Redis is frozen, sends nothing more to it, and recovers', async () => {
    const redisServer = await server();
    const { store, redis, probe } = open(redisServer.url);
    await redis.whenUp(10_000);
    const owner = replica();
    const epoch = await created(store, owner);
    const saveOf = (text: string) =>
      store.save(name, epoch, owner.incarnation, { set: new Map([['x', text]]), drop: [] }, long);

    redisServer.pause();
    const began = performance.now();
    const first = await failure(saveOf('first'));
    expect(first).toBeInstanceOf(StoreUnavailableError);
    expect(first).toHaveProperty('cause.message', 'Command timed out');
    expect(performance.now() - began).toBeLessThan(2_000);
    await probe.becomes(false);
    const late = await Promise.all(Array.from({ length: 500 }, (_, i) => failure(saveOf(`late ${i}`))));
    expect(late.every((error) => error instanceof StoreUnavailableError)).toBe(true);
    // Not one of them was sent, or waits to be.
    expect(new Set(late.map((error) => inspect(error).includes('not reached')))).toEqual(new Set([true]));
    redisServer.resume();

    await probe.becomes(true);
    await answers(store);
    expect(probe.changes).toEqual([true, false, true]);
    const { fields } = { fields: none, ...(await store.adopt(name, epoch, owner, long)) };
    // What was on its way when Redis froze may have been made.
    expect([undefined, 'first']).toContain(fields.get('x'));
  });

  it('tells who asks again after a lost answer what was made', async () => {
    const redisServer = await server();
    const { store, redis } = open(redisServer.url);
    await redis.whenUp(10_000);
    const owner = replica();
    const epoch = await created(store, owner);

    // Redis knows the script then.
    await store.remove({ group: 'another', id: 'i' }, 1, owner, undefined);
    redisServer.pause();
    const lost = await failure(store.remove(name, epoch, owner, 'rq'));
    redisServer.resume();

    expect(lost).toBeInstanceOf(StoreUnavailableError);
    await answers(store);
    expect(await store.remove(name, epoch, owner, 'rq')).toBe('missing');
    expect(await store.removedBy(name, 'rq')).toBe(true);
    expect(await store.ownedBy(owner.incarnation)).toEqual([]);
  });

  it('fails while Redis is dead, and finds a new one at the same place', async () => {
    const old = await server();
    const { store, redis, probe } = open(old.url);
    await redis.whenUp(10_000);
    const owner = replica();
    const epoch = await created(store, owner);

    await old.kill();
    await probe.becomes(false);
    expect(await failure(store.look(name))).toBeInstanceOf(StoreUnavailableError);
    await server([], old.port);

    await probe.becomes(true);
    await answers(store);
    expect(await store.look(name)).toEqual({ outcome: 'missing' });
    expect(await store.renew(owner, long, false)).toBe('lost');
    expect(await store.restore(name, epoch, owner, [], none, long)).toBe('restored');
  });

  it('fails calls on their way when Redis dies', async () => {
    const redisServer = await server();
    const { store, redis } = open(redisServer.url, { commandTimeoutMs: 30_000 });
    await redis.whenUp(10_000);
    redisServer.pause();
    const calls = [store.look(name), store.create(name, replica(), none, long), store.replicas()];
    const failures = Promise.all(calls.map(failure));

    await redisServer.kill();

    expect((await failures).every((error) => error instanceof StoreUnavailableError)).toBe(true);
  }, 10_000);

  it('fails writes to a server that became a replica, and says so', async () => {
    const { port, url } = await server();
    const { store, redis, probe } = open(url);
    await redis.whenUp(10_000);
    const owner = replica();
    const epoch = await created(store, owner);
    const admin = direct(port);
    await admin.replicaof('127.0.0.1', 1);

    const refused = await failure(store.save(name, epoch, owner.incarnation, { set: none, drop: [] }, long));

    expect(refused).toBeInstanceOf(StoreUnavailableError);
    expect(refused).toHaveProperty('cause.message', expect.stringContaining('READONLY'));
    expect(probe.changes).toContain(false);
    await admin.call('REPLICAOF', 'NO', 'ONE');
    const saved = await waitFor(
      'a save',
      () => store.save(name, epoch, owner.incarnation, { set: none, drop: [] }, long),
      20_000,
      10,
    );
    expect(saved).toBe('saved');
    await probe.becomes(true);
  });

  it('fails when Redis is full', async () => {
    const { port, url } = await server(['--maxmemory-policy', 'noeviction']);
    const { store, redis, probe } = open(url);
    await redis.whenUp(10_000);
    await direct(port).config('SET', 'maxmemory', '1');

    const refused = await failure(store.create(name, replica(), none, long));

    expect(refused).toBeInstanceOf(StoreUnavailableError);
    expect(refused).toHaveProperty('cause.message', expect.stringContaining('OOM'));
    expect(refused).not.toHaveProperty('cause.command');
    await probe.becomes(false);
    expect(await store.look(name)).toEqual({ outcome: 'missing' });
  });

  it('fails over what others have put under its keys', async () => {
    const { port, url } = await server();
    const { store, redis } = open(url);
    await redis.whenUp(10_000);
    await direct(port).hset('krest:i:{1:g/i}', { epoch: 'twelve', owner: 'x', addr: 'y', v: 'z' });
    await direct(port).set('krest:rs', 'text');

    expect(await failure(store.look(name))).toBeInstanceOf(StoreUnavailableError);
    expect(await failure(store.adopt(name, 1, replica(), long))).toBeInstanceOf(StoreUnavailableError);
    expect(await failure(store.replicas())).toBeInstanceOf(StoreUnavailableError);
  });

  it('keeps to its prefix, and needs no more rights than for that', async () => {
    const user = '--user app on >hunter2 ~mine:* -@all +@connection +@hash +@set +@sortedset +@string';
    const rights = '+@scripting +del +exists +pexpire +pttl +time +info';
    const { url } = await server([...user.split(' '), ...rights.split(' '), '--user', 'default', 'off']);
    const log = { username: 'app', password: 'hunter2' };
    const { store, redis } = open(url, { ...log, keyPrefix: 'mine' });
    await redis.whenUp(10_000);
    const [a, b] = [replica(), replica()];

    await store.renew(a, long, true);
    expect(await store.renew(a, long, false)).toBe('kept');
    const epoch = await created(store, a);
    expect(await store.adopt(name, epoch, b, long)).toMatchObject({ outcome: 'adopted' });
    expect(
      await store.save(name, epoch + 1, b.incarnation, { set: new Map([['x', '1']]), drop: ['y'] }, long),
    ).toBe('saved');
    expect(await store.restore(name, epoch + 2, b, [], none, long)).toBe('restored');
    expect(await store.remove(name, epoch + 2, b, 'rq')).toBe('saved');
    expect(await store.removedBy(name, 'rq')).toBe(true);
    expect(await store.isAlive(a.incarnation)).toBe(true);
    expect((await store.replicas()).live).toEqual([a]);
    expect(await store.ownedBy(a.incarnation)).toEqual([name]);
    await store.withdraw(a.incarnation);
    await store.bury(a.incarnation);

    const other = open(url, { ...log, keyPrefix: 'theirs' });
    await other.redis.whenUp(10_000);
    expect(await failure(other.store.look(name))).toHaveProperty(
      'cause.message',
      expect.stringContaining('NOPERM'),
    );
  });

  it('shows the password nowhere', async () => {
    const lines: string[] = [];
    const write = (...parts: unknown[]) => void lines.push(inspect(parts));
    Logger.overrideLogger({ log: write, warn: write, error: write });
    cleanUps.push(() => Logger.overrideLogger(true));
    const { url } = await server(['--requirepass', 'another']);
    const { store, redis, probe } = open(url, { password: 'hunter2' });

    await probe.becomes(false);
    const errors = [await failure(store.look(name)), await failure(redis.whenUp(50))];

    expect(errors.map((error) => error instanceof StoreUnavailableError)).toEqual([true, true]);
    expect(lines).toHaveLength(1);
    expect(lines.join()).toContain('WRONGPASS');
    expect(inspect([errors, lines], { depth: 10, showHidden: true })).not.toContain('hunter2');
  });

  it('speaks TLS, and to those only whom it trusts', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'krest-tls-'));
    cleanUps.push(() => rmSync(dir, { recursive: true }));
    const authority = new CertificateAuthority(dir);
    const { certificate, key } = authority.issue('redis');
    const files = ['--tls-cert-file', certificate, '--tls-key-file', key];
    const args = [...files, '--tls-ca-cert-file', authority.certificate, '--tls-auth-clients', 'no'];
    const { url } = await server(args, undefined, 'rediss');
    const trusting = open(url, { tls: { ca: readFileSync(authority.certificate) } });
    const doubting = open(url);

    await trusting.redis.whenUp(10_000);
    expect(await trusting.store.look(name)).toEqual({ outcome: 'missing' });
    await doubting.probe.becomes(false);
    expect(await failure(doubting.redis.whenUp(100))).toHaveProperty(
      'message',
      expect.stringContaining('certificate'),
    );
  });

  it('answers no more after its end', async () => {
    const { url } = await server();
    const { store, redis, probe } = open(url);
    await redis.whenUp(10_000);

    redis.close();

    expect(await failure(store.look(name))).toBeInstanceOf(StoreUnavailableError);
    expect(probe.changes).toEqual([true]);
  });
});
