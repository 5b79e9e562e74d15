import { connect } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { ContractApp } from '../support/contract-app.ts';
import { binaryType, jsonType, RestConsumer, v2 } from '../support/rest-consumer.ts';
import { uniqueName } from '../support/unique-name.ts';

let app: ContractApp;
let topic: string;
let group: string;

beforeAll(async () => {
  app = await ContractApp.start();
});

beforeEach(() => {
  topic = uniqueName('t');
  group = uniqueName('g');
  app.kafka.cluster.createTopic(topic);
});

afterAll(async () => {
  await app.close();
});

function write(...values: readonly (string | null)[]): void {
  for (const value of values) app.kafka.cluster.write(topic, value);
}

async function subscribed(
  options: Readonly<Record<string, unknown>> = {},
  proxy = app,
): Promise<RestConsumer> {
  const consumer = await RestConsumer.create(proxy, group, 'c1', options);
  await consumer.subscribe(topic);
  return consumer;
}

/** Sends bytes and gives all that comes back, as bytes. */
function raw(request: string): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const socket = connect(app.port, '127.0.0.1', () => socket.write(request));
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.on('close', () => resolve(Buffer.concat(chunks)));
    socket.on('error', reject);
  });
}

/** Waits until the consumer's reads have arrived in Kafka. */
const atKafka = (): Promise<unknown> =>
  vi.waitFor(() => expect(app.kafka.cluster.waiting).toBeGreaterThan(0), { interval: 5 });

