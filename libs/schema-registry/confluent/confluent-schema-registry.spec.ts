import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Logger } from '@nestjs/common';
import { afterEach, describe, expect, it } from 'vitest';
import type { RegistryConnection } from '../schema-registry-settings.ts';
import { ConfluentSchemaRegistry } from './confluent-schema-registry.ts';

type Handler = (request: IncomingMessage, response: ServerResponse, body: string) => void;

// What it says of URLs that do not answer is tested with the whole proxy.
Logger.overrideLogger(false);

const closings: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closings.splice(0)) await close();
});

async function serve(handler: Handler): Promise<{ url: string; server: Server; requests: string[] }> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => handler(request, response, Buffer.concat(chunks).toString()));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closings.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server, requests };
}

function registryAt(
  urls: readonly string[],
  more: Partial<RegistryConnection> = {},
): ConfluentSchemaRegistry {
  const registry = new ConfluentSchemaRegistry({
    normalize: false,
    connection: {
      urls,
      authentication: { kind: 'none' },
      tls: undefined,
      connectTimeoutMs: 1_000,
      requestTimeoutMs: 1_000,
      headers: {},
      ...more,
    },
  });
  closings.push(() => registry.close());
  return registry;
}

const answering =
  (body: unknown, status = 200): Handler =>
  (_request, response) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));

const string = answering({ schema: '"string"' });
const document = { type: 'PROTOBUF', text: 'message A {}', references: [] } as const;

