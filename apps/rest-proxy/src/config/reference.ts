import { adminSettings } from './schema/admin-settings.ts';
import { connectionSettings } from './schema/connection-settings.ts';
import { consumerSettings } from './schema/consumer-settings.ts';
import { internalSettings } from './schema/internal-settings.ts';
import { metricsSettings } from './schema/metrics-settings.ts';
import { ownSettings } from './schema/own-settings.ts';
import { producerSettings } from './schema/producer-settings.ts';
import { proxySettings } from './schema/proxy-settings.ts';
import { redisSettings } from './schema/redis-settings.ts';
import { registrySettings } from './schema/registry-settings.ts';
import { replicaSettings } from './schema/replica-settings.ts';
import { serverSettings } from './schema/server-settings.ts';
import type { Setting, SettingTable } from './schema/setting.ts';
import { listenerTlsSettings } from './schema/tls-settings.ts';

const introduction = `# Configuration

<!-- Written from the tables in apps/rest-proxy/src/config/schema. Do not edit: change a table, then run
     npm run docs:configuration -->

The keys are those of Confluent REST Proxy. They are given in the environment, in a properties file whose path is the
first argument, or in both; the environment wins.

- **Environment**: \`KAFKA_REST_\` and the key in capitals, with \`_\` for a dot, \`__\` for an underscore, \`___\` for a
  dash: \`KAFKA_REST_BOOTSTRAP_SERVERS\` is \`bootstrap.servers\`. Variables of the original's launch script
  (\`KAFKA_REST_HEAP_OPTS\`, \`KAFKA_REST_JMX_…\`, \`KAFKA_REST_LOG4J_…\`, \`KAFKAREST_…\`) are not looked at.
- **Properties file**: Java's syntax, in UTF-8.
- **Secrets** can be kept elsewhere: \`\${file:/run/secrets/kafka.properties:password}\` (a key of a properties file),
  \`\${file:/run/secrets/password}\` (a whole file), \`\${directory:/run/secrets:password}\`, \`\${env:NAME}\`. What is a
  secret, and the value of every key that is not known, is never logged.

What is wrong stops the start with one line a problem: the key, what is the matter, and where it was given. What cannot
be honoured is said in a warning; where going on would be unsafe (authentication that is not there, a plug-in) the start
is refused. A key that is not known is warned about, with the one that was perhaps meant.

The shortest configuration is \`KAFKA_REST_BOOTSTRAP_SERVERS=localhost:9092\`.
`;

interface Section {
  readonly title: string;
  readonly text: string;
  readonly table: SettingTable;
}

/** Keys of `table` that are not the same in `other`. */
const beyond = (table: SettingTable, other: SettingTable): SettingTable =>
  Object.fromEntries(Object.entries(table).filter(([key, setting]) => other[key] !== setting));

const sections: readonly Section[] = [
  { title: 'The proxy', text: 'The original has these too.', table: proxySettings },
  { title: 'Beyond the original', text: 'The original does not have these.', table: ownSettings },
  {
    title: 'Internal listeners',
    text: 'What operators and other replicas ask, on ports of its own. The original does not have these.',
    table: internalSettings,
  },
  {
    title: 'Replicas',
    text: 'Several replicas that share their consumer instances. The original does not have these. `internal.ssl.*` are those of `ssl.*` for the internal listeners, and for the connections to those of other replicas.',
    table: replicaSettings,
  },
  {
    title: 'Redis',
    text: 'With `redis.` before the key. What replicas share is kept there; see also `internal.secret`. The original does not have these.',
    table: redisSettings,
  },
  { title: 'Metrics', text: 'See metrics.md. The original does not have these.', table: metricsSettings },
  { title: 'The HTTP server', text: 'The original has these from rest-utils.', table: serverSettings },
  {
    title: 'TLS of the listeners',
    text: 'For https listeners. For one of them alone: `listener.name.<name>.<key>`, with the name in lower case.',
    table: listenerTlsSettings,
  },
  {
    title: 'All Kafka clients',
    text:
      'With `client.` before the key for all three clients, or with `producer.`, `consumer.` or `admin.` for one of ' +
      'them, which wins: `client.security.protocol`, `producer.compression.type`.',
    table: connectionSettings,
  },
  {
    title: 'Kafka producer',
    text: 'With `producer.` or `client.` before the key.',
    table: beyond(producerSettings, connectionSettings),
  },
  {
    title: 'Kafka consumer',
    text: 'With `consumer.` or `client.` before the key.',
    table: beyond(consumerSettings, connectionSettings),
  },
  {
    title: 'Kafka admin client',
    text: 'With `admin.` or `client.` before the key.',
    table: beyond(adminSettings, connectionSettings),
  },
  {
    title: 'Schema registry',
    text:
      'With `schema.registry.` before the key, beside `schema.registry.url`. `schema.registry.request.header.<name>` ' +
      'is sent with each request.',
    table: registrySettings,
  },
];

/** docs/configuration.md, before it is formatted. */
export const configurationReference = (): string => [introduction, ...sections.map(sectionOf)].join('\n');

const sectionOf = ({ title, text, table }: Section): string => {
  const rows = Object.entries(table);
  const honoured = rows.filter(([, { stance }]) => stance.kind === 'honoured');
  const others = rows.filter(([, { stance }]) => stance.kind !== 'honoured');
  return [
    `## ${title}\n`,
    `${text}\n`,
    '| Key | Default | Value | What it does |',
    '| --- | --- | --- | --- |',
    ...honoured.map(([key, setting]) => row(key, setting.defaultText, setting.type, setting.doc)),
    '',
    ...(others.length === 0
      ? []
      : [
          'Known, and not honoured:\n',
          '| Key | Default | Set otherwise | Because |',
          '| --- | --- | --- | --- |',
          ...others.map(([key, setting]) => row(key, setting.defaultText, ...stanceOf(setting))),
          '',
        ]),
  ].join('\n');
};

const stanceOf = ({ stance }: Setting<unknown>): readonly [string, string] => {
  switch (stance.kind) {
    case 'honoured':
      return ['', ''];
    case 'no effect':
      return ['ignored', stance.why];
    case 'not supported':
      return ['warning', stance.why];
    case 'refused':
      return ['start refused', stance.why];
  }
};

const row = (key: string, fallback: string, ...cells: readonly string[]): string =>
  [`| \`${key}\``, fallback === '' ? '' : `\`${fallback}\``, ...cells].join(' | ').replaceAll('\n', ' ') +
  ' |';
