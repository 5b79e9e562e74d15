import type { ErrorObject } from 'ajv';
import { excerptOfString } from '../../json-text/excerpt.ts';
import { DataMismatchError } from '../../schema/data-mismatch-error.ts';
import type { JsonValue } from '../json-value.ts';
import type { NumberSpellings } from '../numbers/number-spellings.ts';

/** What Ajv says as what a client is told: `.address.zip`, `expected integer, got string (rule #/…/zip/type)`. */
export function mismatch(
  value: JsonValue,
  spellings: NumberSpellings | undefined,
  errors: readonly ErrorObject[],
): DataMismatchError {
  const error = errors.at(-1);
  if (error === undefined) return new DataMismatchError('', 'does not match the schema');
  const problem = problemOf(value, spellings, error);
  const closest = closestOf(errors.slice(0, -1), error);
  const place = placeOf(value, error.instancePath);
  if (closest === undefined) return new DataMismatchError(place, problem);
  const inside = placeOf(value, closest.instancePath);
  const within = inside.startsWith(place) ? inside.slice(place.length) : inside;
  const separator = within === '' ? '' : ': ';
  return new DataMismatchError(
    place,
    `${problem}; closest${within === '' ? ':' : ''} ${within}${separator}${problemOf(value, spellings, closest)}`,
  );
}

/** Of the branches that do not match, the problem that lies deepest in the value. */
function closestOf(errors: readonly ErrorObject[], { keyword }: ErrorObject): ErrorObject | undefined {
  if (keyword !== 'anyOf' && keyword !== 'oneOf') return undefined;
  const depths = errors.map(({ instancePath }) => instancePath.split('/').length);
  const deepest = Math.max(...depths.slice(-mostBranches));
  const candidates = errors.filter((_, i) => depths[i] === deepest);
  return candidates.find(({ keyword: rule }) => rule !== 'type') ?? candidates[0];
}

function problemOf(value: JsonValue, spellings: NumberSpellings | undefined, error: ErrorObject): string {
  return `${textOf(value, spellings, error)} (rule ${excerptOfString(error.schemaPath)})`;
}

function textOf(value: JsonValue, spellings: NumberSpellings | undefined, error: ErrorObject): string {
  const params: Readonly<Record<string, unknown>> = error.params;
  switch (error.keyword) {
    case 'type':
      return `expected ${[params['type']].flat().join(' or ')}, got ${kindAt(value, spellings, error.instancePath)}`;
    case 'required':
      return `the member ${nameText(params['missingProperty'])} is missing`;
    case 'additionalProperties':
      return `the member ${nameText(params['additionalProperty'])} is not allowed`;
    case 'unevaluatedProperties':
      return `the member ${nameText(params['unevaluatedProperty'])} is not allowed`;
    case 'propertyNames':
      return `the name ${nameText(params['propertyName'])} is not allowed`;
    case 'false schema':
      return 'nothing is allowed here';
    default:
      return excerptOfString(error.message ?? `does not match ${error.keyword}`);
  }
}

function nameText(name: unknown): string {
  return JSON.stringify(excerptOfString(String(name)));
}

function kindAt(value: JsonValue, spellings: NumberSpellings | undefined, pointer: string): string {
  let container: JsonValue | undefined;
  let place: string | undefined;
  let at = value;
  for (const name of namesOf(pointer)) {
    container = at;
    place = name;
    at = childOf(at, name) ?? null;
  }
  if (at === null) return 'null';
  if (typeof at === 'number')
    return `number ${excerptOfString(spellings?.at(container, place) ?? String(at))}`;
  if (typeof at === 'object') return Array.isArray(at) ? 'array' : 'object';
  return typeof at;
}

/** A JSON pointer into a value as `.address.lines[3]["odd name"]`. */
export function placeOf(value: JsonValue, pointer: string): string {
  let at: JsonValue | undefined = value;
  let text = '';
  for (const name of namesOf(pointer)) {
    text += Array.isArray(at) ? `[${name}]` : memberText(name);
    at = at === undefined ? undefined : childOf(at, name);
    if (text.length > longestPlace) return `${text.slice(0, longestPlace).toWellFormed()}…`;
  }
  return text;
}

function memberText(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`;
}

function childOf(value: JsonValue, name: string): JsonValue | undefined {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
  return Array.isArray(value) ? value[Number(name)] : value[name];
}

function namesOf(pointer: string): readonly string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((name) => name.replaceAll('~1', '/').replaceAll('~0', '~'));
}

const longestPlace = 512;
const mostBranches = 1000;
