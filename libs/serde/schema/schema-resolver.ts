import { restErrors } from '#libs/errors/rest-errors.ts';
import { BoundedMap } from '#libs/schema-registry/bounded-map.ts';
import { SchemaRegistryError } from '#libs/schema-registry/schema-registry-error.ts';
import type { SchemaRegistrySettings } from '#libs/schema-registry/schema-registry-settings.ts';
import type {
  SchemaDocument,
  SchemaRegistry,
  SubjectVersion,
} from '#libs/schema-registry/schema-registry.ts';
import {
  needsRecordName,
  subjectName,
  type NameStrategy,
} from '#libs/schema-registry/subject-name-strategy.ts';
import type { SerializationTarget } from '../serde.ts';
import type { CompiledSchema, CompiledSchemas } from './compiled-schemas.ts';
import { doing, schemaError, wrongType } from './schema-errors.ts';
import type { SchemaCodec, SchemaLanguage } from './schema-language.ts';
import { frameHeader } from './wire-frame.ts';

/** A schema, and what it is called where it is used. */
export interface ResolvedSchema extends CompiledSchema, SubjectVersion {
  /** What records with it begin with. */
  readonly header: Buffer;
}

export type ResolverSettings = Pick<
  SchemaRegistrySettings,
  'autoRegister' | 'keySubjectNames' | 'valueSubjectNames'
>;

/**
 * Finds the schema that a request means, and makes sure that it is registered under the subject of the topic: under
 * another it does not count.
 */
