import { SchemaParseError } from '../../schema/schema-parse-error.ts';
import type { SchemaSource } from '../../schema/schema-language.ts';
import { parseDescriptor } from './descriptor-reader.ts';
import { isScalarType, type ProtoFile, type ProtoMessage, type ProtoType } from './proto-file.ts';
import { parseProto } from './proto-parser.ts';
import { SchemaBudget } from './schema-budget.ts';
import { wellKnownProto } from './well-known-protos.ts';

/** A schema with the types of everything that it imports. */
export class ProtoSchema {
  readonly #types = new Map<string, ProtoType>();
  readonly #budget = new SchemaBudget();
  readonly #file: ProtoFile;

  /** @throws {SchemaParseError} */
  constructor({ text, references }: SchemaSource) {
    this.#file = this.#parse(text);
    this.#addTypes(this.#file);
    const imported = new Set<string>();
    const parsed = new Set([text]);
    const due = [...this.#file.imports];
    for (const reference of references) {
      imported.add(reference.name);
      if (parsed.has(reference.text)) continue;
      parsed.add(reference.text);
      const file = this.#parseReference(reference.name, reference.text);
      this.#addTypes(file);
      due.push(...file.imports);
    }
    // Imports may go in a circle: each file is read once, and refers to what all of them have.
    for (let path = due.pop(); path !== undefined; path = due.pop()) {
      const known = imported.has(path) ? undefined : wellKnownProto(path);
      if (known === undefined) continue;
      imported.add(path);
      const file = this.#parse(known);
      this.#addTypes(file);
      due.push(...file.imports);
    }
    for (const message of this.#file.messages) this.#checkTypes(message);
  }

  #parse(text: string): ProtoFile {
    return parseDescriptor(text, this.#budget) ?? parseProto(text, this.#budget);
  }

  #parseReference(name: string, text: string): ProtoFile {
    try {
      return this.#parse(text);
    } catch (error) {
      if (!(error instanceof SchemaParseError)) throw error;
      throw new SchemaParseError(`${name}: ${error.message}`, { cause: error });
    }
  }

  #addTypes({ messages, enums }: ProtoFile): void {
    for (const type of enums) this.#add(type);
    for (const message of messages) this.#addMessage(message);
  }

  #addMessage(message: ProtoMessage): void {
    this.#add(message);
    for (const type of message.enums) this.#add(type);
    for (const nested of message.messages) this.#addMessage(nested);
    for (const group of message.groups) this.#addMessage(group);
  }

  /** What the schema itself defines comes first. */
  #add(type: ProtoType): void {
    if (!this.#types.has(type.fullName)) this.#types.set(type.fullName, type);
  }

  #checkTypes(message: ProtoMessage): void {
    for (const { name, type } of message.fields) {
      if (!isScalarType(type)) this.type(type, message.fullName, name);
    }
    for (const nested of message.messages) this.#checkTypes(nested);
    for (const group of message.groups) this.#checkTypes(group);
  }

  /** The messages of the schema itself, not those inside others. */
  get messages(): readonly ProtoMessage[] {
    return this.#file.messages;
  }

  /** By full name. */
  find(fullName: string): ProtoType | undefined {
    return this.#types.get(fullName);
  }

  /**
   * The type that a field of a message means: that of the nearest scope.
   *
   * @throws {SchemaParseError} when there is none
   */
  type(name: string, messageName: string, field: string): ProtoType {
    let found: ProtoType | undefined;
    if (name.startsWith('.')) {
      found = this.#types.get(name.slice(1));
    } else {
      let scope = messageName;
      found = this.#types.get(`${scope}.${name}`);
      while (found === undefined && scope !== '') {
        scope = scope.slice(0, Math.max(scope.lastIndexOf('.'), 0));
        found = this.#types.get(scope === '' ? name : `${scope}.${name}`);
      }
    }
    if (found === undefined) {
      throw new SchemaParseError(`Field ${messageName}.${field} is of type ${name}, which is not known`);
    }
    return found;
  }
}
