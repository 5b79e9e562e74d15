import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { KafkaError } from '#libs/kafka/kafka-error.ts';
import { ContractApp } from '../support/contract-app.ts';
import type { Answer } from '../support/test-app.ts';
import { uniqueName } from '../support/unique-name.ts';

let app: ContractApp;
let topic: string;

beforeAll(async () => {
  app = await ContractApp.start();
});

beforeEach(() => {
  topic = uniqueName('t');
  app.kafka.cluster.createTopic(topic, 2);
  app.kafka.producer.failRecord = undefined;
});

afterAll(() => app.close());

function produce(body: unknown, cluster = 'fake-cluster'): Promise<Answer> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return app.request(`/v3/clusters/${cluster}/topics/${topic}/records:batch`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: text,
  });
}

const value = (data: string): object => ({ type: 'STRING', data });

describe('POST /v3/clusters/{cluster_id}/topics/{topic}/records:batch', () => {
  it('writes what it can and says what became of each entry', async () => {
    app.kafka.producer.failRecord = ({ value: bytes }) =>
      bytes?.toString() === 'big' ? KafkaError.of('MESSAGE_TOO_LARGE', 'The message is large.') : undefined;
    const answer = await produce({
      entries: [
        { id: 'a-1', partition_id: 0, timestamp: 1, value: value('1') },
        { id: 'b_2', partition_id: -1, value: value('2') },
        { id: '3', value: { type: 'BINARY', data: '!' } },
        { id: '4', value: value('big') },
        { id: '5', value: { data: 1 } },
        { id: '6', partition_id: 0, timestamp: 1, key: value('k') },
      ],
    });
    expect(answer.status).toBe(207);
    expect(answer.text).toBe(
      `{"successes":[{"id":"a-1","cluster_id":"fake-cluster","topic_name":"${topic}","partition_id":0,"offset":0,` +
        '"timestamp":"1970-01-01T00:00:01Z","value":{"type":"STRING","size":1}},' +
        `{"id":"6","cluster_id":"fake-cluster","topic_name":"${topic}","partition_id":0,"offset":1,` +
        '"timestamp":"1970-01-01T00:00:01Z","key":{"type":"STRING","size":1}}],"failures":[' +
        '{"id":"b_2","error_code":40402,"message":"Partition not found."},' +
        '{"id":"3","error_code":400,"message":"Bad Request: data=\\"!\\" is not a valid base64 string. (value.data)"},' +
        '{"id":"4","error_code":413,"message":"The message is large."},' +
        '{"id":"5","error_code":422,"message":"Error: 42206 : Payload error. Schema Registry must be configured when using schemas."}]}',
    );
  });

  it.each([
    ['', 'Request body is empty. Data is required.'],
    ['null', 'Request body is empty. Data is required.'],
    [{}, 'Empty batch.'],
    [{ entries: [] }, 'Empty batch.'],
    [{ entries: null }, 'Empty batch.'],
    [{ entries: Array.from({ length: 11 }, (_, i) => ({ id: String(i) })) }, 'Too many entries in batch.'],
    [{ entries: [{ id: '1' }, { id: '1' }] }, 'Batch entry IDs are not distinct.'],
    [{ entries: [{ id: 1 }] }, 'Batch entry identifier is not a valid string.'],
    [{ entries: [{ id: '' }] }, 'Batch entry identifier is not a valid string.'],
    [{ entries: [{ id: 'a b' }] }, 'Batch entry identifier is not a valid string.'],
    [{ entries: [{ id: 'x'.repeat(81) }] }, 'Batch entry identifier is not a valid string.'],
  ])('does not take %j', async (body, message) => {
    const answer = await produce(body);
    expect([answer.status, answer.json]).toEqual([422, { error_code: 42208, message }]);
  });

  it.each([
    ['[]', 400, 'Cannot deserialize value of type `ProduceBatchRequest` from Array value'],
    ['{"entries":{}}', 400, 'Cannot deserialize value of type `List` from Object value'],
    ['{"entries":[null]}', 400, 'Cannot deserialize value of type `ProduceRequest` from null (entries[0])'],
    ['{"entries":[{}]}', 400, 'Cannot construct instance of `Builder`, problem: Null id (entries[0])'],
    [
      '{"entries":[{"id":null}]}',
      400,
      'Cannot construct instance of `Builder`, problem: Null id (entries[0])',
    ],
    ['{"entries":[{"id":"1"},{"id":"2","x":1}]}', 422, 'Unrecognized field: x (entries[1])'],
    ['{"x":[]}', 422, 'Unrecognized field: x'],
    [
      '{"entries":[{"id":"1","value":{"type":"JSON","schema_id":1,"data":1}}]}',
      400,
      "Cannot construct instance of `ProduceRequestData`, problem: 'type=JSON' cannot be used with 'schema_id'. (value) (entries[0])",
    ],
    ['{"entries":[{"id":"1"}', 400, 'Unexpected end-of-input in an Array'],
    ['{"entries":[{"id":"1"}]}}', 400, "Unexpected character ('}' (code 125))"],
  ])('writes nothing of %s', async (body, status, message) => {
    const answer = await produce(body);
    expect(answer.status).toBe(status);
    expect(answer.json).toMatchObject({ error_code: status, message: expect.stringContaining(message) });
    expect(app.kafka.cluster.recordsOf(topic, 0)).toEqual([]);
  });

  it('answers 404 for another cluster', async () => {
    expect((await produce({ entries: [{ id: '1' }] }, 'nope')).json).toEqual({
      error_code: 404,
      message: 'Cluster nope cannot be found.',
    });
  });
});
