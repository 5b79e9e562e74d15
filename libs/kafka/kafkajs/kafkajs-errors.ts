import { KafkaError } from '../kafka-error.ts';
import { handshakeFailed } from '../tls-failure.ts';

/**
 * Turns what kafkajs throws into Kafka's own error.
 *
 * kafkajs wraps the first error in those of its retries, so the chain of causes is searched for what a broker said.
 *
 * @returns the error itself where it is a fault of ours, not of Kafka's (a TypeError stays one)
 */
export function toKafkaError(error: unknown): Error {
  for (const cause of causes(error)) {
    // Ours, or one of ours within: a token that could not be had.
    if (cause instanceof KafkaError) return cause;
    const found = kafkaErrorOf(cause, error);
    if (found !== undefined) return found;
  }
  if (error instanceof TypeError || error instanceof RangeError || error instanceof ReferenceError) {
    return error;
  }
  const text = error instanceof Error ? error.message : String(error);
  return KafkaError.of('NETWORK_EXCEPTION', text, error);
}

function kafkaErrorOf(cause: Error, error: unknown): KafkaError | undefined {
  // Names instead of classes: the wrapper of exhausted retries takes the message, but not the class, of its cause.
  switch (cause.name) {
    case 'KafkaJSProtocolError':
    case 'KafkaJSCreateTopicError':
    case 'KafkaJSAlterPartitionReassignmentsError':
      return protocolError(cause, error);
    case 'KafkaJSSASLAuthenticationError':
      // kafkajs' text carries what the broker or the token endpoint said.
      return KafkaError.of(
        'SASL_AUTHENTICATION_FAILED',
        'Authentication failed: the broker refused the credentials.',
        error,
      );
    case 'KafkaJSConnectionError':
    case 'KafkaJSConnectionClosedError':
      return connectionError(cause, error);
    case 'KafkaJSRequestTimeoutError':
      return KafkaError.of('REQUEST_TIMED_OUT', null, error);
    case 'KafkaJSServerDoesNotSupportApiKey':
      return KafkaError.of('UNSUPPORTED_VERSION', cause.message, error);
    default:
      return undefined;
  }
}

function protocolError(cause: Error, error: unknown): KafkaError {
  const code = 'code' in cause && typeof cause.code === 'number' ? cause.code : -1;
  // -99: a code younger than kafkajs' table; ours may know it, but the number is only in the text.
  if (code !== -99) return KafkaError.ofCode(code, null, error);
  const number = /(-?\d+)$/.exec(cause.message)?.[1];
  return KafkaError.ofCode(number === undefined ? -1 : Number(number), null, error);
}

const tlsCodes =
  /^(ERR_TLS_|ERR_SSL_|CERT_|SELF_SIGNED_CERT|DEPTH_ZERO_|UNABLE_TO_|HOSTNAME_MISMATCH|EPROTO$)/;

function connectionError(cause: Error, error: unknown): KafkaError {
  const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : '';
  if (tlsCodes.test(code)) return handshakeFailed(cause.message, error);
  return KafkaError.of(
    'NETWORK_EXCEPTION',
    `The server disconnected before a response was received: ${cause.message}`,
    error,
  );
}

const maxDepth = 8;

function* causes(error: unknown): Generator<Error> {
  for (let depth = 0, at = error; depth < maxDepth && at instanceof Error; depth++, at = at.cause) {
    yield at;
    if ('errors' in at && Array.isArray(at.errors)) {
      for (const one of at.errors) yield* causes(one);
    }
  }
}
