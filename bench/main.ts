/**
 * What the proxy costs, beside its baselines, in one run. See bench/README.md.
 *
 * Arguments: names of parts to run (produce, stream, consume, wake-up, administration, idle, schemas); all when none. `--quick` shortens
 * every burst. `long-stream` takes minutes and runs only by its name.
 */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { serveArguments } from '../scripts/serve-command.ts';
import { startKafka } from '../scripts/stack/kafka-cluster.ts';
import { freePort } from '../scripts/stack/ports.ts';
import { adminCall, adminPaths, kafkajsAlone, prepare, type AdminLine } from './administration.ts';
import { MeasuredProcess } from './measured-process.ts';
import { burst, consume, idle, wakeUp, type Line } from './scenarios.ts';
import { clusterId, stream } from './stream.ts';

const args = process.argv.slice(2);
const quick = args.includes('--quick');
const parts = args.filter((arg) => !arg.startsWith('--'));
const wanted = (part: string): boolean => parts.length === 0 || parts.includes(part);
const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const proxyScript = here('../dist/apps/rest-proxy/src/main.js');
const durationMs = quick ? 2_000 : 6_000;

if (!existsSync(proxyScript)) throw new Error('There is no build: npm run build');
if (process.platform !== 'linux') throw new Error('The bench reads /proc: it runs on Linux only.');

const kafka = await startKafka({ properties: { 'num.partitions': '3' } });
const port = await freePort();
const echoPort = await freePort();
const internalPort = await freePort();
const base = `http://127.0.0.1:${port}`;
const internal = `http://127.0.0.1:${internalPort}`;
const proxy = new MeasuredProcess(serveArguments(), {
  KAFKA_REST_BOOTSTRAP_SERVERS: kafka.bootstrapServers,
  KAFKA_REST_LISTENERS: base,
  KAFKA_REST_INTERNAL_LISTENERS: internal,
  KAFKA_REST_SCHEMA_REGISTRY_URL: '',
  KAFKA_REST_CONSUMER_REQUEST_TIMEOUT_MS: '10000',
  KAFKA_REST_CONSUMER_MAX_INSTANCES: '20000',
});
const echo = new MeasuredProcess([here('echo-server.ts'), String(echoPort)], {});

try {
  const readyMs = await proxy.answers(`${base}/health/ready`, 30_000);
  await echo.answers(`http://127.0.0.1:${echoPort}/`, 30_000);
  console.log(
    `\nReady ${readyMs.toFixed(0)} ms after the start; ${proxy.usage().rssMiB.toFixed(0)} MiB then.`,
  );
  if (wanted('produce')) await measureProduce();
  if (wanted('stream')) await measureStream();
  if (wanted('consume')) await measureConsume();
  if (wanted('wake-up')) await measureWakeUp();
  if (wanted('administration')) await measureAdministration();
  if (wanted('schemas')) await measureSchemas();
  if (parts.includes('long-stream')) await measureLongStream();
  console.log(`\nMost memory under load: ${proxy.usage().peakRssMiB.toFixed(0)} MiB.`);
  if (wanted('idle')) {
    const got = await idle(proxy, base, 'bench-idle', quick ? 1_000 : 5_000);
    console.log(
      `\n${got.instances} idle instances: ${got.kibEach.toFixed(1)} KiB each, ${got.sockets} open files in all, ` +
        `${got.idleCpuPercent.toFixed(1)} % of a core.`,
    );
  }
} finally {
  await Promise.all([proxy.stop(), echo.stop()]);
  await kafka.stop();
}

async function measureProduce(): Promise<void> {
  const lines: Line[] = [];
  for (const [records, connections] of [
    [1, 16],
    [1, 64],
    [100, 16],
    [100, 64],
  ] as const) {
    const shape = `${records} a request, ${connections} connections`;
    const options = { connections, records, durationMs };
    await burst(proxy, port, '', { ...options, path: '/topics/bench-produce', durationMs: 3_000 });
    lines.push(
      best(
        await burst(echo, echoPort, `echo: ${shape}`, { ...options, path: '/' }),
        await burst(echo, echoPort, `echo: ${shape}`, { ...options, path: '/' }),
      ),
      best(
        await burst(proxy, port, `produce JSON: ${shape}`, { ...options, path: '/topics/bench-produce' }),
        await burst(proxy, port, `produce JSON: ${shape}`, { ...options, path: '/topics/bench-produce' }),
      ),
    );
  }
  for (const client of ['platformatic', 'kafkajs']) {
    for (const job of ['produce-1', 'produce-100']) lines.push(await direct(client, job, 'bench-produce'));
  }
  print(lines);
}

async function measureStream(): Promise<void> {
  const path = `/v3/clusters/${await clusterId(base)}/topics/bench-stream/records`;
  const records = quick ? 200_000 : 1_000_000;
  await stream(proxy, port, '', { path, records: 100_000, perChunk: 100 });
  const before = proxy.usage().rssMiB;
  const lines: Line[] = [];
  for (const perChunk of [100, 1]) {
    const what = `stream of records, ${perChunk} a chunk`;
    lines.push(
      best(
        await stream(proxy, port, what, { path, records, perChunk }),
        await stream(proxy, port, what, { path, records, perChunk }),
      ),
    );
  }
  print(lines);
  console.log(`\nMemory before: ${before.toFixed(0)} MiB, after: ${proxy.usage().rssMiB.toFixed(0)} MiB.`);
}