describe('GET …/records', () => {
  it('answers JSON as it was written', async () => {
    app.kafka.cluster.write(topic, '{"n":[1.10,12345678901234567890123],"s":"ä"}', 0, '"k"');
    app.kafka.cluster.write(topic, null);
    write('""', '0', 'false', '{}', '[]', ' { "a" : 1 } ');
    const consumer = await subscribed();
    const answer = await consumer.read();

    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe(jsonType);
    const values = [
      '{"n":[1.10,12345678901234567890123],"s":"ä"}',
      'null',
      '""',
      '0',
      'false',
      '{}',
      '[]',
      '{"a":1}',
    ];
    const keys = ['"k"'];
    const records = values.map(
      (value, index) =>
        `{"topic":"${topic}","key":${keys[index] ?? 'null'},"value":${value},"partition":0,"offset":${index}}`,
    );
    expect(answer.text).toBe(`[${records.join()}]`);
  });

  it('answers bytes in base64', async () => {
    app.kafka.cluster.append(
      { topic, partition: 0, key: Buffer.from([0, 255]), value: Buffer.alloc(0), headers: [] },
      0,
    );
    write(null);
    const consumer = await subscribed({ format: 'binary' });
    const answer = await consumer.read();

    expect(answer.headers.get('content-type')).toBe(binaryType);
    expect(answer.json).toEqual([
      { topic, key: 'AP8=', value: '', partition: 0, offset: 0 },
      { topic, key: null, value: null, partition: 0, offset: 1 },
    ]);
  });

  it('answers [] when there is nothing, in no more than the time that was asked for', async () => {
    const consumer = await subscribed();
    const started = performance.now();

    expect(await consumer.read('timeout=50')).toMatchObject({ status: 200, text: '[]' });
    expect(performance.now() - started).toBeLessThan(700);
  });

  it('waits for a record', async () => {
    const consumer = await subscribed({ 'consumer.request.timeout.ms': 20_000 });
    const read = consumer.read();
    await atKafka();
    write('1');

    expect((await read).json).toMatchObject([{ value: 1 }]);
  });

  it('does not wait longer than the instance was told, whatever the query says', async () => {
    const consumer = await subscribed({ 'consumer.request.timeout.ms': 50 });

    for (const query of ['timeout=60000', 'timeout=0', 'timeout=-5', '']) {
      expect(await consumer.read(query)).toMatchObject({ status: 200, text: '[]' });
    }
  });

  it('knows max_bytes', async () => {
    write('"12345678"', '"12345678"', '"12345678"');
    const consumer = await subscribed();

    expect((await consumer.read('max_bytes=30')).json).toHaveLength(2);
    expect((await consumer.read('max_bytes=1')).json).toHaveLength(1);
  });

  it.each([['timeout=abc'], ['max_bytes=1.5'], ['timeout=']])('does not find %s', async (query) => {
    const consumer = await subscribed();

    expect(await consumer.read(query)).toMatchObject({
      status: 404,
      json: { error_code: 404, message: 'HTTP 404 Not Found' },
    });
  });

  it.each([
    ['json', '*/*', 406],
    ['json', v2, 406],
    ['json', `${jsonType}, ${v2}`, 406],
    ['json', `${jsonType};q=0.9, ${v2};q=0.1`, 200],
    ['json', binaryType, 406],
    ['binary', v2, 200],
    ['binary', '*/*', 200],
    ['binary', jsonType, 406],
    ['binary', 'application/vnd.kafka.avro.v2+json', 406],
  ])('to a %s instance with Accept %s is %i', async (format, accept, status) => {
    const consumer = await subscribed({ format });
    const headers = { accept };
    const answer = await app.request(`${consumer.path}/records?timeout=1`, { headers });

    expect(answer.status).toBe(status);
    if (status === 406) {
      expect(answer.json).toEqual({
        error_code: 40601,
        message:
          'The requested embedded data format does not match the deserializer for this consumer instance',
      });
    }
  });

  it('refuses other types', async () => {
    const consumer = await subscribed();
    const answer = await app.request(`${consumer.path}/records`, { headers: { accept: 'text/plain' } });

    expect(answer).toMatchObject({
      status: 406,
      text: expect.stringContaining('"error_code":406') as string,
    });
  });

  it('says that there is nothing to read from', async () => {
    const consumer = await RestConsumer.create(app, group, 'c1');

    expect(await consumer.read()).toMatchObject({
      status: 409,
      json: {
        error_code: 40903,
        message: 'Illegal state: Consumer is not subscribed to any topics or assigned any partitions',
      },
    });
  });

  it('takes nothing for HEAD', async () => {
    write('1');
    const consumer = await subscribed();
    const headers = { accept: jsonType };
    const head = await app.request(`${consumer.path}/records`, { method: 'HEAD', headers });

    expect(head).toMatchObject({ status: 200, text: '' });
    expect((await consumer.read()).json).toMatchObject([{ value: 1 }]);
  });

  it('names a record that cannot be decoded, and goes on past it', async () => {
    write('1', 'nonsense', '3');
    const consumer = await subscribed();
    expect((await consumer.read()).json).toMatchObject([{ value: 1 }]);
    for (let time = 0; time < 2; time += 1) {
      const answer = await consumer.read();
      expect(answer).toMatchObject({
        status: 408,
        json: {
          error_code: 40801,
          message: expect.stringContaining(`at ${topic}-0 offset 1: `) as string,
        },
      });
      // It is no fault of the connection.
      expect(answer.headers.get('connection')).not.toBe('close');
    }
    await consumer.post('positions', { offsets: [{ topic, partition: 0, offset: 2 }] });

    expect((await consumer.read()).json).toMatchObject([{ value: 3 }]);
  });

  it('gives concurrent reads their turns', async () => {
    const consumer = await subscribed({ 'consumer.request.timeout.ms': 20_000 });
    const values: unknown[] = [];
    for (const _ of [1, 2, 3]) {
      void consumer.read().then(({ json }) => values.push(...(json as { value: unknown }[])));
    }
    for (const value of [1, 2, 3]) {
      await atKafka();
      write(String(value));
      await vi.waitFor(() => expect(values).toHaveLength(value));
    }

    expect(values).toMatchObject([{ value: 1 }, { value: 2 }, { value: 3 }]);
  });

  it('ends with [] when the instance is deleted', async () => {
    const consumer = await subscribed({ 'consumer.request.timeout.ms': 20_000 });
    const read = consumer.read();
    await atKafka();

    expect((await consumer.delete()).status).toBe(204);
    expect(await read).toMatchObject({ status: 200, text: '[]' });
  });

  it('goes on from a new position while it waits', async () => {
    write('1', '2');
    const consumer = await subscribed({ 'consumer.request.timeout.ms': 20_000 });
    await consumer.read();
    const read = consumer.read();
    await atKafka();
    await consumer.post('positions', { offsets: [{ topic, partition: 0, offset: 1 }] });

    expect((await read).json).toMatchObject([{ value: 2 }]);
  });
});

