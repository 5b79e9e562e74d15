import { describe, expect, it } from 'vitest';
import { RouteTable } from './route-table.ts';

const table = new RouteTable([
  { path: '/', methods: ['GET', 'POST'] },
  { path: '/topics', methods: ['GET'] },
  { path: '/topics/:topic', methods: ['POST'] },
  { path: '/topics/:topic', methods: ['GET'] },
  { path: '/v3/clusters/:cluster/topics/:topic/configs\\:alter', methods: ['POST'] },
  { path: '/v3/clusters/:cluster/topics/:topic/configs/:name', methods: ['PUT', 'DELETE', 'GET', 'HEAD'] },
  { path: '/files/*path', methods: ['GET'] },
  { path: '/docs.json', methods: ['GET'] },
]);

describe('RouteTable', () => {
  it.each([
    ['/', ['HEAD', 'GET', 'POST', 'OPTIONS']],
    ['/topics', ['HEAD', 'GET', 'OPTIONS']],
    ['/topics/', ['HEAD', 'GET', 'OPTIONS']],
    ['/topics/t', ['HEAD', 'GET', 'POST', 'OPTIONS']],
    ['/topics/a%2Fb/', ['HEAD', 'GET', 'POST', 'OPTIONS']],
    ['/v3/clusters/c/topics/t/configs:alter', ['POST', 'OPTIONS']],
    ['/v3/clusters/c/topics/t/configs/n', ['HEAD', 'GET', 'PUT', 'DELETE', 'OPTIONS']],
    ['/files/a/b/c', ['HEAD', 'GET', 'OPTIONS']],
    ['/docs.json', ['HEAD', 'GET', 'OPTIONS']],
    ['/docsxjson', []],
    ['/topics/t/more', []],
    ['/TOPICS', []],
    ['/nope', []],
  ])('%s has %j', (path, methods) => {
    expect(table.methodsOf(path)).toEqual(methods);
  });

  it.each([
    ['GET', '/topics/t', '/topics/:topic'],
    ['HEAD', '/topics/t', '/topics/:topic'],
    ['POST', '/topics', undefined],
    ['PROPFIND', '/topics', undefined],
    ['POST', '/v3/clusters/c/topics/t/configs:alter', '/v3/clusters/:cluster/topics/:topic/configs\\:alter'],
  ])('%s %s goes to %s', (method, path, route) => {
    expect(table.routeOf(method, path)?.path).toBe(route);
  });
});
