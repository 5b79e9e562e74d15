/** Who may import whom: see docs/architecture.md. */
const clientOnlyIn = (name, folder, packages) => ({
  name,
  severity: 'error',
  comment: `${packages} is known to ${folder} alone`,
  from: { path: '^(apps|libs)/', pathNot: folder },
  to: { path: `node_modules/${packages}/` },
});

export default {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    { name: 'not-resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    { name: 'libs-not-apps', severity: 'error', from: { path: '^libs/' }, to: { path: '^apps/' } },
    {
      name: 'code-not-test',
      severity: 'error',
      from: { path: '^(apps|libs)/', pathNot: '\\.spec\\.ts$' },
      to: { path: '^(test|bench|scripts)/' },
    },
    {
      name: 'simulation-on-ports',
      severity: 'error',
      comment: 'what talks to real servers knows no virtual time',
      from: { path: '^test/simulation/' },
      to: { path: '^(apps/|libs/kafka/(kafkajs|platformatic)/|libs/replicas/redis/)' },
    },
    { name: 'v2-not-v3', severity: 'error', from: { path: '/src/v2/' }, to: { path: '/src/v3/' } },
    { name: 'v3-not-v2', severity: 'error', from: { path: '/src/v3/' }, to: { path: '/src/v2/' } },
    {
      name: 'http-not-resources',
      severity: 'error',
      from: { path: '/src/http/' },
      to: { path: '/src/(v2|v3|health|internal|metrics)/' },
    },
    {
      name: 'http-knows-kafka-errors-and-types-only',
      severity: 'error',
      from: { path: '/src/http/', pathNot: '\\.spec\\.ts$' },
      to: {
        path: '^libs/',
        pathNot: '^libs/(errors/|serde/json-text/|kafka/(kafka-error|kafka-types|illegal-state-error)\\.ts)',
      },
    },
    {
      name: 'resources-not-adapters',
      severity: 'error',
      from: { path: '/src/(v2|v3|health)/' },
      to: { path: '^libs/kafka/(kafkajs|platformatic)/' },
    },
    {
      name: 'errors-know-nobody',
      severity: 'error',
      from: { path: '^libs/errors/' },
      to: { path: '^libs/', pathNot: '^libs/errors/' },
    },
    {
      name: 'tally-knows-nobody',
      severity: 'error',
      from: { path: '^libs/tally/' },
      to: { path: '^libs/', pathNot: '^libs/tally/' },
    },
    {
      name: 'kafka-knows-errors-only',
      severity: 'error',
      from: { path: '^libs/kafka/' },
      to: { path: '^libs/', pathNot: '^libs/(errors|kafka|tally)/' },
    },
    {
      name: 'serde-directions',
      severity: 'error',
      from: { path: '^libs/serde/' },
      to: { path: '^libs/', pathNot: '^libs/(errors|serde|schema-registry)/' },
    },
    {
      name: 'schema-registry-directions',
      severity: 'error',
      from: { path: '^libs/schema-registry/' },
      to: { path: '^libs/', pathNot: '^libs/(errors|schema-registry)/' },
    },
    {
      name: 'services-not-adapters',
      severity: 'error',
      from: { path: '^libs/(produce|consumers|metadata)/' },
      to: { path: '^libs/kafka/(kafkajs|platformatic)/' },
    },
    {
      name: 'services-not-each-other',
      severity: 'error',
      from: { path: '^libs/(produce|consumers|metadata)/' },
      to: { path: '^libs/(produce|consumers|metadata)/', pathNot: '^libs/$1/' },
    },
    {
      name: 'format-not-format',
      severity: 'error',
      from: { path: '^libs/serde/([^/.]+)/' },
      to: { path: '^libs/serde/([^/.]+)/', pathNot: '^libs/serde/($1|json-text|schema)/' },
    },
    clientOnlyIn('kafkajs-behind-its-adapter', '^libs/kafka/kafkajs/', 'kafkajs'),
    clientOnlyIn('platformatic-behind-its-adapter', '^libs/kafka/platformatic/', '@platformatic/kafka'),
    clientOnlyIn(
      'registry-client-behind-its-adapter',
      '^libs/schema-registry/',
      '@kafkajs/confluent-schema-registry',
    ),
    clientOnlyIn('prometheus-client-behind-metrics', '/src/metrics/', 'prom-client'),
    clientOnlyIn('redis-client-behind-its-adapter', '^libs/replicas/redis/', 'ioredis'),
    {
      name: 'swagger-when-asked-for',
      severity: 'error',
      comment: 'it costs a tenth of a second and 18 MB, so no start may load it',
      from: { path: '^apps/', pathNot: '/src/openapi/(build-document|openapi-types)\\.ts$' },
      to: { path: 'node_modules/@nestjs/swagger/' },
    },
    {
      name: 'document-when-asked-for',
      severity: 'error',
      from: { path: '^apps/' },
      to: { path: '/src/openapi/build-document\\.ts$', dynamic: false },
    },
    {
      name: 'descriptions-for-the-document-only',
      severity: 'error',
      from: { path: '^apps/', pathNot: '(\\.openapi|-docs|/src/openapi/[\\w-]+)\\.ts$' },
      to: { path: '\\.openapi\\.ts$' },
    },
    {
      name: 'libs-without-http-framework',
      severity: 'error',
      from: { path: '^libs/' },
      to: { path: 'node_modules/(express|@nestjs/(swagger|terminus|platform-express))/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    exclude: { path: '^(dist|\\.cache|test/generated-client)/' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default'],
    },
  },
};
