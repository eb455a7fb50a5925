// What to write instead of what Python has and the page does not, and the words that are Python's own.
import { Refusal } from "./refusal.js";

const WORDS_OF_PYTHON = new Set(
  (
    "False None True and as assert async await break class continue def del elif else except finally " +
    "for from global if import in is lambda nonlocal not or pass raise return try while with yield"
  ).split(" "),
);

export const isWordOfPython = (text) => WORDS_OF_PYTHON.has(text);

const NO_ERRORS = "errors are shown here as they come. Remove this line.";
const NO_WAITING = "nothing is waited for. Remove this word.";
const NO_LEAVING =
  "a loop takes all its turns. Write np.where(condition, a, b) for what may change.";
const NO_SHARING = "a function gives back what it made with `return`.";

const INSTEAD_OF_WORDS = new Map([
  ["while", "write `for i in range(n):`, which ends."],
  ["class", "write def init and def step at the left margin."],
  ["import", "np is there without it. Remove this line."],
  ["from", "np is there without it. Remove this line."],
  ["global", NO_SHARING],
  ["nonlocal", NO_SHARING],
  ["break", NO_LEAVING],
  ["continue", NO_LEAVING],
  ["raise", NO_ERRORS],
  ["try", NO_ERRORS],
  ["except", NO_ERRORS],
  ["finally", NO_ERRORS],
  ["del", "a name may stay. Remove this line."],
  ["with", "write what is inside it alone."],
  ["as", "give the value a name with =."],
  ["yield", "write `return`."],
  ["async", NO_WAITING],
  ["await", NO_WAITING],
]);

const INSTEAD_OF_SIGNS = new Map([
  [":=", "assign in a line of its own."],
  ["<<", "multiply by a power of two, * 2**n."],
  [">>", "divide by a power of two, // 2**n."],
  ["<<=", "multiply by a power of two, * 2**n."],
  [">>=", "divide by a power of two, // 2**n."],
  ["<>", "write != for not equal."],
]);

function adviceOn({ kind, text }, before) {
  if (kind === "sign") return INSTEAD_OF_SIGNS.get(text);
  if (kind !== "name") return undefined;
  const other = isWordOfPython(text) && [".", "def"].includes(before?.text);
  return other ? "it is a word of Python's own. Choose another name." : INSTEAD_OF_WORDS.get(text);
}

// Refuses the first word or sign of these lines of tokens that the page does not know.
export function checkWords(lines) {
  for (const line of lines) {
    if (line[0].text === "@") {
      const says = "A decorator is not understood here: remove this line.";
      throw new Refusal(says, line[0].from, line.at(-1).to);
    }
    line.forEach((token, i) => {
      const advice = adviceOn(token, line[i - 1]);
      if (advice === undefined) return;
      throw new Refusal(
        `\`${token.text}\` is not understood here: ${advice}`,
        token.from,
        token.to,
      );
    });
  }
}
