import { describe, expect, it } from 'vitest';
import {
  binaryV2Json,
  consumerTypes,
  json,
  jsonV2Json,
  kafkaV2Json,
  type Endpoint,
  type MediaType,
} from './media-types.ts';
import { Negotiator } from './negotiator.ts';

const endpoint = (
  name: string,
  consumes: readonly MediaType[],
  produces: readonly MediaType[],
): Endpoint => ({ name, consumes, produces });

const list = new Negotiator([endpoint('api.v2.topics.list', [], [kafkaV2Json])]);
const v3 = new Negotiator([endpoint('api.v3.clusters.list', [], [json])]);
const v3Create = new Negotiator([endpoint('api.v3.topics.create', [json], [json])]);
const create = new Negotiator([endpoint('api.v2.consumers.create', consumerTypes, consumerTypes)]);
const formats = ['binary', 'json', 'avro', 'jsonschema', 'protobuf'];
const typeOf = (format: string, version = 'v2'): MediaType =>
  `application/vnd.kafka.${format}.${version}+json`;
const produce = new Negotiator(
  formats.map((format) => endpoint(`api.v2.produce-to-topic.${format}`, [typeOf(format)], [kafkaV2Json])),
);
const records = new Negotiator([
  endpoint('api.v2.consumers.consume-binary', [], [binaryV2Json, `${kafkaV2Json};qs=0.9`]),
  ...formats
    .slice(1)
    .map((format) => endpoint(`api.v2.consumers.consume-${format}`, [], [`${typeOf(format)};qs=0.1`])),
]);

type Row = readonly [
  negotiator: Negotiator,
  contentType: string | undefined,
  accept: string | undefined,
  expected: string,
];

/** The content type, with the number of the endpoint where there are several; or why there is none. */
function told(negotiator: Negotiator, contentType: string | undefined, accept: string | undefined): string {
  const outcome = negotiator.negotiate(contentType, accept);
  if ('refused' in outcome) return outcome.refused;
  return outcome.variant === 0 ? outcome.contentType : `${outcome.variant}: ${outcome.contentType}`;
}

const check = (name: string, rows: readonly Row[]): void => {
  describe(name, () => {
    it.each(rows.map(([negotiator, ...row]) => ({ negotiator, row })))(
      'Content-Type $row.0 with Accept $row.1 gives $row.2',
      ({ negotiator, row: [contentType, accept, expected] }) => {
        expect(told(negotiator, contentType, accept)).toBe(expected);
        expect(told(negotiator, contentType, accept), 'the second time').toBe(expected);
      },
    );
  });
};

const browser = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';

check('Negotiator, as the original', [
  [list, undefined, undefined, kafkaV2Json],
  [list, undefined, '', kafkaV2Json],
  [list, undefined, '*/*', kafkaV2Json],
  [list, undefined, 'application/*', kafkaV2Json],
  [list, undefined, browser, kafkaV2Json],
  [list, undefined, `${kafkaV2Json}, application/json`, kafkaV2Json],
  [list, undefined, `${kafkaV2Json};charset=utf-8`, `${kafkaV2Json};charset=utf-8`],
  [list, undefined, 'APPLICATION/VND.KAFKA.V2+JSON', kafkaV2Json],
  [list, undefined, 'text/plain', 'not acceptable'],
  [list, undefined, jsonV2Json, 'not acceptable'],
  [list, undefined, `${kafkaV2Json};q=0`, 'not acceptable'],
  [list, 'text/plain', undefined, kafkaV2Json],
  [v3, undefined, kafkaV2Json, 'not acceptable'],
  [v3, undefined, 'application/json', json],
  [v3, undefined, browser, json],
  [v3Create, undefined, undefined, json],
  [v3Create, 'application/json;charset=utf-8', undefined, json],
  [v3Create, kafkaV2Json, undefined, 'unsupported'],
  [v3Create, kafkaV2Json, 'text/plain', 'unsupported'],
  [v3Create, 'application/octet-stream', undefined, 'unsupported'],
  [create, undefined, undefined, kafkaV2Json],
  [create, jsonV2Json, '*/*', kafkaV2Json],
  [create, kafkaV2Json, binaryV2Json, binaryV2Json],
  [create, 'text/plain', undefined, 'unsupported'],
  [produce, undefined, undefined, kafkaV2Json],
  [produce, binaryV2Json, undefined, kafkaV2Json],
  [produce, jsonV2Json, kafkaV2Json, `1: ${kafkaV2Json}`],
  [produce, `${jsonV2Json}; charset=utf-8`, undefined, `1: ${kafkaV2Json}`],
  [produce, typeOf('protobuf'), undefined, `4: ${kafkaV2Json}`],
  [produce, kafkaV2Json, undefined, 'unsupported'],
  [produce, jsonV2Json, jsonV2Json, 'not acceptable'],
  [produce, 'text/plain', 'text/plain', 'unsupported'],
  [records, undefined, undefined, binaryV2Json],
  [records, undefined, kafkaV2Json, kafkaV2Json],
  [records, undefined, jsonV2Json, `1: ${jsonV2Json}`],
  [records, undefined, `${jsonV2Json};charset=utf-8`, `1: ${jsonV2Json};charset=utf-8`],
  [records, undefined, `${jsonV2Json}, ${kafkaV2Json}`, kafkaV2Json],
  [records, undefined, `${jsonV2Json};q=0.9, ${kafkaV2Json};q=0.1`, `1: ${jsonV2Json}`],
  [records, undefined, `${jsonV2Json}, */*;q=0.5`, `1: ${jsonV2Json}`],
]);

