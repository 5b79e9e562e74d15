import { KafkaError } from './kafka-error.ts';

/** What OpenSSL's line of an error says between its numbers and file names. */
const reason = /:error:[0-9A-F]+:[^:]*:[^:]*:([^:]+):/;

/** The error of a TLS connection that one side refused. @param message what the client or OpenSSL said */
export function handshakeFailed(message: string, cause: unknown): KafkaError {
  const text = reason.exec(message)?.[1] ?? message.replace(/^Connection error: /, '');
  return new KafkaError('SSL_AUTHENTICATION_FAILED', -1, false, `SSL handshake failed: ${text}`, { cause });
}
