import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ContractApp, type Answer } from '../support/contract-app.ts';
import { v2 } from '../support/rest-consumer.ts';
import { uniqueName } from '../support/unique-name.ts';

const uuid = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/;

let app: ContractApp;

beforeAll(async () => {
  app = await ContractApp.start({ id: 'srv', 'consumer.max.instances.per.group': '2' });
});

afterAll(async () => {
  await app.close();
});

function create(
  body: unknown,
  group = uniqueName('g'),
  headers: Record<string, string> = { 'content-type': v2 },
): Promise<Answer> {
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  return app.request(`/consumers/${group}`, { method: 'POST', headers, body: bytes });
}

const error = (error_code: number, message: string): object => ({ error_code, message });

describe('POST /consumers/{group}', () => {
  it('makes an instance and says where it is', async () => {
    const answer = await create({ name: 'c1', format: 'json', 'auto.offset.reset': 'earliest' }, 'my-group');

    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe(v2);
    expect(answer.text).toBe(`{"instance_id":"c1","base_uri":"${app.url}/consumers/my-group/instances/c1"}`);
  });

  it.each([[undefined], [''], ['null'], ['{}']])('takes the body %s, and makes up an id', async (body) => {
    const answer = await create(body, uniqueName('g'), {});

    expect(answer.status).toBe(200);
    expect(answer.json).toMatchObject({
      instance_id: expect.stringMatching(new RegExp(`^rest-consumer-srv-${uuid.source}$`)) as string,
    });
  });

  it('encodes group and instance in base_uri', async () => {
    const answer = await create({ name: 'a/b c%ü' }, 'g%201');

    expect(answer.json).toEqual({
      instance_id: 'a/b c%ü',
      base_uri: `${app.url}/consumers/g%201/instances/a%2Fb%20c%25%C3%BC`,
    });
    const { base_uri } = answer.json as { base_uri: string };
    const subscription = await app.request(`${base_uri.slice(app.url.length)}/subscription`);
    expect(subscription).toMatchObject({ status: 200, json: { topics: [] } });
  });

  it('takes id before name', async () => {
    expect((await create({ id: 'i', name: 'n' })).json).toMatchObject({ instance_id: 'i' });
  });

  it('takes every field, by either name, and leniently', async () => {
    for (const body of [
      { 'fetch.min.bytes': -1, 'consumer.request.timeout.ms': 100, 'auto.commit.enable': 'false' },
      { responseMinBytes: '10000000', requestWaitMs: '5', 'auto.commit.enable': true },
      { format: 'JSON', 'auto.commit.enable': 'TRUE', 'auto.offset.reset': 'none' },
      { name: 5, 'auto.offset.reset': null, 'fetch.min.bytes': null, format: null },
    ]) {
      expect(await create(body)).toMatchObject({ status: 200 });
    }
  });

  it('answers in the type that was asked for', async () => {
    const accept = 'application/vnd.kafka.binary.v2+json';
    const answer = await create({}, uniqueName('g'), { 'content-type': v2, accept });

    expect(answer.headers.get('content-type')).toBe(accept);
  });

  it('refuses a name that is taken', async () => {
    const group = uniqueName('g');
    await create({ name: 'c1' }, group);
    const again = await create({ name: 'c1' }, group);
    const elsewhere = await create({ name: 'c1' });

    expect(again).toMatchObject({
      status: 409,
      json: error(
        40902,
        'Consumer with specified consumer ID already exists in the specified consumer group.',
      ),
    });
    expect(elsewhere.status).toBe(200);
  });

  it('answers a retry of the same request as the first time', async () => {
    const group = uniqueName('g');
    const headers = { 'content-type': v2, 'x-request-id': 'retry-1' };
    const first = await create({ name: 'c1' }, group, headers);
    const second = await create({ name: 'c1' }, group, headers);

    expect(second).toMatchObject({ status: 200, text: first.text });
  });

  it('refuses more instances than are allowed, and says when to come again', async () => {
    const group = uniqueName('g');
    await create({}, group);
    await create({}, group);
    const third = await create({}, group);

    expect(third).toMatchObject({
      status: 429,
      json: error(429, 'There are 2 instances of this consumer group already, and no more are allowed.'),
    });
    expect(third.headers.get('retry-after')).toBe('10');
  });

  const reset = 'Invalid consumer configuration: Invalid value bad for configuration auto.offset.reset: ';
  const commit =
    'Invalid consumer configuration: Invalid value maybe for configuration enable.auto.commit: Expected value to be either true or false';
  const bytes = 'Invalid consumer configuration. It does not abide by the constraints: Invalid value ';
  it.each([
    [{ name: '' }, 422, 422, 'name must not be blank (was )'],
    [{ id: ' ', name: 'c1' }, 422, 422, 'id must not be blank (was  )'],
    [{ name: '..' }, 422, 422, 'name must not be ..'],
    [{ name: 'a\0' }, 422, 422, 'name must not hold the character 0x00'],
    [{ name: 'x'.repeat(1_025) }, 422, 422, 'name is longer than 1024 characters'],
    [{ format: 'string' }, 422, 422, 'Invalid format type.'],
    [{ format: '' }, 422, 422, 'Invalid format type.'],
    [{ format: 'avro' }, 422, 42206, 'Payload error. Schema Registry must be configured when using schemas.'],
    [
      { 'auto.offset.reset': 'bad' },
      422,
      42204,
      `${reset}The value must be either 'earliest', 'latest' or 'none'.`,
    ],
    [{ 'auto.commit.enable': 'maybe' }, 422, 42204, commit],
    [
      { 'fetch.min.bytes': -2 },
      422,
      40001,
      `${bytes}-2 for configuration fetch.min.bytes: Value must be at least -1`,
    ],
    [
      { responseMinBytes: 10_000_001 },
      422,
      40001,
      `${bytes}10000001 for configuration fetch.min.bytes: Value must be no more than 10000000`,
    ],
    [{ 'isolation.level': 'read_committed' }, 422, 422, 'Unrecognized field: isolation.level'],
    [{ 'enable.auto.commit': 'true' }, 422, 422, 'Unrecognized field: enable.auto.commit'],
  ])('refuses %j', async (body, status, code, message) => {
    const group = uniqueName('g');
    expect(await create(body, group)).toMatchObject({ status, json: error(code, message) });
    expect(app.kafka.consumers.created.filter(({ options }) => options.groupId === group)).toEqual([]);
  });

  it.each([['[]'], ['{"name":{}}'], ['{"fetch.min.bytes":"x"}'], ['{"name":'], ['nonsense']])(
    'refuses the body %s',
    async (body) => {
      expect(await create(body)).toMatchObject({ status: 400, json: { error_code: 400 } });
    },
  );

  it('refuses other types', async () => {
    const wrongBody = await create({}, 'g', { 'content-type': 'text/plain' });
    const wrongAnswer = await create({}, 'g', { 'content-type': v2, accept: 'text/plain' });

    expect(wrongBody).toMatchObject({ status: 415, json: { error_code: 415 } });
    expect(wrongAnswer.status).toBe(406);
  });
});

