export type ClassRef<T extends object = object> = new () => T;

/** A value that is no list and no object of ours. */
export type JsonScalar = 'string' | 'integer' | 'long' | 'number' | 'boolean' | 'any';
/** `integer` is an int32 number, `long` an int64 bigint; a function names the class of an object; in brackets: a list. */
export type JsonFieldType = JsonScalar | (() => ClassRef) | readonly [JsonScalar | (() => ClassRef)];

export interface JsonField {
  readonly property: string;
  readonly type: JsonFieldType;
  /** Whether JSON null stays null. */
  readonly nullable: boolean;
}

const fieldsOfClass = new WeakMap<object, Map<string, JsonField>>();

/**
 * Declares a field of a JSON body. What is not declared is refused (422), what has another type is refused (400).
 *
 * Read leniently as the original does: integers from numeric strings and cut-off floats, strings from numbers and
 * booleans. JSON null leaves the property undefined.
 *
 * @param options.alias another name under which the field is accepted
 * @param options.nullable where null says something else than nothing: it stays null
 */
export function JsonField(
  type: JsonFieldType,
  { alias, nullable = false }: { readonly alias?: string; readonly nullable?: boolean } = {},
): PropertyDecorator {
  return (prototype, key) => {
    if (typeof key !== 'string') throw new TypeError('A JSON field has a name');
    const fields = fieldsOfClass.get(prototype) ?? new Map<string, JsonField>();
    fieldsOfClass.set(prototype, fields);
    const field = { property: key, type, nullable };
    fields.set(key, field);
    if (alias !== undefined) fields.set(alias, field);
  };
}

/** The declared fields of a class by their names on the wire. */
export function jsonFieldsOf(type: ClassRef): ReadonlyMap<string, JsonField> {
  return fieldsOfClass.get(type.prototype as object) ?? new Map<string, JsonField>();
}
