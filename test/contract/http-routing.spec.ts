import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ContractApp } from '../support/contract-app.ts';

const v2 = 'application/vnd.kafka.v2+json';
const notFound = { error_code: 404, message: 'HTTP 404 Not Found' };
const badRequest = (detail: string): object => ({ error_code: 400, message: `Bad Request: ${detail}` });

/** Status and JSON body of an answer that came as text. */
function parsed(response: string): { status: number; head: string; body: unknown } {
  const [head = '', body = ''] = response.split('\r\n\r\n');
  return { status: Number(head.split(' ')[1]), head, body: body === '' ? undefined : JSON.parse(body) };
}

describe('routing', () => {
  let app: ContractApp;
  /** Sends a target that no client library would let through. */
  const rawGet = async (target: string): Promise<ReturnType<typeof parsed>> =>
    parsed(await app.raw(`GET ${target} HTTP/1.1\r\nHost: proxy\r\nConnection: close\r\n\r\n`));

  beforeAll(async () => {
    app = await ContractApp.start();
    app.kafka.cluster.createTopic('t1', 3);
  });
  afterAll(() => app.close());

  it.each(['/nope', '/topics/t1/nope', '/consumers', '/v3/nope', '/TOPICS', '/health'])(
    'GET %s is 404 in JSON',
    async (path) => {
      const answer = await app.request(path);
      expect(answer).toMatchObject({ status: 404, json: notFound });
      expect(answer.headers.get('content-type')).toBe('application/json');
    },
  );

  it('an error before negotiation has the type that the client prefers, as far as the operator does', async () => {
    const answer = await app.request('/nope', { headers: { Accept: `text/plain, ${v2}` } });
    expect(answer.headers.get('content-type')).toBe(v2);
  });

  it.each([
    ['POST', '/topics', 'HEAD,GET,OPTIONS'],
    ['DELETE', '/brokers', 'HEAD,GET,OPTIONS'],
    ['PATCH', '/', 'HEAD,GET,POST,OPTIONS'],
    ['PUT', '/v3/clusters/', 'HEAD,GET,OPTIONS'],
    ['PROPFIND', '/topics/t1/partitions/0', 'HEAD,GET'],
  ])('%s %s is 405 and says what is allowed', async (method, path, allow) => {
    const answer = await app.request(path, { method });
    expect(answer).toMatchObject({
      status: 405,
      json: { error_code: 405, message: 'HTTP 405 Method Not Allowed' },
    });
    expect(answer.headers.get('allow')).toContain(allow);
    expect(answer.headers.get('content-type')).toBe('application/json');
  });

  it.each([
    ['/topics', 'HEAD, GET, OPTIONS'],
    ['/topics/', 'HEAD, GET, OPTIONS'],
    ['/', 'HEAD, GET, POST, OPTIONS'],
    ['/health/live', 'HEAD, GET, OPTIONS'],
    ['/brokers?x=y', 'HEAD, GET, OPTIONS'],
  ])('OPTIONS %s lists the methods', async (path, methods) => {
    const answer = await app.request(path, { method: 'OPTIONS' });
    expect(answer).toMatchObject({ status: 200, text: methods });
    expect(answer.headers.get('allow')).toBe(methods.replaceAll(' ', ''));
    expect(answer.headers.get('content-type')).toBe('text/plain');
  });

  it('OPTIONS of an unknown path is 404', async () => {
    expect(await app.request('/nope', { method: 'OPTIONS' })).toMatchObject({ status: 404, json: notFound });
  });

  it.each(['/', '/topics', '/topics/t1', '/brokers', '/v3/clusters', '/health/live'])(
    'HEAD %s has the headers of GET and no body',
    async (path) => {
      const get = await app.request(path);
      const head = await app.request(path, { method: 'HEAD' });
      expect(head).toMatchObject({ status: get.status, text: '' });
      for (const name of ['content-type', 'content-length', 'vary']) {
        expect(head.headers.get(name), name).toBe(get.headers.get(name));
      }
    },
  );

  it('HEAD of what is missing is 404 without a body', async () => {
    expect(await app.request('/nope', { method: 'HEAD' })).toMatchObject({ status: 404, text: '' });
  });

  it.each(['/topics/t1/', '/topics/t1;a=b', '/topics;a=b/t1;c', '/topics/t%31', '/topics/t1?unknown=1'])(
    'GET %s is the same as /topics/t1',
    async (path) => {
      const { status, text } = await app.request('/topics/t1');
      expect(await app.request(path)).toMatchObject({ status, text });
      expect(status).toBe(200);
    },
  );

  it('a target in absolute form is read as its path', async () => {
    const { text } = await app.request('/topics/t1');
    expect(await rawGet('http://proxy:8082/topics/t1')).toMatchObject({
      status: 200,
      body: JSON.parse(text),
    });
    expect(await rawGet('http://proxy')).toMatchObject({ status: 200, body: {} });
  });

  it.each([
    ['//topics', 'Ambiguous URI empty segment'],
    ['/topics//t1', 'Ambiguous URI empty segment'],
    ['/topics/t1//', 'Ambiguous URI empty segment'],
    ['/topics/%zz', 'Bad percent-encoding in the path'],
    ['/topics/t1%', 'Bad percent-encoding in the path'],
    ['/topics/t1%4', 'Bad percent-encoding in the path'],
    ['/topics/%00', 'Illegal character 0x00 in the path'],
    ['/topics/%ff', 'The path is not UTF-8'],
    ['/topics/\u00fc', 'Invalid char in url path'],
  ])('GET %s is 400', async (target, detail) => {
    expect(await rawGet(target)).toMatchObject({ status: 400, body: badRequest(detail) });
  });

  it.each(['/topics/a%2Fb', '/topics/%C3%BC', '/topics/bad%20name'])(
    'GET %s is decoded and reaches Kafka',
    async (path) => {
      expect(await app.request(path)).toMatchObject({ status: 400, json: { error_code: 40002 } });
    },
  );

  it.each(['abc', '1.5', '99999999999', '0x1', '%20'])(
    'a partition %s that is no number is 404',
    async (partition) => {
      const answer = await app.request(`/topics/t1/partitions/${partition}`);
      expect(answer).toMatchObject({ status: 404, json: notFound });
      expect(answer.headers.get('content-type')).toBe(v2);
    },
  );

  it('HTTP/1.0 works', async () => {
    const response = parsed(await app.raw('GET / HTTP/1.0\r\n\r\n'));
    expect(response).toMatchObject({ status: 200, body: {} });
  });
});

