/** One value of a metric. */
export interface ExposedSample {
  /** With the suffix that histograms have: `_bucket`, `_sum`, `_count`. */
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface ExposedMetric {
  readonly type: string;
  readonly help: string;
  readonly samples: readonly ExposedSample[];
}

const sampleLine = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/;
const labelPair = /([a-zA-Z_]\w*)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)/y;

/** Reads Prometheus' text form, version 0.0.4, and is strict about it. @throws {Error} with the line that is wrong */
export function parseExposition(text: string): ReadonlyMap<string, ExposedMetric> {
  const metrics = new Map<string, { type: string; help: string; samples: ExposedSample[] }>();
  const seen = new Set<string>();
  let current: { name: string; type: string; help: string; samples: ExposedSample[] } | undefined;
  for (const line of text.split('\n')) {
    const [, help, helped] = /^# HELP (\S+) (.+)$/.exec(line) ?? [];
    const [, typed, type] = /^# TYPE (\S+) (counter|gauge|histogram)$/.exec(line) ?? [];
    if (help !== undefined) {
      if (metrics.has(help)) throw new Error(`twice: ${line}`);
      current = { name: help, type: '', help: helped ?? '', samples: [] };
      metrics.set(help, current);
    } else if (typed !== undefined) {
      if (current?.name !== typed) throw new Error(`not after its help: ${line}`);
      current.type = type ?? '';
    } else if (line !== '') {
      const sample = sampleOf(line);
      const suffixes = current?.type === 'histogram' ? ['_bucket', '_sum', '_count'] : [''];
      if (!suffixes.some((suffix) => sample.name === `${current?.name}${suffix}`)) {
        throw new Error(`not where it belongs: ${line}`);
      }
      const identity = line.slice(0, line.lastIndexOf(' '));
      if (seen.has(identity)) throw new Error(`twice: ${line}`);
      seen.add(identity);
      current?.samples.push(sample);
    }
  }
  return metrics;
}

function sampleOf(line: string): ExposedSample {
  const [, name, labels = '', value] = sampleLine.exec(line) ?? [];
  if (name === undefined || value === undefined) throw new Error(`no sample: ${line}`);
  // As Go reads numbers.
  const number = Number(value.replace('Inf', 'Infinity'));
  if (Number.isNaN(number) && value.toLowerCase() !== 'nan') throw new Error(`no number: ${line}`);
  return { name, labels: labelsOf(labels, line), value: number };
}

function labelsOf(text: string, line: string): Record<string, string> {
  const labels: Record<string, string> = {};
  labelPair.lastIndex = 0;
  let at = 0;
  while (at < text.length) {
    const [pair, name, value] = labelPair.exec(text) ?? [];
    if (pair === undefined || name === undefined || Object.hasOwn(labels, name)) {
      throw new Error(`wrong labels: ${line}`);
    }
    labels[name] = value ?? '';
    at += pair.length;
  }
  return labels;
}
