/** What a registry answered instead of what was asked for, or that it did not answer. */
export class SchemaRegistryError extends Error {
  override readonly name = 'SchemaRegistryError';

  constructor(
    message: string,
    /** HTTP status; 0 when there was no answer. */
    readonly status: number,
    /** The registry's own `error_code`; the status where it gave none. */
    readonly errorCode: number,
    options: { readonly cause?: unknown } = {},
  ) {
    super(message, options);
  }

  /** There is no such subject, version, schema or id. */
  get notFound(): boolean {
    return this.status === 404;
  }

  /** The registry does not allow it to whom the proxy is. */
  get forbidden(): boolean {
    return this.errorCode === 40301 || this.status === 403;
  }

  /** Whether the same call may succeed later: no answer, or one that says so. */
  get retriable(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }

  /** No registry could be reached, or none answered in time. */
  static unreachable(reason: string, cause: unknown): SchemaRegistryError {
    return new SchemaRegistryError(`The schema registry cannot be reached: ${reason}`, 0, 0, { cause });
  }
}
