import { catalogue, type MetricDescription } from './catalogue.ts';

const introduction = `# Metrics

<!-- Written from the tables in apps/rest-proxy/src/metrics. Do not edit: change a table, then run
     npm run docs:metrics -->

\`GET /metrics\` of the internal listeners (\`internal.listeners\`, port 8083) answers in Prometheus' text form. The
listeners for clients never do. There is nothing to switch on; counting costs a request about a tenth of a
microsecond. All metrics are of one process: sum them over the replicas.

The number of series is bounded whatever clients send: routes are templates, methods and errors are few, and topics are
told apart only where \`metrics.topics\` names them.
`;

const afterwards = `## Labels

| Label | Values |
| --- | --- |
| \`method\` | \`GET\`, \`HEAD\`, \`POST\`, \`PUT\`, \`PATCH\`, \`DELETE\`, \`OPTIONS\`; \`other\` for any other. |
| \`route\` | The path as in the OpenAPI document: \`/topics/{topic}\`. \`none\` where no route has answered: unknown paths, wrong methods, and what was refused on entry, as with 503 in an overload. |
| \`status\` | The status of the answer. 499: the client went away before there was one. |
| \`result\` | \`ok\`: Kafka has the record. \`error\`: it is not known that it has. |
| \`topic\` | Only for the topics in \`metrics.topics\`. The sample without the label is of all other topics together. |
| \`api\` | Kafka's name of the request: \`Produce\`, \`Fetch\`, \`OffsetCommit\`, … |
| \`state\` | \`local\`: the instance is here. |
| \`kind\` | Of requests: \`local\`, the instance is here; \`forward\`, another replica has it; \`adopt\`, it was taken over because its owner is gone or has let it go; \`steal\`, because its owner refuses connections; \`miss\`, nobody has it. Of the garbage collector: \`major\`, \`minor\`, \`incremental\`, \`weakcb\`. |
| \`by\` | \`kafka\`: another member has joined in its place. \`redis\`: it has a later epoch. \`lease\`: the own lease was lost. |

## How to read them

- A read waits for records, as long as \`consumer.request.timeout.ms\` or its \`timeout\`. So does its request, and the
  Fetch behind it. Leave \`route="/consumers/{group}/instances/{instance}/records"\` and \`api="Fetch"\` out of limits on
  latency. JoinGroup and SyncGroup wait for the other members in the same way.
- A request that is sent on to another replica is counted where its client is, as a request; what it does to a consumer
  instance is counted where the instance is.
- A stream of records (API v3) is one request, however long it stays open.
- \`krest_consumer_redelivered_total\` rises when clients go away in the middle of an answer, which is their affair. Who
  takes an instance over goes on at the confirmed positions and does not know how far the former owner had delivered: what
  comes twice for that reason is not in it. \`krest_adopt_duration_seconds_count\` says how often instances were taken over.
- Records that were refused before they were sent (400, 413, 422, 429) are not in \`krest_produce_records_total\`.
- \`nodejs_eventloop_utilization\` near 1 means that the process has no time left, whatever the CPU graph of the node says.

## From the original's JMX

With \`d\` for \`http_server_request_duration_seconds\`, each \`by (route)\` for what the original has by endpoint:

| \`kafka.rest:type=jersey-metrics\` | Query |
| --- | --- |
| \`request-rate\` | \`sum(rate(d_count[1m]))\` |
| \`request-latency-avg\` | \`sum(rate(d_sum[1m])) / sum(rate(d_count[1m]))\` |
| \`request-latency-99\` | \`histogram_quantile(0.99, sum by (le) (rate(d_bucket[1m])))\` |
| \`request-error-rate\` | \`sum(rate(d_count{status=~"[45].."}[1m]))\` |
| \`request-byte-rate\`, \`response-byte-rate\` | \`sum(rate(krest_http_request_bytes_total[1m]))\`, \`krest_http_response_bytes_total\` |
| \`request-size-avg\`, \`response-size-avg\` | the same divided by \`sum(rate(d_count[1m]))\` |
`;

const sections: readonly (readonly [title: string, begins: RegExp])[] = [
  ['Requests of clients', /^(http_|krest_http_)/],
  ['Producing', /^krest_produce_/],
  ['Kafka', /^krest_kafka_/],
  ['Consumer instances', /^krest_consumer_/],
  ['Replicas', /^krest_(route|forward|adopt|fenced|lease|drain|redis)_/],
  ['The process', /^(nodejs|process)_/],
];

const row = (name: string, { type, labels, help }: MetricDescription): string =>
  `| \`${name}\` | ${type} | ${labels.map((label) => `\`${label}\``).join(', ')} | ${help} |`;

/** docs/metrics.md, before it is formatted. */
export const metricsReference = (): string => {
  const tables = sections.map(([title, begins]) => {
    const rows = Object.entries(catalogue).filter(([name]) => begins.test(name));
    return [
      `## ${title}\n`,
      '| Metric | Type | Labels | Meaning |',
      '| --- | --- | --- | --- |',
      ...rows.map(([name, metric]) => row(name, metric)),
      '',
    ].join('\n');
  });
  return [introduction, ...tables, afterwards].join('\n');
};
