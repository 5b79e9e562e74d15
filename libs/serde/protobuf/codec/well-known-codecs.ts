import type { ScalarType } from '../schema/proto-file.ts';
import type { MessageLikeCodec } from './message-like-codec.ts';
import { scalarCodec } from './scalar-codecs.ts';
import { AnyCodec, type FindMessage } from './well-known/any-codec.ts';
import { DurationCodec } from './well-known/duration-codec.ts';
import { FieldMaskCodec } from './well-known/field-mask-codec.ts';
import { JsonValueCodec } from './well-known/struct-codecs.ts';
import { TimestampCodec } from './well-known/timestamp-codec.ts';
import { WrapperCodec } from './well-known/wrapper-codec.ts';

/** The messages that JSON has a form of its own for. @param find looks for the messages inside google.protobuf.Any */
export function wellKnownCodec(fullName: string, find: FindMessage): MessageLikeCodec | undefined {
  return fullName === 'google.protobuf.Any' ? new AnyCodec(find) : codecs.get(fullName);
}

const jsonValue = new JsonValueCodec();

const wrapped = (name: string, type: ScalarType): readonly [string, MessageLikeCodec] => [
  `google.protobuf.${name}Value`,
  new WrapperCodec(scalarCodec(type, true)),
];

const codecs: ReadonlyMap<string, MessageLikeCodec> = new Map<string, MessageLikeCodec>([
  ['google.protobuf.Timestamp', new TimestampCodec()],
  ['google.protobuf.Duration', new DurationCodec()],
  ['google.protobuf.FieldMask', new FieldMaskCodec()],
  ['google.protobuf.Value', jsonValue],
  ['google.protobuf.Struct', jsonValue.struct],
  ['google.protobuf.ListValue', jsonValue.list],
  wrapped('Double', 'double'),
  wrapped('Float', 'float'),
  wrapped('Int64', 'int64'),
  wrapped('UInt64', 'uint64'),
  wrapped('Int32', 'int32'),
  wrapped('UInt32', 'uint32'),
  wrapped('Bool', 'bool'),
  wrapped('String', 'string'),
  wrapped('Bytes', 'bytes'),
]);
