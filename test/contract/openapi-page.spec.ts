import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ContractApp } from '../support/contract-app.ts';

describe('the page of the API', () => {
  let app: ContractApp;
  beforeAll(async () => {
    app = await ContractApp.start();
  });
  afterAll(() => app.close());

  it.each(['/docs', '/docs/'])(
    '%s refers to its files and the document wherever a proxy in front puts it',
    async (path) => {
      const page = await app.request(path);
      const references = [...page.text.matchAll(/(?:href|src|data-document)="([^"]+)"/g)].map(
        (m) => m[1] ?? '',
      );

      expect(page.status).toBe(200);
      expect(references.length).toBeGreaterThanOrEqual(6);
      for (const reference of references) {
        const prefixed = new URL(reference, `http://example.com/some/prefix${path}`);
        expect(prefixed.host).toBe('example.com');
        expect(prefixed.pathname).toMatch(/^\/some\/prefix\/(docs\/|openapi\.json)/);
        const file = await app.request(prefixed.pathname.replace('/some/prefix', '') + prefixed.search);
        expect(file.status, reference).toBe(200);
      }
    },
  );

  it('runs under a policy that allows nothing inline and no other host', async () => {
    const page = await app.request('/docs');
    const policy = page.headers.get('content-security-policy') ?? '';

    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toMatch(/unsafe-inline|unsafe-eval|https?:/);
    expect(page.text).not.toMatch(/<script(?![^>]*\ssrc=)|\son\w+=|style=|<style/);
  });

  it.each([
    ['swagger-ui-bundle.js', 'text/javascript; charset=utf-8'],
    ['swagger-ui.css', 'text/css; charset=utf-8'],
    ['docs.js', 'text/javascript; charset=utf-8'],
    ['docs.css', 'text/css; charset=utf-8'],
    ['favicon-32x32.png', 'image/png'],
  ])('serves %s for caches to keep', async (name, contentType) => {
    const file = await app.request(`/docs/${name}`);

    expect(file.status).toBe(200);
    expect(file.headers.get('content-type')).toBe(contentType);
    expect(file.headers.get('cache-control')).toContain('immutable');
  });

  it.each(['nothing.js', 'package.json', 'index.html', '..%2Fpackage.json', '..%2F..%2Fpackage.json'])(
    'serves no other file: %s',
    async (name) => {
      expect(await app.request(`/docs/${name}`)).toMatchObject({ status: 404, json: { error_code: 404 } });
    },
  );
});

describe('api.endpoints.blocklist', () => {
  it('can take page and document away', async () => {
    const app = await ContractApp.start({
      'api.endpoints.blocklist': 'api.docs.get,api.openapi.get',
    });

    for (const path of ['/docs', '/openapi.json', '/openapi.yaml']) {
      expect(await app.request(path), path).toMatchObject({ status: 404 });
    }
    await app.close();
  });
});
