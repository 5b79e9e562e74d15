import { SchemaParseError } from '../../schema/schema-parse-error.ts';

/** How much a schema, with all that it refers to, may define. */
export class SchemaBudget {
  #left = mostDefinitions;

  /** A type, a field or a value of an enum. @throws {SchemaParseError} when there are too many */
  define(): void {
    if (this.#left-- === 0) {
      throw new SchemaParseError(`It defines more than ${mostDefinitions} types, fields and enum values`);
    }
  }
}

const mostDefinitions = 50_000;

/** How deep messages may be declared in each other, as in protoc. */
export const maxDeclarationDepth = 32;
