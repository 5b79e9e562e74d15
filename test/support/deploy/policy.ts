import {
  at,
  chooses,
  type Fields,
  isFields,
  type KubernetesObject,
  listAt,
  ofKind,
  textAt,
} from './kubernetes-objects.ts';
import { environmentOf } from './kubernetes-objects.ts';

/**
 * What is wrong with a set of objects although each is valid by itself: pods that are not hardened, names that lead
 * nowhere, two that decide one thing.
 *
 * @returns one sentence a finding
 */
export function findingsIn(objects: readonly KubernetesObject[]): readonly string[] {
  return [
    ...objects.flatMap(podFindings),
    ...ofKind(objects, 'Deployment').flatMap((deployment) => [
      ...proxyFindings(deployment),
      ...replicaFindings(deployment, objects),
    ]),
    ...namesThatLeadNowhere(objects),
    ...selectorsThatMiss(objects),
    ...secretsInTheOpen(objects),
    ...namespaceFindings(objects),
  ];
}

function podFindings(object: KubernetesObject): readonly string[] {
  const pod = podOf(object);
  if (pod === undefined) return [];
  const where = `${object.kind} ${object.metadata.name}`;
  return [
    ...must(`${where}: service account token is mounted`, at(pod, 'automountServiceAccountToken') === false),
    ...must(`${where}: variables of services`, at(pod, 'enableServiceLinks') === false),
    ...must(`${where}: may run as root`, at(pod, 'securityContext.runAsNonRoot') === true),
    ...must(`${where}: no seccomp`, at(pod, 'securityContext.seccompProfile.type') === 'RuntimeDefault'),
    ...must(`${where}: shares the host`, !['hostNetwork', 'hostPID', 'hostIPC'].some((key) => key in pod)),
    ...must(
      `${where}: volume of the host`,
      listAt(pod, 'volumes').every((volume) => !('hostPath' in volume)),
    ),
    ...[...listAt(pod, 'containers'), ...listAt(pod, 'initContainers')].flatMap((container) =>
      containerFindings(where, container, pod),
    ),
  ];
}

function containerFindings(where: string, container: Fields, pod: Fields): readonly string[] {
  const name = `${where}, container ${textAt(container, 'name')}`;
  const security = at(container, 'securityContext');
  const volumes = new Set(listAt(pod, 'volumes').map((volume) => textAt(volume, 'name')));
  return [
    ...must(`${name}: may gain privileges`, at(security, 'allowPrivilegeEscalation') === false),
    ...must(`${name}: is privileged`, at(security, 'privileged') !== true),
    ...must(`${name}: may write its file system`, at(security, 'readOnlyRootFilesystem') === true),
    ...must(`${name}: keeps capabilities`, at(security, 'capabilities.drop.0') === 'ALL'),
    ...must(`${name}: gets capabilities`, at(security, 'capabilities.add') === undefined),
    ...must(`${name}: no request of CPU`, at(container, 'resources.requests.cpu') !== undefined),
    ...must(`${name}: no request of memory`, at(container, 'resources.requests.memory') !== undefined),
    ...must(`${name}: no limit of memory`, at(container, 'resources.limits.memory') !== undefined),
    ...must(
      `${name}: no limit of storage`,
      at(container, 'resources.limits.ephemeral-storage') !== undefined,
    ),
    ...must(
      `${name}: image without version`,
      /(:[^:/@]+|@sha256:[0-9a-f]{64})$/.test(textAt(container, 'image')) &&
        !textAt(container, 'image').endsWith(':latest'),
    ),
    ...listAt(container, 'volumeMounts').flatMap((mount) =>
      must(`${name}: no volume ${textAt(mount, 'name')}`, volumes.has(textAt(mount, 'name'))),
    ),
    ...repeated(listAt(container, 'env')).map((variable) => `${name}: ${variable} twice`),
  ];
}

