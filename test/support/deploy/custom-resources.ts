import { Ajv, type AnySchema } from 'ajv';

import type { KubernetesObject } from './kubernetes-objects.ts';

/** Objects whose schemas a cluster has from elsewhere. Written by hand from their documentation: what we use of them. */

const text = { type: 'string', minLength: 1 };
const strings = { type: 'object', additionalProperties: { type: 'string' } };
const closed = (properties: Record<string, AnySchema>, ...required: readonly string[]) => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
});
const listOf = (items: AnySchema, minItems = 1) => ({ type: 'array', items, minItems });
const port = { type: 'integer', minimum: 1, maximum: 65_535 };

/** GEP-2257: up to four numbers of at most five digits, each with a unit. */
const gatewayDuration = { type: 'string', pattern: '^([0-9]{1,5}(h|m|s|ms)){1,4}$' };
const prometheusDuration = {
  type: 'string',
  pattern: '^(0|(([0-9]+)y)?(([0-9]+)w)?(([0-9]+)d)?(([0-9]+)h)?(([0-9]+)m)?(([0-9]+)s)?(([0-9]+)ms)?)$',
};

const httpRoute = closed(
  {
    parentRefs: listOf(
      closed({ group: text, kind: text, namespace: text, name: text, sectionName: text, port }, 'name'),
    ),
    hostnames: listOf({
      type: 'string',
      pattern: '^(\\*\\.)?[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$',
    }),
    rules: {
      ...listOf(
        closed(
          {
            name: text,
            matches: listOf(
              closed({
                path: closed(
                  {
                    type: { enum: ['Exact', 'PathPrefix', 'RegularExpression'] },
                    value: { type: 'string', pattern: '^/' },
                  },
                  'type',
                  'value',
                ),
                method: { enum: ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'] },
              }),
            ),
            timeouts: closed({ request: gatewayDuration, backendRequest: gatewayDuration }),
            retry: closed({
              codes: listOf({ type: 'integer', minimum: 400, maximum: 599 }),
              attempts: { type: 'integer' },
              backoff: gatewayDuration,
            }),
            backendRefs: listOf(
              closed({ name: text, namespace: text, port, weight: { type: 'integer' } }, 'name', 'port'),
            ),
          },
          'backendRefs',
        ),
      ),
      maxItems: 16,
    },
  },
  'parentRefs',
  'rules',
);

const relabelings = listOf(
  closed({
    sourceLabels: listOf(text),
    separator: { type: 'string' },
    targetLabel: text,
    regex: text,
    modulus: { type: 'integer' },
    replacement: { type: 'string' },
    action: text,
  }),
);

const serviceMonitor = closed(
  {
    selector: closed({ matchLabels: strings }),
    namespaceSelector: closed({ any: { type: 'boolean' }, matchNames: listOf(text) }),
    endpoints: listOf(
      closed(
        {
          port: text,
          path: { type: 'string', pattern: '^/' },
          scheme: { enum: ['http', 'https'] },
          tlsConfig: closed({
            insecureSkipVerify: { type: 'boolean' },
            serverName: text,
            ca: closed({ secret: closed({ name: text, key: text }, 'name', 'key') }),
          }),
          interval: prometheusDuration,
          scrapeTimeout: prometheusDuration,
          relabelings,
          metricRelabelings: relabelings,
        },
        'port',
      ),
    ),
  },
  'selector',
  'endpoints',
);

const prometheusRule = closed(
  {
    groups: listOf(
      closed(
        {
          name: text,
          interval: prometheusDuration,
          rules: listOf({
            ...closed(
              {
                record: text,
                alert: text,
                expr: text,
                for: prometheusDuration,
                labels: strings,
                annotations: strings,
              },
              'expr',
            ),
            oneOf: [{ required: ['record'] }, { required: ['alert'] }],
          }),
        },
        'name',
        'rules',
      ),
    ),
  },
  'groups',
);

const scaledObject = closed(
  {
    scaleTargetRef: closed({ apiVersion: text, kind: text, name: text }, 'name'),
    minReplicaCount: { type: 'integer', minimum: 0 },
    maxReplicaCount: { type: 'integer', minimum: 1 },
    pollingInterval: { type: 'integer' },
    cooldownPeriod: { type: 'integer' },
    advanced: closed({
      horizontalPodAutoscalerConfig: closed({
        behavior: closed({ scaleUp: { type: 'object' }, scaleDown: { type: 'object' } }),
      }),
    }),
    // KEDA takes text alone for what is told to a scaler.
    triggers: listOf(
      closed({ type: text, name: text, metadata: strings, metricType: text }, 'type', 'metadata'),
    ),
  },
  'scaleTargetRef',
  'triggers',
);

const specs: Readonly<Record<string, AnySchema>> = {
  'gateway.networking.k8s.io/v1 HTTPRoute': httpRoute,
  'monitoring.coreos.com/v1 ServiceMonitor': serviceMonitor,
  'monitoring.coreos.com/v1 PrometheusRule': prometheusRule,
  'keda.sh/v1alpha1 ScaledObject': scaledObject,
};

const ajv = new Ajv({ allErrors: true, strict: false });

const nameOf = (object: KubernetesObject): string => `${String(object['apiVersion'])} ${object.kind}`;

/** Whether the object is of a kind that Kubernetes itself does not know. */
export const isCustom = (object: KubernetesObject): boolean => Object.hasOwn(specs, nameOf(object));

/** What is wrong with an object of such a kind. */
export function customFindings(object: KubernetesObject): readonly string[] {
  const spec = specs[nameOf(object)];
  if (spec === undefined) return [`nothing is known of ${nameOf(object)}`];
  const whole = closed(
    {
      apiVersion: text,
      kind: text,
      metadata: closed({ name: text, namespace: text, labels: strings, annotations: strings }, 'name'),
      spec,
    },
    'apiVersion',
    'kind',
    'metadata',
    'spec',
  );
  ajv.validate(whole, object);
  return (ajv.errors ?? []).map(
    ({ instancePath, message, params }) => `${instancePath}: ${message} ${JSON.stringify(params)}`,
  );
}
