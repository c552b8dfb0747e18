/**
 * Exact arithmetic with decimal fractions, as the template functions of sprig have it: a quotient has 16 places.
 * Source: Masterminds/sprig numeric.go (execDecimalOp), shopspring/decimal.
 */

/** `digits` · 10^−`places`. */
export interface Decimal {
  readonly digits: bigint;
  readonly places: number;
}

const QUOTIENT_PLACES = 16;

/** The shortest decimal that is read as `value`, which is finite. */
export function decimalOf(value: number): Decimal {
  const [mantissa, exponent] = value.toExponential().split("e");
  const [whole, fraction = ""] = mantissa.split(".");
  const places = fraction.length - Number(exponent);
  const digits = BigInt(whole + fraction);
  return places >= 0 ? { digits, places } : { digits: digits * 10n ** BigInt(-places), places: 0 };
}

export const numberOfDecimal = ({ digits, places }: Decimal): number => Number(`${String(digits)}e-${String(places)}`);

export const addDecimals = (left: Decimal, right: Decimal): Decimal => sum(left, right, 1n);
export const subtractDecimals = (left: Decimal, right: Decimal): Decimal => sum(left, right, -1n);

export const multiplyDecimals = (left: Decimal, right: Decimal): Decimal => ({
  digits: left.digits * right.digits,
  places: left.places + right.places,
});

/** Rounded half away from zero; the divisor is not zero. */
export function quotient(left: Decimal, right: Decimal): Decimal {
  const shift = QUOTIENT_PLACES + right.places - left.places;
  const dividend = left.digits * 10n ** BigInt(Math.max(0, shift));
  const divisor = right.digits * 10n ** BigInt(Math.max(0, -shift));
  const sign = dividend < 0n === divisor < 0n ? 1n : -1n;
  const [above, below] = [magnitude(dividend), magnitude(divisor)];
  return { digits: sign * ((2n * above + below) / (2n * below)), places: QUOTIENT_PLACES };
}

const magnitude = (value: bigint): bigint => (value < 0n ? -value : value);

function sum(left: Decimal, right: Decimal, sign: bigint): Decimal {
  const places = Math.max(left.places, right.places);
  const scaled = (each: Decimal): bigint => each.digits * 10n ** BigInt(places - each.places);
  return { digits: scaled(left) + sign * scaled(right), places };
}
