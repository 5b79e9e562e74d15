import { describe, expect, it } from 'vitest';
import {
  answerHeadOf,
  answerHeadText,
  requestHeadOf,
  requestHeadText,
  type AnswerHead,
  type RequestHead,
} from './hop-heads.ts';

/** Every character that a header may have, and those that Node lets through. */
const latin1 = Array.from({ length: 256 }, (_, code) => String.fromCharCode(code))
  .join('')
  .replaceAll(/[\0\r\n]/g, '');

const request: RequestHead = {
  method: 'POST',
  target: '/consumers/%20/instances/\xe4/offsets?a=b%00',
  requestId: 'r-1',
  epoch: 1_700_000_000_000,
  headers: { host: 'p', 'x-own': latin1, 'content-type': '', cookie: 'a=b; c=d' },
};

const answer: AnswerHead = {
  status: 200,
  endpoint: 'api.v2.consumers.consume-json',
  delivery: 'ab12-z',
  records: 500,
  isDraining: false,
  headers: ['Content-Type', 'a/b', 'X-Own', latin1.replaceAll(/[\p{Cc}]/gu, ''), 'Empty', ''],
};

/** As it goes over the connection. */
const wire = (text: string): string => Buffer.from(text, 'latin1').toString('latin1');

describe('The head of a request', () => {
  it('comes as it was sent', () => {
    expect(requestHeadOf(wire(requestHeadText(request)))).toEqual(request);
    expect(requestHeadOf(requestHeadText({ ...request, headers: {} }))).toEqual({ ...request, headers: {} });
  });

  it.each([
    'connection',
    'content-length',
    'expect',
    'keep-alive',
    'proxy-authenticate',
    'proxy-authorization',
    'proxy-connection',
    'te',
    'trailer',
    'transfer-encoding',
    'upgrade',
    'accept-encoding',
    'x-request-id',
  ])('leaves out %s', (name) => {
    const headers = { ...request.headers, [name]: 'x' };

    expect(requestHeadOf(requestHeadText({ ...request, headers })).headers).toEqual(request.headers);
  });

  it.each(['x-own', 'close, X-Own', ' X-OWN ,keep-alive', 'Keep-Alive,x-own'])(
    'leaves out what the Connection header says to be of the connection: %s',
    (connection) => {
      const { headers } = requestHeadOf(
        requestHeadText({ ...request, headers: { ...request.headers, connection } }),
      );

      expect(headers).toEqual({ host: 'p', 'content-type': '', cookie: 'a=b; c=d' });
    },
  );

  it('cannot change what the names of headers mean', () => {
    const odd = '{"__proto__":"a","constructor":"b","host":"p"}';
    const headers = JSON.parse(odd) as Record<string, string>;
    const head = requestHeadOf(requestHeadText({ ...request, headers }));

    expect(Object.getPrototypeOf(head.headers)).toBe(Object.prototype);
    expect(head.headers).toMatchObject({ constructor: 'b', host: 'p' });
  });

  it.each(['', 'GET', 'GET\0/\0r', 'GET\0/\0r\0x', 'GET\0/\0r\x001.5', 'GET\0/\0r\x001e99'])(
    'is none: %j',
    (text) => {
      expect(() => requestHeadOf(text)).toThrow(RangeError);
    },
  );
});

describe('The head of an answer', () => {
  it.each([
    answer,
    { ...answer, isDraining: true, headers: [] },
    { ...answer, delivery: '', endpoint: '', records: 0, status: 503 },
  ])('comes as it was sent', (head) => {
    expect(answerHeadOf(wire(answerHeadText(head)))).toEqual(head);
  });

  it.each([['X-Own', 'a\nb'], ['X Own', 'a'], ['', 'a'], ['X-Own']])(
    'is none with what cannot be sent to a client: %j, %j',
    (...headers) => {
      expect(() => answerHeadOf(answerHeadText({ ...answer, headers }))).toThrow(RangeError);
    },
  );

  it.each(['', 'x', '99', '100', '199', '600', 'NaN', '-200', '200.5x'])('is none: %j', (status) => {
    expect(() => answerHeadOf(`${status}\0\0\x000\0`)).toThrow(RangeError);
  });
});
