import type { Overrides, RestProxy } from '../../apps/rest-proxy/src/app.setup.ts';
import { FakeKafka } from './fakes/fake-kafka.ts';
import { startProxy, TestApp } from './test-app.ts';

export type { Answer, Sending } from './test-app.ts';

/** The whole application in this process, over Kafka in memory. */
export class ContractApp extends TestApp {
  private constructor(
    proxy: RestProxy,
    readonly kafka: FakeKafka,
    url: string,
    logs: readonly Readonly<Record<string, unknown>>[],
    internalUrl: string,
  ) {
    super(proxy, url, logs, internalUrl);
  }

  /** @param settings Confluent's keys: `{ 'consumer.request.timeout.ms': '100' }` */
  static async start(
    settings: Readonly<Record<string, string>> = {},
    options: Pick<Overrides, 'more' | 'replication'> = {},
  ): Promise<ContractApp> {
    const kafka = new FakeKafka();
    const all = { 'bootstrap.servers': '127.0.0.1:9092', ...settings };
    const started = await startProxy(all, { ...options, kafka: kafka.module() });
    const { proxy, url, internalUrl, logs } = started;
    return new ContractApp(proxy, kafka, url, logs, internalUrl);
  }
}
