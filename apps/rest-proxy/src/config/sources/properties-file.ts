import { isUtf8 } from 'node:buffer';

export interface Property {
  readonly key: string;
  readonly value: string;
  /** Of the file, from 1: where the key stands. */
  readonly line: number;
}

/** The text does not follow the syntax; the message names the line. */
export class PropertiesSyntaxError extends Error {
  override readonly name = 'PropertiesSyntaxError';
}

/**
 * Reads Java's .properties syntax: comments with # or !, `key=value`, `key: value` or `key value`, a backslash at the
 * end of a line to go on with the next one, and the escapes of java.util.Properties.
 *
 * UTF-8, or ISO-8859-1 where the bytes are not UTF-8. A key may come twice: both are returned, in order.
 *
 * @throws {PropertiesSyntaxError}
 */
export const parseProperties = (bytes: Buffer): readonly Property[] => {
  const text = bytes.toString(isUtf8(bytes) ? 'utf8' : 'latin1').replace(/^\uFEFF/, '');
  return logicalLines(text).map(({ content, line }) => {
    const [, key = '', value = ''] = parts.exec(content) ?? [];
    return { key: unescape(key, line), value: unescape(value, line), line };
  });
};

/** The key ends at the first =, : or white space without a backslash; one = or : may stand in the white space after it. */
const parts = /^((?:\\.|[^\\=: \t\f])*)(?:[ \t\f]*[=:][ \t\f]*|[ \t\f]+|$)(.*)$/s;

const logicalLines = (text: string): { content: string; line: number }[] => {
  const lines: { content: string; line: number }[] = [];
  let open: { content: string; line: number } | undefined;
  for (const [index, natural] of text.split(/\r\n|\r|\n/).entries()) {
    const trimmed = natural.replace(/^[ \t\f]+/, '');
    if (open === undefined && (trimmed === '' || trimmed.startsWith('#') || trimmed.startsWith('!')))
      continue;
    const goesOn = (/\\*$/.exec(trimmed)?.[0].length ?? 0) % 2 === 1;
    open ??= { content: '', line: index + 1 };
    open.content += goesOn ? trimmed.slice(0, -1) : trimmed;
    if (goesOn) continue;
    lines.push(open);
    open = undefined;
  }
  if (open !== undefined) lines.push(open);
  return lines;
};

const escapes: Readonly<Record<string, string>> = { t: '\t', n: '\n', r: '\r', f: '\f' };

const unescape = (text: string, line: number): string =>
  text.replaceAll(/\\(u[0-9a-fA-F]{4}|.)/gs, (_, escape: string) => {
    if (escape.length === 5) return String.fromCharCode(Number.parseInt(escape.slice(1), 16));
    if (escape === 'u') throw new PropertiesSyntaxError(`line ${line}: malformed \\uxxxx encoding`);
    return escapes[escape] ?? escape;
  });
