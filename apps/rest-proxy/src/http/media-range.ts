/** One media type or range of a header, e.g. `application/*;q=0.5`. */
export interface MediaRange {
  /** Lower case, `*` for any. */
  readonly type: string;
  readonly subtype: string;
  /** Parameters but q and qs, as they came: `;charset=utf-8`. */
  readonly parameters: string;
  /** From 0 to 1: the client's `q`, or the server's `qs`. */
  readonly quality: number;
}

const token = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
const parameter = new RegExp(
  `^\\s*;\\s*(?:(${token})\\s*=\\s*(${token}|"(?:[^"\\\\\\x00-\\x1f\\x7f]|\\\\.)*"))?`,
);
const head = new RegExp(`^\\s*(?:(${token})/(${token})|(\\*))`);

/** The types of a Content-Type or Accept header, in its order; undefined when it is not such a header. */
export function parseMediaRanges(header: string): readonly MediaRange[] | undefined {
  const ranges: MediaRange[] = [];
  let rest = header;
  for (;;) {
    const start = head.exec(rest);
    if (start === null) return undefined;
    rest = rest.slice(start[0].length);
    let parameters = '';
    let quality = 1;
    for (let match = parameter.exec(rest); match !== null; match = parameter.exec(rest)) {
      rest = rest.slice(match[0].length);
      const [, name, value] = match;
      if (name === undefined || value === undefined) continue;
      if (/^qs?$/i.test(name)) {
        quality = Number(value);
        if (!/^(?:0?\.\d+|[01](?:\.\d*)?)$/.test(value) || quality > 1) return undefined;
      } else {
        parameters += `;${name}=${value}`;
      }
    }
    const [, type = '*', subtype = '*'] = start;
    ranges.push({ type: type.toLowerCase(), subtype: subtype.toLowerCase(), parameters, quality });
    const end = /^\s*(,[\s,]*)?/.exec(rest);
    rest = rest.slice(end?.[0].length ?? 0);
    if (rest === '') return ranges;
    if (end?.[1] === undefined) return undefined;
  }
}

/** Whether one is in the other's range. */
export function compatible(a: MediaRange, b: MediaRange): boolean {
  if (a.type === '*' || b.type === '*') return true;
  return a.type === b.type && (a.subtype === '*' || b.subtype === '*' || a.subtype === b.subtype);
}

export function isConcrete(range: MediaRange): boolean {
  return range.type !== '*' && range.subtype !== '*';
}
