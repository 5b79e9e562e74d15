import { enumOf, MessageBuilder } from './message-builder.ts';
import {
  featuresOf,
  isScalarType,
  join,
  type Features,
  type OptionValue,
  type ProtoEnum,
  type ProtoField,
  type ProtoFile,
  type ProtoMessage,
  type ScalarType,
} from './proto-file.ts';
import { featuresWith, readOptionList, readOptionStatement } from './proto-options.ts';
import { ProtoTokens } from './proto-tokens.ts';
import { maxDeclarationDepth, type SchemaBudget } from './schema-budget.ts';

/** Where a declaration stands. */
interface Scope {
  readonly name: string;
  readonly features: Features;
  readonly depth: number;
}

type Label = 'optional' | 'required' | 'repeated' | 'none';

/** Reads the text of a .proto file: proto2, proto3, or an edition. */
class ProtoParser {
  readonly #tokens: ProtoTokens;
  #syntax: 'proto2' | 'proto3' | 'editions' = 'proto2';
  #packageName = '';
  readonly #imports: string[] = [];

  constructor(
    text: string,
    private readonly budget: SchemaBudget,
  ) {
    this.#tokens = new ProtoTokens(text);
  }

  /** @throws {SchemaParseError} */
  parse(): ProtoFile {
    const tokens = this.#tokens;
    this.#readSyntax();
    const options = new Map<string, OptionValue>();
    const messages: ProtoMessage[] = [];
    const enums: ProtoEnum[] = [];
    let features: Features = featuresOf[this.#syntax];
    while (tokens.kind !== 'end') {
      if (tokens.take(';')) continue;
      if (tokens.take('import')) this.#readImport();
      else if (tokens.take('package')) this.#readPackage();
      else if (tokens.take('option')) {
        readOptionStatement(tokens, options);
        features = featuresWith(featuresOf[this.#syntax], options);
      } else {
        const scope = { name: this.#packageName, features, depth: 0 };
        if (!this.#readType(scope, messages, enums)) {
          if (!tokens.is('service') && !tokens.is('extend')) throw tokens.unexpected('a definition');
          this.#skipDefinition();
        }
      }
    }
    return { packageName: this.#packageName, imports: this.#imports, messages, enums };
  }

  #readSyntax(): void {
    const tokens = this.#tokens;
    const isEdition = tokens.take('edition');
    if (!isEdition && !tokens.take('syntax')) return;
    tokens.expect('=');
    const problem = tokens.problem('The syntax is not known');
    const value = tokens.string('a syntax').toString();
    if (isEdition) {
      if (value !== '2023' && value !== '2024') throw problem;
      this.#syntax = 'editions';
    } else {
      if (value !== 'proto2' && value !== 'proto3') throw problem;
      this.#syntax = value;
    }
    tokens.expect(';');
  }

  #readImport(): void {
    const tokens = this.#tokens;
    const ofOptions = tokens.take('option');
    if (!ofOptions && !tokens.take('public')) tokens.take('weak');
    const path = tokens.string('a file').toString();
    if (!ofOptions) this.#imports.push(path);
    tokens.expect(';');
  }

  #readPackage(): void {
    this.#packageName = this.#tokens.qualifiedName('a package').replace(/^\./, '');
    this.#tokens.expect(';');
  }

  /** @returns false when no message or enum comes next */
  #readType(scope: Scope, messages: ProtoMessage[], enums: ProtoEnum[]): boolean {
    const tokens = this.#tokens;
    if (tokens.take('export') || tokens.take('local')) {
      if (!tokens.is('message') && !tokens.is('enum')) throw tokens.unexpected('"message" or "enum"');
    }
    if (tokens.take('message')) messages.push(this.#readMessage(scope));
    else if (tokens.take('enum')) enums.push(this.#readEnum(scope));
    else return false;
    return true;
  }

  #readMessage(scope: Scope): ProtoMessage {
    const message = new MessageBuilder(scope.name, this.#tokens.name('the name of a message'), this.budget);
    this.#readBody(message, scope);
    return message.build();
  }

  #readBody(message: MessageBuilder, outer: Scope): void {
    const tokens = this.#tokens;
    if (outer.depth === maxDeclarationDepth) {
      throw tokens.problem(`Messages are declared more than ${maxDeclarationDepth} deep`);
    }
    tokens.expect('{');
    const options = new Map<string, OptionValue>();
    let scope: Scope = { name: message.fullName, features: outer.features, depth: outer.depth + 1 };
    let oneofs = 0;
    while (!tokens.take('}')) {
      if (tokens.take(';')) continue;
      if (tokens.take('option')) {
        readOptionStatement(tokens, options);
        scope = { ...scope, features: featuresWith(outer.features, options) };
      } else if (tokens.take('oneof')) {
        this.#readOneof(message, scope, oneofs++);
      } else if (tokens.is('extend')) {
        this.#skipDefinition();
      } else if (tokens.take('extensions') || tokens.take('reserved')) {
        this.#skipStatement();
      } else if (!this.#readType(scope, message.messages, message.enums)) {
        this.#readField(message, scope);
      }
    }
  }

  #readOneof(message: MessageBuilder, outer: Scope, oneof: number): void {
    const tokens = this.#tokens;
    tokens.name('the name of a oneof');
    tokens.expect('{');
    const options = new Map<string, OptionValue>();
    while (!tokens.take('}')) {
      if (tokens.take(';')) continue;
      if (tokens.take('option')) readOptionStatement(tokens, options);
      else if (tokens.take('group')) this.#readGroup(message, outer, 'optional', oneof);
      else {
        const type = tokens.qualifiedName('a type');
        this.#readRestOfField(message, outer, { label: 'none', type, mapKey: undefined, oneof });
      }
    }
  }

  #readField(message: MessageBuilder, scope: Scope): void {
    const tokens = this.#tokens;
    const label = this.#readLabel();
    if (label !== 'none' && tokens.take('group')) {
      this.#readGroup(message, scope, label, undefined);
      return;
    }
    let type = tokens.qualifiedName('a field');
    let mapKey: ScalarType | undefined;
    if (type === 'map' && tokens.take('<')) {
      if (label !== 'none') throw tokens.problem(`A map cannot be ${label}`);
      mapKey = this.#readMapKey();
      tokens.expect(',');
      type = tokens.qualifiedName('the type of values');
      tokens.expect('>');
    } else if (label === 'none' && this.#syntax === 'proto2') {
      throw tokens.problem('Expected "required", "optional" or "repeated" before a field');
    }
    this.#readRestOfField(message, scope, { label, type, mapKey, oneof: undefined });
  }

