/** A decimal has so many digits at most, and so many of them behind the point. */
export interface DecimalForm {
  readonly precision: number;
  readonly scale: number;
}

/** All digits, those of the scale behind the point. */
export function decimalText(unscaled: bigint, scale: number): string {
  const digits = (unscaled < 0n ? -unscaled : unscaled).toString().padStart(scale + 1, '0');
  const sign = unscaled < 0n ? '-' : '';
  if (scale === 0) return sign + digits;
  return `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

/** The number times ten to the scale, exactly; undefined when the text is no number or the form has no room for it. */
export function unscaledValue(text: string, { precision, scale }: DecimalForm): bigint | undefined {
  const [, sign, whole, fraction = '', exponent = '0'] = decimalPattern.exec(text) ?? [];
  if (whole === undefined) return undefined;
  const digits = `${whole}${fraction}`.replace(/^0+/, '');
  if (digits === '') return 0n;
  let end = digits.length;
  while (digits[end - 1] === '0') end--;
  // How many zeros follow the significant digits.
  const zeros = scale + Number(exponent) - fraction.length + (digits.length - end);
  if (zeros < 0 || end + zeros > precision) return undefined;
  const unscaled = BigInt(digits.slice(0, end).padEnd(end + zeros, '0'));
  return sign === '-' ? -unscaled : unscaled;
}

const decimalPattern = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;
