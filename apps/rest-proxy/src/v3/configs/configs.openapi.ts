import type { ApiSchema } from '../../openapi/openapi-types.ts';
import { schemaRef } from '../../openapi/responses.ts';
import { bool, text } from '../v3.openapi.ts';

const source: ApiSchema = {
  type: 'string',
  description: 'Where the value comes from.',
  enum: [
    'DYNAMIC_TOPIC_CONFIG',
    'DYNAMIC_BROKER_LOGGER_CONFIG',
    'DYNAMIC_BROKER_CONFIG',
    'DYNAMIC_DEFAULT_BROKER_CONFIG',
    'DYNAMIC_GROUP_CONFIG',
    'STATIC_BROKER_CONFIG',
    'DEFAULT_CONFIG',
    'UNKNOWN',
  ],
};
const nullableText: ApiSchema = { type: ['string', 'null'] };

/** The fields of a configuration entry. @param owner what it belongs to */
export function configFieldSchemas(
  owner: Readonly<Record<string, ApiSchema>>,
): Readonly<Record<string, ApiSchema>> {
  return {
    cluster_id: text,
    name: text,
    value: { ...nullableText, description: 'null when sensitive or unset.' },
    is_read_only: bool,
    is_sensitive: bool,
    source,
    synonyms: {
      type: 'array',
      description: 'The values that stand behind this one, from the one in force down to the default.',
      items: {
        type: 'object',
        required: ['name', 'value', 'source'],
        properties: { name: text, value: nullableText, source },
      },
    },
    ...owner,
    is_default: bool,
  };
}

/** The fields of an example entry, before and after its owner. */
export function configExample(
  clusterId: string,
  name: string,
  value: string,
  owner: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  return {
    cluster_id: clusterId,
    name,
    value,
    is_read_only: false,
    is_sensitive: false,
    source: 'DEFAULT_CONFIG',
    synonyms: [{ name, value, source: 'DEFAULT_CONFIG' }],
    ...owner,
    is_default: true,
  };
}

/** Bodies that change configuration. */
export const alterConfigSchemas: Readonly<Record<string, ApiSchema>> = {
  UpdateConfigRequest: {
    type: 'object',
    required: ['value'],
    properties: { value: { type: 'string', description: 'Numbers and booleans are taken, too.' } },
  },
  AlterConfigEntry: {
    type: 'object',
    required: ['name'],
    properties: {
      name: text,
      value: { ...nullableText, description: 'What to set; without meaning for DELETE.' },
      operation: {
        type: ['string', 'null'],
        enum: ['SET', 'DELETE', null],
        description: 'SET when absent. DELETE takes the entry back to its default.',
      },
    },
  },
  AlterConfigsRequest: {
    type: 'object',
    required: ['data'],
    properties: {
      data: { type: 'array', items: schemaRef('AlterConfigEntry') },
      validate_only: {
        type: ['boolean', 'null'],
        description: 'Only check, change nothing. For topics only; without meaning for brokers.',
      },
    },
  },
  AlterTopicsConfigsRequest: {
    type: 'object',
    required: ['data'],
    properties: {
      data: {
        type: 'array',
        items: {
          type: 'object',
          required: ['topic_name', 'configs'],
          properties: { topic_name: text, configs: { type: 'array', items: schemaRef('AlterConfigEntry') } },
        },
      },
      validate_only: { type: ['boolean', 'null'], description: 'Only check, change nothing.' },
    },
  },
  AlterTopicsConfigsFailures: {
    type: 'object',
    required: ['failures'],
    properties: {
      failures: {
        type: 'array',
        items: {
          type: 'object',
          required: ['topic_name', 'error_code', 'message'],
          properties: { topic_name: text, error_code: { type: 'integer', format: 'int32' }, message: text },
        },
      },
    },
  },
};
