/**
 * An error as a client sees it: HTTP status, `error_code` and text.
 *
 * Made from a line of the table in rest-errors.ts, never by hand.
 */
export class RestError extends Error {
  override readonly name = 'RestError';

  constructor(
    readonly status: number,
    readonly errorCode: number,
    message: string,
    options: { readonly cause?: unknown; readonly retryAfterSeconds?: number | undefined } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.retryAfterSeconds = options.retryAfterSeconds;
  }

  /** Value of the Retry-After header; set on 429 and 503. */
  readonly retryAfterSeconds: number | undefined;

  /** The same error, saying where in the request it is: `… (records[3].value)`. */
  at(place: string): RestError {
    const { retryAfterSeconds } = this;
    return new RestError(this.status, this.errorCode, `${this.message} (${place})`, {
      cause: this,
      retryAfterSeconds,
    });
  }
}