describe('ConfluentSchemaRegistry', () => {
  it('speaks the API below the path of its URL', async () => {
    const bodies: unknown[] = [];
    const { url, requests } = await serve((request, response, body) => {
      if (body !== '') bodies.push(JSON.parse(body));
      expect(request.headers.accept).toContain('application/vnd.schemaregistry.v1+json');
      answering({ schema: 'message A {}', schemaType: 'PROTOBUF', id: 7, version: 3, subject: 'x' })(
        request,
        response,
        '',
      );
    });
    const registry = registryAt([`${url}/apis/ccompat/v7/`]);

    expect(await registry.schemaById(7)).toEqual(document);
    expect(await registry.lookUp('a/b c', document)).toEqual({ subject: 'a/b c', version: 3, id: 7 });
    expect(await registry.register('a%b', document)).toBe(7);
    expect(await registry.version('s', 3)).toEqual({ subject: 's', version: 3, id: 7, document });
    expect(await registry.version('s', 'latest')).toMatchObject({ version: 3 });
    expect(requests).toEqual([
      'GET /apis/ccompat/v7/schemas/ids/7',
      'POST /apis/ccompat/v7/subjects/a%2Fb%20c',
      'POST /apis/ccompat/v7/subjects/a%25b/versions',
      'GET /apis/ccompat/v7/subjects/s/versions/3',
      'GET /apis/ccompat/v7/subjects/s/versions/latest',
    ]);
    const body = { schema: 'message A {}', schemaType: 'PROTOBUF' };
    expect(bodies).toEqual([body, body]);
  });

  it('sends references, no type for Avro, and asks for normalisation when set to', async () => {
    const bodies: unknown[] = [];
    const { url, requests } = await serve((request, response, body) => {
      bodies.push(JSON.parse(body));
      answering({ id: 1, version: 1 })(request, response, '');
    });
    const references = [{ name: 'A', subject: 'a', version: 2 }];
    const { connection } = { connection: { urls: [url], authentication: { kind: 'none' as const } } };
    const registry = new ConfluentSchemaRegistry({
      normalize: true,
      connection: {
        ...connection,
        tls: undefined,
        connectTimeoutMs: 1_000,
        requestTimeoutMs: 1_000,
        headers: {},
      },
    });
    closings.push(() => registry.close());

    await registry.lookUp('s', { type: 'AVRO', text: '"A"', references });

    expect(bodies).toEqual([{ schema: '"A"', references }]);
    expect(requests).toEqual(['POST /subjects/s?normalize=true']);
  });

  it('asks nothing for names that are no segments of a path', async () => {
    const { url, requests } = await serve(string);
    const registry = registryAt([url]);

    for (const subject of ['', '.', '..']) {
      await expect(registry.version(subject, 1)).rejects.toMatchObject({ status: 404, errorCode: 40401 });
    }
    expect(requests).toEqual([]);
  });

  it.each([
    [
      { error_code: 40403, message: 'Schema not found' },
      404,
      40403,
      'Schema not found; error code: 40403',
      true,
    ],
    [{ error_code: 40301, message: 'no' }, 403, 40301, 'no; error code: 40301', false],
    [{ error_code: 0, message: 'no such path' }, 404, 404, 'no such path; error code: 404', true],
    ['<html>', 500, 500, 'HTTP status 500; error code: 500', false],
  ])('tells of %j', async (body, status, errorCode, message, notFound) => {
    const { url } = await serve(answering(body, status));

    await expect(registryAt([url]).schemaById(1)).rejects.toMatchObject({
      status,
      errorCode,
      message,
      notFound,
    });
  });

  it.each([
    ['{"id":1}', 'has no schema'],
    ['{"schema":"x","schemaType":"XML"}', 'type XML'],
    ['{"schema":"x","references":{}}', 'has no references'],
    ['[]', 'something else than JSON'],
    ['nonsense', 'something else than JSON'],
  ])('does not take %s for an answer', async (body, message) => {
    const { url } = await serve((_request, response) => response.end(body));

    await expect(registryAt([url]).schemaById(1)).rejects.toThrow(message);
  });

  it('says who it is', async () => {
    const seen: unknown[] = [];
    const { url } = await serve((request, response) => {
      seen.push([request.headers.authorization, request.headers['x-team']]);
      string(request, response, '');
    });
    const basic = { kind: 'basic', user: 'ada', password: 'pä:ss' } as const;
    await registryAt([url], { authentication: basic }).schemaById(1);
    await registryAt([url], {
      authentication: { kind: 'bearer', token: () => Promise.resolve('abc') },
      headers: { 'x-team': 'orders' },
    }).schemaById(1);

    expect(seen).toEqual([
      [`Basic ${Buffer.from('ada:pä:ss').toString('base64')}`, undefined],
      ['Bearer abc', 'orders'],
    ]);
  });

  it('goes on with the next URL, and stays with the one that answered', async () => {
    const failing = await serve((request, response) => request.socket.destroy(response.errored ?? undefined));
    const busy = await serve(answering({ error_code: 50003, message: 'no leader' }, 503));
    const sound = await serve(string);
    const registry = registryAt([failing.url, 'http://127.0.0.1:1', busy.url, sound.url]);

    for (let i = 0; i < 3; i++) expect(await registry.schemaById(i)).toMatchObject({ text: '"string"' });

    // A lost connection is tried once more: it may have been an old one.
    expect(failing.requests).toHaveLength(2);
    expect(busy.requests).toHaveLength(1);
    expect(sound.requests).toHaveLength(3);
  });

  it('gives the answer of a registry that is not ready when no other has a better one', async () => {
    const busy = await serve(answering({ error_code: 50003, message: 'no leader' }, 503));

    await expect(registryAt([busy.url, 'http://127.0.0.1:1']).schemaById(1)).rejects.toMatchObject({
      status: 503,
      errorCode: 50003,
      retriable: true,
    });
  });

  it('waits for a registry that does not answer only so long, once, and then fails at once', async () => {
    const silent = await serve(() => {});
    const half = await serve((_request, response) => void response.writeHead(200).write('{"schema"'));
    const registry = registryAt([silent.url, half.url], { requestTimeoutMs: 200 });

    await expect(registry.schemaById(1)).rejects.toMatchObject({ status: 0, retriable: true });
    const startedAt = performance.now();
    const failure = await registry.schemaById(2).catch((error: unknown) => error);

    expect(performance.now() - startedAt).toBeLessThan(150);
    expect(failure).toMatchObject({
      message: `The schema registry cannot be reached: ${silent.url} (no answer in time), ${half.url} (no answer in time)`,
    });
    expect(silent.requests).toHaveLength(1);
  });

  it('comes back when the registry does', async () => {
    const { url, server } = await serve(string);
    const port = Number(new URL(url).port);
    const registry = registryAt([url]);
    await registry.schemaById(1);
    await new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    });
    await expect(registry.schemaById(2)).rejects.toMatchObject({ status: 0 });

    server.listen(port, '127.0.0.1');

    await expect.poll(() => registry.schemaById(3).catch(() => undefined), { timeout: 5_000 }).toBeDefined();
  });

  it('does not take an answer without an end', async () => {
    const { url } = await serve((_request, response) => {
      const piece = Buffer.alloc(1_048_576, 'x');
      const more = (): void => {
        while (!response.destroyed && response.write(piece));
        if (!response.destroyed) response.once('drain', more);
      };
      more();
    });

    await expect(registryAt([url], { requestTimeoutMs: 5_000 }).schemaById(1)).rejects.toMatchObject({
      status: 0,
    });
  });
});
