import { describe, expect, it } from 'vitest';
import { routable } from './request-target.ts';

describe('routable', () => {
  it.each([
    ['/topics/t1?a=//b;c=%zz', '/topics/t1?a=//b;c=%zz'],
    ['/topics/a%2Fb', '/topics/a%2Fb'],
    ['/topics;x=1/t1;y?q=;', '/topics/t1?q=;'],
    ['/topics/a%3Bb', '/topics/a%3Bb'],
    ['http://host:1/topics?x', '/topics?x'],
    ['HTTPS://host', '/'],
    ['http://host?x=1', '/?x=1'],
  ])('%s becomes %s', (target, expected) => {
    expect(routable(target)).toBe(expected);
  });

  it.each([
    '//topics',
    '/a//b',
    '/a/%',
    '/a/%2',
    '/a/%zz',
    '/a/%00',
    '/a/%C3',
    'topics',
    'ftp://host/x',
    '/;//',
  ])('%s is refused', (target) => {
    expect(() => routable(target)).toThrow(/^Bad Request: /);
  });
});
