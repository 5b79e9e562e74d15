import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ContractApp } from '../support/contract-app.ts';
import { RestConsumer } from '../support/rest-consumer.ts';
import { uniqueName } from '../support/unique-name.ts';

let app: ContractApp;
let topic: string;
let consumer: RestConsumer;

beforeAll(async () => {
  app = await ContractApp.start();
});

beforeEach(async () => {
  topic = uniqueName('t');
  app.kafka.cluster.createTopic(topic, 3);
  consumer = await RestConsumer.create(app, uniqueName('g'), 'c1');
});

afterAll(async () => {
  await app.close();
});

const exclusive = {
  status: 409,
  json: {
    error_code: 40903,
    message: 'Illegal state: Subscription to topics, partitions and pattern are mutually exclusive',
  },
};

describe('POST …/subscription', () => {
  it('subscribes, and replaces what was subscribed to', async () => {
    expect(await consumer.subscribe(topic)).toMatchObject({ status: 204, text: '' });
    const other = uniqueName('t');
    await consumer.subscribe(other, topic);

    expect(await consumer.get('subscription')).toMatchObject({
      status: 200,
      text: `{"topics":["${other}","${topic}"]}`,
    });
  });

  it('takes a pattern that the whole name must match', async () => {
    app.kafka.cluster.createTopic(`${topic}-2`);
    expect((await consumer.post('subscription', { topic_pattern: topic })).status).toBe(204);
    app.kafka.cluster.write(topic, '1');
    app.kafka.cluster.write(`${topic}-2`, '2');

    expect((await consumer.read()).json).toMatchObject([{ topic, value: 1 }]);
    expect((await consumer.get('subscription')).json).toEqual({ topics: [topic] });
  });

  it('prefers topics to a pattern', async () => {
    await consumer.post('subscription', { topics: [topic], topic_pattern: '[' });

    expect((await consumer.get('subscription')).json).toEqual({ topics: [topic] });
  });

  it('does nothing for {}', async () => {
    await consumer.subscribe(topic);
    expect((await consumer.post('subscription', {})).status).toBe(204);

    expect((await consumer.get('subscription')).json).toEqual({ topics: [topic] });
  });

  it('unsubscribes for no topics', async () => {
    await consumer.subscribe(topic);
    expect((await consumer.subscribe()).status).toBe(204);

    expect((await consumer.get('subscription')).json).toEqual({ topics: [] });
  });

  it('takes a topic that does not exist: reads find nothing', async () => {
    await consumer.subscribe('not-there');

    expect(await consumer.read('timeout=10')).toMatchObject({ status: 200, text: '[]' });
  });

  it('takes a topic that cannot exist: reads say so', async () => {
    expect((await consumer.subscribe('bad name')).status).toBe(204);

    expect(await consumer.read()).toMatchObject({
      status: 400,
      json: { error_code: 40002, message: 'Invalid topics: [bad name]' },
    });
  });

  it('does not take a pattern after topics, nor topics after an assignment', async () => {
    await consumer.subscribe(topic);
    expect(await consumer.post('subscription', { topic_pattern: '.*' })).toMatchObject(exclusive);
    await consumer.unsubscribe();
    await consumer.post('assignments', { partitions: [{ topic, partition: 0 }] });
    expect(await consumer.subscribe(topic)).toMatchObject(exclusive);
  });

  it.each([
    ['', 422, 422, 'Request body must not be null'],
    ['null', 422, 422, 'Request body must not be null'],
    [{ topics: [' '] }, 422, 422, 'topics must not hold a blank name'],
    [{ topics: [null] }, 422, 422, 'topics[0] must not be null'],
    [
      { topic_pattern: '[' },
      422,
      422,
      'topic_pattern cannot be used as a regular expression: missing closing ]: `[`',
    ],
    [
      { topic_pattern: '(?=a)' },
      422,
      422,
      'topic_pattern cannot be used as a regular expression: invalid or unsupported Perl syntax: `(?=`',
    ],
    [{ topic_pattern: 'a'.repeat(1_001) }, 422, 422, 'topic_pattern is longer than 1000 characters'],
    [{ topic: 't1' }, 422, 422, 'Unrecognized field: topic'],
    [{ topics: 't1' }, 400, 400, expect.stringContaining('`List`')],
    ['[]', 400, 400, expect.stringContaining('Array value')],
  ])('refuses %j', async (body, status, code, message: unknown) => {
    expect(await consumer.post('subscription', body)).toMatchObject({
      status,
      json: { error_code: code, message },
    });
  });
});

describe('DELETE …/subscription', () => {
  it('drops a subscription', async () => {
    await consumer.subscribe(topic);
    expect(await consumer.unsubscribe()).toMatchObject({ status: 204, text: '' });

    expect((await consumer.get('subscription')).json).toEqual({ topics: [] });
  });

  it('drops an assignment, and is harmless when there is neither', async () => {
    await consumer.post('assignments', { partitions: [{ topic, partition: 0 }] });
    expect((await consumer.unsubscribe()).status).toBe(204);
    expect((await consumer.unsubscribe()).status).toBe(204);

    expect((await consumer.get('assignments')).json).toEqual({ partitions: [] });
  });
});

describe('POST and GET …/assignments', () => {
  it('assigns, and replaces what was assigned', async () => {
    await consumer.post('assignments', { partitions: [{ topic, partition: 0 }] });
    const partitions = [
      { topic, partition: 2 },
      { topic, partition: 1 },
    ];
    expect(await consumer.post('assignments', { partitions })).toMatchObject({ status: 204, text: '' });

    expect((await consumer.get('assignments')).json).toEqual({ partitions });
    expect((await consumer.get('subscription')).json).toEqual({ topics: [] });
  });

  it('tells what the group has assigned', async () => {
    await consumer.subscribe(topic);
    await consumer.read('timeout=10');

    expect((await consumer.get('assignments')).json).toEqual({
      partitions: [0, 1, 2].map((partition) => ({ topic, partition })),
    });
  });

  it('is empty in the beginning', async () => {
    expect((await consumer.get('assignments')).text).toBe('{"partitions":[]}');
  });

  it('is refused after a subscription', async () => {
    await consumer.subscribe(topic);

    expect(await consumer.post('assignments', { partitions: [{ topic, partition: 0 }] })).toMatchObject(
      exclusive,
    );
  });

  it.each([
    ['', 422, 'Request body must not be null'],
    [{}, 422, 'partitions must not be null'],
    [{ partitions: null }, 422, 'partitions must not be null'],
    [{ partitions: [{}] }, 422, expect.stringContaining('partitions[0].topic must not be blank')],
    [{ partitions: [{ topic: 't' }] }, 422, 'partitions[0].partition must not be null'],
    [{ partitions: [{ topic: 't', partition: -1 }] }, 422, 'partitions[0].partition must not be negative'],
    [{ partitions: [{ topic: 't', partition: 2 ** 31 }] }, 400, expect.stringContaining('out of range')],
    [{ partitions: [{ topic: 't', partition: 'x' }] }, 400, expect.stringContaining('`Integer`')],
  ])('refuses %j', async (body, status, message: unknown) => {
    expect(await consumer.post('assignments', body)).toMatchObject({
      status,
      json: { error_code: status, message },
    });
  });
});
