// Powers, logarithms and exponentials of known numbers, rounded as the C library does it nearly
// always: JavaScript's own are wrong in the last bit at times.
// Fixed-point numbers with this many bits behind the point, as bigints.
const BITS = 160n;
const ONE = 1n << BITS;
const product = (a, b) => (a * b) >> BITS;
const shifted = (x, by) => (by >= 0n ? x << by : x >> -by);
// A little below zero, >> stays at -1.
const isOver = (term) => term === 0n || term === -1n;

// x > 0 as a whole number times a power of two.
function parts(x) {
  let exponent = 0;
  let mantissa = x;
  while (!Number.isInteger(mantissa)) {
    mantissa *= 2;
    exponent--;
  }
  while (mantissa >= 2 ** 53) {
    mantissa /= 2;
    exponent++;
  }
  return [BigInt(mantissa), BigInt(exponent)];
}

// The logarithm of a fixed-point number near 1: 2 atanh((x - 1) / (x + 1)).
function nearOne(x) {
  const z = ((x - ONE) << BITS) / (x + ONE);
  const square = product(z, z);
  let sum = 0n;
  for (let k = 1n, power = z; !isOver(power); k += 2n, power = product(power, square))
    sum += power / k;
  return 2n * sum;
}

let logOfTwo;
function logarithm(x) {
  logOfTwo ??= nearOne(2n * ONE);
  const [mantissa, exponent] = parts(x);
  const length = BigInt(mantissa.toString(2).length - 1);
  return nearOne(shifted(mantissa, BITS - length)) + (exponent + length) * logOfTwo;
}

// e to a fixed-point number, as a number.
function exponential(x) {
  logOfTwo ??= nearOne(2n * ONE);
  const whole = (2n * x + logOfTwo) / (2n * logOfTwo);
  const rest = x - whole * logOfTwo;
  let sum = 0n;
  for (let k = 1n, term = ONE; !isOver(term); term = product(term, rest) / k, k++) sum += term;
  const half = Number(whole) >> 1;
  return plain(sum) * 2 ** half * 2 ** (Number(whole) - half);
}

const plain = (x) => Number(x) / 2 ** Number(BITS);

function fixed(x) {
  if (x === 0) return 0n;
  const [mantissa, exponent] = parts(Math.abs(x));
  return shifted(mantissa, BITS + exponent) * (x < 0 ? -1n : 1n);
}

// What pow of C gives.
export function powerOf(a, b) {
  const simple =
    Number.isInteger(b) || !Number.isFinite(b) || !(a > 0) || a === 1 || a === Infinity;
  if (simple || Math.abs(b * Math.log(a)) > 700) return globalThis.PrimerExplorer.power(a, b);
  const [factor, shift] = parts(Math.abs(b));
  return exponential(shifted(logarithm(a) * factor, shift) * (b < 0 ? -1n : 1n));
}

export const logOf = (x) => (x > 0 && x < Infinity ? plain(logarithm(x)) : Math.log(x));
export const expOf = (x) => (Math.abs(x) < 700 ? exponential(fixed(x)) : Math.exp(x));