/** Whether memory grows with the length of a stream. */
async function measureLongStream(): Promise<void> {
  const path = `/v3/clusters/${await clusterId(base)}/topics/bench-long-stream/records`;
  const records = quick ? 1_000_000 : 10_000_000;
  await stream(proxy, port, '', { path, records: 100_000, perChunk: 100 });
  const samples: number[] = [];
  const sampling = setInterval(() => samples.push(proxy.usage().rssMiB), 500);
  const line = await stream(proxy, port, `one stream of ${records} records`, {
    path,
    records,
    perChunk: 100,
  });
  clearInterval(sampling);
  print([line]);
  const at = (q: number): string => (samples[Math.floor((samples.length - 1) * q)] ?? NaN).toFixed(0);
  console.log(
    `\nMemory at the start, a quarter, the middle, three quarters, the end: ` +
      `${[0, 0.25, 0.5, 0.75, 1].map(at).join(', ')} MiB; ${Math.max(...samples).toFixed(0)} MiB at the most.`,
  );
}

async function measureAdministration(): Promise<void> {
  const [topics, partitions, times] = [5_000, 1_000, quick ? 10 : 30];
  const target = { server: proxy, base, internal, bootstrapServers: kafka.bootstrapServers };
  await prepare(target, topics, partitions);
  const cluster = `/v3/clusters/${await clusterId(base)}`;
  const whole = (count: number) => (json: unknown) =>
    typeof json === 'object' && json !== null && 'data' in json && Object(json.data).length >= count;
  const lines: readonly AdminLine[] = [
    await adminCall(target, 'list of 5,000 topics', cluster + adminPaths.topics, times, whole(topics)),
    await adminCall(target, 'lags in 1,000 partitions', cluster + adminPaths.lags, times, whole(partitions)),
    await adminCall(
      target,
      'lag summary of 1,000 partitions',
      cluster + adminPaths.lagSummary,
      times,
      () => true,
    ),
  ];
  print([...lines, ...(await kafkajsAlone(target, times))]);
  for (const { what, firstMs, kafkaRequests } of lines) {
    const asked = Object.entries(kafkaRequests).map(([api, count]) => `${count} ${api}`);
    console.log(`${what}: ${asked.join(', ')} of Kafka; ${firstMs.toFixed(0)} ms the first time.`);
  }
}

async function measureConsume(): Promise<void> {
  const records = quick ? 200_000 : 1_000_000;
  const topic = 'bench-consume';
  for (let sent = 0; sent < records;) {
    const line = await burst(proxy, port, '', {
      connections: 16,
      path: `/topics/${topic}`,
      records: 100,
      durationMs: 1_000,
    });
    sent += line.perSecond;
  }
  const lines = [
    await consume(proxy, base, topic, records * 0.9),
    await consume(proxy, base, topic, records * 0.9),
  ];
  for (const client of ['platformatic', 'kafkajs']) lines.push(await direct(client, 'consume', topic));
  print(lines);
}

async function measureWakeUp(): Promise<void> {
  const taken = await wakeUp(base, 'bench-wake-up', quick ? 50 : 300);
  const at = (q: number): string => (taken[Math.floor(taken.length * q)] ?? NaN).toFixed(1);
  console.log(
    `\nFrom produce to a waiting read, ${taken.length} times: p50 ${at(0.5)} ms, p99 ${at(0.99)} ms.`,
  );
}

async function measureSchemas(): Promise<void> {
  const { stdout } = await promisify(execFile)(process.execPath, [
    here('schema-formats.ts'),
    quick ? '1' : '3',
  ]);
  const lines: unknown = JSON.parse(stdout);
  print(lines as Line[]);
}

async function direct(client: string, job: string, topic: string): Promise<Line> {
  const run = promisify(execFile);
  const seconds = String(durationMs / 1000);
  const { stdout } = await run(
    process.execPath,
    [here('direct-client.ts'), client, job, kafka.bootstrapServers, topic, seconds],
    {
      env: { ...process.env, NODE_ENV: 'production' },
    },
  );
  const got: unknown = JSON.parse(stdout);
  const { records, seconds: took, cpuUs } = got as { records: number; seconds: number; cpuUs: number };
  return {
    what: `${client} alone: ${job}`,
    unit: 'record',
    perSecond: records / took,
    cpuUs: cpuUs / records,
  };
}

function best(a: Line, b: Line): Line {
  return a.cpuUs <= b.cpuUs ? a : b;
}

function print(lines: readonly Line[]): void {
  console.log('\n| what | CPU µs | a second | p50 ms | p99 ms |\n| --- | ---: | ---: | ---: | ---: |');
  for (const line of lines) {
    const ms = (value: number | undefined): string => (value === undefined ? '' : value.toFixed(2));
    const cpu = `${line.cpuUs.toFixed(2)} a ${line.unit}`;
    console.log(
      `| ${line.what} | ${cpu} | ${Math.round(line.perSecond)} | ${ms(line.p50Ms)} | ${ms(line.p99Ms)} |`,
    );
  }
}
