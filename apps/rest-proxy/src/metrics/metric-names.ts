import { catalogue } from './catalogue.ts';

/** Names of all metrics, histograms without their suffixes. */
export const metricNames: readonly string[] = Object.keys(catalogue);

const suffixes = { counter: [''], gauge: [''], histogram: ['_bucket', '_sum', '_count'] } as const;

/**
 * Names that a query may have: those of histograms with their suffixes.
 *
 * @public for tests of dashboards and alert rules
 */
export const sampleNames: readonly string[] = Object.entries(catalogue).flatMap(([name, { type }]) =>
  suffixes[type].map((suffix) => name + suffix),
);