export class SchemaResolver {
  /** By everything that the answer follows from. What it says cannot change. */
  readonly #resolved = new BoundedMap<string, ResolvedSchema>({
    maxEntries: mostResolved,
    maxWeight: mostCharacters,
  });

  constructor(
    private readonly registry: SchemaRegistry,
    private readonly compiled: CompiledSchemas,
    private readonly settings: ResolverSettings,
  ) {}

  /**
   * @param target with exactly one of schema, schemaId and schemaVersion
   * @param language what the schema must be in; required for a raw schema. undefined: the registry knows
   * @throws {RestError} 42205, 42207, 403/40301, 400: which schema, and why not
   */
  resolve(target: SerializationTarget, language?: SchemaLanguage): ResolvedSchema | Promise<ResolvedSchema> {
    const { schema, schemaId, schemaVersion } = target.schema;
    if (schemaVersion !== undefined) return this.#ofVersion(target, schemaVersion, language);
    const key = keyOf(target, language);
    const resolved = this.#resolved.get(key);
    if (resolved !== undefined) return resolved;
    if (schemaId !== undefined) return this.#remembered(key, this.#ofId(target, schemaId, language));
    if (schema === undefined || language === undefined) throw new TypeError('No schema, or no language');
    return this.#remembered(key, this.#ofText(target, schema, language));
  }

  async #remembered(key: string, resolving: Promise<ResolvedSchema>): Promise<ResolvedSchema> {
    const resolved = await resolving;
    this.#resolved.set(key, resolved, { weight: key.length });
    return resolved;
  }

  async #ofText(
    target: SerializationTarget,
    text: string,
    language: SchemaLanguage,
  ): Promise<ResolvedSchema> {
    let compiled: CompiledSchema;
    try {
      compiled = this.compiled.ofText(language, text);
      await compiled.codec.requireWritable?.();
    } catch (error) {
      throw schemaError(doing.parsingRaw(language, text), error);
    }
    const subject = this.#subject(target, compiled.codec);
    const { canonicalText } = compiled.codec;
    const canonical: SchemaDocument = { type: language.type, text: canonicalText, references: [] };
    const place =
      (await this.#lookUpRaw(subject, canonical, language)) ??
      // Some registries compare letter by letter, and somebody may have registered it as it was sent.
      (text === canonicalText
        ? undefined
        : await this.#lookUpRaw(subject, { ...canonical, text }, language)) ??
      (await this.#register(subject, canonical, language));
    // What was written can be read, also when the registry is down then.
    this.compiled.adopt(place.id, compiled);
    return resolvedSchema(compiled, place);
  }

  /** @returns undefined when the subject does not have it */
  async #lookUpRaw(
    subject: string,
    document: SchemaDocument,
    language: SchemaLanguage,
  ): Promise<SubjectVersion | undefined> {
    try {
      return await this.registry.lookUp(subject, document);
    } catch (error) {
      if (error instanceof SchemaRegistryError && error.notFound) return undefined;
      throw schemaError(doing.registering(language, subject, document.text), error);
    }
  }

  async #register(
    subject: string,
    document: SchemaDocument,
    language: SchemaLanguage,
  ): Promise<SubjectVersion> {
    if (!this.settings.autoRegister) {
      throw restErrors.serializing(
        `${doing.fetchingVersion(subject, document.text)}\nIt is not registered, and schemas are not registered here.`,
      );
    }
    let what = doing.registering(language, subject, document.text);
    try {
      const id = await this.registry.register(subject, document);
      what = doing.fetchingVersion(subject, document.text);
      return { ...(await this.registry.lookUp(subject, document)), id };
    } catch (error) {
      throw schemaError(what, error);
    }
  }

  async #ofId(
    target: SerializationTarget,
    id: number,
    language: SchemaLanguage | undefined,
  ): Promise<ResolvedSchema> {
    let what = doing.fetchingById(id);
    try {
      const document = await this.registry.schemaById(id);
      const compiled = await this.#compiled(id, document, language);
      const subject = this.#subject(target, compiled.codec);
      what = doing.fetchingVersion(subject, document.text);
      // That it exists is not enough: it must be the subject's.
      return resolvedSchema(compiled, { ...(await this.registry.lookUp(subject, document)), id });
    } catch (error) {
      throw schemaError(what, error);
    }
  }

  async #ofVersion(
    target: SerializationTarget,
    version: number | 'latest',
    language: SchemaLanguage | undefined,
  ): Promise<ResolvedSchema> {
    const strategy = this.#strategy(target);
    if (target.schema.subject === undefined && needsRecordName(strategy)) {
      throw restErrors.badRequest(
        `Cannot use schema_subject_strategy=${strategy} without schema_id or schema.`,
      );
    }
    const subject = this.#subject(target, undefined);
    const latest = version === 'latest';
    const what = latest ? doing.fetchingLatest(subject) : doing.fetchingByVersion(subject, version);
    try {
      const found = await this.registry.version(subject, version);
      return resolvedSchema(await this.#compiled(found.id, found.document, language), found);
    } catch (error) {
      if (!latest && error instanceof SchemaRegistryError && error.notFound) {
        throw restErrors.badRequest(`Schema does not exist for subject: ${subject}, version: ${version}`, {
          cause: error,
        });
      }
      throw schemaError(what, error);
    }
  }

  async #compiled(
    id: number,
    document: SchemaDocument,
    language: SchemaLanguage | undefined,
  ): Promise<CompiledSchema> {
    const compiled = await this.compiled.ofId(id, document);
    if (language !== undefined && compiled.language !== language) {
      throw wrongType(id, compiled.language, language);
    }
    await compiled.codec.requireWritable?.();
    return compiled;
  }

  #strategy({ schema, isKey }: SerializationTarget): NameStrategy {
    const { keySubjectNames, valueSubjectNames } = this.settings;
    return schema.subjectNameStrategy ?? (isKey ? keySubjectNames : valueSubjectNames);
  }

  #subject(target: SerializationTarget, codec: SchemaCodec | undefined): string {
    if (target.schema.subject !== undefined) return target.schema.subject;
    const strategy = this.#strategy(target);
    const subject = subjectName(strategy, target.topic, target.isKey, () => codec?.recordName);
    if (subject === undefined) {
      throw restErrors.badRequest(`Cannot use schema_subject_strategy=${strategy}: the schema has no name.`);
    }
    return subject;
  }
}

function resolvedSchema(
  { language, codec }: CompiledSchema,
  { subject, version, id }: SubjectVersion,
): ResolvedSchema {
  return { language, codec, subject, version, id, header: frameHeader(id) };
}

/** The text goes last: it alone may contain anything. */
function keyOf({ topic, isKey, schema }: SerializationTarget, language: SchemaLanguage | undefined): string {
  const { subject = '', subjectNameStrategy = '', schemaId } = schema;
  const wanted = schemaId === undefined ? `\n${schema.schema}` : `#${schemaId}`;
  const names = JSON.stringify([topic, subject]);
  return `${language?.type} ${isKey ? 'key' : 'value'} ${subjectNameStrategy} ${names}${wanted}`;
}

const mostResolved = 10_000;
const mostCharacters = 4_194_304;
