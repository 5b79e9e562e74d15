import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { KafkaError } from '#libs/kafka/kafka-error.ts';
import { ContractApp } from '../support/contract-app.ts';
import { RestConsumer, v2 } from '../support/rest-consumer.ts';
import { uniqueName } from '../support/unique-name.ts';

let app: ContractApp;
let topic: string;
let consumer: RestConsumer;

beforeAll(async () => {
  app = await ContractApp.start();
});

beforeEach(async () => {
  topic = uniqueName('t');
  app.kafka.cluster.failure = undefined;
  app.kafka.cluster.createTopic(topic, 2);
  for (const value of ['0', '1', '2']) app.kafka.cluster.write(topic, value);
  consumer = await RestConsumer.create(app, uniqueName('g'), 'c1', { 'auto.commit.enable': false });
  await consumer.subscribe(topic);
});

afterAll(async () => {
  await app.close();
});

const done = { status: 200, text: '[]' };
const offset = (value: unknown, more: object = {}): object => ({
  offsets: [{ topic, partition: 0, offset: value, ...more }],
});

describe('POST …/offsets', () => {
  it.each([[undefined], [''], ['null']])('commits what was delivered for the body %s', async (body) => {
    await consumer.read('max_bytes=3');
    expect(await consumer.post('offsets', body)).toMatchObject(done);

    expect((await consumer.committed(`${topic}:0`, `${topic}:1`)).json).toEqual({
      offsets: [
        { topic, partition: 0, offset: 2, metadata: '' },
        { topic, partition: 1, offset: 0, metadata: '' },
      ],
    });
  });

  it('commits the offset after the one that the client names', async () => {
    expect(await consumer.post('offsets', offset(1, { metadata: 'note' }))).toMatchObject(done);

    expect((await consumer.committed(`${topic}:0`)).text).toBe(
      `{"offsets":[{"topic":"${topic}","partition":0,"offset":2,"metadata":"note"}]}`,
    );
  });

  it('keeps every digit', async () => {
    await consumer.post(
      'offsets',
      `{"offsets":[{"topic":"${topic}","partition":0,"offset":9223372036854775806}]}`,
    );

    expect((await consumer.committed(`${topic}:0`)).text).toContain('"offset":9223372036854775807,');
  });

  it('commits nothing for no offsets', async () => {
    expect(await consumer.post('offsets', { offsets: [] })).toMatchObject(done);
    expect((await consumer.committed(`${topic}:0`)).json).toEqual({ offsets: [] });
  });

  it('says when it fails, asked for in the background or not', async () => {
    await consumer.read();
    app.kafka.cluster.failure = KafkaError.of(
      'GROUP_AUTHORIZATION_FAILED',
      'Not authorized to access group: g',
    );
    for (const path of ['offsets', 'offsets?async=false', 'offsets?async=true']) {
      expect(await consumer.post(path)).toMatchObject({
        status: 403,
        json: { error_code: 40301, message: 'Not authorized to access group: g' },
      });
    }
  });

  it('says at once that a topic or partition does not exist', async () => {
    const message = 'This server does not host topic-partition 7 for topic ';
    for (const name of [topic, 'not-there']) {
      expect(
        await consumer.post('offsets', { offsets: [{ topic: name, partition: 7, offset: 0 }] }),
      ).toMatchObject({ status: 404, json: { error_code: 40403, message: message + name } });
    }
  });

  it.each([
    [{}, 422, 'offsets must not be null'],
    [{ offsets: [{ partition: 0, offset: 0 }] }, 422, 'offsets[0].topic must not be blank'],
    [{ offsets: [{ topic: 't', offset: 0 }] }, 422, 'offsets[0].partition must not be null'],
    [
      { offsets: [{ topic: 't', partition: -1, offset: 0 }] },
      422,
      'offsets[0].partition must not be negative',
    ],
    [{ offsets: [{ topic: 't', partition: 0 }] }, 422, 'offsets[0].offset must not be null'],
    [{ offsets: [{ topic: 't', partition: 0, offset: -1 }] }, 422, 'offsets[0].offset must not be negative'],
    [
      '{"offsets":[{"topic":"t","partition":0,"offset":9223372036854775807}]}',
      422,
      'offsets[0].offset must not be greater than 9223372036854775806',
    ],
    [{ offsets: {} }, 400, expect.stringContaining('`List`')],
  ])('refuses %j', async (body, status, message: unknown) => {
    expect(await consumer.post('offsets', body)).toMatchObject({
      status,
      json: { error_code: status, message },
    });
  });
});

describe('GET …/offsets', () => {
  it('takes partitions of the query, and leaves out those without an offset', async () => {
    await consumer.post('offsets', offset(0));

    for (const query of [`${topic}:0,${topic}:1`, `${topic}:1&partitions=${topic}:0`]) {
      expect((await consumer.committed(query)).json).toEqual({
        offsets: [{ topic, partition: 0, offset: 1, metadata: '' }],
      });
    }
  });

  it('takes a body, as the original does', async () => {
    await consumer.post('offsets', offset(0));
    const body = JSON.stringify({ partitions: [{ topic, partition: 0 }] });
    const answer = await app.raw(
      `GET ${consumer.path}/offsets HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: ${v2}\r\n` +
        `Content-Length: ${body.length}\r\n\r\n${body}`,
    );

    expect(answer).toMatch(/^HTTP\/1.1 200 /);
    expect(answer).toContain(`{"offsets":[{"topic":"${topic}","partition":0,"offset":1,"metadata":""}]}`);
  });

  it('says what the original says without either, even to nobody', async () => {
    const nobody = new RestConsumer(app, 'nobody', 'nobody');
    for (const each of [consumer, nobody]) {
      expect(await each.get('offsets')).toMatchObject({
        status: 404,
        json: { error_code: 40402, message: 'Partition not found.' },
      });
    }
  });

  it.each([['t'], ['t:'], [':0'], ['t:x'], ['t:-1'], ['t:99999999999']])(
    'refuses the partition %s',
    async (partition) => {
      expect(await consumer.committed(partition)).toMatchObject({
        status: 422,
        json: { error_code: 422, message: `partitions must be a list of topic:partition (was ${partition})` },
      });
    },
  );
});
