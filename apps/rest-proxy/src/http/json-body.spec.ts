import { ArrayNotEmpty, IsDefined, IsIn, Min, ValidateNested } from 'class-validator';
import { describe, expect, it } from 'vitest';
import { RestError } from '#libs/errors/rest-error.ts';
import { parseJson } from './json-body.ts';
import { JsonField } from './json-field.ts';

class PlaceDto {
  @JsonField('string')
  @IsDefined({ message: 'must not be null' })
  topic?: string;

  @JsonField('integer')
  @Min(0, { message: 'must be greater than or equal to 0' })
  partition = 0;

  @JsonField('long')
  offset?: bigint;
}

class BodyDto {
  @JsonField('string', { alias: 'title' })
  name?: string;

  @JsonField('boolean')
  'auto.commit.enable'?: boolean;

  @JsonField('number')
  ratio?: number;

  @JsonField(['string'])
  @ArrayNotEmpty({ message: 'must not be empty' })
  topics: readonly string[] = ['default'];

  @JsonField([() => PlaceDto])
  @ValidateNested()
  places: readonly PlaceDto[] = [];

  @JsonField(() => PlaceDto)
  @ValidateNested()
  place?: PlaceDto;

  @JsonField('any')
  anything?: unknown;

  @JsonField('string')
  @IsIn(['a', 'b'])
  choice = 'a';

  @JsonField(['integer'], { nullable: true })
  nullable?: readonly number[] | null;
}

const parse = (text: string | Buffer): BodyDto | undefined => parseJson(Buffer.from(text), BodyDto);

/** Status, code and message of what is thrown. */
function refused(text: string | Buffer): readonly [number, number, string] {
  try {
    parse(text);
  } catch (error) {
    if (error instanceof RestError) return [error.status, error.errorCode, error.message];
    throw error;
  }
  throw new Error('was accepted');
}

