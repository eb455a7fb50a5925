// The words of a text of Python: names, numbers, strings, signs and ends of lines, each with its place.
import { Refusal } from "./refusal.js";

const BLANK_TEXT = /(?:[ \t]|\\\n)+|#[^\n]*/y;
const WORD_TEXT = /[\p{XIDS}_][\p{XIDC}]*/uy;
const FIGURE_TEXT = /0[xX]\w*|(?:\d|\.\d)(?:[eE][+-](?=\d)|[\w.])*/y;
const OPENING_QUOTE = /(?:[bBuUfF]|[rR][bBfF]?|[bBfF][rR])?(?:'''|"""|'|")/y;
const SIGN_TEXT =
  /\.\.\.|\*\*=|\/\/=|<<=|>>=|[-+*/%@&|^=!<>:]=|\*\*|\/\/|<<|>>|<>|->|[-+*/%@&|^~<>=()[\]{},:.;]/y;
const DIGITS_TEXT = "\\d(?:_?\\d)*";
const WHOLE_NUMBER =
  /^(?:0(?:_?0)*|[1-9](?:_?\d)*|0[xX](?:_?[\da-fA-F])+|0[oO](?:_?[0-7])+|0[bB](?:_?[01])+)$/;
const POINT_TEXT = `${DIGITS_TEXT}\\.(?:${DIGITS_TEXT})?|\\.${DIGITS_TEXT}`;
const POINT_NUMBER = new RegExp(
  `^(?:(?:${POINT_TEXT})(?:[eE][+-]?${DIGITS_TEXT})?|${DIGITS_TEXT}[eE][+-]?${DIGITS_TEXT})$`,
);
const MOST_WHOLE = 2n ** 53n;

// What people write for a sign of Python's that is another one.
const OTHER_SIGNS = new Map([
  ["×", "*"],
  ["·", "*"],
  ["⋅", "*"],
  ["∗", "*"],
  ["÷", "/"],
  ["−", "-"],
  ["–", "-"],
  ["—", "-"],
  ["≤", "<="],
  ["≥", ">="],
  ["≠", "!="],
  ["←", "="],
  ["²", "**2"],
  ["³", "**3"],
  ["√", "np.sqrt(…)"],
  ["∞", "np.inf"],
  ["∇", "J.grad(theta)"],
  ["…", "..."],
  ...[..."₀₁₂₃₄₅₆₇₈₉"].map((sign, digit) => [sign, `${digit}`]),
  ["‘", "'"],
  ["’", "'"],
  ["“", '"'],
  ["”", '"'],
  ["\u00a0", " "],
  ["!", "not …"],
  ["?", "a if condition else b"],
  ["，", ","],
  ["（", "("],
  ["）", ")"],
  ["：", ":"],
]);

function matchAt(pattern, text, at) {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}

// One number of Python's, {kind: "int"|"float", value}.
function figureOf(text, from, to) {
  const bare = text.replaceAll("_", "");
  if (POINT_NUMBER.test(text)) return { figure: "float", value: Number(bare) };
  if (WHOLE_NUMBER.test(text)) {
    const value = BigInt(/^0+$/.test(bare) ? "0" : bare);
    if (value <= MOST_WHOLE) return { figure: "int", value: Number(value) };
    throw new Refusal(
      `${shortened(text)} is too large to be exact: write it with a point, such as 1e20, for a float.`,
      from,
      to,
    );
  }
  throw new Refusal(notNumber(text), from, to);
}

function notNumber(text) {
  if (/[jJ]$/.test(text))
    return `${shortened(text)} is a complex number: only real numbers are understood.`;
  if (/^0\d/.test(text)) return `${shortened(text)} begins with a zero: write it without.`;
  if (/^[\d.]+$/.test(text)) return `${shortened(text)} has too many points to be a number.`;
  return `${shortened(text)} is not a number: write * between a number and a name; a name begins with a letter.`;
}

// As much of the text as fits into a message.
export const shortened = (text) => (text.length > 40 ? text.slice(0, 37) + "…" : text);

// Where the string that begins here ends; after the closing quotes.
function afterString(text, from, quote, inside) {
  for (let at = inside; at < text.length; at++) {
    if (text[at] === "\\") at++;
    else if (text.startsWith(quote, at)) return at + quote.length;
    else if (text[at] === "\n" && quote.length === 1) break;
  }
  const line = text.indexOf("\n", from);
  const to = line < 0 ? text.length : line;
  throw new Refusal(`This string is not closed: write ${quote} at its end.`, from, to);
}

function stringAt(text, from, opening) {
  const quote = opening.replace(/^\w+/, "");
  const to = afterString(text, from, quote, from + opening.length);
  const prefix = opening.slice(0, -quote.length).toLowerCase();
  if (/[bf]/.test(prefix)) {
    const says =
      "is not understood here: write a plain string, without the letter before its quotes.";
    throw new Refusal(`A string with ${prefix} before it ${says}`, from, to);
  }
  return { kind: "string", from, to, value: stringOf(text, from, to, prefix, quote) };
}

const ESCAPE_TEXT =
  /\\(?:([0-7]{1,3})|x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|([\s\S]))/g;
const SHORT_ESCAPES = { n: "\n", t: "\t", r: "\r", a: "\x07", b: "\b", f: "\f", v: "\v", "\n": "" };
const SELF_ESCAPES = "\\'\"";

function stringOf(text, from, to, prefix, quote) {
  const inside = text.slice(from + prefix.length + quote.length, to - quote.length);
  if (prefix.includes("r")) return inside;
  return inside.replace(ESCAPE_TEXT, (whole, octal, two, four, eight, other) => {
    if (octal) return String.fromCharCode(parseInt(octal, 8));
    const code = two ?? four ?? eight;
    if (code !== undefined && parseInt(code, 16) <= 0x10ffff)
      return String.fromCodePoint(parseInt(code, 16));
    if (code !== undefined || "xuUN".includes(other))
      throw new Refusal(`${whole} is not a character: write \\\\ for a backslash.`, from, to);
    if (Object.hasOwn(SHORT_ESCAPES, other)) return SHORT_ESCAPES[other];
    return SELF_ESCAPES.includes(other) ? other : whole;
  });
}

function unknownSign(text, from) {
  const sign = String.fromCodePoint(text.codePointAt(from));
  const to = from + sign.length;
  if (sign === "\\") {
    const says =
      "A backslash joins two lines: nothing, not even a space, may follow it in its line.";
    throw new Refusal(says, from, to);
  }
  const shown = /[\p{L}\p{N}\p{P}\p{S}]/u.test(sign) ? sign : `U+${hexOf(sign)}`;
  const instead = OTHER_SIGNS.get(sign);
  const advice = instead === undefined ? "" : `: write \`${instead}\``;
  throw new Refusal(`The character ${shown} is not understood here${advice}.`, from, to);
}

const hexOf = (sign) => sign.codePointAt(0).toString(16).toUpperCase().padStart(4, "0");

function tokenAt(text, from) {
  if (text[from] === "\n") return { kind: "line", from, to: from + 1 };
  const opening = matchAt(OPENING_QUOTE, text, from);
  if (opening) return stringAt(text, from, opening);
  const figure = matchAt(FIGURE_TEXT, text, from);
  if (figure) {
    const to = from + figure.length;
    return { kind: "number", from, to, ...figureOf(figure, from, to) };
  }
  for (const [kind, pattern] of [
    ["name", WORD_TEXT],
    ["sign", SIGN_TEXT],
  ]) {
    const found = matchAt(pattern, text, from);
    if (found) return { kind, from, to: from + found.length };
  }
  return unknownSign(text, from);
}

// One after the other, {kind, text, from, to, value?}; a Refusal at the first that is none.
export function* tokensOf(text) {
  for (let at = 0; at < text.length;) {
    const blank = matchAt(BLANK_TEXT, text, at);
    if (blank) at += blank.length;
    else {
      const token = tokenAt(text, at);
      token.text = text.slice(token.from, token.to);
      yield token;
      at = token.to;
    }
  }
}
