import type { SecureContextOptions } from 'node:tls';
import type { Agent } from 'undici';
import { KafkaError } from '#libs/kafka/kafka-error.ts';
import { reasonOf } from '../../sources/config-providers.ts';
import type { IssuedToken } from './cached-token.ts';
import { expiryOf } from './jwt.ts';

export interface ClientCredentials {
  readonly url: URL;
  readonly clientId: string;
  readonly clientSecret: string;
  /** "" for none. */
  readonly scope: string;
  /** As RFC 6749 wants it, and many servers do not. */
  readonly urlEncodeHeader: boolean;
  readonly tls: SecureContextOptions;
  readonly connectTimeoutMs: number;
  readonly readTimeoutMs: number;
}

const largestAnswer = 1_048_576;
const lifetimeWithoutExpiryMs = 300_000;

/** Gets tokens by OAuth's client credentials grant, as Kafka's ClientCredentialsJwtRetriever does. */
export const clientCredentialsIssuer = (options: ClientCredentials): (() => Promise<IssuedToken>) => {
  const agentOptions = {
    connect: { ...options.tls, timeout: options.connectTimeoutMs },
    headersTimeout: options.readTimeoutMs,
    bodyTimeout: options.readTimeoutMs,
    maxResponseSize: largestAnswer,
  };
  let dispatcher: Agent | undefined;
  const encode = options.urlEncodeHeader ? encodeURIComponent : (text: string) => text;
  const credentials = `${encode(options.clientId)}:${encode(options.clientSecret)}`;
  const form = new URLSearchParams({ grant_type: 'client_credentials' });
  if (options.scope !== '') form.set('scope', options.scope);
  const shownUrl = `${options.url.origin}${options.url.pathname}`;

  return async () => {
    try {
      // Loaded where tokens are asked for, and nowhere else.
      const { Agent, request } = await import('undici');
      dispatcher ??= new Agent(agentOptions);
      const { statusCode, body } = await request(options.url, {
        method: 'POST',
        dispatcher,
        headers: {
          accept: 'application/json',
          authorization: `Basic ${Buffer.from(credentials).toString('base64')}`,
          'content-type': 'application/x-www-form-urlencoded',
        },
        body: form.toString(),
      });
      const text = await body.text();
      if (statusCode !== 200) throw new Error(`HTTP status ${statusCode}`);
      return issuedToken(text, Date.now());
    } catch (cause) {
      const text = `Authentication failed: no token from ${shownUrl}: ${reasonOf(cause)}`;
      throw KafkaError.of('SASL_AUTHENTICATION_FAILED', text, cause);
    }
  };
};

const issuedToken = (text: string, now: number): IssuedToken => {
  const { access_token: token, expires_in: seconds } = answerOf(text);
  if (typeof token !== 'string' || token === '') throw new Error('the answer has no access_token');
  const lifetimeMs = typeof seconds === 'number' ? seconds * 1000 : lifetimeWithoutExpiryMs;
  return { token, expiresAtMs: expiryOf(token) ?? now + lifetimeMs };
};

const answerOf = (text: string): { readonly access_token?: unknown; readonly expires_in?: unknown } => {
  try {
    const answer: unknown = JSON.parse(text);
    return typeof answer === 'object' && answer !== null ? answer : {};
  } catch {
    // Not the parser's own message: it quotes the answer.
    throw new Error('the answer is not JSON');
  }
};
