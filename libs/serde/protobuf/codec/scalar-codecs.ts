import type { ScalarType } from '../schema/proto-file.ts';
import { BoolCodec } from './bool-codec.ts';
import { BytesCodec } from './bytes-codec.ts';
import { DoubleCodec, FloatCodec } from './floating-codecs.ts';
import { Int32Codec, Int64Codec, UInt32Codec, UInt64Codec } from './integer-codecs.ts';
import { StringCodec } from './string-codec.ts';
import type { ValueCodec } from './value-codec.ts';

/** @param strict whether strings must be valid UTF-8 */
export function scalarCodec(type: ScalarType, strict: boolean): ValueCodec {
  return type === 'string' && !strict ? lenientString : scalars[type];
}

const lenientString = new StringCodec(false);
const scalars: Readonly<Record<ScalarType, ValueCodec>> = {
  double: new DoubleCodec(),
  float: new FloatCodec(),
  int32: new Int32Codec('int32', 'varint'),
  int64: new Int64Codec('int64', 'varint'),
  uint32: new UInt32Codec('uint32', false),
  uint64: new UInt64Codec('uint64', false),
  sint32: new Int32Codec('sint32', 'zigzag'),
  sint64: new Int64Codec('sint64', 'zigzag'),
  fixed32: new UInt32Codec('fixed32', true),
  fixed64: new UInt64Codec('fixed64', true),
  sfixed32: new Int32Codec('sfixed32', 'fixed'),
  sfixed64: new Int64Codec('sfixed64', 'fixed'),
  bool: new BoolCodec(),
  string: new StringCodec(true),
  bytes: new BytesCodec(),
};
