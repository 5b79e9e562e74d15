import { readFile } from 'node:fs/promises';
import { Validator } from '@seriousme/openapi-schema-validator';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { restErrors } from '#libs/errors/rest-errors.ts';
import { listedRoutes } from '../../apps/rest-proxy/src/http/route-table.ts';
import { ContractApp } from '../support/contract-app.ts';
import { OpenApiReader, type DocumentedOperation } from '../support/openapi-reader.ts';

/** Served, and no part of the API. */
const notDocumented = [
  'GET /docs',
  'GET /docs/{file}',
  // Links of the original that it does not serve itself.
  'GET /v3/clusters/{clusterId}/topics/-/partitions/-/reassignments',
  'GET /v3/clusters/{clusterId}/topics/{topic}/partitions/-/reassignments',
  'GET /v3/clusters/{clusterId}/topics/{topic}/partitions/{partition}/reassignments',
  // Only ever 404.
  'GET /v3/clusters/{clusterId}/{configType}-configs',
  'GET /v3/clusters/{clusterId}/{configType}-configs/{name}',
];

let app: ContractApp;
let document: OpenApiReader;

beforeAll(async () => {
  app = await ContractApp.start();
  document = new OpenApiReader((await app.request('/openapi.json')).json);
});

afterAll(() => app.close());

describe('the OpenAPI document', () => {
  it('is valid OpenAPI 3.1', async () => {
    const validator = new Validator();

    expect(await validator.validate(document.clone())).toEqual({ valid: true });
    expect(validator.version).toBe('3.1');
  });

  it('has the version of the package', async () => {
    const { version } = JSON.parse(await readFile('package.json', 'utf8')) as { readonly version: string };

    expect(document.clone()).toMatchObject({ info: { version } });
  });

  it('is the same as JSON and as YAML', async () => {
    const yaml = await app.request('/openapi.yaml');

    expect(yaml.status).toBe(200);
    expect(yaml.headers.get('content-type')).toBe('application/yaml');
    expect(parse(yaml.text)).toEqual(document.clone());
  });

  it('describes every route of the router, and no other', () => {
    // HEAD comes with every GET.
    const routes = listedRoutes(app.proxy.app.getHttpAdapter().getInstance()).flatMap(({ path, methods }) =>
      methods
        .filter((method) => method !== 'HEAD')
        .map((method) => `${method} ${path.replaceAll(/(?<!\\):(\w+)/g, '{$1}').replaceAll('\\', '')}`),
    );

    const documented = document.operations.map(({ method, path }) => `${method} ${path}`);
    expect(new Set([...documented, ...notDocumented])).toEqual(new Set(routes));
  });

  it('refers to nothing that it does not have', () => {
    expect(document.brokenReferences()).toEqual([]);
  });

  it('names every operation once', () => {
    const ids = document.operations.map(({ operationId }) => operationId);

    expect(ids).toEqual([...new Set(ids)]);
    for (const id of ids) expect(id).toMatch(/^[a-z][A-Za-z0-9]+$/);
  });

  it('has examples that are what their schema says', () => {
    expect(document.wrongExamples()).toEqual([]);
  });

  it('gives no property of a body a default, which generated clients take for one that must be there', () => {
    const { components } = document.clone() as { readonly components: { readonly schemas: object } };

    expect(JSON.stringify(components.schemas)).not.toContain('"default":');
  });

  it('has only error codes of the table, each under its status', () => {
    const table = new Set(Object.values(restErrors).map(({ status, errorCode }) => `${status} ${errorCode}`));

    for (const { status, errorCode } of document.errorExamples()) {
      expect(table).toContain(`${status} ${errorCode}`);
    }
  });

  it('can be asked for by many at once before it is built', async () => {
    const fresh = await ContractApp.start();
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => fresh.request('/openapi.json', { headers: { 'X-Request-Id': 'a' } })),
    );
    await fresh.close();

    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
  });

  it('leaves out an API that is off', async () => {
    const v3 = await ContractApp.start({ 'api.v2.enable': 'false' });
    const only = new OpenApiReader((await v3.request('/openapi.json')).json);
    await v3.close();

    const paths = only.operations.map(({ path }) => path);
    expect(paths).toContain('/v3/clusters');
    expect(paths.filter((path) => path.startsWith('/topics'))).toEqual([]);
    expect(only.tagNames()).not.toContain('Topics (v2)');
  });
});

describe('every operation of the OpenAPI document', () => {
  const each = (check: (operation: DocumentedOperation) => void): void => {
    expect(document.operations.length).toBeGreaterThan(10);
    for (const operation of document.operations) check(operation);
  };

  it('has a summary and a known tag', () => {
    each(({ operationId, summary, tags }) => {
      expect(summary, operationId).toMatch(/\S/);
      expect(document.tagNames(), operationId).toEqual(expect.arrayContaining([...tags]));
    });
  });

  it('describes exactly the parameters of its path, each with an example', () => {
    each(({ path, parameters, operationId }) => {
      const inPath = parameters.filter((parameter) => parameter.in === 'path');
      const names = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
      expect(new Set(inPath.map(({ name }) => name)), operationId).toEqual(new Set(names));
      for (const { example } of inPath) expect(example, operationId).toBeDefined();
    });
  });

  it('says what it answers when all is well and when not', () => {
    each(({ statuses, operationId }) => {
      expect(
        statuses.some((status) => status.startsWith('2')),
        operationId,
      ).toBe(true);
      expect(statuses, operationId).toEqual(expect.arrayContaining(['406', '500', '503']));
    });
  });

  it('has an example of each body that it takes', () => {
    each(({ requestExamples, requestTypes, operationId }) => {
      const exemplified = new Set(requestExamples.map(({ mediaType }) => mediaType));
      expect(exemplified, operationId).toEqual(new Set(requestTypes));
    });
  });
});
