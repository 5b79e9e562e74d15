import type { ApiSchema } from '../openapi/openapi-types.ts';
import { schemaRef } from '../openapi/responses.ts';

/** A link to another resource. */
export const related = schemaRef('Related');

/** An entity: its head, then fields of its own, all of them always there. */
export function entitySchema(kind: string, fields: Readonly<Record<string, ApiSchema>>): ApiSchema {
  return {
    type: 'object',
    required: ['kind', 'metadata', ...Object.keys(fields)],
    properties: {
      kind: { type: 'string', enum: [kind] },
      metadata: schemaRef('EntityMetadata'),
      ...fields,
    },
  };
}

/** @param item name of the schema of the entities listed */
export function entityListSchema(kind: string, item: string): ApiSchema {
  return {
    type: 'object',
    required: ['kind', 'metadata', 'data'],
    properties: {
      kind: { type: 'string', enum: [kind] },
      metadata: schemaRef('EntityListMetadata'),
      data: { type: 'array', items: schemaRef(item) },
    },
  };
}

/** What all entities share. */
export const entitySchemas: Readonly<Record<string, ApiSchema>> = {
  Related: {
    type: 'object',
    required: ['related'],
    properties: { related: { type: 'string', format: 'uri', description: 'Where the resource is.' } },
  },
  EntityMetadata: {
    type: 'object',
    required: ['self', 'resource_name'],
    properties: {
      self: { type: 'string', format: 'uri', description: 'Where the entity is.' },
      resource_name: { type: 'string', description: 'Its Confluent resource name (CRN).' },
    },
  },
  EntityListMetadata: {
    type: 'object',
    required: ['self', 'next'],
    properties: {
      self: { type: 'string', format: 'uri' },
      next: { type: ['string', 'null'], description: 'Where the next page is; null on the last.' },
    },
  },
};
