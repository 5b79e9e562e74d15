/** The string that a JSON string's text, quotes included, stands for. */
export function stringOf(text: Buffer): string {
  return text.includes(BACKSLASH)
    ? String(JSON.parse(text.toString()))
    : text.toString('utf8', 1, text.length - 1);
}

const BACKSLASH = 0x5c;
