import { describe, expect, it } from 'vitest';
import type { Answer, Request } from '../http/operations.ts';
import { aftermathMs, faultOf } from './check-answer.ts';
import { Weather } from './weather.ts';

const request: Request = {
  requestId: 'r',
  name: { group: 'g', id: 'i' },
  operation: { kind: 'commit' },
};

const answer = (status: number, error = ''): Answer => ({ status, error, records: [] });

describe('faultOf', () => {
  it.each([404, 409, 429, 500, 503])('complains about a %i while nothing is wrong', (status) => {
    expect(faultOf(request, answer(status), 0, new Weather())).toContain(`was answered ${status}`);
  });

  it.each([200, 204])('accepts a %i', (status) => {
    expect(faultOf(request, answer(status), 0, new Weather())).toBeUndefined();
  });

  it('excuses a 503 for as long as a fault of the store is felt', () => {
    const weather = new Weather();
    weather.begin('store', () => 100)();

    expect(faultOf(request, answer(503), 100 + aftermathMs, weather)).toBeUndefined();
    expect(faultOf(request, answer(503), 101 + aftermathMs, weather)).toBeDefined();
    expect(faultOf(request, answer(404), 100, weather)).toBeDefined();
  });

  it('excuses what a rebalance does to a commit', () => {
    expect(faultOf(request, answer(500, 'ILLEGAL_GENERATION'), 0, new Weather())).toBeUndefined();
    expect(faultOf(request, answer(500, 'FENCED_INSTANCE_ID'), 0, new Weather())).toBeDefined();
  });

  it('excuses a 404 where the store has lost instances for good', () => {
    const weather = new Weather();
    weather.isCatastrophe = true;

    expect(faultOf(request, answer(404), 0, weather)).toBeUndefined();
  });
});
