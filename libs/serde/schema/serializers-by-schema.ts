import type { RecordSerializer, SerializationTarget } from '../serde.ts';
import type { SchemaSerializers } from '../serdes.ts';
import type { ResolvedSchema, SchemaResolver } from './schema-resolver.ts';
import { SchemaSerializer } from './schema-serializer.ts';

/** Serialises with schemas that are named by id or version, in the format that each is in. */
export class SerializersBySchema implements SchemaSerializers {
  constructor(
    private readonly resolver: SchemaResolver,
    private readonly nullIsTombstone: boolean,
  ) {}

  /**
   * @param target with a schemaId or a schemaVersion
   * @throws {RestError} when the schema cannot be had
   */
  serializer(target: SerializationTarget): RecordSerializer | Promise<RecordSerializer> {
    const resolved = this.resolver.resolve(target);
    const serializer = (schema: ResolvedSchema): RecordSerializer =>
      new SchemaSerializer(schema, target.isKey, this.nullIsTombstone);
    return resolved instanceof Promise ? resolved.then(serializer) : serializer(resolved);
  }
}
