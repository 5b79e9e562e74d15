import { SchemaRegistryError } from '../schema-registry-error.ts';
import type { SchemaDocument, SchemaReference, SchemaType, SubjectVersion } from '../schema-registry.ts';

type Answer = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is Answer {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Without a type a schema is Avro. Of the answers to a look-up this is not true on Apicurio: they name no type at all,
 * so they are not read with this.
 */
export function documentOf({ schema, schemaType, references }: Answer): SchemaDocument {
  if (typeof schema !== 'string') throw unreadable('schema');
  return { type: typeOf(schemaType), text: schema, references: referencesOf(references) };
}

/** @param subject the one asked for: where registries know several names of one, ours counts */
export function subjectVersionOf({ version, id }: Answer, subject: string): SubjectVersion {
  if (typeof version !== 'number') throw unreadable('version');
  return { subject, version, id: idOf({ id }) };
}

export function idOf({ id }: Answer): number {
  if (typeof id !== 'number' || !Number.isInteger(id)) throw unreadable('id');
  return id;
}

function typeOf(schemaType: unknown): SchemaType {
  switch (schemaType ?? 'AVRO') {
    case 'AVRO':
      return 'AVRO';
    case 'JSON':
      return 'JSON';
    case 'PROTOBUF':
      return 'PROTOBUF';
    default:
      throw new SchemaRegistryError(`Schemas of type ${String(schemaType)} are not supported.`, 422, 422);
  }
}

function referencesOf(references: unknown): readonly SchemaReference[] {
  if (references === undefined || references === null) return [];
  if (!Array.isArray(references)) throw unreadable('references');
  return references.map((reference: unknown) => {
    const { name, subject, version } = isObject(reference) ? reference : {};
    if (typeof name !== 'string' || typeof subject !== 'string' || typeof version !== 'number') {
      throw unreadable('references');
    }
    return { name, subject, version };
  });
}

function unreadable(member: string): SchemaRegistryError {
  return new SchemaRegistryError(`The schema registry's answer has no ${member} that can be read.`, 502, 502);
}
