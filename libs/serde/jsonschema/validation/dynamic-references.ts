import { SchemaParseError } from '../../schema/schema-parse-error.ts';
import type { JsonObject } from '../json-value.ts';

interface Reference {
  readonly schema: JsonObject;
  readonly to: string;
}

/**
 * `$dynamicRef` and `$recursiveRef`, which mean the schema that was entered first among those of one name. Where there
 * is but one of that name they are `$ref`, and become it; the rest, which are of use to those who extend schemas, are
 * refused.
 */
export class DynamicReferences {
  readonly #anchors = new Map<string, number>();
  #recursiveAnchors = 0;
  #resources = 0;
  readonly #dynamic: Reference[] = [];
  readonly #recursive: Reference[] = [];

  note(schema: JsonObject): void {
    const { $dynamicAnchor: anchor, $dynamicRef, $recursiveAnchor, $recursiveRef, $id } = schema;
    if (typeof anchor === 'string') this.#anchors.set(anchor, (this.#anchors.get(anchor) ?? 0) + 1);
    if ($recursiveAnchor === true) this.#recursiveAnchors++;
    if (typeof $id === 'string') this.#resources++;
    if (typeof $dynamicRef === 'string') this.#dynamic.push({ schema, to: $dynamicRef });
    if (typeof $recursiveRef === 'string') this.#recursive.push({ schema, to: $recursiveRef });
  }

  /**
   * @param documents how many there are
   * @throws {SchemaParseError}
   */
  settle(documents: number): void {
    for (const { schema, to } of this.#dynamic) {
      const anchor = to.slice(to.indexOf('#') + 1);
      if ((this.#anchors.get(anchor) ?? 0) > 1) {
        throw new SchemaParseError(`There is more than one $dynamicAnchor ${anchor}: that is not supported`);
      }
      become(schema, '$dynamicRef', to);
    }
    const mayDiffer = this.#recursiveAnchors > 1 || documents > 1 || this.#resources > 1;
    for (const { schema, to } of this.#recursive) {
      if (this.#recursiveAnchors > 0 && mayDiffer) {
        throw new SchemaParseError('$recursiveAnchor in more than one schema is not supported');
      }
      become(schema, '$recursiveRef', to);
    }
  }
}

function become(schema: JsonObject, keyword: string, reference: string): void {
  delete schema[keyword];
  if (schema['$ref'] === undefined) {
    schema['$ref'] = reference;
    return;
  }
  const others = Array.isArray(schema['allOf']) ? schema['allOf'] : [];
  schema['allOf'] = [...others, { $ref: reference }];
}
