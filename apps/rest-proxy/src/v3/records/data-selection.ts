import { JsonMappingError } from '#libs/serde/json-text/json-mapping-error.ts';
import type { RecordFormat } from '#libs/serde/record-format.ts';
import type { SchemaSelection } from '#libs/serde/serde.ts';

/** What `key` or `value` of a record says of its type and schema. */
export interface DataMembers {
  readonly type: string | null;
  readonly subject: string | null;
  readonly strategy: (typeof strategyNames)[number] | null;
  readonly schemaId: number | null;
  readonly schemaVersion: number | null;
  readonly schema: string | null;
}

const formats = new Map<string, RecordFormat>([
  ['BINARY', 'binary'],
  ['JSON', 'json'],
  ['STRING', 'string'],
  ['AVRO', 'avro'],
  ['JSONSCHEMA', 'jsonschema'],
  ['PROTOBUF', 'protobuf'],
]);

/** Names of `type` on the wire. */
export const typeNames: readonly string[] = [...formats.keys()];

/** Values of `subject_name_strategy`. */
export const strategyNames = ['TOPIC_NAME', 'RECORD_NAME', 'TOPIC_RECORD_NAME'] as const;

export function strategyOf(name: string | null): DataMembers['strategy'] {
  return strategyNames.find((strategy) => strategy === name) ?? null;
}

/** undefined where the schema is to say the format. */
export function formatOfType(type: string | null): RecordFormat | undefined {
  return type === null ? undefined : formats.get(type);
}

/**
 * The schema that the members select; that of the subject's latest version where they select none.
 *
 * @throws {JsonMappingError} for combinations that are not allowed, in the original's words
 */
export function selectionOf(members: DataMembers): SchemaSelection {
  const { type, subject, strategy, schemaId, schemaVersion, schema } = members;
  const needsNone = type === 'BINARY' || type === 'JSON' || type === 'STRING';
  const member = firstOf(members);
  if (needsNone && member === undefined) return none;
  if (subject !== null && strategy !== null) {
    throw illegal("Only one of 'subject_name_strategy' or 'subject' can be used.");
  }
  if ([schemaId, schemaVersion, schema].filter((one) => one !== null).length > 1) {
    throw illegal("Only one of 'schema_id', 'schema_version' or 'schema' can be used.");
  }
  if (needsNone) throw illegal(`'type=${type}' cannot be used with '${member}'.`);
  if (type === null) {
    if (schema !== null) throw illegal("'schema' cannot be used without 'type'.");
  } else if (schemaId !== null) {
    throw illegal(`'schema_id=${schemaId}' cannot be used with 'serializer'.`);
  } else if (schema === null) {
    throw illegal(`'schema_version=${schemaVersion ?? 'latest'}' cannot be used with 'serializer'.`);
  }
  return {
    ...(subject !== null && { subject }),
    ...(strategy !== null && { subjectNameStrategy: strategy }),
    ...(schema !== null && { schema }),
    ...(schemaId !== null && { schemaId }),
    ...(schema === null && schemaId === null && { schemaVersion: schemaVersion ?? ('latest' as const) }),
  };
}

const none: SchemaSelection = {};

/** The first member that speaks of a schema. */
function firstOf(members: DataMembers): string | undefined {
  if (members.subject !== null) return 'subject';
  if (members.strategy !== null) return 'subject_name_strategy';
  if (members.schemaId !== null) return 'schema_id';
  if (members.schemaVersion !== null) return 'schema_version';
  return members.schema === null ? undefined : 'schema';
}

function illegal(rule: string): JsonMappingError {
  return cannotConstruct('ProduceRequestData', rule);
}

/** In Jackson's words. */
export function cannotConstruct(type: string, problem: string): JsonMappingError {
  return new JsonMappingError(`Cannot construct instance of \`${type}\`, problem: ${problem}`);
}
