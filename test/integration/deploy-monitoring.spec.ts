import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';

import { catalogue } from '../../apps/rest-proxy/src/metrics/catalogue.ts';
import { requireCommand } from '../../scripts/stack/prerequisites.ts';
import {
  at,
  chartDir,
  type Fields,
  isFields,
  listAt,
  rendered,
  run,
  textAt,
  theOne,
} from '../support/deploy/kubernetes-objects.ts';
import { askedIn, groupedBy } from '../support/deploy/promql.ts';

const alertsFile = join(chartDir, 'files/alerts.yaml');
const dashboardFile = join(chartDir, 'files/dashboard.json');
const alerts: unknown = parse(readFileSync(alertsFile, 'utf8'));
const dashboard: unknown = JSON.parse(readFileSync(dashboardFile, 'utf8'));

const rules = listAt(alerts, 'groups').flatMap((group) => listAt(group, 'rules'));
const panels = listAt(dashboard, 'panels');
const queries = panels.flatMap((panel) =>
  listAt(panel, 'targets').map((target) => ({
    title: textAt(panel, 'title'),
    expr: textAt(target, 'expr'),
    legend: textAt(target, 'legendFormat'),
  })),
);
/** With what Grafana puts in. */
const filled = (expr: string): string => expr.replaceAll('$__rate_interval', '1m').replaceAll(/\$\w+/g, 'x');

const dir = mkdtempSync(join(tmpdir(), 'monitoring-'));
afterAll(() => rmSync(dir, { recursive: true }));

beforeAll(() =>
  requireCommand(
    'promtool',
    'The alerts are tested with promtool: install it (Debian, Ubuntu: apt-get install prometheus).',
  ),
);

/** Labels that Prometheus adds. */
const ofTargets = ['namespace', 'job', 'instance'];

/** The metrics and labels that an expression asks for and that no scrape has. */
function unknownIn(expression: string): readonly string[] {
  const recorded = new Set(rules.map((rule) => textAt(rule, 'record')));
  const asked = askedIn(expression).filter(({ metric }) => !recorded.has(metric));
  const has = (metric: string, label: string): boolean => labelsOf(metric)?.includes(label) ?? false;
  return [
    ...asked.filter(({ metric }) => labelsOf(metric) === undefined).map(({ metric }) => metric),
    ...asked.flatMap(({ metric, labels }) =>
      labels.filter((label) => !has(metric, label)).map((label) => `${metric}{${label}}`),
    ),
    ...groupedBy(expression).filter(
      (label) => asked.length > 0 && !asked.some(({ metric }) => has(metric, label)),
    ),
  ];
}

function labelsOf(series: string): readonly string[] | undefined {
  const metrics: Readonly<Record<string, { readonly type: string; readonly labels: readonly string[] }>> =
    catalogue;
  const plain = metrics[series];
  if (plain !== undefined && plain.type !== 'histogram') return [...ofTargets, ...plain.labels];
  const [, name = '', part = ''] = /^(.*)_(bucket|count|sum)$/.exec(series) ?? [];
  const histogram = metrics[name];
  if (histogram?.type !== 'histogram') return undefined;
  return [...ofTargets, ...histogram.labels, ...(part === 'bucket' ? ['le'] : [])];
}

describe('the alerts', () => {
  it('are rules of Prometheus', async () => {
    expect(await run('promtool', ['check', 'rules', alertsFile])).toContain('SUCCESS');
  });

  it('fire when they should, and only then', async () => {
    expect(await run('promtool', ['test', 'rules', 'deploy/observability/alerts.test.yaml'])).toContain(
      'SUCCESS',
    );
  });

  it('are all tested', () => {
    const tests: unknown = parse(readFileSync('deploy/observability/alerts.test.yaml', 'utf8'));
    const fired = listAt(tests, 'tests')
      .flatMap((test) => listAt(test, 'alert_rule_test'))
      .filter((test) => listAt(test, 'exp_alerts').length > 0)
      .map((test) => test['alertname']);
    const named = rules.flatMap((rule) => rule['alert'] ?? []);

    expect(named.length).toBeGreaterThan(6);
    expect(new Set(fired)).toEqual(new Set(named));
  });

  it.each(rules.map((rule) => [textAt(rule, 'alert') || textAt(rule, 'record'), textAt(rule, 'expr')]))(
    'ask for metrics that the proxy has: %s',
    (_name, expression) => {
      expect(unknownIn(expression)).toEqual([]);
    },
  );

  it('say what is the matter, what it means, and how bad it is', () => {
    for (const rule of rules.filter((each) => 'alert' in each)) {
      expect(rule).toMatchObject({
        labels: { severity: expect.stringMatching(/^(critical|warning)$/) },
        annotations: { summary: expect.any(String), description: expect.any(String) },
      });
    }
  });
});

