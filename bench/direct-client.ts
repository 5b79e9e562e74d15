/**
 * The Kafka clients alone, without HTTP: what a million records cost a program that speaks to Kafka itself.
 *
 * Arguments: client (platformatic | kafkajs), job (produce-1 | produce-100 | consume), bootstrap servers, topic, seconds.
 * Prints one line of JSON: records, seconds, and the CPU time of its own process in microseconds.
 */
import { Consumer, MessagesStreamModes, ProduceAcks, Producer } from '@platformatic/kafka';
import { Kafka, logLevel } from 'kafkajs';

const [client = '', job = '', bootstrap = '', topic = '', secondsText = '5'] = process.argv.slice(2);
const brokers = bootstrap.split(',');
const value = Buffer.from(JSON.stringify({ name: 'x'.repeat(85) }));
const until = performance.now() + Number(secondsText) * 1000;

type Send = (count: number) => Promise<void>;

async function produce(send: Send, perSend: number, atOnce: number): Promise<number> {
  let records = 0;
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      while (performance.now() < until) {
        await send(perSend);
        records += perSend;
      }
    }),
  );
  return records;
}

async function run(): Promise<number> {
  const perSend = job === 'produce-100' ? 100 : 1;
  const atOnce = job === 'produce-100' ? 16 : 64;
  if (client === 'kafkajs') {
    const kafka = new Kafka({ brokers, clientId: 'bench', logLevel: logLevel.NOTHING });
    if (job === 'consume') return consumeWithKafkajs(kafka);
    const producer = kafka.producer();
    await producer.connect();
    const send: Send = async (count) => {
      await producer.send({ topic, acks: -1, messages: Array.from({ length: count }, () => ({ value })) });
    };
    const records = await produce(send, perSend, atOnce);
    await producer.disconnect();
    return records;
  }
  if (job === 'consume') return consumeWithPlatformatic();
  const producer = new Producer<Buffer, Buffer, string>({
    clientId: 'bench',
    bootstrapBrokers: brokers,
  });
  const send: Send = async (count) => {
    await producer.send({
      acks: ProduceAcks.ALL,
      messages: Array.from({ length: count }, () => ({ topic, value })),
    });
  };
  const records = await produce(send, perSend, atOnce);
  await producer.close();
  return records;
}

async function consumeWithKafkajs(kafka: Kafka): Promise<number> {
  const consumer = kafka.consumer({ groupId: `bench-${process.pid}`, maxBytesPerPartition: 1_048_576 });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  let records = 0;
  await consumer.run({
    eachBatch: async ({ batch }) => {
      records += batch.messages.length;
      await Promise.resolve();
    },
  });
  await new Promise((resolve) => {
    setTimeout(resolve, until - performance.now());
  });
  await consumer.disconnect();
  return records;
}

async function consumeWithPlatformatic(): Promise<number> {
  const consumer = new Consumer({
    clientId: 'bench',
    groupId: `bench-${process.pid}`,
    bootstrapBrokers: brokers,
    maxBytes: 1_048_576,
  });
  const stream = await consumer.consume({
    topics: [topic],
    mode: MessagesStreamModes.EARLIEST,
    autocommit: false,
  });
  let records = 0;
  const timer = setTimeout(() => void stream.close(), until - performance.now());
  for await (const _message of stream) records++;
  clearTimeout(timer);
  await consumer.close(true);
  return records;
}

const started = performance.now();
const before = process.cpuUsage();
const records = await run();
const cpu = process.cpuUsage(before);
console.log(
  JSON.stringify({ records, seconds: (performance.now() - started) / 1000, cpuUs: cpu.user + cpu.system }),
);
process.exit(0);
