import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ContractApp } from '../support/contract-app.ts';

const v2 = 'application/vnd.kafka.v2+json';

describe('the root', () => {
  let app: ContractApp;
  beforeAll(async () => {
    app = await ContractApp.start();
  });
  afterAll(() => app.close());

  it('GET / answers an empty object', async () => {
    const answer = await app.request('/');
    expect(answer).toMatchObject({ status: 200, text: '{}' });
    expect(answer.headers.get('content-type')).toBe(v2);
  });

  it.each([undefined, 'null', '{}', '{"a":"b"}', ' {"a": 1} '])(
    'POST / answers an empty object to %j',
    async (body) => {
      const answer = await app.request('/', { method: 'POST', body, headers: { 'Content-Type': v2 } });
      expect(answer).toMatchObject({ status: 200, text: '{}' });
    },
  );

  it.each([
    ['[]', 'Cannot deserialize value of type `Map` from Array value'],
    ['{"a":{}}', 'Cannot deserialize value of type `String` from Object value at a'],
    ['{"a":"b"', 'Unexpected end-of-input in an Object (line 1, column 9)'],
    ['{} x', "Unexpected character ('x' (code 120)): expected nothing after the value (line 1, column 4)"],
  ])('POST / says what is wrong with %j', async (body, message) => {
    const answer = await app.request('/', { method: 'POST', body, headers: { 'Content-Type': v2 } });
    expect(answer).toMatchObject({ status: 400, json: { error_code: 400, message } });
  });
});
