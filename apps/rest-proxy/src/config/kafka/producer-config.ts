import type { ProducerConfig } from '#libs/kafka/connection-config.ts';
import type { Findings } from '../schema/findings.ts';
import type { producerSettings } from '../schema/producer-settings.ts';
import type { ValuesOf } from '../schema/setting.ts';
import type { RawSettings } from '../sources/raw-settings.ts';

type Values = ValuesOf<typeof producerSettings>;

/** The producer's own settings, checked against each other as Java checks them. */
export const producerConfig = (values: Values, raw: RawSettings, findings: Findings): ProducerConfig => ({
  acks: acksOf(values),
  compressionType: values['compression.type'],
  compressionLevel: compressionLevelOf(values, raw),
  lingerMs: values['linger.ms'],
  batchSize: values['batch.size'],
  maxRequestSize: values['max.request.size'],
  requestTimeoutMs: values['request.timeout.ms'],
  deliveryTimeoutMs: deliveryTimeoutOf(values, raw, findings),
  maxBlockMs: values['max.block.ms'],
  bufferMemory: values['buffer.memory'],
  retries: values.retries,
  enableIdempotence: idempotenceOf(values, raw, findings),
  maxInFlightRequestsPerConnection: values['max.in.flight.requests.per.connection'],
  partitionerIgnoreKeys:
    values['partitioner.ignore.keys'] || values['partitioner.class'] === 'UniformStickyPartitioner',
});

const acksOf = ({ acks }: Values): -1 | 0 | 1 => {
  if (acks === '0') return 0;
  return acks === '1' ? 1 : -1;
};

const compressionLevelOf = (values: Values, raw: RawSettings): number | undefined => {
  const type = values['compression.type'];
  if (type === 'none' || type === 'snappy') return undefined;
  const key = `compression.${type}.level` as const;
  return raw.get(key) === undefined || values[key] === -1 ? undefined : values[key];
};

/** What rules idempotence out turns it off, unless the operator asked for it. */
const idempotenceOf = (values: Values, raw: RawSettings, findings: Findings): boolean => {
  const asked = raw.get('enable.idempotence');
  if (!values['enable.idempotence']) return false;
  const against = [
    ...(acksOf(values) === -1 ? [] : ['acks=all']),
    ...(values.retries > 0 ? [] : ['retries above 0']),
    ...(values['max.in.flight.requests.per.connection'] <= 5
      ? []
      : ['max.in.flight.requests.per.connection of at most 5']),
  ];
  if (against.length > 0 && asked !== undefined) findings.problem(asked, `needs ${against.join(' and ')}`);
  return against.length === 0;
};

const deliveryTimeoutOf = (values: Values, raw: RawSettings, findings: Findings): number => {
  const least = values['linger.ms'] + values['request.timeout.ms'];
  const given = raw.get('delivery.timeout.ms');
  if (values['delivery.timeout.ms'] >= least) return values['delivery.timeout.ms'];
  if (given !== undefined)
    findings.problem(given, `must be at least linger.ms + request.timeout.ms, ${least}`);
  return least;
};
