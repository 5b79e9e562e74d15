import {
  fullNameOf,
  type AvroSchema,
  type NamedSchema,
  type Properties,
  type RecordField,
} from './avro-schema.ts';
import { schemaJsonText } from './schema-json.ts';

/**
 * The schema's text as Java's `Schema.toString()` has it, which is what Confluent's clients register: without white
 * space, attributes in a fixed order, a type's second use by its name.
 */
export function canonicalText(schema: AvroSchema): string {
  return new CanonicalText().of(schema, '');
}

class CanonicalText {
  readonly #written = new Set<string>();

  /** @param namespace of what is around it */
  of(schema: AvroSchema, namespace: string): string {
    switch (schema.kind) {
      case 'primitive': {
        const type = quoted(schema.type);
        return schema.properties.size === 0
          ? type
          : object(attribute('type', type), properties(schema.properties));
      }
      case 'array':
        return object(
          '"type":"array"',
          attribute('items', this.of(schema.items, namespace)),
          properties(schema.properties),
        );
      case 'map':
        return object(
          '"type":"map"',
          attribute('values', this.of(schema.values, namespace)),
          properties(schema.properties),
        );
      case 'union':
        return `[${schema.branches.map((branch) => this.of(branch, namespace)).join(',')}]`;
      case 'record':
      case 'enum':
      case 'fixed':
        return this.#named(schema, namespace);
    }
  }

  #named(schema: NamedSchema, namespace: string): string {
    const fullName = fullNameOf(schema);
    if (this.#written.has(fullName)) return quoted(schema.namespace === namespace ? schema.name : fullName);
    this.#written.add(fullName);
    const aliases = schema.aliases.map((alias) => relative(alias, schema.namespace));
    return object(
      attribute('type', quoted(schema.kind === 'record' && schema.isError ? 'error' : schema.kind)),
      attribute('name', quoted(schema.name)),
      schema.namespace === namespace ? '' : attribute('namespace', quoted(schema.namespace)),
      schema.doc === undefined ? '' : attribute('doc', quoted(schema.doc)),
      this.#body(schema),
      properties(schema.properties),
      aliases.length === 0 ? '' : attribute('aliases', `[${aliases.map(quoted).join(',')}]`),
    );
  }

  #body(schema: NamedSchema): string {
    switch (schema.kind) {
      case 'record': {
        const fields = schema.fields.map((field) => this.#field(field, schema.namespace));
        return attribute('fields', `[${fields.join(',')}]`);
      }
      case 'enum': {
        const symbols = attribute('symbols', `[${schema.symbols.map(quoted).join(',')}]`);
        return schema.fallback === undefined
          ? symbols
          : `${symbols},${attribute('default', quoted(schema.fallback))}`;
      }
      case 'fixed':
        return attribute('size', String(schema.size));
    }
  }

  #field(field: RecordField, namespace: string): string {
    return object(
      attribute('name', quoted(field.name)),
      attribute('type', this.of(field.schema, namespace)),
      field.doc === undefined ? '' : attribute('doc', quoted(field.doc)),
      field.fallback === undefined ? '' : attribute('default', schemaJsonText(field.fallback)),
      field.order === 'ascending' ? '' : attribute('order', quoted(field.order)),
      field.aliases.length === 0 ? '' : attribute('aliases', `[${field.aliases.map(quoted).join(',')}]`),
      properties(field.properties),
    );
  }
}

function object(...parts: readonly string[]): string {
  return `{${parts.filter((part) => part !== '').join(',')}}`;
}

function attribute(name: string, json: string): string {
  return `"${name}":${json}`;
}

function properties(map: Properties): string {
  return [...map].map(([name, value]) => `${quoted(name)}:${schemaJsonText(value)}`).join(',');
}

function quoted(text: string): string {
  return JSON.stringify(text);
}

/** A full name as it is written within a namespace. */
function relative(fullName: string, namespace: string): string {
  const dot = fullName.lastIndexOf('.');
  return dot !== -1 && fullName.slice(0, dot) === namespace ? fullName.slice(dot + 1) : fullName;
}
