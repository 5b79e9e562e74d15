import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { restErrors } from '#libs/errors/rest-errors.ts';
import { IllegalStateError } from '#libs/kafka/illegal-state-error.ts';
import { KafkaError } from '#libs/kafka/kafka-error.ts';
import { ContractApp } from '../support/contract-app.ts';
import { Probe, probeModule } from '../support/probe-module.ts';

describe('errors', () => {
  const probe = new Probe();
  let app: ContractApp;
  beforeAll(async () => {
    app = await ContractApp.start({}, { more: [probeModule(probe)] });
  });
  afterAll(() => app.close());

  const linesOf = (requestId: string | null): readonly Readonly<Record<string, unknown>>[] =>
    app.logs.filter((line) => line['requestId'] === requestId);

  it.each([
    [restErrors.consumerInstanceNotFound(), 404, 40403, 'Consumer instance not found.'],
    [restErrors.consumerConfigConstraint('x'), 422, 40001, undefined],
    [
      KafkaError.of('TOPIC_AUTHORIZATION_FAILED', 'Not authorized to access topics: [t]'),
      403,
      40301,
      'Not authorized to access topics: [t]',
    ],
    [KafkaError.of('REQUEST_TIMED_OUT'), 500, 50003, 'The request timed out.'],
    [new IllegalStateError('no'), 409, 40903, 'Illegal state: no'],
  ])('%s is answered as in the table', async (thrown, status, errorCode, message) => {
    probe.thrown = thrown;
    const answer = await app.request('/probe/throw');
    expect(answer).toMatchObject({ status, json: { error_code: errorCode, ...(message && { message }) } });
    expect(Object.keys(answer.json as object)).toEqual(['error_code', 'message']);
    expect(answer.headers.get('content-type')).toBe('application/json');
    expect(linesOf(answer.headers.get('x-request-id')).map(({ msg }) => msg)).toEqual(['request']);
  });

  it('an error that says when to come again has Retry-After', async () => {
    probe.thrown = restErrors.tooManyInstances('There are 5 instances', { retryAfterSeconds: 7 });
    const answer = await app.request('/probe/throw');
    expect(answer.status).toBe(429);
    expect(answer.headers.get('retry-after')).toBe('7');
  });

  it.each([new TypeError('secret detail'), 'a text', undefined])(
    '%s is 500, says nothing, and is logged once',
    async (thrown) => {
      probe.thrown = thrown;
      const answer = await app.request('/probe/throw');
      expect(answer).toMatchObject({
        status: 500,
        text: '{"error_code":500,"message":"Internal Server Error"}',
      });
      const errors = linesOf(answer.headers.get('x-request-id')).filter(({ level }) => level === 'error');
      expect(errors).toHaveLength(1);
      if (thrown instanceof Error) expect(errors[0]).toMatchObject({ err: { message: 'secret detail' } });
    },
  );

  it('what was begun and fails does not look complete', async () => {
    probe.thrown = new Error('in the middle');
    await expect(app.request('/probe/throw-late')).rejects.toThrow();
    await vi.waitFor(() => expect(app.logs).toContainEqual(expect.objectContaining({ complete: false })));
  });

  it('the log line of an error has its code', async () => {
    probe.thrown = restErrors.partitionNotFound();
    const answer = await app.request('/probe/throw');
    expect(linesOf(answer.headers.get('x-request-id'))).toMatchObject([
      { status: 404, errorCode: 40402, endpoint: 'test.probe', method: 'GET', path: '/probe/throw' },
    ]);
  });
});

describe('errors with debug=true', () => {
  it('500 tells what happened', async () => {
    const probe = new Probe();
    const app = await ContractApp.start({ debug: 'true' }, { more: [probeModule(probe)] });
    probe.thrown = new TypeError('the reason');
    const { json } = await app.request('/probe/throw');
    expect(json).toEqual({
      error_code: 500,
      message: expect.stringMatching(/^Internal Server Error TypeError: the reason\n.*\n\s+at /s) as string,
    });
    probe.thrown = restErrors.partitionNotFound();
    expect(await app.request('/probe/throw')).toMatchObject({ json: { message: 'Partition not found.' } });
    await app.close();
  });
});
