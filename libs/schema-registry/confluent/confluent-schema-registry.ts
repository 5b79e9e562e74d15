import type { SchemaRegistryAPIClient } from '@kafkajs/confluent-schema-registry/dist/api/index.js';
import type { Response } from 'mappersmith' with { 'resolution-mode': 'require' };
import { SchemaRegistryError } from '../schema-registry-error.ts';
import type { SchemaRegistrySettings } from '../schema-registry-settings.ts';
import {
  SchemaRegistry,
  type SchemaDocument,
  type SubjectVersion,
  type VersionedSchema,
} from '../schema-registry.ts';
import { registryApi } from './registry-api.ts';
import { documentOf, idOf, isObject, subjectVersionOf } from './registry-answers.ts';
import { RegistryHttp } from './registry-http.ts';

/** A registry over HTTP; asks it every time. */
export class ConfluentSchemaRegistry extends SchemaRegistry {
  readonly #http: RegistryHttp;
  readonly #api: SchemaRegistryAPIClient;
  readonly #normalize: { readonly normalize?: true };

  constructor({ connection, normalize }: Pick<SchemaRegistrySettings, 'connection' | 'normalize'>) {
    super();
    this.#http = new RegistryHttp(connection);
    this.#api = registryApi(this.#http);
    this.#normalize = normalize ? { normalize: true } : {};
  }

  async schemaById(id: number): Promise<SchemaDocument> {
    return documentOf(answerOf(await this.#api.Schema.find({ id })));
  }

  async lookUp(subject: string, document: SchemaDocument): Promise<SubjectVersion> {
    requireSubject(subject);
    const parameters = { subject, ...this.#normalize, body: bodyOf(document) };
    return subjectVersionOf(answerOf(await this.#api.Subject.registered(parameters)), subject);
  }

  async register(subject: string, document: SchemaDocument): Promise<number> {
    requireSubject(subject);
    const parameters = { subject, ...this.#normalize, body: bodyOf(document) };
    return idOf(answerOf(await this.#api.Subject.register(parameters)));
  }

  async version(subject: string, version: number | 'latest'): Promise<VersionedSchema> {
    requireSubject(subject);
    const answer = answerOf(await this.#api.Subject.version({ subject, version }));
    return { ...subjectVersionOf(answer, subject), document: documentOf(answer) };
  }

  async close(): Promise<void> {
    await this.#http.close();
  }
}

/** No registry can have such a subject: in a URL these are no names but steps. */
function requireSubject(subject: string): void {
  if (subject === '' || subject === '.' || subject === '..') {
    throw new SchemaRegistryError(`Subject '${subject}' not found.`, 404, 40401);
  }
}

/** Registries of before Protobuf and JSON Schema know no type, and Confluent's own client leaves AVRO out too. */
function bodyOf({ type, text, references }: SchemaDocument): object {
  return {
    schema: text,
    ...(type !== 'AVRO' && { schemaType: type }),
    ...(references.length > 0 && { references }),
  };
}

/** What the registry says. @throws {SchemaRegistryError} what it complains of, or that it did not answer */
function answerOf(response: Response): Readonly<Record<string, unknown>> {
  const failure = response.error();
  if (failure instanceof SchemaRegistryError) throw failure;
  if (failure !== null) throw SchemaRegistryError.unreachable(failure.message, failure);
  const status = response.status();
  const answer = parsed(response.rawData() ?? '');
  if (status >= 200 && status < 300) {
    if (isObject(answer)) return answer;
    throw new SchemaRegistryError('The schema registry answered with something else than JSON.', 502, 502);
  }
  const { error_code: given, message } = isObject(answer) ? answer : {};
  // 0 is what Apicurio says of paths that it does not have.
  const errorCode = typeof given === 'number' && given !== 0 ? given : status;
  const said = typeof message === 'string' ? message : `HTTP status ${status}`;
  throw new SchemaRegistryError(`${said}; error code: ${errorCode}`, status, errorCode);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