  #readLabel(): Label {
    const tokens = this.#tokens;
    for (const label of ['optional', 'required', 'repeated'] as const) {
      if (!tokens.is(label)) continue;
      if (label === 'required' && this.#syntax !== 'proto2') {
        throw tokens.problem('Required fields are for proto2 only');
      }
      tokens.advance();
      return label;
    }
    return 'none';
  }

  #readMapKey(): ScalarType {
    const tokens = this.#tokens;
    const key = tokens.name('the type of keys');
    if (!isScalarType(key) || key === 'double' || key === 'float' || key === 'bytes') {
      throw tokens.problem(`Keys of a map cannot be of type ${key}`);
    }
    return key;
  }

  #readRestOfField(
    message: MessageBuilder,
    scope: Scope,
    field: {
      readonly label: Label;
      readonly type: string;
      readonly mapKey: ScalarType | undefined;
      readonly oneof: number | undefined;
    },
  ): void {
    const tokens = this.#tokens;
    const name = tokens.name('the name of a field');
    tokens.expect('=');
    const number = tokens.integer('the number of a field');
    const { label, type, mapKey, oneof } = field;
    message.addField({ name, number, type, mapKey, oneof, ...this.#readFieldOptions(scope, label, oneof) });
    tokens.expect(';');
  }

  #readFieldOptions(
    scope: Scope,
    label: Label,
    oneof: number | undefined,
  ): Pick<ProtoField, 'repeated' | 'jsonName' | 'defaultValue' | 'proto3Optional' | 'features'> {
    const options = readOptionList(this.#tokens);
    const features = featuresWith(scope.features, options);
    let { presence } = features;
    if (label === 'required') presence = 'required';
    else if (label === 'optional' || oneof !== undefined) presence = 'explicit';
    return {
      repeated: label === 'repeated',
      jsonName: options.get('json_name')?.toString(),
      defaultValue: options.get('default'),
      proto3Optional: this.#syntax === 'proto3' && label === 'optional',
      features: { ...features, presence },
    };
  }

  /** A field, and the message that is its type, in one. */
  #readGroup(message: MessageBuilder, scope: Scope, label: Label, oneof: number | undefined): void {
    const tokens = this.#tokens;
    if (this.#syntax !== 'proto2') throw tokens.problem('Groups are for proto2 only');
    const name = tokens.name('the name of a group');
    tokens.expect('=');
    const number = tokens.integer('the number of a field');
    const { features, ...rest } = this.#readFieldOptions(scope, label, oneof);
    const type = `.${join(message.fullName, name)}`;
    message.addField({
      ...rest,
      name: name.toLowerCase(),
      number,
      type,
      mapKey: undefined,
      oneof,
      features: { ...features, delimited: true },
    });
    const group = new MessageBuilder(message.fullName, name, this.budget);
    this.#readBody(group, scope);
    message.groups.push(group.build());
  }

  #readEnum(outer: Scope): ProtoEnum {
    const tokens = this.#tokens;
    const name = tokens.name('the name of an enum');
    this.budget.define();
    tokens.expect('{');
    const options = new Map<string, OptionValue>();
    const values: (readonly [string, number])[] = [];
    while (!tokens.take('}')) {
      if (tokens.take(';')) continue;
      if (tokens.take('option')) readOptionStatement(tokens, options);
      else if (tokens.take('reserved')) this.#skipStatement();
      else {
        const value = tokens.name('the name of a value');
        tokens.expect('=');
        values.push([value, tokens.integer('the number of a value')]);
        this.budget.define();
        readOptionList(tokens);
        tokens.expect(';');
      }
    }
    return enumOf(outer.name, name, values, featuresWith(outer.features, options).closedEnums);
  }

  /** Passes over `service …{…}` or `extend …{…}`. */
  #skipDefinition(): void {
    const tokens = this.#tokens;
    tokens.advance();
    tokens.qualifiedName('a name');
    if (!tokens.is('{')) throw tokens.unexpected('"{"');
    tokens.skipBrackets();
  }

  #skipStatement(): void {
    const tokens = this.#tokens;
    while (!tokens.take(';')) {
      if (tokens.kind === 'end' || tokens.is('}')) throw tokens.unexpected('";"');
      if (tokens.is('[')) tokens.skipBrackets();
      else tokens.advance();
    }
  }
}

/** @throws {SchemaParseError} */
export function parseProto(text: string, budget: SchemaBudget): ProtoFile {
  return new ProtoParser(text, budget).parse();
}
