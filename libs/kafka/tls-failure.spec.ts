import { describe, expect, it } from 'vitest';
import { handshakeFailed } from './tls-failure.ts';

describe('handshakeFailed', () => {
  it.each([
    ['self-signed certificate in certificate chain', 'self-signed certificate in certificate chain'],
    ['Connection error: certificate has expired', 'certificate has expired'],
    [
      'Connection error: 40FD:error:0A000412:SSL routines:ssl3_read_bytes:ssl/tls alert bad certificate:../deps/openssl/x.c:918:SSL alert number 42\n',
      'ssl/tls alert bad certificate',
    ],
  ])('says of %j what matters', (message, text) => {
    const cause = new Error(message);

    expect(handshakeFailed(message, cause)).toMatchObject({
      kind: 'SSL_AUTHENTICATION_FAILED',
      retriable: false,
      message: `SSL handshake failed: ${text}`,
      cause,
    });
  });
});
