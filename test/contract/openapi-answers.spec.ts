import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KafkaError } from '#libs/kafka/kafka-error.ts';
import { ContractApp } from '../support/contract-app.ts';
import { OpenApiReader, type DocumentedOperation, type RequestExample } from '../support/openapi-reader.ts';

/** Every operation, in an order in which a client may call them: see `it('leaves no operation out')`. */
const inOrder = [
  'getRoot',
  'postRoot',
  'getLiveness',
  'getReadiness',
  'getStartup',
  'getOpenApiJson',
  'getOpenApiYaml',
  'listTopics',
  'getTopic',
  'produceToTopic',
  'listPartitions',
  'getPartition',
  'produceToPartition',
  'getPartitionOffsets',
  'listBrokers',
  'createConsumer',
  'subscribe',
  'getSubscription',
  'readRecords',
  'commitOffsets',
  'getCommittedOffsets',
  'unsubscribe',
  'assignPartitions',
  'getAssignments',
  'seekToOffsets',
  'seekToBeginning',
  'seekToEnd',
  'deleteConsumer',
  'listKafkaClusters',
  'getKafkaCluster',
  'produceRecord',
  'produceRecordsBatch',
  'listKafkaTopics',
  'createKafkaTopic',
  'getKafkaTopic',
  'updatePartitionCountKafkaTopic',
  'listKafkaAllTopicConfigs',
  'updateKafkaAllTopicConfigsBatch',
  'listKafkaTopicConfigs',
  'getKafkaTopicConfig',
  'updateKafkaTopicConfig',
  'deleteKafkaTopicConfig',
  'updateKafkaTopicConfigBatch',
  'listKafkaPartitions',
  'getKafkaPartition',
  'listKafkaPartitionOffsets',
  'listKafkaReplicas',
  'getKafkaReplica',
  'searchKafkaReplicasByBroker',
  'listKafkaReassignments',
  'searchKafkaReassignmentsByTopic',
  'getKafkaReassignment',
  'alterKafkaReassignments',
  'listKafkaBrokers',
  'getKafkaBroker',
  'listKafkaAllBrokersConfigs',
  'listKafkaBrokerConfigs',
  'getKafkaBrokerConfig',
  'updateKafkaBrokerConfig',
  'deleteKafkaBrokerConfig',
  'updateKafkaBrokerConfigBatch',
  'listKafkaClusterConfigs',
  'updateKafkaClusterConfig',
  'getKafkaClusterConfig',
  'deleteKafkaClusterConfig',
  'updateKafkaClusterConfigs',
  'createKafkaAcls',
  'batchCreateKafkaAcls',
  'getKafkaAcls',
  'deleteKafkaAcls',
  'listKafkaConsumerGroups',
  'getKafkaConsumerGroup',
  'listKafkaConsumers',
  'getKafkaConsumer',
  'listKafkaConsumerAssignments',
  'getKafkaConsumerAssignment',
  'listKafkaConsumerLags',
  'getKafkaConsumerLag',
  'getKafkaConsumerGroupLagSummary',
  'alterKafkaConsumerGroupOffsets',
  'deleteKafkaConsumerGroup',
  // Last, because it takes the topic of the examples away.
  'deleteKafkaTopic',
];

/** The only examples that do not hold for whoever tries them. */
const ownIds = new Map([['clusterId', 'fake-cluster']]);

const needsRegistry = /avro|jsonschema|protobuf/;

let app: ContractApp;
let document: OpenApiReader;

const committed = { topic: 'test', partition: 0, offset: 0n };

beforeAll(async () => {
  app = await ContractApp.start();
  app.kafka.cluster.createTopic('test', 2);
  app.kafka.admin.reassignments.push({
    topic: 'test',
    partition: 0,
    addingReplicas: [2],
    removingReplicas: [1],
  });
  const partition = { topic: 'test', partition: 0 };
  const memberId = 'my-client-3b3b7a4e';
  const member = { memberId, instanceId: null, clientId: 'my-client', partitions: [partition] };
  app.kafka.groups.put('my-group', { state: 'STABLE', members: [member] }, [committed]);
  document = new OpenApiReader((await app.request('/openapi.json')).json);
});

afterAll(() => app.close());

function operation(operationId: string): DocumentedOperation {
  const found = document.operations.find((candidate) => candidate.operationId === operationId);
  if (found === undefined) throw new Error(`${operationId} is not documented`);
  return found;
}

interface Outcome {
  readonly status: number;
  /** undefined: the answer is what the document says. */
  readonly problem: string | undefined;
}

