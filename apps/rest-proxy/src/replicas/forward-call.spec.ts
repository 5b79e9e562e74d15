import { describe, expect, it } from 'vitest';
import type { HttpResponse } from '../http/rest-request.ts';
import { ForwardCall } from './forward-call.ts';

const nobody = { confirm() {}, abandon() {}, hold() {} };

function start(): { readonly call: ForwardCall; readonly arrived: boolean[] } {
  const arrived: boolean[] = [];
  const call = new ForwardCall(
    {} as HttpResponse,
    () => nobody,
    (hasArrived) => arrived.push(hasArrived),
  );
  return { call, arrived };
}

describe('ForwardCall', () => {
  it('has arrived when there is a sign of life', () => {
    const { arrived, call } = start();
    call.onResponseStart({} as never, 102, {});
    call.onResponseStart({} as never, 102, {});
    call.clientDone();

    expect(arrived).toEqual([true]);
  });

  it('has not arrived when there was no connection, or it broke', () => {
    const { arrived, call } = start();
    call.onResponseError();
    call.clientDone();

    expect(arrived).toEqual([false]);
  });

  it('has not arrived at a replica when something else answers', () => {
    const { arrived, call } = start();
    call.onResponseStart({} as never, 200, { 'content-type': 'text/html' });

    expect(arrived).toEqual([false]);
  });
});