describe('DELETE /consumers/{group}/instances/{instance}', () => {
  it('removes the instance', async () => {
    const group = uniqueName('g');
    await create({ name: 'c1' }, group);
    const path = `/consumers/${group}/instances/c1`;

    expect(await app.request(path, { method: 'DELETE' })).toMatchObject({ status: 204, text: '' });
    expect(await app.request(path, { method: 'DELETE' })).toMatchObject({
      status: 404,
      json: error(40403, 'Consumer instance not found.'),
    });
    expect((await create({ name: 'c1' }, group)).status).toBe(200);
  });

  it('answers a retry of the same request as the first time', async () => {
    const group = uniqueName('g');
    await create({ name: 'c1' }, group);
    const path = `/consumers/${group}/instances/c1`;
    const headers = { 'x-request-id': 'retry-2' };

    expect((await app.request(path, { method: 'DELETE', headers })).status).toBe(204);
    expect((await app.request(path, { method: 'DELETE', headers })).status).toBe(204);
    expect((await app.request(path, { method: 'DELETE' })).status).toBe(404);
  });
});

describe('Any path of a consumer instance', () => {
  const missing = { status: 404, json: error(40403, 'Consumer instance not found.') };
  const partitions = { partitions: [{ topic: 't', partition: 0 }] };
  it.each([
    ['GET', 'subscription', undefined],
    ['POST', 'subscription', { topics: ['t'] }],
    ['DELETE', 'subscription', undefined],
    ['GET', 'assignments', undefined],
    ['POST', 'assignments', partitions],
    ['POST', 'positions', { offsets: [] }],
    ['POST', 'positions/beginning', partitions],
    ['POST', 'positions/end', partitions],
    ['POST', 'offsets', undefined],
    ['GET', 'offsets?partitions=t:0', undefined],
    ['GET', 'records', undefined],
    ['DELETE', '', undefined],
  ])('says to %s %s that there is no such instance', async (method, what, body) => {
    const path = `/consumers/nobody/instances/nobody${what === '' ? '' : `/${what}`}`;
    const headers: Record<string, string> = body === undefined ? {} : { 'content-type': v2 };
    expect(await app.request(path, { method, headers, body })).toMatchObject(missing);
  });

  it.each([
    ['GET', '/consumers/g', 405],
    ['GET', '/consumers/g/instances/c1', 405],
    ['POST', '/consumers', 404],
    ['PUT', '/consumers/g/instances/c1/offsets', 405],
  ])('%s %s is %i', async (method, path, status) => {
    expect(await app.request(path, { method })).toMatchObject({ status, json: { error_code: status } });
  });
});
