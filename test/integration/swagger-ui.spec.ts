import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sharedKafka } from '../support/shared-servers.ts';
import { SwaggerPage } from '../support/swagger-page.ts';
import { TestApp } from '../support/test-app.ts';
import { createTopic } from '../support/topics.ts';
import { uniqueName } from '../support/unique-name.ts';

let kafka: string;
let app: TestApp;

beforeAll(async () => {
  kafka = await sharedKafka();
  app = await TestApp.onKafka(kafka);
});

afterAll(() => app.close());

describe('the page of the API in a browser', () => {
  let page: SwaggerPage;
  beforeAll(async () => {
    page = await SwaggerPage.open(`${app.url}/docs`);
  });
  afterAll(() => page.close());

  it('shows every operation by group', async () => {
    const { json } = await app.request('/openapi.json');
    const { paths } = json as { readonly paths: Readonly<Record<string, object>> };
    const operations = Object.values(paths).flatMap((item) => Object.keys(item));

    expect(await page.page.locator('.opblock').count()).toBe(operations.length);
    expect(await page.page.locator('.opblock-tag').allInnerTexts()).toEqual(
      expect.arrayContaining([expect.stringContaining('Topics'), expect.stringContaining('Consumers')]),
    );
  });

  it('produces and consumes a record through "Try it out"', async () => {
    const topic = await createTopic(kafka, uniqueName('page'));
    const group = uniqueName('group');
    const value = { from: 'a browser', number: 12.5 };

    const produce = await page.operation('produceToTopic');
    expect(await produce.body()).toContain('"records"');
    await produce.fill('topic', topic);
    await produce.fillBody({ records: [{ key: 'k', value }] });
    const produced = await produce.execute();
    expect(produced.status).toBe('200');
    expect(JSON.parse(produced.body)).toMatchObject({
      offsets: [{ partition: 0, offset: 0, error_code: null, error: null }],
    });

    const create = await page.operation('createConsumer');
    await create.fill('group', group);
    const created = await create.execute();
    expect(created.status).toBe('200');
    expect(JSON.parse(created.body)).toMatchObject({ instance_id: 'my-instance' });

    const subscribe = await page.operation('subscribe');
    await subscribe.fill('group', group);
    await subscribe.fillBody({ topics: [topic] });
    expect(await subscribe.execute()).toMatchObject({ status: '204' });

    const read = await page.operation('readRecords');
    await read.fill('group', group);
    const records = (): Promise<unknown> => read.execute().then(({ body }) => JSON.parse(body));
    await expect
      .poll(records, { timeout: 20_000 })
      .toEqual([{ topic, key: 'k', value, partition: 0, offset: 0 }]);

    const committed = await (await page.operation('commitOffsets')).fill('group', group);
    expect(await committed.execute()).toMatchObject({ status: '200', body: '[]' });

    const remove = await (await page.operation('deleteConsumer')).fill('group', group);
    expect(await remove.execute()).toMatchObject({ status: '204' });
  });

  it('sends the vendor media type that is chosen', async () => {
    const topic = await createTopic(kafka, uniqueName('page'));
    const produce = await page.operation('produceToTopic');

    await produce.fill('topic', topic);
    await produce.chooseRequestType('application/vnd.kafka.binary.v2+json');
    await produce.fillBody({ records: [{ value: '!' }] });
    const refused = await produce.execute();

    expect(refused.status).toBe('400');
    expect(refused.body).toContain('is not a valid base64 string');
  });

  it('shows what went wrong', async () => {
    const topic = await (await page.operation('getTopic')).fill('topic', uniqueName('missing'));

    const { status, body } = await topic.execute();

    expect(status).toBe('404');
    expect(JSON.parse(body)).toMatchObject({ error_code: 40403 });
  });

  it('stays on its host and breaks no policy', () => {
    expect(page.complaints).toEqual([]);
    expect(page.hosts).toEqual(new Set([new URL(app.url).host]));
  });
});

describe('the page of the API behind a path prefix', () => {
  let front: Server;
  let frontUrl: string;

  beforeAll(async () => {
    front = createServer((req, res) => {
      const path = req.url?.startsWith('/kafka/') === true ? req.url.slice('/kafka'.length) : undefined;
      if (path === undefined) {
        res.writeHead(404).end();
        return;
      }
      const forwarded = request(app.url + path, { method: req.method, headers: req.headers }, (answer) => {
        res.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(res);
      });
      req.pipe(forwarded);
    });
    await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve));
    frontUrl = `http://127.0.0.1:${(front.address() as AddressInfo).port}/kafka`;
  });

  afterAll(() => {
    front.closeAllConnections();
    front.close();
  });

  it('works without knowing it', async () => {
    const page = await SwaggerPage.open(`${frontUrl}/docs`);

    const brokers = await (await page.operation('listBrokers')).execute();
    const { complaints } = page;
    await page.close();

    expect(brokers).toMatchObject({ status: '200' });
    expect(JSON.parse(brokers.body)).toEqual({ brokers: [1] });
    expect(complaints).toEqual([]);
  });
});
