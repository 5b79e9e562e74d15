import { describe, expect, it } from 'vitest';
import { KafkaError } from '#libs/kafka/kafka-error.ts';
import type { SendResult } from '#libs/kafka/kafka-producer.ts';
import { produceResponse, type ProduceResponse } from './produce-response.ts';

function respond(results: readonly SendResult[], keySchemaId: number | null = null): ProduceResponse {
  return produceResponse('t1', {
    records: [],
    results,
    keySchema: { schemaId: keySchemaId },
    valueSchema: { schemaId: null },
  });
}

function failed(kind: string, message?: string): SendResult {
  return { error: KafkaError.of(kind, message) };
}

describe('produceResponse', () => {
  it('tells where records are, as the original writes it', () => {
    expect(
      respond([
        { partition: 0, offset: 5n, timestamp: 1n },
        { partition: 2, offset: 9223372036854775807n, timestamp: 1n },
      ]),
    ).toEqual({
      status: 200,
      body: '{"offsets":[{"partition":0,"offset":5,"error_code":null,"error":null},{"partition":2,"offset":9223372036854775807,"error_code":null,"error":null}],"key_schema_id":null,"value_schema_id":null}',
    });
  });

  it('tells which schemas were used', () => {
    expect(respond([], 7).body).toBe('{"offsets":[],"key_schema_id":7,"value_schema_id":null}');
  });

  it.each([
    [failed('SASL_AUTHENTICATION_FAILED', 'no'), 401, 40101, 'no'],
    [failed('TOPIC_AUTHORIZATION_FAILED'), 403, 40301, 'Not authorized to access topics: [t1]'],
    [failed('CLUSTER_AUTHORIZATION_FAILED', 'no'), 403, 40301, 'no'],
    [failed('REQUEST_TIMED_OUT', 'late'), 200, 50003, 'late'],
    [failed('UNKNOWN_TOPIC_OR_PARTITION', 'gone'), 200, 50003, 'gone'],
    [failed('INVALID_TOPIC_EXCEPTION'), 200, 50002, 'Invalid topics: [t1]'],
    [failed('MESSAGE_TOO_LARGE', 'a "big" one'), 200, 50002, 'a "big" one'],
    [failed('THROTTLING_QUOTA_EXCEEDED', 'slow'), 200, 50003, 'slow'],
  ])('reports %o', (result, status, errorCode, error) => {
    const response = respond([{ partition: 0, offset: 1n, timestamp: 1n }, result]);
    expect(response.status).toBe(status);
    expect(JSON.parse(response.body)).toEqual({
      offsets: [
        { partition: 0, offset: 1, error_code: null, error: null },
        { partition: null, offset: null, error_code: errorCode, error },
      ],
      key_schema_id: null,
      value_schema_id: null,
    });
  });

  it('takes the status from the first record that was refused', () => {
    expect(respond([failed('REQUEST_TIMED_OUT'), failed('TOPIC_AUTHORIZATION_FAILED')]).status).toBe(403);
    expect(respond([failed('SASL_AUTHENTICATION_FAILED'), failed('TOPIC_AUTHORIZATION_FAILED')]).status).toBe(
      401,
    );
  });
});