describe('parseJson', () => {
  it.each(['', ' \n\t ', 'null', ' null '])('%j is no body', (text) => {
    expect(parse(text)).toBeUndefined();
  });

  it('fills what is declared, and leaves the rest at its default', () => {
    const body = parse('{"name":"n","places":[{"topic":"t","partition":2}],"place":{"topic":"u"}}');
    expect(body).toBeInstanceOf(BodyDto);
    expect(body).toEqual({
      name: 'n',
      topics: ['default'],
      places: [{ topic: 't', partition: 2 }],
      place: { topic: 'u', partition: 0 },
      choice: 'a',
    });
    expect(body?.places[0]).toBeInstanceOf(PlaceDto);
  });

  it('a field of null is as if it were absent', () => {
    expect(parse('{"name":null,"topics":null,"places":null,"place":null,"choice":null}')).toEqual(
      parse('{}'),
    );
  });

  it('a field of null is null where that says something', () => {
    expect(parse('{"nullable":null}')?.nullable).toBeNull();
    expect(parse('{"nullable":[1]}')?.nullable).toEqual([1]);
    expect(parse('{}')?.nullable).toBeUndefined();
  });

  it('an alias is the same field', () => {
    expect(parse('{"title":"x"}')?.name).toBe('x');
  });

  it('the last of two equal names counts', () => {
    expect(parse('{"name":"a","name":"b"}')?.name).toBe('b');
  });

  it('takes escapes and a byte order mark', () => {
    expect(parse('\ufeff{"n\\u0061me":"\\ud83d\\ude00\\n"}')?.name).toBe('😀\n');
  });

  it('keeps an int64 exactly', () => {
    expect(parse('{"place":{"topic":"t","offset":9223372036854775807}}')?.place?.offset).toBe(2n ** 63n - 1n);
    expect(parse('{"place":{"topic":"t","offset":9007199254740993}}')?.place?.offset).toBe(9007199254740993n);
  });

  it.each([
    ['{"name":1.50}', { name: '1.50' }],
    ['{"name":true}', { name: 'true' }],
    ['{"place":{"topic":"t","partition":"3"}}', { place: { partition: 3 } }],
    ['{"place":{"topic":"t","partition":1.7}}', { place: { partition: 1 } }],
    ['{"place":{"topic":"t","partition":1e2}}', { place: { partition: 100 } }],
    ['{"place":{"topic":"t","partition":""}}', { place: { partition: 0 } }],
    ['{"place":{"topic":"t","offset":" 12 "}}', { place: { offset: 12n } }],
    ['{"auto.commit.enable":"False"}', { 'auto.commit.enable': false }],
    ['{"auto.commit.enable":1}', { 'auto.commit.enable': true }],
    ['{"ratio":"1.5"}', { ratio: 1.5 }],
    ['{"anything":{"a":[1,null]}}', { anything: { a: [1, null] } }],
  ])('%s is read as leniently as the original does', (text, expected) => {
    expect(parse(text)).toMatchObject(expected);
  });

  it.each([
    ['foobar', "Unrecognized token 'foobar'", 'line 1, column 1'],
    ['{\n "name": "a",\n}', 'Unexpected character', 'line 3, column 1'],
    ['{"name":"a"', 'Unexpected end-of-input', 'line 1, column 12'],
    ['{} {}', 'Unexpected character', 'line 1, column 4'],
    ['{"name":"a"} x', 'Unexpected character', 'line 1, column 14'],
    ["{'name':1}", 'Unexpected character', 'line 1, column 2'],
    ['{"name":01}', 'Leading zeroes', 'line 1, column 10'],
    [Buffer.from([0x7b, 0x22, 0xff]), 'Invalid UTF-8', 'line 1, column 3'],
    [`{"anything":${'['.repeat(100_000)}`, 'nesting depth', 'line 1'],
  ])('%s is malformed, and the message says where', (text, problem, place) => {
    const [status, code, message] = refused(text);
    expect([status, code]).toEqual([400, 400]);
    expect(message).toContain(problem);
    expect(message).toContain(place);
  });

  it.each([
    ['[]', 'Cannot deserialize value of type `Object` from Array value'],
    ['"x"', 'Cannot deserialize value of type `Object` from String "x"'],
    ['{"topics":"t"}', 'Cannot deserialize value of type `List` from String "t" at topics'],
    ['{"topics":[{}]}', 'Cannot deserialize value of type `String` from Object value at topics[0]'],
    ['{"places":[1]}', 'Cannot deserialize value of type `Object` from Number value at places[0]'],
    [
      '{"place":{"partition":"x"}}',
      'Cannot deserialize value of type `Integer` from String "x" at place.partition',
    ],
    [
      '{"place":{"partition":true}}',
      'Cannot deserialize value of type `Integer` from Boolean value at place.partition',
    ],
    [
      '{"auto.commit.enable":"maybe"}',
      'Cannot deserialize value of type `Boolean` from String "maybe" at auto.commit.enable',
    ],
    [
      '{"place":{"partition":3000000000}}',
      'Numeric value (3000000000) out of range of integer at place.partition',
    ],
    [
      '{"place":{"offset":9223372036854775808}}',
      'Numeric value (9223372036854775808) out of range of long at place.offset',
    ],
    ['{"place":{"offset":1e400}}', 'Numeric value (1e400) out of range of long at place.offset'],
    ['{"ratio":1e400}', 'Cannot deserialize value of type `Double` from Number value at ratio'],
  ])('%s has a wrong type', (text, message) => {
    expect(refused(text)).toEqual([400, 400, message]);
  });

  it.each(['nope', '__proto__', 'constructor', 'toString', ''])(
    'a field %j that is not declared is 422',
    (name) => {
      expect(refused(`{${JSON.stringify(name)}:{"polluted":true}}`)).toEqual([
        422,
        422,
        `Unrecognized field: ${name}`,
      ]);
      expect(refused(`{"places":[{"topic":"t",${JSON.stringify(name)}:1}]}`)[0]).toBe(422);
      expect({}).not.toHaveProperty('polluted');
    },
  );

  it.each([
    ['{"topics":[]}', 'topics must not be empty'],
    ['{"topics":[null]}', 'topics[0] must not be null'],
    ['{"places":[{"topic":"t"},{}]}', 'places[1].topic must not be null'],
    ['{"place":{"topic":"t","partition":-1}}', 'place.partition must be greater than or equal to 0'],
    ['{"choice":"c"}', 'choice must be one of the following values: a, b'],
    [
      '{"topics":[],"choice":"c"}',
      'topics must not be empty; choice must be one of the following values: a, b',
    ],
  ])('%s is not valid, and the message names the field', (text, message) => {
    expect(refused(text)).toEqual([422, 422, message]);
  });
});
