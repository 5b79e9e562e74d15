import type { JsonKind } from '../../../json-text/json-scanner.ts';
import {
  fullNameOf,
  type AvroSchema,
  type FixedSchema,
  type PrimitiveSchema,
} from '../../schema/avro-schema.ts';
import type { AvroCodec } from '../avro-codec.ts';
import { DecimalCodec, mostDecimalBytes, type DecimalSize } from './decimal-codec.ts';
import type { DecimalForm } from './decimal-text.ts';
import { TemporalCodec } from './temporal-codec.ts';
import type { TemporalForm } from './temporal-text.ts';
import { UuidCodec } from './uuid-codec.ts';

export interface LogicalCodec {
  readonly codec: AvroCodec;
  /** What its values look like in JSON: the readable form and what else is taken. */
  readonly kinds: readonly JsonKind[];
}

/**
 * The codec that shows values of a logical type readably; undefined where the schema has none, or one that Avro says is
 * to be ignored. @param isRoot for the data of a whole record
 */
export function logicalCodecOf(schema: AvroSchema, isRoot: boolean): LogicalCodec | undefined {
  if (schema.kind !== 'primitive' && schema.kind !== 'fixed') return undefined;
  const logicalType = schema.properties.get('logicalType');
  if (typeof logicalType !== 'string') return undefined;
  if (logicalType === 'decimal') return decimalCodec(schema, isRoot);
  if (schema.kind === 'fixed') {
    return logicalType === 'uuid' && schema.size === 16
      ? { codec: new UuidCodec(fullNameOf(schema)), kinds: ['string'] }
      : undefined;
  }
  const temporal = temporals.get(logicalType);
  if (temporal === undefined || temporal.type !== schema.type) return undefined;
  return { codec: new TemporalCodec(temporal.type, temporal.form), kinds: ['number', 'string'] };
}

function decimalCodec(schema: PrimitiveSchema | FixedSchema, isRoot: boolean): LogicalCodec | undefined {
  const size = sizeOf(schema, isRoot);
  const form = decimalForm(schema);
  if (size === undefined || form === undefined) return undefined;
  if (typeof size === 'number' && !hasRoom(size, form)) return undefined;
  return { codec: new DecimalCodec(form, size), kinds: ['string', 'number'] };
}

function sizeOf(schema: PrimitiveSchema | FixedSchema, isRoot: boolean): DecimalSize | undefined {
  if (schema.kind === 'fixed') return schema.size;
  if (schema.type !== 'bytes') return undefined;
  return isRoot ? 'rest' : 'prefixed';
}

function decimalForm({ properties }: PrimitiveSchema | FixedSchema): DecimalForm | undefined {
  const precision = properties.get('precision');
  const scale = properties.get('scale') ?? 0;
  if (typeof precision !== 'number' || typeof scale !== 'number') return undefined;
  if (!Number.isInteger(precision) || precision < 1 || precision > mostDigits) return undefined;
  return Number.isInteger(scale) && scale >= 0 && scale <= precision ? { precision, scale } : undefined;
}

function hasRoom(size: number, { precision }: DecimalForm): boolean {
  return size > 0 && size <= mostDecimalBytes && 10n ** BigInt(precision) <= 2n ** BigInt(size * 8 - 1);
}

/** Of a decimal: 4,096 bytes have room for more. */
const mostDigits = 9_000;

const date: TemporalForm = {
  hasDate: true,
  hasTime: false,
  hasZone: false,
  fraction: 0,
  example: '2024-02-29',
};

function time(fraction: 3 | 6): TemporalForm {
  const example = `23:59:59.${'0'.repeat(fraction)}`;
  return { hasDate: false, hasTime: true, hasZone: false, fraction, example };
}

function timestamp(fraction: 3 | 6 | 9, hasZone: boolean): TemporalForm {
  const example = `2024-02-29T23:59:59.${'0'.repeat(fraction)}${hasZone ? 'Z' : ''}`;
  return { hasDate: true, hasTime: true, hasZone, fraction, example };
}

const temporals: ReadonlyMap<string, { readonly type: 'int' | 'long'; readonly form: TemporalForm }> =
  new Map([
    ['date', { type: 'int', form: date }],
    ['time-millis', { type: 'int', form: time(3) }],
    ['time-micros', { type: 'long', form: time(6) }],
    ['timestamp-millis', { type: 'long', form: timestamp(3, true) }],
    ['timestamp-micros', { type: 'long', form: timestamp(6, true) }],
    ['timestamp-nanos', { type: 'long', form: timestamp(9, true) }],
    ['local-timestamp-millis', { type: 'long', form: timestamp(3, false) }],
    ['local-timestamp-micros', { type: 'long', form: timestamp(6, false) }],
    ['local-timestamp-nanos', { type: 'long', form: timestamp(9, false) }],
  ]);
