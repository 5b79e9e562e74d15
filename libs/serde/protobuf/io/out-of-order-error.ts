/**
 * Fields that come as hardly any writer writes them: not by their numbers, or more than once. Whoever started reading
 * starts again, carefully. That costs twice; to look at each message twice would, too, and always.
 */
export class OutOfOrderError extends Error {
  override readonly name = 'OutOfOrderError';
}

/** Made once: it is no news where it comes from. */
export const outOfOrder = new OutOfOrderError('fields out of order');
