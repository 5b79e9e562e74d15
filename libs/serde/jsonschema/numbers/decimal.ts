/** A JSON number as it was meant, however many digits it has. */
export class Decimal {
  private constructor(
    private readonly negative: boolean,
    /** Without zeros at either end; "" is zero. */
    private readonly digits: string,
    /** The number is 0.digits times ten to the power of this. */
    private readonly exponent: number,
  ) {}

  /** @param text a JSON number */
  static of(text: string): Decimal {
    const [mantissa = '', power = '0'] = text.toLowerCase().split('e');
    const negative = mantissa.startsWith('-');
    const [whole = '', fraction = ''] = (negative ? mantissa.slice(1) : mantissa).split('.');
    const all = whole + fraction;
    const start = firstNonZero(all);
    if (start === all.length) return new Decimal(false, '', 0);
    const digits = withoutZerosAtEnd(all.slice(start));
    return new Decimal(negative, digits, whole.length - start + Number(power));
  }

  /** The same for all spellings of one number. */
  get key(): string {
    return `${this.negative ? '-' : ''}${this.digits}e${this.exponent}`;
  }

  get isInteger(): boolean {
    return this.digits.length <= this.exponent || this.digits === '';
  }

  /** Less than 0 when this is the smaller one, 0 when they are equal. */
  compare(other: Decimal): number {
    if (this.sign !== other.sign) return this.sign - other.sign;
    return this.sign * this.#compareSize(other);
  }

  private get sign(): number {
    return this.digits === '' ? 0 : this.negative ? -1 : 1;
  }

  #compareSize({ digits, exponent }: Decimal): number {
    if (this.exponent !== exponent) return this.exponent < exponent ? -1 : 1;
    if (this.digits === digits) return 0;
    return this.digits < digits ? -1 : 1;
  }

  isMultipleOf(divisor: Decimal): boolean {
    if (this.digits === '') return true;
    if (divisor.digits === '') return false;
    const shift = this.exponent - this.digits.length - (divisor.exponent - divisor.digits.length);
    // A number that does not end in zero is no multiple of ten.
    if (shift < 0) return false;
    const modulus = BigInt(divisor.digits);
    return (BigInt(this.digits) * powerOfTen(shift, modulus)) % modulus === 0n;
  }
}

/** Ten to a power that may be enormous, modulo something. */
function powerOfTen(power: number, modulus: bigint): bigint {
  if (power === Infinity) return powerOfTen(Number.MAX_SAFE_INTEGER, modulus);
  let result = 1n % modulus;
  let base = 10n % modulus;
  for (let left = BigInt(power); left > 0n; left >>= 1n) {
    if ((left & 1n) === 1n) result = (result * base) % modulus;
    base = (base * base) % modulus;
  }
  return result;
}

function firstNonZero(digits: string): number {
  let at = 0;
  while (at < digits.length && digits[at] === '0') at++;
  return at;
}

function withoutZerosAtEnd(digits: string): string {
  let end = digits.length;
  while (end > 0 && digits[end - 1] === '0') end--;
  return digits.slice(0, end);
}
