import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { get, Agent as HttpsAgent } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TLSSocket } from 'node:tls';
import { Agent, request } from 'undici';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CertificateAuthority } from '../../scripts/stack/certificates.ts';
import { ReplicaPair } from '../support/replica-pair.ts';
import { jsonType, RestConsumer } from '../support/rest-consumer.ts';

const dir = mkdtempSync(join(tmpdir(), 'krp-replicas-tls-'));
const records = '/consumers/g/instances/i/records';
const accept = { headers: { accept: jsonType } };
let authority: CertificateAuthority;
let settings: Record<string, string>;

beforeAll(() => {
  authority = new CertificateAuthority(dir);
  settings = {
    'internal.listeners': 'https://127.0.0.1:0',
    'internal.ssl.keystore.type': 'PEM',
    'internal.ssl.keystore.location': authority.issue('server').keyStorePem,
    'internal.ssl.truststore.type': 'PEM',
    'internal.ssl.truststore.location': authority.certificate,
  };
}, 30_000);

afterAll(() => rmSync(dir, { recursive: true }));

describe('Replicas with TLS', () => {
  it('know each other by the secret', async () => {
    const pair = await ReplicaPair.start(settings);
    await RestConsumer.create(pair.owner, 'g', 'i');
    const answer = await pair.edge.request(records, accept);
    await pair.close();

    expect(pair.owner.internalUrl).toMatch(/^https:/);
    expect(pair.edgeRouter.outcomes).toEqual([{ outcome: 'done' }]);
    expect(answer).toMatchObject({ status: 409, json: { error_code: 40903 } });
  });

  it('hear of each other while a client waits, and get large answers', async () => {
    const pair = await ReplicaPair.start(settings);
    pair.owner.kafka.cluster.createTopic('t');
    await RestConsumer.create(pair.owner, 'g', 'i', { 'consumer.request.timeout.ms': 10_000 });
    const consumer = new RestConsumer(pair.edge, 'g', 'i');
    await consumer.subscribe('t');
    // Longer than a replica may be silent.
    expect(await consumer.read('timeout=3500')).toMatchObject({ status: 200, text: '[]' });
    const value = JSON.stringify('x'.repeat(100_000));
    for (let n = 0; n < 30; n++) pair.owner.kafka.cluster.write('t', value);
    expect((await consumer.read('timeout=500')).json).toHaveLength(30);
    await pair.close();

    expect(new Set(pair.edgeRouter.outcomes.map(({ outcome }) => outcome))).toEqual(new Set(['done']));
  }, 20_000);

  it('know each other by their certificates, without a secret', async () => {
    const mutual = { ...settings, 'internal.ssl.client.authentication': 'REQUIRED', 'internal.secret': '' };
    const pair = await ReplicaPair.start(mutual);
    await RestConsumer.create(pair.owner, 'g', 'i');
    await pair.edge.request(records, accept);
    const ca = readFileSync(authority.certificate);
    const stranger = new Agent({ connect: { ca } });
    const refused = request(`${pair.owner.internalUrl}/replica/instances/g/i`, { dispatcher: stranger });
    await expect(refused).rejects.toThrow();
    await stranger.destroy();
    await pair.close();

    expect(pair.edgeRouter.outcomes).toEqual([{ outcome: 'done' }]);
    expect(pair.ownerRouter.forwarded).toHaveLength(1);
  });

  it('know each other by their certificates beside callers that have none', async () => {
    const mutual = { ...settings, 'internal.ssl.client.authentication': 'REQUESTED', 'internal.secret': '' };
    const pair = await ReplicaPair.start(mutual);
    await RestConsumer.create(pair.owner, 'g', 'i');
    await pair.edge.request(records, accept);
    const ca = readFileSync(authority.certificate);
    const other = new CertificateAuthority(mkdtempSync(join(dir, 'unknown-'))).issue('client');
    const cert = readFileSync(other.certificate);
    const key = readFileSync(other.key);
    const seen: (readonly unknown[])[] = [];
    for (const shown of [{}, { cert, key }]) {
      const agent = new HttpsAgent({ ca, ...shown });
      for (const path of ['/health/live', '/replica/instances/g/i', '/replica/instances/g/i']) {
        seen.push(await statusOf(pair.owner.internalUrl + path, agent));
      }
      agent.destroy();
    }
    await pair.close();

    expect(pair.edgeRouter.outcomes).toEqual([{ outcome: 'done' }]);
    const stranger = [
      [200, 'new'],
      [403, 'resumed'],
      [403, 'resumed'],
    ];
    expect(seen).toEqual([...stranger, ...stranger]);
  });

  it('do not send anything to a replica whose certificate nobody has signed', async () => {
    const stranger = new CertificateAuthority(mkdtempSync(join(dir, 'other-')));
    const pair = await ReplicaPair.start(settings, {
      'internal.ssl.keystore.location': stranger.issue('server').keyStorePem,
    });
    await pair.edge.request(records, accept);
    await pair.close();

    expect(pair.edgeRouter.outcomes).toEqual([{ outcome: 'unreachable' }]);
    expect(pair.ownerRouter.forwarded).toEqual([]);
  }, 20_000);
});

/** The status of an answer, and whether its connection resumed the session of one before. */
async function statusOf(url: string, agent: HttpsAgent): Promise<readonly unknown[]> {
  const answered = once(get(url, { agent }), 'response') as Promise<[IncomingMessage]>;
  const [answer] = await answered;
  const { socket, statusCode } = answer;
  const ended = once(answer, 'end');
  answer.resume();
  await ended;
  return [statusCode, socket instanceof TLSSocket && socket.isSessionReused() ? 'resumed' : 'new'];
}
