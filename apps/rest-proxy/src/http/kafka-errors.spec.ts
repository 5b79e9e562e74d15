import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { RestError } from '#libs/errors/rest-error.ts';
import { restErrors } from '#libs/errors/rest-errors.ts';
import { kafkaErrorTable } from '#libs/kafka/kafka-error-table.ts';
import { KafkaError } from '#libs/kafka/kafka-error.ts';
import { IllegalStateError } from '#libs/kafka/illegal-state-error.ts';
import { kafkaErrorLines, restErrorOfKafka, toRestError } from './kafka-errors.ts';

const codesOf = ({ status, errorCode }: RestError): readonly number[] => [status, errorCode];

describe('restErrorOfKafka', () => {
  it.each([
    ['SASL_AUTHENTICATION_FAILED', 401, 40101],
    ['TOPIC_AUTHORIZATION_FAILED', 403, 40301],
    ['GROUP_AUTHORIZATION_FAILED', 403, 40301],
    ['UNKNOWN_TOPIC_OR_PARTITION', 404, 40403],
    ['UNKNOWN_TOPIC_ID', 404, 40403],
    ['INVALID_TOPIC_EXCEPTION', 400, 40002],
    ['TOPIC_ALREADY_EXISTS', 400, 40002],
    ['UNKNOWN_SERVER_ERROR', 400, 40002],
    ['INVALID_REPLICA_ASSIGNMENT', 400, 40002],
    ['THROTTLING_QUOTA_EXCEEDED', 429, 42901],
    ['BROKER_NOT_AVAILABLE', 503, 50302],
    ['REQUEST_TIMED_OUT', 500, 50003],
    ['NOT_LEADER_OR_FOLLOWER', 500, 50003],
    ['FENCED_INSTANCE_ID', 500, 50002],
    ['OFFSET_OUT_OF_RANGE', 500, 50002],
  ])('%s is %i, %i', (kind, status, errorCode) => {
    expect(codesOf(restErrorOfKafka(KafkaError.of(kind)))).toEqual([status, errorCode]);
  });

  it('gives every kind of Kafka a status and keeps its text and itself as the cause', () => {
    for (const [kind, , retriable] of kafkaErrorTable) {
      const error = KafkaError.of(kind, `text of ${kind}`);
      const answer = restErrorOfKafka(error);
      expect(answer.message).toBe(`text of ${kind}`);
      expect(answer.cause).toBe(error);
      const named = kafkaErrorLines.some(({ kinds }) => kinds.includes(kind));
      if (!named) expect(codesOf(answer), kind).toEqual([500, retriable ? 50003 : 50002]);
    }
  });

  it('names only kinds that Kafka and its clients have', () => {
    // A failed TLS handshake has no number in the protocol; Java's clients have an exception for it.
    const kinds = new Set([...kafkaErrorTable.map(([kind]) => kind), 'SSL_AUTHENTICATION_FAILED']);
    expect(kafkaErrorLines.flatMap(({ kinds: named }) => named).filter((kind) => !kinds.has(kind))).toEqual(
      [],
    );
  });

  it('tells who is throttled when to come again', () => {
    expect(restErrorOfKafka(KafkaError.of('THROTTLING_QUOTA_EXCEEDED')).retryAfterSeconds).toBe(1);
  });

  it('is what docs/errors.md shows', () => {
    const page = readFileSync(new URL('../../../../docs/errors.md', import.meta.url), 'utf8');
    const rows = page
      .split('\n')
      .filter((line) => line.startsWith('| `'))
      .map((line) => line.replaceAll(/ +/g, ' '));
    const expected = kafkaErrorLines.map(({ kinds, line }) => {
      const { status, errorCode } = line('', { cause: undefined });
      return `| ${kinds.map((kind) => `\`${kind}\``).join(', ')} | ${status}, ${errorCode} |`;
    });
    expect(rows).toEqual(expected);
  });
});

describe('toRestError', () => {
  it('hands a RestError on as it is', () => {
    const error = restErrors.partitionNotFound();
    expect(toRestError(error)).toBe(error);
  });

  it('makes 409 of a call that the state does not allow', () => {
    const answer = toRestError(new IllegalStateError('No current assignment for partition t1-0'));
    expect(codesOf(answer)).toEqual([409, 40903]);
    expect(answer.message).toBe('Illegal state: No current assignment for partition t1-0');
  });

  it.each([new Error('secret'), 'text', undefined, null, { a: 1 }])('says nothing of %j', (error) => {
    const answer = toRestError(error);
    expect(codesOf(answer)).toEqual([500, 500]);
    expect(answer.message).toBe('Internal Server Error');
  });
});
