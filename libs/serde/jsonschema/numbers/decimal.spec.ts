import { describe, expect, it } from 'vitest';
import { Decimal } from './decimal.ts';

describe('Decimal', () => {
  it.each([
    ['1', '1.0', 0],
    ['100', '1e2', 0],
    ['-0', '0.000', 0],
    ['9007199254740992', '9007199254740993', -1],
    ['-9007199254740992', '-9007199254740993', 1],
    ['0.1', '0.09999999999999999999', 1],
    ['-1', '1', -1],
    ['0', '-1e-400', 1],
    ['1e400', '9e399', 1],
    ['12', '2', 1],
    ['1e99999999999999999999', '1', 1],
  ])('compares %s with %s', (a, b, expected) => {
    expect(Math.sign(Decimal.of(a).compare(Decimal.of(b)))).toBe(expected);
    expect(Math.sign(Decimal.of(b).compare(Decimal.of(a)))).toBe(expected === 0 ? 0 : -expected);
    expect(Decimal.of(a).key === Decimal.of(b).key).toBe(expected === 0);
  });

  it.each([
    ['1.10', '0.01', true],
    ['1.101', '0.01', false],
    ['19.99', '0.01', true],
    ['0', '7', true],
    ['0.0', '0.3', true],
    ['123456789012345678901234567890', '10', true],
    ['12345678901234567891', '2', false],
    ['1e999999999', '7', false],
    ['7e999999999', '7', true],
    ['1e-5', '0.01', false],
    ['-4.5', '1.5', true],
    ['5', '0', false],
  ])('knows whether %s is a multiple of %s', (number, divisor, expected) => {
    expect(Decimal.of(number).isMultipleOf(Decimal.of(divisor))).toBe(expected);
  });

  it.each([
    ['1.0', true],
    ['12e3', true],
    ['1.5e1', true],
    ['1.5', false],
    ['12345678901234567890.5', false],
    ['1e-1', false],
    ['0.0', true],
  ])('knows whether %s is an integer', (number, expected) => {
    expect(Decimal.of(number).isInteger).toBe(expected);
  });
});