/** What the container of the proxy needs beyond every other. */
function proxyFindings(deployment: KubernetesObject): readonly string[] {
  const pod = podOf(deployment);
  const proxy = listAt(pod, 'containers').find((container) => container['name'] === 'proxy');
  const graceSeconds = Number(at(pod, 'terminationGracePeriodSeconds'));
  const sleepSeconds = Number(at(proxy, 'lifecycle.preStop.sleep.seconds') ?? 0);
  return [
    ...must(
      'no POD_IP',
      listAt(proxy, 'env').some(
        (variable) => at(variable, 'valueFrom.fieldRef.fieldPath') === 'status.podIP',
      ),
    ),
    ...['startup', 'readiness', 'liveness'].flatMap((name) =>
      must(`no ${name} probe on the internal port`, at(proxy, `${name}Probe.httpGet.port`) === 'internal'),
    ),
    ...must('too little time to stop', graceSeconds > sleepSeconds + 30),
  ];
}

function replicaFindings(
  deployment: KubernetesObject,
  objects: readonly KubernetesObject[],
): readonly string[] {
  const scalers = [...ofKind(objects, 'HorizontalPodAutoscaler'), ...ofKind(objects, 'ScaledObject')].filter(
    (scaler) => at(scaler, 'spec.scaleTargetRef.name') === deployment.metadata.name,
  );
  const replicas = at(deployment, 'spec.replicas');
  const environment = environmentOf(objects);
  const several = scalers.length > 0 || Number(replicas) > 1;
  return [
    ...must('replicas and a scaler', scalers.length === 0 || replicas === undefined),
    ...must('neither replicas nor a scaler', scalers.length > 0 || replicas !== undefined),
    ...must('two scalers', scalers.length < 2),
    ...must('several pods without Redis', !several || 'KAFKA_REST_REDIS_URL' in environment),
    ...must(
      'Redis without a secret or certificates of the pods',
      !('KAFKA_REST_REDIS_URL' in environment) ||
        environment['KAFKA_REST_INTERNAL_SECRET'] === '(secret)' ||
        environment['KAFKA_REST_INTERNAL_SSL_CLIENT_AUTHENTICATION'] === 'REQUESTED',
    ),
  ];
}

function namesThatLeadNowhere(objects: readonly KubernetesObject[]): readonly string[] {
  const services = ofKind(objects, 'Service');
  const backends = [
    ...ofKind(objects, 'HTTPRoute').flatMap((route) =>
      listAt(route, 'spec.rules').flatMap((rule) => listAt(rule, 'backendRefs')),
    ),
    ...ofKind(objects, 'Ingress').flatMap((ingress) =>
      listAt(ingress, 'spec.rules')
        .flatMap((rule) => listAt(rule, 'http.paths'))
        .flatMap((path) => at(path, 'backend.service'))
        .filter(isFields),
    ),
  ];
  const targets = [...ofKind(objects, 'HorizontalPodAutoscaler'), ...ofKind(objects, 'ScaledObject')];
  const deployments = new Set(ofKind(objects, 'Deployment').map(({ metadata }) => metadata.name));
  return [
    ...backends.flatMap((backend) => {
      const port = at(backend, 'port.name') ?? at(backend, 'port.number') ?? at(backend, 'port');
      const found = services
        .filter(({ metadata }) => metadata.name === at(backend, 'name'))
        .flatMap((service) => listAt(service, 'spec.ports'))
        .some((of) => of['name'] === port || of['port'] === port);
      return must(`route to ${textAt(backend, 'name')}:${String(port)}, which is not there`, found);
    }),
    ...targets.flatMap((target) =>
      must(`${target.kind} of nothing`, deployments.has(textAt(target, 'spec.scaleTargetRef.name'))),
    ),
  ];
}

