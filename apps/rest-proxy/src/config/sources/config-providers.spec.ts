import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { knownProviders, resolveReferences } from './config-providers.ts';

const dir = mkdtempSync(join(tmpdir(), 'providers-'));
writeFileSync(join(dir, 'secrets.properties'), 'user=alice\npassword = p\\u00e4ss\n');
writeFileSync(join(dir, 'password'), 'from-file\n');
afterAll(() => rmSync(dir, { recursive: true }));

const resolve = (value: string): string =>
  resolveReferences(value, { USER_NAME: 'bob' }, new Map([...knownProviders, ['vault', 'file']]));

describe('resolveReferences', () => {
  it.each([
    ['a variable', '${env:USER_NAME}', 'bob'],
    ['a variable, as Kafka writes it', '${env::USER_NAME}', 'bob'],
    ['a key of a properties file', `\${file:${dir}/secrets.properties:password}`, 'päss'],
    ['a whole file without its last line end', `\${file:${dir}/password}`, 'from-file'],
    ['a file of a folder', `\${directory:${dir}:password}`, 'from-file'],
    ['a provider by the name that it was given', `\${vault:${dir}/secrets.properties:user}`, 'alice'],
    ['several in one text', `\${env:USER_NAME}:\${file:${dir}/password};`, 'bob:from-file;'],
  ])('puts in %s', (_, value, expected) => {
    expect(resolve(value)).toBe(expected);
  });

  it.each(['plain', '$5', '${}', '${x}', '${unknown:a:b}', 'pa${ss'])('leaves %s as it is', (value) => {
    expect(resolve(value)).toBe(value);
  });

  it.each([
    ['${env:NOT_SET}', 'nothing found for ${env:NOT_SET}'],
    [`\${file:${dir}/secrets.properties:other}`, 'nothing found'],
    ['${file:/nowhere:key}', 'cannot read /nowhere: ENOENT'],
    [`\${directory:${dir}:other}`, 'ENOENT'],
    [`\${directory:${dir}}`, 'nothing found'],
  ])('says what %s lacks', (value, message) => {
    expect(() => resolve(value)).toThrow(message);
  });

  it('does not look again at what was put in', () => {
    expect(resolveReferences('${env:A}', { A: '${env:B}', B: 'b' }, knownProviders)).toBe('${env:B}');
  });
});
