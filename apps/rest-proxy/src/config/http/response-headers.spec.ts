import { describe, expect, it } from 'vitest';
import { parseHeaderRules } from './response-headers.ts';

describe('parseHeaderRules', () => {
  it('reads rules as Jetty does', () => {
    const given =
      'add X-A: b, SET  X-C:d e ,"set Cache-Control: no-cache, no-store", addDate Expires: 1000, setdate X-D: 0, set X-E:';

    expect(parseHeaderRules(given)).toEqual([
      { action: 'add', name: 'X-A', value: 'b' },
      { action: 'set', name: 'X-C', value: 'd e' },
      { action: 'set', name: 'Cache-Control', value: 'no-cache, no-store' },
      { action: 'addDate', name: 'Expires', value: '1000' },
      { action: 'setDate', name: 'X-D', value: '0' },
      { action: 'set', name: 'X-E', value: '' },
    ]);
    expect(parseHeaderRules('')).toEqual([]);
  });

  it.each([
    ['X-A: b', /must be a list of/],
    ['remove X-A: b', /must be a list of/],
    ['add X A: b', /must be a list of/],
    ['add X-A', /must be a list of/],
    ['add X-A: b\u0000c', /no header can carry/],
    ['add X-A: b\r\nX-B: c', /no header can carry/],
    ['setDate Expires: tomorrow', /milliseconds/],
  ])('refuses %j', (given, message) => {
    expect(() => parseHeaderRules(given)).toThrow(message);
  });
});
