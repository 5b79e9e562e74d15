/**
 * The integer that a JSON number stands for, exactly; undefined when it has a fraction.
 *
 * Beyond about 10^30 it is some integer of that size: too large for whatever reads it.
 */
export function exactInteger(number: string): bigint | undefined {
  const [mantissa = '', power = '0'] = number.toLowerCase().split('e');
  const [whole = '', fraction = ''] = mantissa.replace('-', '').split('.');
  const digits = `${whole}${fraction}`.replace(/^0+/, '');
  if (digits === '') return 0n;
  const significant = withoutZerosAtEnd(digits);
  // How many zeros follow the significant digits.
  const zeros = Number(power) - fraction.length + (digits.length - significant.length);
  if (zeros < 0) return undefined;
  const sign = number.startsWith('-') ? -1n : 1n;
  if (significant.length + zeros > mostDigits) return sign * 10n ** BigInt(mostDigits);
  return sign * BigInt(significant) * 10n ** BigInt(zeros);
}

function withoutZerosAtEnd(digits: string): string {
  let end = digits.length;
  while (digits[end - 1] === '0') end--;
  return digits.slice(0, end);
}

const mostDigits = 30;
