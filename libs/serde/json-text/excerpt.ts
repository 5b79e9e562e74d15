/** JSON text for a message: whole when it is short, else its beginning. */
export function excerptOf(json: Buffer): string {
  if (json.length <= EXCERPT_LENGTH) return json.toString();
  // The cut may go through a character.
  return `${json.toString('utf8', 0, EXCERPT_LENGTH).replace(/\ufffd$/, '')}…`;
}

/** The same for a string. */
export function excerptOfString(text: string): string {
  return text.length <= EXCERPT_LENGTH ? text : `${text.slice(0, EXCERPT_LENGTH).toWellFormed()}…`;
}

const EXCERPT_LENGTH = 256;
