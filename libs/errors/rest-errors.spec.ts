import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { restErrors } from './rest-errors.ts';

const lines = Object.values(restErrors);

/** As a row of docs/errors.md; `|` would end the cell. */
const rowOf = ({ status, errorCode, text, when }: (typeof lines)[number]): string =>
  `| ${status} | ${errorCode} | ${text === '<detail>' ? '_what went wrong_' : `\`${text}\``} | ${when} |`;

describe('restErrors', () => {
  it('writes the status, and does not compute it', () => {
    const error = restErrors.consumerConfigConstraint('x');
    expect([error.status, error.errorCode]).toEqual([422, 40001]);
  });

  it('puts the detail into the text as it is', () => {
    expect(restErrors.badRequest('$& $1').message).toBe('Bad Request: $& $1');
    expect(restErrors.kafka('<detail>').message).toBe('<detail>');
  });

  it('keeps the cause', () => {
    const cause = new Error('why');
    expect(restErrors.internal({ cause }).cause).toBe(cause);
  });

  it('has no two codes for one status and text', () => {
    const keys = lines.map(({ status, errorCode, text, when }) => `${status} ${errorCode} ${text} ${when}`);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('is what docs/errors.md shows', () => {
    const page = readFileSync(new URL('../../docs/errors.md', import.meta.url), 'utf8');
    const rows = page
      .split('\n')
      .filter((line) => /^\| \d/.test(line))
      .map((line) => line.replaceAll(/ +/g, ' '));
    const expected = [...lines]
      .sort((a, b) => a.status - b.status || a.errorCode - b.errorCode)
      .map((line) => rowOf(line));
    expect(rows).toEqual(expected);
  });
});