check('Negotiator, with the types of older releases', [
  [list, undefined, 'application/json', json],
  [list, undefined, 'application/vnd.kafka+json', 'application/vnd.kafka+json'],
  [list, undefined, 'application/json, application/vnd.kafka.v1+json', 'application/vnd.kafka.v1+json'],
  // What the original understands is answered as it does, whatever the client likes better.
  [list, undefined, `application/json, ${kafkaV2Json};q=0.1`, kafkaV2Json],
  [list, undefined, `${kafkaV2Json};q=0, */*`, 'application/vnd.kafka.v1+json'],
  [produce, 'application/json', undefined, kafkaV2Json],
  [produce, 'application/octet-stream', undefined, kafkaV2Json],
  [
    produce,
    'application/vnd.kafka.v1+json',
    'application/vnd.kafka.v1+json',
    'application/vnd.kafka.v1+json',
  ],
  [produce, jsonV2Json, 'application/json', `1: ${json}`],
  [
    produce,
    jsonV2Json,
    'application/vnd.kafka.v1+json, application/json',
    '1: application/vnd.kafka.v1+json',
  ],
  [produce, typeOf('json', 'v1'), undefined, `1: ${kafkaV2Json}`],
  [produce, typeOf('protobuf', 'v1'), undefined, 'unsupported'],
  [create, 'application/json', 'application/json', json],
  [records, undefined, 'application/json', json],
  [records, undefined, typeOf('json', 'v1'), `1: ${typeOf('json', 'v1')}`],
]);

check('Negotiator, with headers that are none', [
  [list, 'nonsense', undefined, 'malformed Content-Type'],
  [list, `${kafkaV2Json}, ${kafkaV2Json}`, undefined, 'malformed Content-Type'],
  [list, undefined, 'nonsense', 'malformed Accept'],
  [list, undefined, `${kafkaV2Json};q=2`, 'malformed Accept'],
  [list, undefined, `${kafkaV2Json};q=x`, 'malformed Accept'],
  [list, undefined, '*', kafkaV2Json],
  [list, undefined, `${kafkaV2Json};;a="b,c;d"`, `${kafkaV2Json};a="b,c;d"`],
]);

describe('Negotiator', () => {
  it('remembers a bounded number of answers', () => {
    const negotiator = new Negotiator([endpoint('api.v2.topics.list', [], [kafkaV2Json])]);
    for (let i = 0; i < 10_000; i++) negotiator.negotiate(undefined, `text/x${i}, */*`);
    expect(negotiator.remembered).toBeLessThanOrEqual(256);
  });

  it('takes no longer than a blink for a hostile header', () => {
    const started = performance.now();
    for (const header of [
      'a/b;'.repeat(2_000),
      `a/b;a="${'\\"'.repeat(4_000)}`,
      ','.repeat(8_000),
      ' '.repeat(8_000),
    ]) {
      list.negotiate(undefined, header);
    }
    expect(performance.now() - started).toBeLessThan(500);
  });
});
