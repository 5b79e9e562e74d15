import { connect } from 'node:net';
import { createApp, type Overrides, type RestProxy } from '../../apps/rest-proxy/src/app.setup.ts';
import { readConfig } from '../../apps/rest-proxy/src/config/read-config.ts';

/** What a test sends; a body that is no text goes out as JSON. */
export interface Sending {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly signal?: AbortSignal;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body as JSON; undefined when it is empty. */
  readonly json: unknown;
}

/** The whole application in this process, on a free port of loopback. */
export class TestApp {
  protected constructor(
    readonly proxy: RestProxy,
    /** Without a slash at the end. */
    readonly url: string,
    /** Log lines so far, parsed. */
    readonly logs: readonly Readonly<Record<string, unknown>>[],
    /** Of the first internal listener; empty unless the test has asked for one. */
    readonly internalUrl: string,
  ) {}

  /**
   * Starts the proxy on a real Kafka.
   *
   * @param settings Confluent's keys: `{ 'consumer.request.timeout.ms': '100' }`
   */
  static async onKafka(
    bootstrapServers: string,
    settings: Readonly<Record<string, string>> = {},
  ): Promise<TestApp> {
    const all = { 'bootstrap.servers': bootstrapServers, ...settings };
    const { proxy, url, internalUrl, logs } = await startProxy(all);
    return new TestApp(proxy, url, logs, internalUrl);
  }

  get port(): number {
    return Number(new URL(this.url).port);
  }

  /** @param path decoded by nobody on the way: what is sent is what is written here */
  async request(path: string, sending: Sending = {}): Promise<Answer> {
    const { method = 'GET', headers = {}, body, signal } = sending;
    const payload =
      body === undefined || typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
    const response = await fetch(this.url + path, {
      method,
      headers,
      ...(payload === undefined ? {} : { body: payload }),
      ...(signal === undefined ? {} : { signal }),
    });
    const text = await response.text();
    const json: unknown =
      text === '' || !(response.headers.get('content-type') ?? '').includes('json')
        ? undefined
        : JSON.parse(text);
    return { status: response.status, headers: response.headers, text, json };
  }

  /** Sends bytes as they are, and gives all that comes back until the proxy closes the connection. */
  raw(request: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const chunks: Buffer[] = [];
      const socket = connect(this.port, '127.0.0.1', () => socket.write(request));
      socket.on('data', (chunk) => chunks.push(chunk));
      socket.on('close', () => resolve(Buffer.concat(chunks).toString()));
      socket.on('error', reject);
    });
  }

  async close(): Promise<void> {
    await this.proxy.close();
  }
}

/** @param kafka provides the four ports instead of the real clients */
export async function startProxy(
  settings: Readonly<Record<string, string>>,
  more: Omit<Overrides, 'logTarget'> = {},
): Promise<{ proxy: RestProxy; url: string; internalUrl: string; logs: Record<string, unknown>[] }> {
  const silent = { 'internal.listeners': '', 'schema.registry.url': '' };
  const all = { listeners: 'http://127.0.0.1:0', ...silent, ...settings };
  const environment = Object.fromEntries(
    Object.entries(all).map(([key, value]) => [variableOf(key), value] as const),
  );
  const logs: Record<string, unknown>[] = [];
  const proxy = await createApp(readConfig(environment, []), {
    ...more,
    logTarget: { write: (line: string) => void logs.push(JSON.parse(line) as Record<string, unknown>) },
  });
  const { listeners, internalListeners } = await proxy.listen();
  const [url = ''] = listeners;
  return { proxy, url, internalUrl: internalListeners[0] ?? '', logs };
}

/** `KAFKA_REST_FOO_BAR` for `foo.bar`; `_` and `-` of a key are doubled and tripled, as in Confluent's images. */
function variableOf(key: string): string {
  const name = key.replaceAll('_', '__').replaceAll('-', '___').replaceAll('.', '_');
  return `KAFKA_REST_${name.toUpperCase()}`;
}
