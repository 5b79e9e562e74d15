import { describe, expect, it } from 'vitest';
import { RouteTallies } from './route-tallies.ts';

describe('RouteTallies', () => {
  it('has one tally a template and method, whichever route object brings it', () => {
    const tallies = new RouteTallies();
    const get = { path: '/topics/:topic' };

    const tally = tallies.of(get, 'GET');

    expect(tallies.of(get, 'GET')).toBe(tally);
    expect(tallies.of({ path: '/topics/:topic' }, 'GET')).toBe(tally);
    expect(tallies.of({ path: '/topics/:topic' }, 'POST')).not.toBe(tally);
    expect([...tallies.all()].map(({ method, route }) => `${method} ${route}`)).toEqual([
      'GET /topics/{topic}',
      'POST /topics/{topic}',
    ]);
  });

  it.each([
    ['/', '/'],
    ['/topics/:topicName/records\\:batch', '/topics/{topicName}/records:batch'],
    ['/files/*rest', '/files/{rest}'],
    [/regular/, 'none'],
    [['/a', '/b'], 'none'],
  ])('shows the path %s as %s', (path, route) => {
    expect(new RouteTallies().of({ path }, 'GET').route).toBe(route);
  });

  it('has one tally for all methods that are not known', () => {
    const tallies = new RouteTallies();

    for (let i = 0; i < 100; i++) tallies.of(undefined, `M${i}`).observe(404, 0);

    expect([...tallies.all()].map(({ method, route }) => `${method} ${route}`)).toEqual(['other none']);
  });
});
