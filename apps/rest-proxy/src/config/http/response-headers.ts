import type { ResponseHeaderRule } from '../config.ts';
import { InvalidValue } from '../schema/setting.ts';

const rule = /^(add|set|addDate|setDate)\s+([!#$%&'*+.^_`|~\w-]+)\s*:\s*(.*)$/is;

/** Rules as Jetty's HeaderFilter reads them, `add X-A: b, set X-C: d`; one with a comma in it stands in quotes. */
export const parseHeaderRules = (given: string): readonly ResponseHeaderRule[] =>
  items(given).map((item) => {
    const [, action = '', name, value = ''] = rule.exec(item) ?? [];
    const known = actions.find((candidate) => candidate.toLowerCase() === action.toLowerCase());
    if (known === undefined || name === undefined) {
      throw new InvalidValue(`must be a list of "add|set|addDate|setDate name: value", "${item}" is not`);
    }
    if (/[^\t\x20-\x7e\x80-\xff]/.test(value))
      throw new InvalidValue(`has a value that no header can carry in "${item}"`);
    if (known.endsWith('Date') && !/^\d+$/.test(value)) {
      throw new InvalidValue(`must give milliseconds in "${item}"`);
    }
    return { action: known, name, value };
  });

const actions = ['add', 'set', 'addDate', 'setDate'] as const;

const items = (given: string): readonly string[] =>
  [...given.matchAll(/\s*(?:"((?:[^"\\]|\\.)*)"|([^,]+))\s*(?:,|$)/gs)]
    .map(([, quoted, plain]) => quoted?.replaceAll(/\\(.)/gs, '$1') ?? plain ?? '')
    .map((item) => item.trim())
    .filter((item) => item !== '');
