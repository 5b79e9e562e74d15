/** One thing to try, with the line that one copies into a terminal. */
export interface QuickStartStep {
  readonly title: string;
  readonly line: string;
}

const v2 = 'application/vnd.kafka.v2+json';
const v2Json = 'application/vnd.kafka.json.v2+json';

/** Lines that work in this order on a fresh broker: produce, consume, look around. */
export function quickStart(baseUrl: string): QuickStartStep[] {
  const instance = `${baseUrl}/consumers/my-group/instances/my-consumer`;
  const json = (contentType: string, body: string): string =>
    `-H 'Content-Type: ${contentType}' -d '${body}'`;
  return [
    {
      title: 'produce two records, keys and values in JSON',
      line: `curl ${json(v2Json, '{"records":[{"key":"alice","value":{"count":1}},{"key":"bob","value":{"count":2}}]}')} ${baseUrl}/topics/test`,
    },
    {
      title: 'create a consumer that begins at the first record',
      line: `curl ${json(v2, '{"name":"my-consumer","format":"json","auto.offset.reset":"earliest"}')} ${baseUrl}/consumers/my-group`,
    },
    { title: 'subscribe it', line: `curl ${json(v2, '{"topics":["test"]}')} ${instance}/subscription` },
    { title: 'read', line: `curl -H 'Accept: ${v2Json}' ${instance}/records` },
    {
      title: 'commit what was read',
      line: `curl -X POST -H 'Content-Type: ${v2}' ${instance}/offsets`,
    },
    { title: 'delete the consumer', line: `curl -X DELETE -H 'Content-Type: ${v2}' ${instance}` },
    { title: 'topics, and one of them', line: `curl ${baseUrl}/topics ${baseUrl}/topics/test` },
    { title: 'the cluster, by API v3', line: `curl ${baseUrl}/v3/clusters` },
  ];
}

/** What a person reads when all runs. */
export function welcome(facts: {
  readonly baseUrl: string;
  readonly kafka: string;
  readonly registry: string | undefined;
  /** One line about what becomes of the data, when the stack is ours. */
  readonly note: string | undefined;
}): string {
  const addresses: (readonly [string, string])[] = [
    ['API', facts.baseUrl],
    ['Swagger UI', `${facts.baseUrl}/docs`],
    ['Health', `${facts.baseUrl}/health/ready`],
    ['Kafka', facts.kafka],
    ['Schema registry', facts.registry ?? 'none'],
  ];
  return [
    '',
    'The Kafka REST proxy is ready.',
    '',
    ...addresses.map(([name, address]) => `  ${name.padEnd(16)} ${address}`),
    '',
    'Try it in another terminal:',
    '',
    ...quickStart(facts.baseUrl).flatMap(({ title, line }) => [`# ${title}`, line]),
    '',
    ...(facts.note === undefined ? [] : [facts.note]),
    'Ctrl-C stops all that was started here.',
    '',
  ].join('\n');
}
