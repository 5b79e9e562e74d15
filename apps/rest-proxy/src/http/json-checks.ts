import { ValidateBy } from 'class-validator';

/** Checks whose failure is 400 instead of 422: the value is not of the type that the field has. */
const malformedAs400 = { status: 400 } as const;

/** Whether a check of class-validator is one of those. @param context what came with its failure */
export function isAboutType(context: unknown): boolean {
  return (
    typeof context === 'object' &&
    context !== null &&
    'status' in context &&
    context.status === malformedAs400.status
  );
}

/**
 * A field without which there is no object.
 *
 * @param type of the object, as the original names it
 */
export function JsonRequired(type: string): PropertyDecorator {
  return ValidateBy(
    {
      name: 'jsonRequired',
      validator: {
        validate: (value: unknown) => value !== undefined,
        defaultMessage: (check) =>
          `Cannot construct instance of \`${type}\`, problem: Null ${camelCase(check?.property ?? '')}`,
      },
    },
    { context: malformedAs400 },
  );
}

/** A text of a few; spelled exactly as they are. @param type as the original names it */
export function JsonEnum(type: string, values: readonly string[]): PropertyDecorator {
  return ValidateBy(
    {
      name: 'jsonEnum',
      validator: {
        validate: (value: unknown) =>
          value === undefined || (typeof value === 'string' && values.includes(value)),
        defaultMessage: (check) =>
          `Cannot deserialize value of type \`${type}\` from String ${shown(check?.value)}: ` +
          `not one of the values accepted for Enum class: [${values.join(', ')}]`,
      },
    },
    { context: malformedAs400 },
  );
}

/** A number that fits 16 bits. */
export function JsonShort(): PropertyDecorator {
  return ValidateBy(
    {
      name: 'jsonShort',
      validator: {
        validate: (value: unknown) =>
          value === undefined || (typeof value === 'number' && value >= -32_768 && value <= 32_767),
        defaultMessage: (check) => `Numeric value (${String(check?.value)}) out of range of short`,
      },
    },
    { context: malformedAs400 },
  );
}

const longestShown = 64;

function shown(value: unknown): string {
  const text = String(value);
  return JSON.stringify(text.length > longestShown ? `${text.slice(0, longestShown)}…` : text);
}

function camelCase(name: string): string {
  return name.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
}
