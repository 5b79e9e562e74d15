import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SchemaRegistryError } from '#libs/schema-registry/schema-registry-error.ts';
import type { SchemaDocument, SchemaReference, SchemaType } from '#libs/schema-registry/schema-registry.ts';
import { MemorySchemaRegistry } from './memory-schema-registry.ts';

interface Body {
  readonly schema: string;
  readonly schemaType?: SchemaType;
  readonly references?: readonly SchemaReference[];
}

/** A registry in memory behind Confluent's API, on a free port of loopback. */
export class RegistryServer {
  readonly registry = new MemorySchemaRegistry();
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        this.#answer(request.url ?? '', Buffer.concat(chunks).toString()).then(
          (answer) => response.end(JSON.stringify(answer)),
          (error: unknown) => {
            const { status, errorCode, message } =
              error instanceof SchemaRegistryError ? error : new SchemaRegistryError(String(error), 500, 500);
            // The client adds the code.
            const said = message.replace(/; error code: \d+$/, '');
            response.writeHead(status).end(JSON.stringify({ error_code: errorCode, message: said }));
          },
        );
      });
    });
  }

  static async start(): Promise<RegistryServer> {
    const started = new RegistryServer();
    await new Promise<void>((resolve) => started.#server.listen(0, '127.0.0.1', resolve));
    return started;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  async #answer(url: string, body: string): Promise<unknown> {
    const [, kind, name = '', versions, version = ''] = url.split('/').map(decodeURIComponent);
    if (kind === 'schemas') return answerOf(await this.registry.schemaById(Number(version || versions)));
    if (body !== '') {
      const { schema, schemaType = 'AVRO', references = [] } = JSON.parse(body) as Body;
      const document = { type: schemaType, text: schema, references };
      return versions === undefined
        ? this.registry.lookUp(name, document)
        : { id: await this.registry.register(name, document) };
    }
    const found = await this.registry.version(name, version === 'latest' ? version : Number(version));
    return { ...found, ...answerOf(found.document) };
  }
}

function answerOf({ type, text, references }: SchemaDocument): object {
  return { schema: text, references, ...(type !== 'AVRO' && { schemaType: type }) };
}
