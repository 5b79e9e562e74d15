/** A copy with memory of its own: a view, or a small buffer of Node's pool, keeps all it was cut from. */
export function ownCopy(bytes: Buffer): Buffer {
  const copy = Buffer.allocUnsafeSlow(bytes.length);
  bytes.copy(copy);
  return copy;
}
