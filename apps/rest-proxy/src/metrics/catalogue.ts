import type { NodeMetricName } from './node-catalogue.ts';
import { nodeCatalogue } from './node-catalogue.ts';

export interface MetricDescription {
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly labels: readonly string[];
  /** One sentence, for those who read the exposition. */
  readonly help: string;
}

/** Our own metrics. Every label has few values, whatever clients do; docs/metrics.md says which. */
const ownCatalogue = {
  http_server_request_duration_seconds: {
    type: 'histogram',
    labels: ['method', 'route', 'status'],
    help: 'Time from the headers of a request to the end of its answer.',
  },
  krest_http_request_bytes_total: {
    type: 'counter',
    labels: ['method', 'route'],
    help: 'Bytes of request bodies as received.',
  },
  krest_http_response_bytes_total: {
    type: 'counter',
    labels: ['method', 'route'],
    help: 'Bytes of response bodies as sent.',
  },
  krest_http_inflight: { type: 'gauge', labels: [], help: 'Requests under way, streams excepted.' },
  krest_http_inflight_bytes: {
    type: 'gauge',
    labels: [],
    help: 'Bytes of bodies held in memory, received or waiting to be sent.',
  },
  krest_http_open_streams: { type: 'gauge', labels: [], help: 'Streams of records (API v3) that are open.' },
  krest_produce_records_total: {
    type: 'counter',
    labels: ['result', 'topic'],
    help: 'Records given to the producer, by what became of them.',
  },
  krest_produce_bytes_total: {
    type: 'counter',
    labels: ['topic'],
    help: 'Bytes of keys and values of the records that were written.',
  },
  krest_produce_batch_records: {
    type: 'histogram',
    labels: [],
    help: 'Records of the batches that were sent to brokers.',
  },
  krest_kafka_request_duration_seconds: {
    type: 'histogram',
    labels: ['api'],
    help: 'Time from sending a request to a broker to its answer.',
  },
  krest_consumer_instances: {
    type: 'gauge',
    labels: ['state'],
    help: 'Consumer instances that this process holds.',
  },
  krest_consumer_read_duration_seconds: {
    type: 'histogram',
    labels: [],
    help: 'Time that reads of consumer instances took, their waiting included.',
  },
  krest_consumer_delivered_records_total: {
    type: 'counter',
    labels: ['topic'],
    help: 'Records given to answers of reads, each time they were.',
  },
  krest_consumer_redelivered_total: {
    type: 'counter',
    labels: [],
    help: 'Records taken back from answers that did not arrive, to be delivered again. Those that are delivered again after a take-over are not among them.',
  },
  krest_consumer_unconfirmed: {
    type: 'gauge',
    labels: [],
    help: 'Records delivered of which it is not known yet whether they have arrived.',
  },
  krest_route_total: {
    type: 'counter',
    labels: ['kind'],
    help: 'Requests of consumer instances, by the way to their owner.',
  },
  krest_forward_duration_seconds: {
    type: 'histogram',
    labels: [],
    help: 'Time from sending a request on to another replica until its answer was with the client, the wait of a read included.',
  },
  krest_adopt_duration_seconds: {
    type: 'histogram',
    labels: [],
    help: 'Time that it took to take over an instance of another replica.',
  },
  krest_fenced_total: {
    type: 'counter',
    labels: ['by'],
    help: 'Instances dropped because another replica owns them, by who said so.',
  },
  krest_lease_age_seconds: {
    type: 'gauge',
    labels: [],
    help: 'Time since the lease of this replica was renewed. Absent without Redis.',
  },
  krest_drain_duration_seconds: {
    type: 'gauge',
    labels: [],
    help: 'Time since the shutdown began, until all instances were handed over. Absent before.',
  },
  krest_redis_up: {
    type: 'gauge',
    labels: [],
    help: '1 when Redis answered lately, else 0. Absent without Redis.',
  },
  nodejs_eventloop_utilization: {
    type: 'gauge',
    labels: [],
    help: 'Share of the time since the last scrape in which the event loop was busy.',
  },
} as const satisfies Readonly<Record<string, MetricDescription>>;

/** A metric that we read ourselves; the client makes the others. */
export type OwnMetricName = keyof typeof ownCatalogue;

/** All metrics that there may be. A scrape has those of which something is known. */
export const catalogue: Readonly<Record<OwnMetricName | NodeMetricName, MetricDescription>> = {
  ...ownCatalogue,
  ...nodeCatalogue,
};