describe('GET …/records, large answers', () => {
  const large = JSON.stringify('x'.repeat(100_000));
  const count = 50;

  it('come whole', async () => {
    write(...Array.from({ length: count }, () => large));
    const consumer = await subscribed();
    const headers = { accept: jsonType, 'accept-encoding': 'identity' };
    const { json } = await app.request(`${consumer.path}/records`, { headers });

    expect(json).toEqual(
      Array.from({ length: count }, (_, offset) => ({
        topic,
        key: null,
        value: 'x'.repeat(100_000),
        partition: 0,
        offset,
      })),
    );
  });

  it('come compressed to whom asks for it', async () => {
    write(...Array.from({ length: count }, () => large));
    const consumer = await subscribed();
    const answer = await raw(
      `GET ${consumer.path}/records HTTP/1.0\r\nHost: x\r\nAccept: ${jsonType}\r\nAccept-Encoding: gzip\r\n\r\n`,
    );
    const body = answer.indexOf('\r\n\r\n') + 4;

    expect(answer.subarray(0, body).toString()).toMatch(/content-encoding: gzip/i);
    expect(JSON.parse(gunzipSync(answer.subarray(body)).toString())).toHaveLength(count);
  });

  it('are not committed while they are being read', async () => {
    const many = 300;
    write(...Array.from({ length: many }, () => large));
    const consumer = await subscribed({ 'auto.commit.enable': false });
    await consumer.read('max_bytes=1');
    const socket = connect(app.port, '127.0.0.1');
    socket.write(`GET ${consumer.path}/records HTTP/1.1\r\nHost: x\r\nAccept: ${jsonType}\r\n\r\n`);
    await new Promise((resolve) => {
      socket.once('readable', resolve);
    });
    await consumer.post('offsets');
    const committed = (await consumer.committed(`${topic}:0`)).json;
    socket.destroy();

    expect(committed).toMatchObject({ offsets: [{ offset: 1 }] });
    expect((await consumer.read()).json).toHaveLength(many - 1);
  });

  /** The first fits the buffers of the connection: it is written long before it is read. */
  it.each([[3], [count]])(
    'of %i records are delivered again when the client hangs up in the middle',
    async (many) => {
      write(...Array.from({ length: many }, () => large));
      const consumer = await subscribed({ 'auto.commit.enable': false });
      await new Promise<void>((resolve) => {
        const socket = connect(app.port, '127.0.0.1');
        socket.write(`GET ${consumer.path}/records HTTP/1.1\r\nHost: x\r\nAccept: ${jsonType}\r\n\r\n`);
        socket.once('data', () => socket.destroy());
        socket.once('close', () => resolve());
      });
      await consumer.post('offsets');
      expect((await consumer.committed(`${topic}:0`)).json).toMatchObject({ offsets: [{ offset: 0 }] });

      expect((await consumer.read()).json).toHaveLength(many);
      await consumer.post('offsets');
      expect((await consumer.committed(`${topic}:0`)).json).toMatchObject({ offsets: [{ offset: many }] });
    },
  );
});

describe('GET …/records when too many bytes wait for slow clients', () => {
  it('says when to come again, and loses nothing', async () => {
    const small = await ContractApp.start({ 'max.inflight.bytes': '1000000' });
    small.kafka.cluster.createTopic(topic);
    const value = JSON.stringify('x'.repeat(100_000));
    for (let count = 0; count < 20; count += 1) small.kafka.cluster.write(topic, value);
    const consumer = await subscribed({}, small);
    const refused = await consumer.read();
    const { json } = await consumer.read('max_bytes=250000');
    await small.close();

    expect(refused).toMatchObject({ status: 503, json: { error_code: 503 } });
    expect(refused.headers.get('retry-after')).toMatch(/^\d+$/);
    expect(json).toMatchObject([{ offset: 0 }, { offset: 1 }]);
  });
});

describe("GET …/records with the operator's extensions", () => {
  it('tells timestamps and headers', async () => {
    const extended = await ContractApp.start({
      'records.headers.enable': 'true',
      'records.timestamps.enable': 'true',
    });
    extended.kafka.cluster.createTopic(topic);
    const headers = [
      { key: 'ä', value: Buffer.from([255]) },
      { key: 'n', value: null },
    ];
    extended.kafka.cluster.append(
      { topic, partition: 0, key: null, value: null, timestamp: 1_700_000_000_000n, headers },
      0,
    );
    const consumer = await subscribed({}, extended);
    const { text } = await consumer.read();
    await extended.close();

    expect(text).toBe(
      `[{"topic":"${topic}","key":null,"value":null,"partition":0,"offset":0,"timestamp":1700000000000,"headers":[{"key":"ä","value":"/w=="},{"key":"n","value":null}]}]`,
    );
  });
});

describe('GET …/records with fetch.min.bytes of the operator', () => {
  it('waits its whole time for -1', async () => {
    const patient = await ContractApp.start({
      'fetch.min.bytes': '-1',
      'consumer.request.timeout.ms': '200',
    });
    patient.kafka.cluster.createTopic(topic);
    patient.kafka.cluster.write(topic, '1');
    const consumer = await subscribed({}, patient);
    const started = performance.now();
    const { json } = await consumer.read();
    const took = performance.now() - started;
    await patient.close();

    expect(json).toHaveLength(1);
    expect(took).toBeGreaterThanOrEqual(199);
  });
});

describe('The end of the proxy', () => {
  it('ends reads that wait, commits what was delivered, and leaves the groups', async () => {
    const ending = await ContractApp.start({ 'consumer.request.timeout.ms': '60000' });
    ending.kafka.cluster.createTopic(topic);
    ending.kafka.cluster.write(topic, '1');
    const consumer = await subscribed({}, ending);
    expect((await consumer.read()).json).toHaveLength(1);
    const waiting = consumer.read();
    await vi.waitFor(() => expect(ending.kafka.cluster.waiting).toBeGreaterThan(0));
    await ending.close();

    expect(await waiting).toMatchObject({ status: 200, text: '[]' });
    expect(ending.kafka.cluster.committed(group, { topic, partition: 0 })?.offset).toBe(1n);
    expect(ending.kafka.consumers.created.map(({ closedWithLeave }) => closedWithLeave)).toEqual([true]);
  });
});
