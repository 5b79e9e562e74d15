import { execFile } from 'node:child_process';
import { stringify } from 'yaml';

import { goTool } from '../../../scripts/stack/go-tool.ts';
import { isFields, type KubernetesObject, listAt, textAt } from './kubernetes-objects.ts';

/** kube-score, built the first time. @returns its path */
export const kubeScore = (): Promise<string> =>
  goTool('github.com/zegl/kube-score/cmd/kube-score', 'v1.20.0');

/** The grade of a check without a finding. */
const allOk = 10;

/**
 * What kube-score says against objects, warnings included.
 *
 * @returns one line a finding, `Kind check-id`
 */
export async function scoreFindings(
  objects: readonly KubernetesObject[],
  kubernetesVersion: string,
): Promise<readonly string[]> {
  const told = await asked(
    await kubeScore(),
    kubernetesVersion,
    objects.map((object) => stringify(object)),
  );
  const scored: unknown = JSON.parse(told);
  if (!Array.isArray(scored) || scored.length === 0) throw new Error(`kube-score said: ${told}`);
  return scored.filter(isFields).flatMap((object) =>
    listAt(object, 'checks')
      .filter((check) => check['skipped'] !== true && check['grade'] !== allOk)
      .map((check) => `${textAt(object, 'type_meta.kind')} ${textAt(check, 'check.id')}`),
  );
}

function asked(command: string, version: string, documents: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = execFile(
      command,
      ['score', '-', '--output-format', 'json', '--kubernetes-version', `v${version}`],
      { maxBuffer: 1 << 26, timeout: 60_000 },
      // Findings end it with 1, and are on its standard output.
      (error, stdout, stderr) =>
        error === null || stdout !== '' ? resolve(stdout) : reject(new Error(stderr)),
    );
    child.stdin?.end(documents.join('---\n'));
  });
}
