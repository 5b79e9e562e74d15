/** A text that is not a schema of its language, or a schema that is out of bounds. The message says why. */
export class SchemaParseError extends Error {
  override readonly name = 'SchemaParseError';
}
