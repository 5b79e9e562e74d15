import { describe, expect, it } from 'vitest';
import { MemorySchemaRegistry } from '../../test/support/fakes/memory-schema-registry.ts';
import { CachedSchemaRegistry } from './cached-schema-registry.ts';
import { SchemaRegistryError } from './schema-registry-error.ts';
import type { SchemaDocument } from './schema-registry.ts';

const document: SchemaDocument = { type: 'AVRO', text: '"string"', references: [] };

function set(maxSchemas = 100) {
  const registry = new MemorySchemaRegistry();
  const clock = { now: 0 };
  const caches = { maxSchemas, latestTtlMs: 5_000, failureTtlMs: 2_000 };
  return { registry, clock, cached: new CachedSchemaRegistry(registry, caches, () => clock.now) };
}

describe('CachedSchemaRegistry', () => {
  it('asks once for what cannot change', async () => {
    const { registry, cached, clock } = set();
    const id = registry.add('a', document);
    for (let i = 0; i < 3; i++) {
      expect(await cached.schemaById(id)).toEqual(document);
      expect(await cached.lookUp('a', document)).toEqual({ subject: 'a', version: 1, id });
      expect(await cached.version('a', 1)).toMatchObject({ version: 1, id });
      expect(await cached.register('a', document)).toBe(id);
      clock.now += 1_000_000;
    }

    expect(registry.calls).toEqual([`schemaById ${id}`, 'lookUp a', 'version a 1', 'register a']);
  });

  it('makes one call of many at one time', async () => {
    const { registry, cached } = set();
    const id = registry.add('a', document);

    const answers = await Promise.all(Array.from({ length: 200 }, () => cached.schemaById(id)));

    expect(answers).toHaveLength(200);
    expect(registry.calls).toEqual([`schemaById ${id}`]);
  });

  it('tells subjects apart that have the same schema', async () => {
    const { registry, cached } = set();
    registry.add('a', document);
    await cached.lookUp('a', document);

    await expect(cached.lookUp('b', document)).rejects.toMatchObject({ notFound: true });
    expect(registry.calls).toEqual(['lookUp a', 'lookUp b']);
  });

  it('takes the latest version for the latest for seconds, and no longer than until it registers one', async () => {
    const { registry, cached, clock } = set();
    registry.add('a', document);
    expect(await cached.version('a', 'latest')).toMatchObject({ version: 1 });
    registry.add('a', { ...document, text: '"int"' });
    clock.now = 4_999;
    expect(await cached.version('a', 'latest')).toMatchObject({ version: 1 });

    clock.now = 5_000;

    expect(await cached.version('a', 'latest')).toMatchObject({ version: 2 });
    await cached.register('a', { ...document, text: '"long"' });
    expect(await cached.version('a', 'latest')).toMatchObject({ version: 3 });
  });

  it('does not ask again for seconds for what was not found', async () => {
    const { registry, cached, clock } = set();
    for (let i = 0; i < 3; i++)
      await expect(cached.schemaById(1)).rejects.toMatchObject({ errorCode: 40403 });
    expect(registry.calls).toEqual(['schemaById 1']);
    registry.add('a', document);

    clock.now = 2_000;

    expect(await cached.schemaById(1)).toEqual(document);
  });

  it('finds what it has registered after it did not find it', async () => {
    const { registry, cached } = set();
    await expect(cached.lookUp('a', document)).rejects.toMatchObject({ notFound: true });

    const id = await cached.register('a', document);

    expect(await cached.lookUp('a', document)).toEqual({ subject: 'a', version: 1, id });
    expect(registry.calls).toEqual(['lookUp a', 'register a', 'lookUp a']);
  });

  it('goes on with what it knows while the registry is down, and does not remember that it was', async () => {
    const { registry, cached } = set();
    const id = registry.add('a', document);
    await cached.schemaById(id);
    registry.failure = SchemaRegistryError.unreachable('down', undefined);

    expect(await cached.schemaById(id)).toEqual(document);
    await expect(cached.lookUp('a', document)).rejects.toMatchObject({ status: 0, retriable: true });

    registry.failure = undefined;
    expect(await cached.lookUp('a', document)).toMatchObject({ id });
  });

  it('remembers only so many', async () => {
    const { registry, cached } = set(2);
    const ids = ['"int"', '"long"', '"string"'].map((text) => registry.add('a', { text }));
    for (const id of ids) await cached.schemaById(id);
    registry.calls.length = 0;

    for (const id of ids.toReversed()) await cached.schemaById(id);

    expect(registry.calls).toEqual([`schemaById ${ids[0]}`]);
  });
});