function selectorsThatMiss(objects: readonly KubernetesObject[]): readonly string[] {
  const deployments = ofKind(objects, 'Deployment');
  const labels = deployments.map((deployment) => at(deployment, 'spec.template.metadata.labels'));
  const ports = deployments
    .flatMap((deployment) => listAt(podOf(deployment), 'containers'))
    .flatMap((container) => listAt(container, 'ports'))
    .map((port) => port['name']);
  const selector = (object: KubernetesObject, path: string): readonly string[] =>
    must(
      `${object.kind} ${object.metadata.name} chooses other pods`,
      isFields(at(object, path)) &&
        Object.keys(at(object, path) ?? {}).length > 0 &&
        labels.every((of) => chooses(at(object, path), of)),
    );
  const services = ofKind(objects, 'Service');
  return [
    ...services.flatMap((service) => [
      ...selector(service, 'spec.selector'),
      ...listAt(service, 'spec.ports').flatMap((port) =>
        must(`no port ${textAt(port, 'targetPort')} in the pods`, ports.includes(port['targetPort'])),
      ),
    ]),
    ...deployments.flatMap((object) => [
      ...selector(object, 'spec.selector.matchLabels'),
      ...listAt(podOf(object), 'topologySpreadConstraints').flatMap((constraint) =>
        must('pods are spread among others', chooses(at(constraint, 'labelSelector.matchLabels'), labels[0])),
      ),
    ]),
    ...ofKind(objects, 'PodDisruptionBudget').flatMap((object) =>
      selector(object, 'spec.selector.matchLabels'),
    ),
    ...ofKind(objects, 'NetworkPolicy').flatMap((object) => {
      const test = ofKind(objects, 'Pod').find(({ metadata }) => metadata.name === object.metadata.name);
      return test === undefined
        ? selector(object, 'spec.podSelector.matchLabels')
        : must(
            `${object.kind} ${object.metadata.name} chooses other pods`,
            chooses(at(object, 'spec.podSelector.matchLabels'), at(test.metadata, 'labels')) &&
              labels.every((of) => !chooses(at(object, 'spec.podSelector.matchLabels'), of)),
          );
    }),
    ...ofKind(objects, 'ServiceMonitor').flatMap((monitor) => {
      const chosen = services.filter(({ metadata }) =>
        chooses(at(monitor, 'spec.selector.matchLabels'), at(metadata, 'labels')),
      );
      const port = at(monitor, 'spec.endpoints.0.port');
      return [
        // Of two services with the same pods each pod would be asked twice.
        ...must('the monitor does not choose one service', chosen.length === 1),
        ...must(
          'the monitor asks a port that is not there',
          listAt(chosen[0], 'spec.ports').some(({ name }) => name === port),
        ),
      ];
    }),
  ];
}

function secretsInTheOpen(objects: readonly KubernetesObject[]): readonly string[] {
  const secret = /PASSWORD|SECRET|JAAS|KEYSTORE_KEY|USER_INFO/;
  return Object.entries(environmentOf(objects)).flatMap(([name, value]) =>
    must(`${name} is in the open`, !secret.test(name) || value === '(secret)' || value.includes('${')),
  );
}

function namespaceFindings(objects: readonly KubernetesObject[]): readonly string[] {
  const namespaces = new Set(objects.map(({ metadata }) => metadata['namespace']));
  const names = objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`);
  return [
    ...must('objects in several namespaces', namespaces.size === 1),
    ...names.filter((name, place) => names.indexOf(name) !== place).map((name) => `${name} twice`),
  ];
}

function podOf(object: KubernetesObject): Fields | undefined {
  const pod = object.kind === 'Pod' ? object['spec'] : at(object, 'spec.template.spec');
  return isFields(pod) ? pod : undefined;
}

const must = (finding: string, holds: boolean): readonly string[] => (holds ? [] : [finding]);

function repeated(variables: readonly Fields[]): readonly string[] {
  const names = variables.map((variable) => textAt(variable, 'name'));
  return names.filter((name, place) => names.indexOf(name) !== place);
}
