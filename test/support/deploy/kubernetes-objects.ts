import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parseAllDocuments } from 'yaml';

import { projectDir } from '../../../scripts/stack/cache.ts';
import { kubernetesTools } from '../../../scripts/stack/kubernetes-tools.ts';

export type Fields = Readonly<Record<string, unknown>>;

/** An object of Kubernetes as it was read: nothing but its kind and name is known to be right. */
export interface KubernetesObject extends Fields {
  readonly kind: string;
  readonly metadata: Fields & { readonly name: string };
}

export const chartDir = join(projectDir, 'deploy/helm/kafka-rest-proxy');

/** A command that ended with an error. */
export class CommandFailed extends Error {
  override readonly name = 'CommandFailed';
}

/**
 * What the chart makes of values.
 *
 * @param args for `helm template`, for example `--set` and `key=value`
 * @throws {CommandFailed} with what Helm says
 */
export async function rendered(...args: readonly string[]): Promise<readonly KubernetesObject[]> {
  const { helm } = await kubernetesTools();
  return objectsIn(await run(helm, ['template', 'release', chartDir, '--namespace', 'streams', ...args]));
}

/** What `kubectl kustomize` makes of a folder of the project. @throws {CommandFailed} */
export async function kustomized(dir: string): Promise<readonly KubernetesObject[]> {
  const { kubectl } = await kubernetesTools();
  return objectsIn(await run(kubectl, ['kustomize', join(projectDir, dir)]));
}

const execute = promisify(execFile);

/** @returns standard output @throws {CommandFailed} with both outputs */
export async function run(command: string, args: readonly string[]): Promise<string> {
  try {
    const { stdout } = await execute(command, args, { cwd: projectDir, maxBuffer: 1 << 26, timeout: 60_000 });
    return stdout;
  } catch (error) {
    if (!(error instanceof Error && 'stdout' in error && 'stderr' in error)) throw error;
    throw new CommandFailed(`${String(error.stdout)}${String(error.stderr)}`.trim() || error.message);
  }
}

function objectsIn(yaml: string): readonly KubernetesObject[] {
  return parseAllDocuments(yaml, { version: '1.1' }).flatMap((document) => {
    if (document.errors[0] !== undefined) throw document.errors[0];
    const object: unknown = document.toJS();
    if (object === null) return [];
    if (!isObject(object)) throw new Error(`no object of Kubernetes: ${JSON.stringify(object)}`);
    return [object];
  });
}

function isObject(value: unknown): value is KubernetesObject {
  return (
    isFields(value) && typeof value['kind'] === 'string' && typeof at(value, 'metadata.name') === 'string'
  );
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What is at a path of names and indexes, as in `spec.ports.0.name`; undefined where the path ends early. */
export function at(value: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((found, key) => {
    if (Array.isArray(found)) return found[Number(key)];
    return isFields(found) ? found[key] : undefined;
  }, value);
}

/** The objects in a list; none where there is no list. */
export function listAt(value: unknown, path: string): readonly Fields[] {
  const found = at(value, path);
  return Array.isArray(found) ? found.filter(isFields) : [];
}

export function textAt(value: unknown, path: string): string {
  const found = at(value, path);
  return typeof found === 'string' || typeof found === 'number' ? String(found) : '';
}

export function ofKind(objects: readonly KubernetesObject[], kind: string): readonly KubernetesObject[] {
  return objects.filter((object) => object.kind === kind);
}

/** The one object of a kind. */
export function theOne(objects: readonly KubernetesObject[], kind: string): KubernetesObject {
  const found = ofKind(objects, kind);
  if (found[0] === undefined || found.length > 1) throw new Error(`${found.length} of kind ${kind}`);
  return found[0];
}

/** Whether a selector of labels chooses them. An empty one chooses all. */
export function chooses(selector: unknown, labels: unknown): boolean {
  if (!isFields(selector)) return false;
  return Object.entries(selector).every(([key, value]) => isFields(labels) && labels[key] === value);
}

/** The environment of the proxy's container, from ConfigMaps and from its own list; `(secret)` for what is secret. */
export function environmentOf(objects: readonly KubernetesObject[]): Readonly<Record<string, string>> {
  const container = at(theOne(objects, 'Deployment'), 'spec.template.spec.containers.0');
  const found: Record<string, string> = {};
  for (const source of listAt(container, 'envFrom')) {
    const name = textAt(source, 'configMapRef.name');
    const map = ofKind(objects, 'ConfigMap').find(({ metadata }) => metadata.name === name);
    if (map === undefined) throw new Error(`there is no ConfigMap ${name}`);
    const data = at(map, 'data');
    if (isFields(data)) for (const [key, value] of Object.entries(data)) found[key] = String(value);
  }
  for (const variable of listAt(container, 'env')) {
    found[textAt(variable, 'name')] =
      at(variable, 'valueFrom.secretKeyRef') === undefined ? textAt(variable, 'value') : '(secret)';
  }
  return found;
}
