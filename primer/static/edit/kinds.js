// The kind of a number, as primer.derived.kinds has it: "bool", "int", "float" are Python's, "b",
// "i", "f" NumPy's. They matter: a truth value of NumPy plus another is their "or", in Python 2.
const ARITHMETIC = new Set(
  "add subtract multiply floor_divide remainder negative absolute".split(" "),
);
const BITWISE = new Set("bitwise_and bitwise_or bitwise_xor invert".split(" "));
const COMPARISONS = new Set("less less_equal greater greater_equal equal not_equal".split(" "));
const TESTS = new Set(
  "isfinite isnan isinf logical_and logical_or logical_not logical_xor any all".split(" "),
);
// Functions whose result has the kind of their arguments, and those that truth values do not have.
const SAME = new Set(
  "add multiply maximum minimum absolute floor ceil subtract negative sign positive square power floor_divide remainder max min prod".split(
    " ",
  ),
);
const NUMBERS_ONLY = new Set(
  "subtract negative sign positive square power floor_divide remainder".split(" "),
);
// What functions of numbers are on truth values.
const LOGICAL = new Map([
  ["add", "logical_or"],
  ["multiply", "logical_and"],
  ["maximum", "logical_or"],
  ["minimum", "logical_and"],
  ["bitwise_and", "logical_and"],
  ["bitwise_or", "logical_or"],
  ["bitwise_xor", "logical_xor"],
  ["invert", "logical_not"],
]);

export const truth = (kind) => kind === "bool" || kind === "b";
export const integral = (kind) => kind === "int" || kind === "i";
// NumPy's kind for a number of this kind.
export const strong = (kind) => kind[0];
// Of an array that holds numbers of these kinds.
export const jointKind = (kinds) => ["f", "i"].find((k) => kinds.some((x) => x[0] === k)) ?? "b";
// What an operation is called where it works on truth values.
export const logical = (op) => LOGICAL.get(op) ?? op;

// The kind that NumPy's function of this name makes of these; null where it refuses truth values.
export function numpyKind(op, kinds) {
  const joint = jointKind(op === "where" ? kinds.slice(1) : kinds);
  if (COMPARISONS.has(op) || TESTS.has(op)) return "b";
  if (op === "where") return joint;
  if (BITWISE.has(op)) return joint === "f" ? null : joint;
  if (SAME.has(op)) return joint === "b" && NUMBERS_ONLY.has(op) ? null : joint;
  return op === "divide" || joint !== "b" ? "f" : null;
}

// As numpyKind, but Python's own numbers stay Python's where both would compute the same.
export function resultKind(op, kinds) {
  if (kinds.every((k) => k.length > 1)) {
    const float = kinds.includes("float");
    if (ARITHMETIC.has(op)) return float ? "float" : "int";
    if (op === "divide" || op === "power") return "float";
    if (COMPARISONS.has(op)) return "bool";
    if (BITWISE.has(op) && !float) {
      return op !== "invert" && kinds.every((k) => k === "bool") ? "bool" : "int";
    }
  }
  return numpyKind(op, kinds);
}
