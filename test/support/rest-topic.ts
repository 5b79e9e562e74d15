import { jsonType, type Requester } from './rest-consumer.ts';

/** Writes values to a partition through the proxy, as JSON; a Buffer as it is. Keeps the order. */
export async function write(
  proxy: Requester,
  topic: string,
  values: readonly unknown[],
  partition = 0,
): Promise<void> {
  const answer = await proxy.request(`/topics/${topic}/partitions/${partition}`, {
    method: 'POST',
    headers: { 'content-type': jsonType },
    body: { records: values.map((value) => ({ value })) },
  });
  if (answer.status !== 200 || answer.text.includes('"error":"')) throw new Error(answer.text);
}

/** Writes bytes that need not be JSON. */
export async function writeBytes(
  proxy: Requester,
  topic: string,
  value: string | Buffer,
  partition = 0,
): Promise<void> {
  const answer = await proxy.request(`/topics/${topic}/partitions/${partition}`, {
    method: 'POST',
    headers: { 'content-type': 'application/vnd.kafka.binary.v2+json' },
    body: { records: [{ value: Buffer.from(value).toString('base64') }] },
  });
  if (answer.status !== 200 || answer.text.includes('"error":"')) throw new Error(answer.text);
}

/** What a read brought: `partition@offset=value` with the value as JSON text. */
export function brought(json: unknown): string[] {
  return (json as { partition: number; offset: number; value: unknown }[]).map(
    ({ partition, offset, value }) => `${partition}@${offset}=${JSON.stringify(value)}`,
  );
}