/** Calls an operation with the examples of the document. */
async function call(
  called: DocumentedOperation,
  { mediaType, value }: Pick<RequestExample, 'mediaType' | 'value'> = { mediaType: '', value: undefined },
): Promise<Outcome> {
  let path = called.path;
  const query = new URLSearchParams();
  for (const { name, in: place, example } of called.parameters) {
    const text = ownIds.get(name) ?? String(example);
    if (place === 'path') path = path.replace(`{${name}}`, encodeURIComponent(text));
    else if (example !== undefined) query.set(name, text);
  }
  // As Swagger UI does: the first type of the answer is asked for, where there is one.
  const accept = document.answerTypes(called)[0];
  const answer = await app.request(`${path}?${query.toString()}`, {
    method: called.method,
    headers: {
      ...(value === undefined ? {} : { 'Content-Type': mediaType }),
      ...(accept === undefined ? {} : { Accept: accept }),
    },
    ...(value === undefined ? {} : { body: JSON.stringify(value) }),
  });
  const { status, json, text, headers } = answer;
  const contentType = headers.get('content-type');
  const body = contentType?.includes('yaml') === true ? {} : (json ?? (text === '' ? undefined : text));
  return { status, problem: document.answerProblem(called, { status, contentType, json: body }) };
}

describe('the answers of the proxy', () => {
  it.each(inOrder)('of %s are what the document says, with each example of the document', async (id) => {
    const called = operation(id);
    // Groups are changed once their members are gone.
    if (id === 'alterKafkaConsumerGroupOffsets') app.kafka.groups.put('my-group', {}, [committed]);
    const examples =
      called.requestExamples.length === 0
        ? [{ mediaType: '', value: undefined, name: 'no body' }]
        : called.requestExamples;

    for (const [place, example] of examples.entries()) {
      const { status, problem } = await call(called, example);

      expect(problem, example.name).toBeUndefined();
      if (place === 0) expect(status, example.name).toBeLessThan(300);
      if (needsRegistry.test(example.mediaType)) expect(status, example.mediaType).toBe(422);
    }
  });

  it('leaves no operation out', () => {
    expect(new Set(inOrder)).toEqual(new Set(document.operations.map(({ operationId }) => operationId)));
  });

  it('are errors of the document when nothing that the path names exists', async () => {
    app.kafka.cluster.deleteTopic('test');
    app.kafka.admin.reassignments.length = 0;
    app.kafka.groups.clear();
    const failed: string[] = [];

    for (const called of document.operations) {
      const { status, problem } = await call(called, called.requestExamples[0]);
      if (problem !== undefined) failed.push(`${called.operationId} ${status}: ${problem}`);
      expect(status, called.operationId).toBeLessThan(500);
    }

    expect(failed).toEqual([]);
  });

  it('are errors of the document when records are asked for in another format', async () => {
    const create = { mediaType: 'application/vnd.kafka.v2+json', value: { name: 'my-instance' } };
    expect(await call(operation('createConsumer'), create)).toMatchObject({ status: 200 });

    const mismatch = await call(operation('readRecords'));
    await call(operation('deleteConsumer'));

    expect(mismatch).toEqual({ status: 406, problem: undefined });
  });

  it('are errors of the document while Kafka cannot be reached', async () => {
    const failed: string[] = [];
    app.kafka.cluster.failure = KafkaError.of('NETWORK_EXCEPTION');

    for (const called of document.operations) {
      const { status, problem } = await call(called, called.requestExamples[0]);
      if (problem !== undefined) failed.push(`${called.operationId} ${status}: ${problem}`);
    }
    app.kafka.cluster.failure = undefined;

    expect(failed).toEqual([]);
  });

  it('are errors of the document for bodies that are none', async () => {
    const failed: string[] = [];

    for (const called of document.operations.filter(({ requestTypes }) => requestTypes.length > 0)) {
      const mediaType = called.requestTypes[0] ?? '';
      for (const value of [[], 'text', 1, { surprise: true }]) {
        const { status, problem } = await call(called, { mediaType, value });
        if (problem !== undefined || status >= 500) {
          failed.push(`${called.operationId} ${JSON.stringify(value)} ${status}: ${problem}`);
        }
      }
      const other = await call(called, { mediaType: 'text/plain', value: {} });
      if (other.problem !== undefined || other.status !== 415)
        failed.push(`${called.operationId}: ${other.status}`);
    }

    expect(failed).toEqual([]);
  });
});
