import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Injectable } from '@nestjs/common';
import { docsScript, docsStyle } from './docs-page.ts';

export interface Asset {
  readonly contentType: string;
  readonly body: string | Buffer;
}

const script = 'text/javascript; charset=utf-8';
const style = 'text/css; charset=utf-8';

/** Files of the page that we wrote. */
const ownFiles = new Map<string, Asset>([
  ['docs.js', { contentType: script, body: docsScript }],
  ['docs.css', { contentType: style, body: docsStyle }],
]);

/** Files of Swagger UI that the page needs; nothing else of its package is served. */
const packageFiles = new Map<string, string>([
  ['swagger-ui-bundle.js', script],
  ['swagger-ui.css', style],
  ['favicon-16x16.png', 'image/png'],
  ['favicon-32x32.png', 'image/png'],
]);

const require = createRequire(import.meta.url);

/** The files of the page: of the npm package that is installed, never of another host. */
@Injectable()
export class SwaggerUiAssets {
  #folder: string | undefined;

  /** Changes whenever one of the files does. */
  readonly version = `${versionOf(require('swagger-ui-dist/package.json'))}-${digest(docsScript + docsStyle)}`;

  /** undefined for a name that is none of the page's files. */
  async read(name: string): Promise<Asset | undefined> {
    const own = ownFiles.get(name);
    if (own !== undefined) return own;
    const contentType = packageFiles.get(name);
    if (contentType === undefined) return undefined;
    this.#folder ??= dirname(require.resolve('swagger-ui-dist/package.json'));
    return { contentType, body: await readFile(join(this.#folder, name)) };
  }
}

function versionOf(packageJson: unknown): string {
  const isObject = typeof packageJson === 'object' && packageJson !== null;
  return isObject && 'version' in packageJson ? String(packageJson.version) : '0';
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}
