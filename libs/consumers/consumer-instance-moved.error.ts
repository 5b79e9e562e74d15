import { restErrors } from '#libs/errors/rest-errors.ts';
import { RestError } from '#libs/errors/rest-error.ts';

/**
 * The instance is not held here, or no longer: another process may have it.
 *
 * Whoever can look for the instance elsewhere does so; for everybody else it is 404/40403.
 */
export class ConsumerInstanceMovedError extends RestError {
  constructor(options?: ErrorOptions) {
    const { status, errorCode, message } = restErrors.consumerInstanceNotFound();
    super(status, errorCode, message, options);
  }
}
