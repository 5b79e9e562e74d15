import { ValidateBy } from 'class-validator';

/** A number, large or small, from 0 up. */
export function NotNegative(): PropertyDecorator {
  return ValidateBy({
    name: 'notNegative',
    validator: {
      validate: (value: unknown) =>
        typeof value === 'bigint' ? value >= 0n : typeof value === 'number' && value >= 0,
      defaultMessage: () => '$property must not be negative',
    },
  });
}

/** A bigint up to a limit. */
export function AtMost(limit: bigint): PropertyDecorator {
  return ValidateBy({
    name: 'atMost',
    validator: {
      validate: (value: unknown) => typeof value === 'bigint' && value <= limit,
      defaultMessage: () => `$property must not be greater than ${limit}`,
    },
  });
}
