/** JSON text for a message: whole when it is short, else its beginning. */
export function excerptOf(json: Buffer): string {
  if (json.length <= EXCERPT_BYTES) return json.toString();
  // The cut may go through a character.
  return `${json.toString('utf8', 0, EXCERPT_BYTES).replace(/\ufffd$/, '')}…`;
}

const EXCERPT_BYTES = 256;
