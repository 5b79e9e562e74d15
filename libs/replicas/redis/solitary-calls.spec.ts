import { describe, expect, it } from 'vitest';
import { SolitaryCalls } from './solitary-calls.ts';

describe('SolitaryCalls', () => {
  it('tells a call that had none beside it', () => {
    const calls = new SolitaryCalls();

    const end = calls.begin('a');
    const other = calls.begin('b');

    expect(end()).toBe(true);
    expect(other()).toBe(true);
    expect(calls.begin('a')()).toBe(true);
  });

  it('does not take calls for alone that met on the way', () => {
    const calls = new SolitaryCalls();
    const first = calls.begin('a');
    const second = calls.begin('a');

    expect(second()).toBe(false);
    expect(first()).toBe(false);
    expect(calls.begin('a')()).toBe(true);
  });

  it('remembers those that have met while one of them runs', () => {
    const calls = new SolitaryCalls();
    const first = calls.begin('a');
    const second = calls.begin('a');
    expect(first()).toBe(false);

    const third = calls.begin('a');
    expect(second()).toBe(false);

    expect(third()).toBe(false);
  });
});
