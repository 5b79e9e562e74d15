import { Histogram, type HistogramConfiguration } from 'prom-client';
import type { Distribution } from '#libs/tally/distribution.ts';

export type Labels = Readonly<Record<string, string>>;

/** One row of buckets and its labels. */
export interface DistributionSample {
  readonly labels: Labels;
  readonly distribution: Distribution;
}

type Exposed = Awaited<ReturnType<Histogram['get']>>;

/**
 * A histogram whose buckets are counted elsewhere, and read when somebody asks.
 *
 * The client's own would take a hash of the labels at every observation.
 */
export class ReadHistogram extends Histogram {
  readonly #config: HistogramConfiguration<string>;
  readonly #read: () => Iterable<DistributionSample>;

  constructor(config: HistogramConfiguration<string>, read: () => Iterable<DistributionSample>) {
    super(config);
    this.#config = config;
    this.#read = read;
  }

  override get(): Promise<Exposed> {
    const { name, help } = this.#config;
    const values = [...this.#read()].flatMap((sample) => rowsOf(name, sample));
    // Of numeric enumerations the types know no values: this is the client's own word.
    const type = 'histogram' as unknown as Exposed['type'];
    return Promise.resolve({ name, help, type, aggregator: 'sum', values, collect: () => {} });
  }

  /** What the registry asks for if it is there, instead of `get`. */
  getForPromString(): Promise<Exposed> {
    return this.get();
  }
}

/** Buckets are cumulative, and the last is that of all. */
function rowsOf(name: string, { labels, distribution }: DistributionSample): Exposed['values'] {
  const { bounds, counts, sum } = distribution;
  let count = 0;
  const rows: Exposed['values'] = [];
  for (const [place, inBucket] of counts.entries()) {
    count += inBucket;
    const le = bounds[place]?.toString() ?? '+Inf';
    rows.push({ metricName: `${name}_bucket`, labels: { ...labels, le }, value: count });
  }
  rows.push({ metricName: `${name}_sum`, labels, value: sum });
  rows.push({ metricName: `${name}_count`, labels, value: count });
  return rows;
}
