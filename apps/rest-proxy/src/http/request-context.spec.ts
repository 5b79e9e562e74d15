import { describe, expect, it } from 'vitest';
import { RequestAbortedError } from './request-aborted.error.ts';
import { RequestContext } from './request-context.ts';
import type { ServerState } from './server-state.ts';

function begun(): { readonly context: RequestContext; readonly state: { bytes: number } } {
  const state = { bytes: 0 };
  const server = {
    requestsInFlight: 1,
    reserve: (bytes: number) => void (state.bytes += bytes),
    release: (bytes: number) => void (state.bytes -= bytes),
  };
  return { context: new RequestContext(server as unknown as ServerState, 'r', 0), state };
}

describe('RequestContext', () => {
  it('gives back what it holds when the request is over', () => {
    const { context, state } = begun();
    context.hold(5);
    context.hold(6);
    expect(state.bytes).toBe(11);
    context.release();

    expect(state.bytes).toBe(0);
  });

  it('holds nothing any more after that', () => {
    const { context, state } = begun();
    context.hold(5);
    context.release();

    expect(() => context.hold(1_000)).toThrow(RequestAbortedError);
    expect(state.bytes).toBe(0);
  });
});
