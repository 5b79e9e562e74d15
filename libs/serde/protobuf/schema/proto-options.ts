import { SchemaParseError } from '../../schema/schema-parse-error.ts';
import type { Features, OptionValue } from './proto-file.ts';
import type { ProtoTokens } from './proto-tokens.ts';

/** The options that say something about the form of data. */
export type Options = ReadonlyMap<string, OptionValue>;

/** Reads `name = value`, of which custom options, and values that are messages, are passed over. */
export function readOption(tokens: ProtoTokens, into: Map<string, OptionValue>): void {
  let name = '';
  let custom = false;
  do {
    if (tokens.is('(')) {
      tokens.skipBrackets();
      custom = true;
    } else {
      name += `${name === '' ? '' : '.'}${tokens.name('the name of an option')}`;
    }
  } while (tokens.take('.'));
  tokens.expect('=');
  if (tokens.is('{')) {
    if (!custom && name === 'features') {
      throw tokens.problem('Features can be set one by one only, as in features.field_presence = IMPLICIT');
    }
    tokens.skipBrackets();
    return;
  }
  const value = readConstant(tokens);
  if (!custom) into.set(name, value);
}

function readConstant(tokens: ProtoTokens): OptionValue {
  if (tokens.kind === 'string') return tokens.string('a string');
  const sign = tokens.take('-') ? '-' : '';
  if (sign === '') tokens.take('+');
  if (tokens.kind === 'name') return sign + tokens.qualifiedName('a value');
  if (tokens.kind !== 'number') throw tokens.unexpected('the value of an option');
  const { text } = tokens;
  tokens.advance();
  return sign + text;
}

/** Reads `option name = value;` behind its first word. */
export function readOptionStatement(tokens: ProtoTokens, into: Map<string, OptionValue>): void {
  readOption(tokens, into);
  tokens.expect(';');
}

/** Reads `[name = value, …]` if it comes next. */
export function readOptionList(tokens: ProtoTokens): Options {
  const options = new Map<string, OptionValue>();
  if (!tokens.take('[')) return options;
  do readOption(tokens, options);
  while (tokens.take(','));
  tokens.expect(']');
  return options;
}

/** What is left of the features of what is around. @throws {SchemaParseError} */
export function featuresWith(outer: Features, options: Options): Features {
  if (options.size === 0) return outer;
  const features = {
    presence: choice(options, 'features.field_presence', presences) ?? outer.presence,
    closedEnums: choice(options, 'features.enum_type', enumTypes) ?? outer.closedEnums,
    packed:
      choice(options, 'packed', booleans) ??
      choice(options, 'features.repeated_field_encoding', encodings) ??
      outer.packed,
    utf8: choice(options, 'features.utf8_validation', utf8Validations) ?? outer.utf8,
    delimited: choice(options, 'features.message_encoding', messageEncodings) ?? outer.delimited,
  };
  return features;
}

function choice<T>(options: Options, name: string, choices: ReadonlyMap<string, T>): T | undefined {
  const value = options.get(name);
  if (value === undefined) return undefined;
  const chosen = choices.get(String(value));
  if (chosen === undefined) throw new SchemaParseError(`Option ${name} cannot be ${String(value)}`);
  return chosen;
}

const booleans = new Map([
  ['true', true],
  ['false', false],
]);
const presences = new Map<string, Features['presence']>([
  ['IMPLICIT', 'implicit'],
  ['EXPLICIT', 'explicit'],
  ['LEGACY_REQUIRED', 'required'],
]);
const enumTypes = new Map([
  ['CLOSED', true],
  ['OPEN', false],
]);
const encodings = new Map([
  ['PACKED', true],
  ['EXPANDED', false],
]);
const utf8Validations = new Map([
  ['VERIFY', true],
  ['NONE', false],
]);
const messageEncodings = new Map([
  ['DELIMITED', true],
  ['LENGTH_PREFIXED', false],
]);
