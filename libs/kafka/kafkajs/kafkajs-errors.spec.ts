import kafkajs from 'kafkajs';
import { describe, expect, it } from 'vitest';
import { KafkaError } from '../kafka-error.ts';
import { toKafkaError } from './kafkajs-errors.ts';

function protocolError(type: string, code: number, message = 'text of kafkajs'): Error {
  return Object.assign(new Error(message), { name: 'KafkaJSProtocolError', type, code, retriable: true });
}

describe('toKafkaError', () => {
  it("gives the broker's error with Kafka's own name and text", () => {
    const error = toKafkaError(protocolError('NOT_LEADER_FOR_PARTITION', 6));

    expect(error).toBeInstanceOf(KafkaError);
    expect(error).toMatchObject({ kind: 'NOT_LEADER_OR_FOLLOWER', code: 6, retriable: true });
  });

  it('finds it below exhausted retries', () => {
    const inner = protocolError('UNKNOWN_TOPIC_OR_PARTITION', 3);
    const outer = new Error('given up', { cause: new Error('again', { cause: inner }) });

    expect(toKafkaError(outer)).toMatchObject({
      kind: 'UNKNOWN_TOPIC_OR_PARTITION',
      message: 'This server does not host this topic-partition.',
      cause: outer,
    });
  });

  it('finds it among aggregated errors', () => {
    const inner = Object.assign(protocolError('TOPIC_ALREADY_EXISTS', 36), {
      name: 'KafkaJSCreateTopicError',
    });
    const outer = Object.assign(new Error('Topic creation errors'), {
      name: 'KafkaJSAggregateError',
      errors: [inner],
    });

    expect(toKafkaError(outer)).toMatchObject({ kind: 'TOPIC_ALREADY_EXISTS' });
  });

  it('knows codes that are younger than kafkajs', () => {
    const error = toKafkaError(protocolError('KAFKAJS_UNKNOWN_ERROR_CODE', -99, 'Unknown error code 100'));

    expect(error).toMatchObject({ kind: 'UNKNOWN_TOPIC_ID' });
  });

  it('says nothing of what a broker or token endpoint told about credentials', () => {
    const secret = Object.assign(new Error('SASL PLAIN failed for alice:hunter2'), {
      name: 'KafkaJSSASLAuthenticationError',
    });

    const error = toKafkaError(secret);

    expect(error).toMatchObject({ kind: 'SASL_AUTHENTICATION_FAILED' });
    expect(error.message).not.toContain('hunter2');
  });

  it('tells a failed handshake from a lost connection', () => {
    const tls = new kafkajs.KafkaJSConnectionError('Connection error: self-signed certificate', {
      code: 'DEPTH_ZERO_SELF_SIGNED_CERT',
    });
    const tcp = new kafkajs.KafkaJSConnectionError('Connection error: refused', { code: 'ECONNREFUSED' });

    expect(toKafkaError(tls)).toMatchObject({ kind: 'SSL_AUTHENTICATION_FAILED', retriable: false });
    expect(toKafkaError(tcp)).toMatchObject({ kind: 'NETWORK_EXCEPTION', retriable: true });
  });

  it('leaves faults of ours as they are', () => {
    const fault = new TypeError('undefined is not a function');

    expect(toKafkaError(fault)).toBe(fault);
  });

  it('ends for causes that go in circles', () => {
    const a = new Error('a');
    const b = new Error('b', { cause: a });
    a.cause = b;

    expect(toKafkaError(a)).toMatchObject({ kind: 'NETWORK_EXCEPTION', message: 'a' });
  });
});
