import {
  AuthenticationError,
  GenericError,
  MultipleErrors,
  ResponseError,
  TimeoutError,
} from '@platformatic/kafka';
import { KafkaError } from '../kafka-error.ts';
import { handshakeFailed } from '../tls-failure.ts';

/** What a broker answered although the client threw: a response that carries error codes is still a response. */
export function responseOf(error: unknown): unknown {
  return error instanceof ResponseError ? error['response'] : undefined;
}

/** Turns what the client throws into Kafka's own error. */
export function toKafkaError(error: unknown): KafkaError {
  // Ours, or one of ours within: a token that could not be had.
  const own = causeOf(error, (e) => e instanceof KafkaError);
  if (own instanceof KafkaError) return own;
  if (
    error instanceof AuthenticationError ||
    causeOf(error, (e) => e instanceof AuthenticationError) !== undefined
  ) {
    return KafkaError.of(
      'SASL_AUTHENTICATION_FAILED',
      'Authentication failed: the broker refused the credentials.',
      error,
    );
  }
  const tls = causeOf(error, isTlsFailure);
  if (tls !== undefined) return handshakeFailed(tls.message, error);
  if (error instanceof ResponseError) {
    const first: unknown = error.errors[0];
    if (first instanceof GenericError && typeof first['apiCode'] === 'number') {
      return KafkaError.ofCode(first['apiCode'], null, error);
    }
  }
  if (error instanceof TimeoutError) return KafkaError.of('REQUEST_TIMED_OUT', null, error);
  const text = error instanceof Error ? error.message : String(error);
  return KafkaError.of(
    'NETWORK_EXCEPTION',
    `The server disconnected before a response was received: ${text}`,
    error,
  );
}

function causeOf(error: unknown, matches: (error: Error) => boolean): Error | undefined {
  for (let depth = 0, at = error; depth < 8 && at instanceof Error; depth++, at = at.cause) {
    if (matches(at)) return at;
    if (at instanceof MultipleErrors) {
      for (const one of at.errors) {
        const found = causeOf(one, matches);
        if (found !== undefined) return found;
      }
    }
  }
  return undefined;
}

const tlsCodes =
  /^(ERR_TLS_|ERR_SSL_|CERT_|SELF_SIGNED_CERT|DEPTH_ZERO_|UNABLE_TO_|HOSTNAME_MISMATCH|EPROTO$)/;

function isTlsFailure(error: Error): boolean {
  return 'code' in error && typeof error.code === 'string' && tlsCodes.test(error.code);
}
