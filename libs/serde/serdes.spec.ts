import { describe, expect, it } from 'vitest';
import { RestError } from '#libs/errors/rest-error.ts';
import { JsonSerde } from './json/json-serde.ts';
import type { SchemaSelection } from './serde.ts';
import { Serdes } from './serdes.ts';

const serdes = new Serdes([new JsonSerde()]);

async function thrownBy(action: () => unknown): Promise<unknown> {
  try {
    await action();
  } catch (error) {
    return error;
  }
  return undefined;
}

describe('Serdes', () => {
  it('gives the serde of a format', () => {
    expect(serdes.of('json').format).toBe('json');
    expect(serdes.toRead('json').format).toBe('json');
  });

  it.each<[SchemaSelection, number, string]>([
    [{ schema: '"string"' }, 42206, 'Payload error. Schema Registry must be configured when using schemas.'],
    [{ schemaId: 1 }, 42206, 'Payload error. Schema Registry must be configured when using schemas.'],
    [
      {},
      42207,
      'Error serializing message. Schema Registry not defined, no Schema Registry client available to serialize message.',
    ],
  ])('says that a registry is missing for %j', async (schema, errorCode, message) => {
    const error = await thrownBy(async () => {
      const serializer = await serdes.of('avro').serializer({ topic: 't', isKey: false, schema });
      return serializer.serialize(null);
    });
    expect(error).toBeInstanceOf(RestError);
    expect(error).toMatchObject({ status: 422, errorCode, message });
  });

  it('does not read formats that need a registry', async () => {
    expect(await thrownBy(() => serdes.toRead('protobuf'))).toMatchObject({ status: 422, errorCode: 42206 });
  });
});
