import { Injectable } from '@nestjs/common';
import { Counter, Gauge, Registry } from 'prom-client';
import { catalogue, type OwnMetricName } from './catalogue.ts';
import { ReadHistogram, type DistributionSample, type Labels } from './read-histogram.ts';

/** One value and its labels; a label that is not there does not exist. */
export interface Sample {
  readonly labels?: Labels;
  readonly value: number;
}

/**
 * The metrics of this process in Prometheus' form.
 *
 * Nothing is counted here: each metric is read from whoever counts when somebody asks for the text, so that a request
 * costs no more than its numbers.
 */
@Injectable()
export class Metrics {
  readonly registry = new Registry();
  #text: Promise<string> | undefined;

  get contentType(): string {
    return this.registry.contentType;
  }

  counter(name: OwnMetricName, read: () => Iterable<Sample>): void {
    const counter: Counter = new Counter({
      ...this.#configOf(name, 'counter'),
      collect: () => {
        counter.reset();
        for (const { labels = {}, value } of read()) counter.inc({ ...labels }, value);
      },
    });
  }

  gauge(name: OwnMetricName, read: () => Iterable<Sample>): void {
    const gauge: Gauge = new Gauge({
      ...this.#configOf(name, 'gauge'),
      collect: () => {
        gauge.reset();
        // Without labels a reset leaves a zero, which nobody has said.
        gauge.remove({});
        for (const { labels = {}, value } of read()) gauge.set({ ...labels }, value);
      },
    });
  }

  histogram(name: OwnMetricName, read: () => Iterable<DistributionSample>): void {
    void new ReadHistogram(this.#configOf(name, 'histogram'), read);
  }

  /** All of them as text; whoever asks while it is made gets the same. */
  text(): Promise<string> {
    this.#text ??= this.registry.metrics().finally(() => (this.#text = undefined));
    return this.#text;
  }

  #configOf(name: OwnMetricName, type: string) {
    const { type: described, labels, help } = catalogue[name];
    if (described !== type) throw new TypeError(`${name} is a ${described}`);
    return { name, help, labelNames: [...labels], registers: [this.registry] };
  }
}
