/** Text that is not JSON. The message says what is wrong, in Jackson's words, and where. */
export class JsonSyntaxError extends Error {
  override readonly name = 'JsonSyntaxError';

  /**
   * @param problem what is wrong, without the place
   * @param offset where, in bytes from the start of `text`
   */
  constructor(
    problem: string,
    text: Buffer,
    readonly offset: number,
  ) {
    super(`${problem} (${placeText(text, offset)})`);
  }
}

/** `line 1, column 7`: both from 1, columns in characters. */
export function placeText(text: Buffer, offset: number): string {
  let line = 1;
  let lineStart = 0;
  for (let feed = text.indexOf(LF); feed !== -1 && feed < offset; feed = text.indexOf(LF, lineStart)) {
    line++;
    lineStart = feed + 1;
  }
  let column = 1;
  for (let i = lineStart; i < offset && i < text.length; i++) {
    if (((text[i] ?? 0) & CONTINUATION_MASK) !== CONTINUATION) column++;
  }
  return `line ${line}, column ${column}`;
}

const LF = 0x0a;
/** Bytes of a UTF-8 character after its first. */
const CONTINUATION_MASK = 0xc0;
const CONTINUATION = 0x80;
