declare global {
  interface JSON {
    /** What `JSON.stringify` writes as it is; the compiler's library does not know it yet. */
    rawJSON(text: string): object;
  }
}

/** A number for `JSON.stringify`, however large. */
export type JsonNumber = number | object;

/** All digits of an offset or a sum of them. */
export function jsonNumber(value: bigint): JsonNumber {
  return value <= mostSafe && value >= -mostSafe ? Number(value) : JSON.rawJSON(String(value));
}

const mostSafe = BigInt(Number.MAX_SAFE_INTEGER);