describe('routing as configured', () => {
  const start = async (
    settings: Record<string, string>,
    use: (app: ContractApp) => Promise<void>,
  ): Promise<void> => {
    const app = await ContractApp.start(settings);
    try {
      await use(app);
    } finally {
      await app.close();
    }
  };

  it.each([
    ['api.v2.enable', '/topics', '/v3/clusters'],
    ['api.v3.enable', '/v3/clusters', '/topics'],
  ])('%s=false takes its paths away', async (setting, gone, stays) => {
    await start({ [setting]: 'false' }, async (app) => {
      expect(await app.request(gone)).toMatchObject({ status: 404, json: notFound });
      expect(await app.request(stays)).toMatchObject({ status: 200 });
    });
  });

  it('a blocked endpoint is 404 for GET and 405 for the rest', async () => {
    await start({ 'api.endpoints.blocklist': 'api.v2.topics.list,api.v2.root.*' }, async (app) => {
      const list = await app.request('/topics');
      expect(list).toMatchObject({ status: 404, json: notFound });
      expect(list.headers.get('content-type')).toBe(v2);
      expect(await app.request('/', { method: 'POST' })).toMatchObject({ status: 405 });
      expect(await app.request('/topics', { method: 'OPTIONS' })).toMatchObject({ status: 200 });
      expect(await app.request('/brokers')).toMatchObject({ status: 200 });
    });
  });

  it('with a list of allowed endpoints the others are blocked, except probes', async () => {
    await start({ 'api.endpoints.allowlist': 'api.v2.topics.*' }, async (app) => {
      expect(await app.request('/topics')).toMatchObject({ status: 200 });
      expect(await app.request('/brokers')).toMatchObject({ status: 404 });
      expect(await app.request('/health/live')).toMatchObject({ status: 200 });
    });
  });

  it('reject.options.request answers 403 to OPTIONS', async () => {
    await start({ 'reject.options.request': 'true' }, async (app) => {
      expect(await app.request('/topics', { method: 'OPTIONS' })).toMatchObject({
        status: 403,
        json: { error_code: 403, message: 'HTTP 403 Forbidden' },
      });
    });
  });
});
