// What traced code may call: the arithmetic of NumPy and C where that of JavaScript differs.
// (a + aLow) * (b + bLow): the operations of primer.exact._times, in the same order.
function times(a, aLow, b, bLow) {
  const product = a * b;
  const a0 = 134217729 * a;
  const b0 = 134217729 * b;
  const a1 = a0 - (a0 - a);
  const b1 = b0 - (b0 - b);
  const a2 = a - a1;
  const b2 = b - b1;
  const error = a1 * b1 - product + a1 * b2 + a2 * b1 + a2 * b2 + (a * bLow + aLow * b);
  const total = product + error;
  return [total, error - (total - product)];
}

// b to the whole power n >= 0 as an unevaluated sum: primer.exact._power, in the same order.
function ladder(b, n) {
  let high = 1 + 0 * b;
  let low = 0 * b;
  let base = b;
  let rest = 0 * b;
  while (n) {
    if (n % 2) [high, low] = times(high, low, base, rest);
    n = Math.floor(n / 2);
    if (n) [base, rest] = times(base, rest, base, rest);
  }
  return [high, low];
}

// x * 2^e, rounded once.
function scaled(x, e) {
  const k = Math.max(-1200, Math.min(1200, e));
  const half = Math.trunc(k / 2);
  return x * 2 ** half * 2 ** (k - half);
}
function centered(high, low, e) {
  const shift = Math.round(Math.log2(Math.abs(high)));
  return [scaled(high, -shift), scaled(low, -shift), e + shift];
}

// a * b ** n over the whole range of float64 (primer.exact._wide_power), also for n < 0.
function wide(b, n, a) {
  const limit = n === 0 ? 1 : n % 2 ? b : Math.abs(b);
  if (n === 0 || b === 0 || !Number.isFinite(b)) return a * (n < 0 ? 1 / limit : limit);
  let base = centered(b, 0, 0);
  let high = 1;
  let low = 0;
  let e = 0;
  let left = Math.abs(n);
  while (left) {
    if (left % 2) [high, low, e] = centered(...times(high, low, base[0], base[1]), e + base[2]);
    left = Math.floor(left / 2);
    if (left) base = centered(...times(base[0], base[1], base[0], base[1]), 2 * base[2]);
  }
  const [factor, , shift] = a === 0 || !Number.isFinite(a) ? [a, 0, 0] : centered(a, 0, 0);
  if (n > 0) return scaled(factor * high, e + shift);
  const q = 1 / high;
  const [one, more] = times(high, low, q, 0);
  return scaled(factor * (q + q * (1 - one - more)), shift - e);
}

// What pow of C gives. A whole exponent takes few steps however large, and agrees with primer.power.
export function power(b, n) {
  if (n === 0 || b === 1) return 1;
  if (!Number.isInteger(n)) return b === -1 && Math.abs(n) === Infinity ? 1 : b ** n;
  if (n === 2 || n === -1) return n === 2 ? b * b : 1 / b;
  const [high] = n > 0 ? ladder(b, n) : [0];
  return safe(high) ? high : wide(b, n, 1);
}
const safe = (x) => Math.abs(x) > 2 ** -960 && Math.abs(x) < 2 ** 960;

const tables = new Map();
// power, remembered per b: an optimizer asks for beta ** 1, beta ** 2, … in every run.
function remembered(b, n) {
  if (!(n > 2 && n < 1e6 && n % 1 === 0 && b !== 0)) return power(b, n);
  if (tables.size > 99) tables.clear();
  if (!tables.has(b)) tables.set(b, []);
  return (tables.get(b)[n] ??= power(b, n));
}

// primer.exact.scaled_power: a * b ** n.
function scaledPower(b, n, a) {
  const factor = remembered(b, n);
  return safe(factor) ? a * factor : wide(b, n, a);
}

// Where NumPy and JavaScript differ: the sign of a remainder and of zero, NaN, the larger of 0 and -0.
const sign = (a) => (a > 0 ? 1 : a < 0 ? -1 : a === 0 ? 0 : NaN);
const copysign = (a, b) => (b < 0 || Object.is(b, -0) ? -Math.abs(a) : Math.abs(a));
const max = (a, b) => (a > b || a !== a ? a : b);
const min = (a, b) => (a < b || a !== a ? a : b);
function mod(a, b) {
  const rest = a % b;
  return rest === 0 ? copysign(0, b) : b < 0 !== rest < 0 ? rest + b : rest;
}
function div(a, b) {
  if (!b) return a / b;
  const rest = a % b;
  const near = (a - rest) / b - (rest && b < 0 !== rest < 0);
  const whole = Math.floor(near);
  return near === 0 ? copysign(0, a / b) : whole + (near - whole > 0.5);
}
const isInf = (a) => Math.abs(a) === Infinity;
export const lib = { P: remembered, S: scaledPower, sign, copysign, max, min, mod, div, isInf };
