import { createHash } from 'node:crypto';
import { BoundedMap } from './bounded-map.ts';
import { SchemaRegistryError } from './schema-registry-error.ts';
import type { RegistryCaches } from './schema-registry-settings.ts';
import {
  SchemaRegistry,
  type SchemaDocument,
  type SubjectVersion,
  type VersionedSchema,
} from './schema-registry.ts';

/**
 * Asks another registry, and remembers what it said.
 *
 * What cannot change (an id's schema, a version's schema, where a subject has a schema) is kept for as long as there is
 * room; the latest version and what failed, for seconds. Calls for the same at one time become one. So what was used
 * lately goes on working while the registry is down.
 */
export class CachedSchemaRegistry extends SchemaRegistry {
  readonly #registry: SchemaRegistry;
  readonly #caches: RegistryCaches;
  readonly #documents: BoundedMap<number, SchemaDocument>;
  readonly #versions: BoundedMap<string, VersionedSchema>;
  readonly #places: BoundedMap<string, SubjectVersion>;
  readonly #ids: BoundedMap<string, number>;
  readonly #failures: BoundedMap<string, SchemaRegistryError>;
  readonly #underWay = new Map<string, Promise<unknown>>();

  constructor(registry: SchemaRegistry, caches: RegistryCaches, now: () => number = () => performance.now()) {
    super();
    const bounds = { maxEntries: caches.maxSchemas, maxWeight: mostCharacters };
    this.#registry = registry;
    this.#caches = caches;
    this.#documents = new BoundedMap(bounds);
    this.#versions = new BoundedMap(bounds, now);
    this.#places = new BoundedMap({ maxEntries: caches.maxSchemas });
    this.#ids = new BoundedMap({ maxEntries: caches.maxSchemas });
    this.#failures = new BoundedMap({ maxEntries: mostFailures }, now);
  }

  async schemaById(id: number): Promise<SchemaDocument> {
    return this.#documents.get(id) ?? this.#once(`id ${id}`, () => this.#askForId(id));
  }

  async #askForId(id: number): Promise<SchemaDocument> {
    const document = await this.#registry.schemaById(id);
    this.#documents.set(id, document, { weight: weightOf(document) });
    return document;
  }

  async lookUp(subject: string, document: SchemaDocument): Promise<SubjectVersion> {
    const key = placeKey(subject, document);
    return (
      this.#places.get(key) ??
      this.#once(`look up ${key}`, async () => {
        const place = await this.#registry.lookUp(subject, document);
        this.#places.set(key, place);
        return place;
      })
    );
  }

  async register(subject: string, document: SchemaDocument): Promise<number> {
    const key = placeKey(subject, document);
    return (
      this.#ids.get(key) ??
      this.#once(`register ${key}`, async () => {
        const id = await this.#registry.register(subject, document);
        this.#ids.set(key, id);
        this.#failures.delete(`look up ${key}`);
        this.#versions.delete(versionKey(subject, 'latest'));
        return id;
      })
    );
  }

  async version(subject: string, version: number | 'latest'): Promise<VersionedSchema> {
    const key = versionKey(subject, version);
    return this.#versions.get(key) ?? this.#once(key, () => this.#askForVersion(subject, version));
  }

  async #askForVersion(subject: string, wanted: number | 'latest'): Promise<VersionedSchema> {
    const version = await this.#registry.version(subject, wanted);
    const weight = weightOf(version.document);
    this.#versions.set(versionKey(subject, version.version), version, { weight });
    if (wanted === 'latest') {
      this.#versions.set(versionKey(subject, wanted), version, {
        weight,
        ttlMs: this.#caches.latestTtlMs,
      });
    }
    return version;
  }

  async close(): Promise<void> {
    await this.#registry.close();
  }

  /** What fails without an answer is not kept: the connection knows best when it is worth a try again. */
  #once<T>(key: string, ask: () => Promise<T>): Promise<T> {
    const failure = this.#failures.get(key);
    if (failure !== undefined) return Promise.reject(failure);
    const underWay = this.#underWay.get(key);
    // The key says what is asked for, and so what comes back.
    if (underWay !== undefined) return underWay as Promise<T>;
    const asking = ask()
      .catch((error: unknown) => {
        if (error instanceof SchemaRegistryError && error.status !== 0) {
          this.#failures.set(key, error, { ttlMs: this.#caches.failureTtlMs });
        }
        throw error;
      })
      .finally(() => this.#underWay.delete(key));
    this.#underWay.set(key, asking);
    return asking;
  }
}

/** Of a digest: texts may be long, and there may be many that were never registered. */
function placeKey(subject: string, { type, text, references }: SchemaDocument): string {
  const hash = createHash('sha256')
    .update(JSON.stringify([type, references]))
    .update(text)
    .digest('base64');
  return `${hash} ${subject}`;
}

function versionKey(subject: string, version: number | 'latest'): string {
  return `version ${version} ${subject}`;
}

function weightOf({ text }: SchemaDocument): number {
  return text.length + entryCharacters;
}

/** What an entry takes beside its text, roughly. */
const entryCharacters = 500;
const mostCharacters = 16_777_216;
const mostFailures = 10_000;
