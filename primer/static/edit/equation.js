// A reader's rule as LaTeX, its own assignments in its own names and order: primer.derived.latex.
import { constants } from "./dials.js";
import { EquationLines } from "./lines.js";
import { TOO_LONG } from "./notation.js";
import { Misfit } from "./nodes.js";
import { Refusal } from "./refusal.js";
import { trace } from "./trace.js";

// Sizes of two traces whose equations must agree: no rule has such axes itself.
const SIZES = [11, 13];
// Few parameters, for which a rule must do what it does for more.
const SMALLEST = [2, 3];
// Numbers of parameters to try for a rule that works for one of them only.
const SMALL = [2, 3, 1, 4];

// LaTeX of the rule in a module, an "aligned" block; Refusal where it has no notation. A number at the
// top of the text that the rule asks for as its own is a symbol, as a field is.
export function equation(module, given) {
  const own = constants(module).filter(({ name }) => !given.some((field) => field.name === name));
  const made = own.map(({ name, value, kind }) => ({ name, shape: [], kind, value }));
  const fields = [...given, ...made];
  const traced = (dim, general) => trace(module, { dim, fields, abstract: true, general });
  return equationOf(
    traced,
    fields.map(({ name }) => name),
  );
}

// The same of traced(dim, general); `names`: those of the fields, which get their letters in order.
export function equationOf(traced, names) {
  try {
    const lines = printedLines((dim, general) => new EquationLines(traced(dim, general), names));
    return `\\begin{aligned}\n${lines.join(" \\\\\n")}\n\\end{aligned}`;
  } catch (error) {
    if (error instanceof RangeError) throw new Refusal(TOO_LONG);
    throw error;
  }
}

function printedLines(made) {
  let both;
  try {
    both = SIZES.map((dim) => made(dim, true));
  } catch (error) {
    return special(made, error).lines();
  }
  const [first, second] = both.map((each) => each.lines());
  const length = Math.max(first.length, second.length);
  const k = Array.from({ length }).findIndex((_, i) => first[i] !== second[i]);
  if (k >= 0) throw new Refusal(another(first[k] ?? ""));
  for (const dim of SMALLEST) checkFew(made, dim, both[0]);
  return first;
}

const another = (line) =>
  `The line of ${line.split(" &=")[0]} is another one for ${SIZES[0]} parameters than for ` +
  `${SIZES[1]} parameters: write the same formula for every coordinate, and theta.shape[-1] in ` +
  "NumPy functions (np.sqrt, not math.sqrt).";

// Refuse a rule that does something else with few parameters than its equation says.
function checkFew(made, dim, whole) {
  const few = tried(() => made(dim, true));
  if (few && few.operations().join() !== whole.operations().join()) {
    throw new Refusal(
      `\`step\` does something else for ${dim} parameters than for ${SIZES[0]} parameters: use ` +
        "np.where(theta.shape[-1] > …, a, b), or write two rules.",
    );
  }
}

// The equation for the one number of parameters that a rule is made for.
function special(made, error) {
  if (!(error instanceof Misfit)) throw error;
  for (const dim of SMALL) {
    const found = tried(() => made(dim, false));
    if (found) return found;
  }
  throw error;
}

// make(), or null where arrays do not fit together.
function tried(make) {
  try {
    return make();
  } catch (error) {
    if (error instanceof Misfit) return null;
    throw error;
  }
}
