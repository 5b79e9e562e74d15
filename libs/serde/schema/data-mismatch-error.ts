/** JSON that a schema does not take. */
export class DataMismatchError extends Error {
  override readonly name = 'DataMismatchError';

  /**
   * @param path where in the datum, to be written behind `value` or `key`: `.address.zip`, `.lines[3]`; "" for the whole
   * @param problem for example `expected int, got string`
   */
  constructor(
    readonly path: string,
    readonly problem: string,
    options: { readonly cause?: unknown } = {},
  ) {
    super(`${path}: ${problem}`, options);
  }
}
