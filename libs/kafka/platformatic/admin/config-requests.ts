import { describeConfigsV4, incrementalAlterConfigsV1 } from '@platformatic/kafka';
import type {
  ConfigChange,
  ConfigChanges,
  ConfigEntry,
  ConfigResource,
  ConfigSource,
  TryOnly,
} from '../../kafka-admin.ts';
import { KafkaError } from '../../kafka-error.ts';
import { checkConfigText } from '../../text-limit.ts';
import type { BrokerConnection } from '../broker-connection.ts';
import type { AdminRequests } from './admin-requests.ts';

/** A topic has some 35 entries of 150 bytes: an answer stays below 3 MB. */
const topicsARequest = 500;

/** Resources that one request may ask for. */
interface Batch<Item> {
  /** undefined: any broker knows. */
  readonly broker: number | undefined;
  readonly items: { readonly index: number; readonly item: Item }[];
}

type Outcome = readonly ConfigEntry[] | KafkaError;

/** Describes configuration: of topics in as few requests as fit, of each broker at that broker. */
export async function describeConfigs(
  requests: AdminRequests,
  resources: readonly ConfigResource[],
): Promise<readonly Outcome[]> {
  const outcomes = Array.from({ length: resources.length }, (): Outcome => KafkaError.ofCode(-1));
  await Promise.all(
    batchesOf(resources, (resource) => resource).map(async ({ broker, items }) => {
      const found = await send(requests, broker, (connection) =>
        describe(
          connection,
          items.map(({ item }) => item),
        ),
      );
      for (const { index, item } of items) outcomes[index] = found.get(keyOf(item)) ?? KafkaError.ofCode(-1);
    }),
  );
  return outcomes;
}

async function describe(
  connection: BrokerConnection,
  resources: readonly ConfigResource[],
): Promise<ReadonlyMap<string, Outcome>> {
  const asked = resources.map((resource) => ({ ...protocolResource(resource), configurationKeys: null }));
  const { results } = await connection.call([describeConfigsV4.api], asked, true, false);
  return new Map(
    results.map((result) => [
      `${result.resourceType} ${result.resourceName}`,
      errorOf(result) ?? result.configs.map(entryOf),
    ]),
  );
}

/** Changes entries: all changes of topics and of all brokers in one request, those of a broker at that broker. */
export async function alterConfigs(
  requests: AdminRequests,
  changes: readonly ConfigChanges[],
  { validateOnly = false }: TryOnly,
): Promise<readonly (KafkaError | undefined)[]> {
  const outcomes = changes.map((item) => refused(item));
  const wanted = changes
    .map((item, index) => ({ index, item }))
    .filter(({ index }) => outcomes[index] === undefined);
  const batches = batchesOf(wanted, ({ item }) => item.resource);
  await Promise.all(
    batches.map(async ({ broker, items }) => {
      const resources = items.map(({ item: { item } }) => ({
        ...protocolResource(item.resource),
        configs: item.changes.map(protocolChange),
      }));
      const { responses } = await sendChange(requests, broker, (connection) =>
        connection.call([incrementalAlterConfigsV1.api], resources, validateOnly),
      );
      const found = new Map(
        responses.map((response) => [`${response.resourceType} ${response.resourceName}`, errorOf(response)]),
      );
      for (const {
        item: { index, item },
      } of items)
        outcomes[index] = found.get(keyOf(item.resource));
    }),
  );
  return outcomes;
}

/** What Kafka's clients cannot send; the text is the broker's. */
function refused({ changes }: ConfigChanges): KafkaError | undefined {
  try {
    for (const change of changes) {
      checkConfigText(change.name, change.operation === 'SET' ? change.value : null);
      if (change.operation === 'SET' && change.value === null)
        return KafkaError.of('INVALID_REQUEST', `Null value not supported for : ${change.name}`);
    }
    return undefined;
  } catch (error) {
    if (error instanceof KafkaError) return error;
    throw error;
  }
}

function protocolChange(
  change: ConfigChange,
): { name: string; configOperation: 0; value: string } | { name: string; configOperation: 1 } {
  if (change.operation === 'DELETE') return { name: change.name, configOperation: 1 };
  return { name: change.name, configOperation: 0, value: change.value ?? '' };
}

type Response = Awaited<ReturnType<typeof incrementalAlterConfigsV1.api.async>>;

function sendChange(
  requests: AdminRequests,
  broker: number | undefined,
  ask: (connection: BrokerConnection) => Promise<Response>,
): Promise<Response> {
  if (broker !== undefined) return requests.toBroker(broker, ask);
  return requests.toController(ask, ({ responses }) => responses.map(({ errorCode }) => errorCode));
}

function send<Answer>(
  requests: AdminRequests,
  broker: number | undefined,
  ask: (connection: BrokerConnection) => Promise<Answer>,
): Promise<Answer> {
  return broker === undefined ? requests.toAny(ask) : requests.toBroker(broker, ask);
}

function batchesOf<Item>(
  items: readonly Item[],
  resourceOf: (item: Item) => ConfigResource,
): readonly Batch<Item>[] {
  const batches: Batch<Item>[] = [];
  const open = new Map<number | undefined, Batch<Item>>();
  for (const [index, item] of items.entries()) {
    const resource = resourceOf(item);
    const broker = resource.type === 'broker' ? resource.id : undefined;
    let batch = open.get(broker);
    if (batch === undefined || batch.items.length === topicsARequest) {
      batch = { broker, items: [] };
      open.set(broker, batch);
      batches.push(batch);
    }
    batch.items.push({ index, item });
  }
  return batches;
}

function protocolResource(resource: ConfigResource): { resourceType: 2 | 4; resourceName: string } {
  switch (resource.type) {
    case 'topic':
      return { resourceType: 2, resourceName: resource.name };
    case 'broker':
      return { resourceType: 4, resourceName: String(resource.id) };
    case 'brokers':
      return { resourceType: 4, resourceName: '' };
  }
}

function keyOf(resource: ConfigResource): string {
  const { resourceType, resourceName } = protocolResource(resource);
  return `${resourceType} ${resourceName}`;
}

/** The error of a part of an answer, with the broker's text where it has one. */
export function errorOf(part: {
  readonly errorCode: number;
  readonly errorMessage?: string | null | undefined;
}): KafkaError | undefined {
  if (part.errorCode === 0) return undefined;
  const text = part.errorMessage ?? '';
  return KafkaError.ofCode(part.errorCode, text === '' ? null : text);
}

type DescribedConfig = Awaited<
  ReturnType<typeof describeConfigsV4.api.async>
>['results'][number]['configs'][number];

function entryOf(entry: DescribedConfig): ConfigEntry {
  return {
    name: entry.name,
    value: entry.isSensitive ? null : (entry.value ?? null),
    readOnly: entry.readOnly,
    sensitive: entry.isSensitive,
    source: sourceOf(entry.configSource),
    synonyms: entry.synonyms.map(({ name, value, source }) => ({
      name,
      value: entry.isSensitive ? null : (value ?? null),
      source: sourceOf(source),
    })),
  };
}

const sources: readonly (ConfigSource | undefined)[] = [
  undefined,
  'DYNAMIC_TOPIC_CONFIG',
  'DYNAMIC_BROKER_CONFIG',
  'DYNAMIC_DEFAULT_BROKER_CONFIG',
  'STATIC_BROKER_CONFIG',
  'DEFAULT_CONFIG',
  'DYNAMIC_BROKER_LOGGER_CONFIG',
  undefined,
  'DYNAMIC_GROUP_CONFIG',
];

function sourceOf(code: number): ConfigSource {
  return sources[code] ?? 'UNKNOWN';
}
