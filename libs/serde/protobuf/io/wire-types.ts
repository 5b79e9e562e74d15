/** How the value of a field is written: the lower three bits of its tag. */
export const VARINT = 0;
export const FIXED64 = 1;
export const DELIMITED = 2;
export const START_GROUP = 3;
export const END_GROUP = 4;
export const FIXED32 = 5;

/** How deep messages may nest, as in all of protobuf's own readers. */
export const deepest = 100;