describe('the dashboard', () => {
  it('has the rows', () => {
    expect(panels.filter(({ type }) => type === 'row').map(({ title }) => title)).toEqual([
      'Requests: rate, errors, duration',
      'Consumer instances and where they are',
      'Kafka',
      'Node',
    ]);
  });

  it.each(queries.map(({ title, expr, legend }) => [title, expr, legend]))(
    'asks for metrics that the proxy has: %s',
    (_title, expr, legend) => {
      expect(askedIn(filled(expr))).not.toEqual([]);
      expect(unknownIn(filled(expr))).toEqual([]);
      // Only pods that were chosen, in every part of the expression.
      const selectors = expr.match(/\{[^}]*\}/g) ?? [];
      expect(selectors).toHaveLength(askedIn(filled(expr)).length);
      for (const selector of selectors) {
        expect(selector).toContain('namespace=~"$namespace",job=~"$job",instance=~"$instance"');
      }
      // What the legend shows is there to be shown.
      for (const [, label = ''] of legend.matchAll(/\{\{(\w+)\}\}/g)) {
        const kept = groupedBy(expr);
        expect(kept.length === 0 ? ofTargets : kept).toContain(label);
      }
    },
  );

  it('asks in valid PromQL', async () => {
    const file = join(dir, 'queries.yaml');
    const asRules = queries.map(({ expr }, place) => ({ record: `query:${place}`, expr: filled(expr) }));
    writeFileSync(file, stringify({ groups: [{ name: 'queries', rules: asRules }] }));

    expect(await run('promtool', ['check', 'rules', file])).toContain(`${queries.length} rules found`);
  });

  it('has every metric of the replicas, of produce and of consumers', () => {
    const shown = new Set(
      queries
        .flatMap(({ expr }) => askedIn(filled(expr)))
        .map(({ metric }) => metric.replace(/_(bucket|count|sum)$/, '')),
    );
    const ours = Object.keys(catalogue).filter((name) => name.startsWith('krest_'));

    expect(ours.filter((name) => !shown.has(name))).toEqual([]);
  });

  it('is laid out without gaps in its numbers and without panels upon each other', () => {
    const ids = panels.map(({ id }) => id);
    const cells = panels.flatMap(({ gridPos }) => cellsOf(isFields(gridPos) ? gridPos : {}));

    expect(ids).toEqual(ids.map((_id, place) => place + 1));
    expect(new Set(cells).size).toBe(cells.length);
    expect(
      panels.every((panel) => Number(at(panel, 'gridPos.x')) + Number(at(panel, 'gridPos.w')) <= 24),
    ).toBe(true);
  });

  it('lets its data source be chosen', () => {
    const sources = panels
      .flatMap((panel) => [panel, ...listAt(panel, 'targets')])
      .flatMap((each) => each['datasource'] ?? []);

    expect(sources.length).toBeGreaterThan(20);
    expect(sources.every((source) => at(source, 'uid') === '${datasource}')).toBe(true);
    expect(listAt(dashboard, 'templating.list').map(({ name }) => name)).toEqual([
      'datasource',
      'namespace',
      'job',
      'instance',
    ]);
  });
});

describe('the chart', () => {
  it('ships these alerts and this dashboard', async () => {
    const objects = await rendered(
      '--set',
      'bootstrapServers=kafka:9092',
      '--set',
      'metrics.prometheusRule.enabled=true,metrics.dashboard.enabled=true',
    );
    const shipped = objects.find(({ metadata }) => metadata.name.endsWith('-dashboard'));

    expect(theOne(objects, 'PrometheusRule')['spec']).toEqual(alerts);
    expect(JSON.parse(String(Object.values(Object(shipped?.['data']))[0]))).toEqual(dashboard);
    expect(at(shipped, 'metadata.labels.grafana_dashboard')).toBe('1');
  });

  it('asks KEDA to scale by metrics that the proxy has', async () => {
    const objects = await rendered(
      '--set',
      'bootstrapServers=kafka:9092,redis.url=redis://r:6379',
      '--set',
      'keda.enabled=true,keda.prometheus.serverAddress=http://prometheus:9090',
    );
    const asked = listAt(theOne(objects, 'ScaledObject'), 'spec.triggers').map((trigger) =>
      textAt(trigger, 'metadata.query'),
    );

    expect(
      asked.map((query) => query.replace(',service="release-kafka-rest-proxy-peers"', '')).flatMap(unknownIn),
    ).toEqual([]);
    expect(asked.flatMap(askedIn)).toHaveLength(2);
  });
});

describe('what is read out of PromQL', () => {
  it.each([
    ['up == 0', ['up']],
    ['sum by (a, b) (rate(x_total{c="d {e}",f!~"g"}[5m])) > 14.4 * 0.001', ['x_total{c}{f}']],
    ['histogram_quantile(0.99, sum(rate(y_bucket[1h])) by (le)) and on (job) z', ['y_bucket', 'z']],
    ['a:b:ratio5m > 1 or max_over_time(w{}[10m] offset 1h)', ['a:b:ratio5m', 'w']],
  ])('is right for %s', (expression, expected) => {
    expect(
      askedIn(expression).map(({ metric, labels }) => metric + labels.map((label) => `{${label}}`).join('')),
    ).toEqual(expected);
  });

  it('knows what is not there', () => {
    expect(unknownIn('rate(krest_no_such_total[5m])')).toEqual(['krest_no_such_total']);
    expect(unknownIn('krest_fenced_total{from="x"}')).toEqual(['krest_fenced_total{from}']);
    expect(unknownIn('sum by (from) (krest_fenced_total)')).toEqual(['from']);
    expect(unknownIn('krest_forward_duration_seconds')).toEqual(['krest_forward_duration_seconds']);
  });
});

function cellsOf({ x, y, w, h }: Fields): readonly string[] {
  return Array.from({ length: Number(w) * Number(h) }, (_none, place) => {
    const column = Number(x) + (place % Number(w));
    return `${column}:${Number(y) + Math.floor(place / Number(w))}`;
  });
}
