import { Injectable, type INestApplication } from '@nestjs/common';

/** The document's two spellings. */
export interface DocumentTexts {
  readonly json: string;
  readonly yaml: string;
}

/** The OpenAPI document of the running application: built when first asked for, then kept. */
@Injectable()
export class OpenApiDocument {
  #app: INestApplication | undefined;
  #texts: Promise<DocumentTexts> | undefined;

  /** Says which application is described; createApp does it once. */
  describe(app: INestApplication): void {
    this.#app = app;
  }

  /** @throws {TypeError} before `describe` */
  texts(): Promise<DocumentTexts> {
    this.#texts ??= this.#build().catch((error: unknown) => {
      this.#texts = undefined;
      throw error;
    });
    return this.#texts;
  }

  async #build(): Promise<DocumentTexts> {
    const app = this.#app;
    if (app === undefined) throw new TypeError('No application was given to describe');
    // Both load code that no other request needs.
    const [{ buildDocument }, { stringify }] = await Promise.all([
      import('./build-document.ts'),
      import('yaml'),
    ]);
    const document = buildDocument(app);
    return {
      json: JSON.stringify(document),
      yaml: stringify(document, { aliasDuplicateObjects: false }),
    };
  }
}
