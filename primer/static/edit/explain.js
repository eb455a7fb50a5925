// Why a line is not Python: Lezer says at which word it got stuck, this says what to write.
import { isWordOfPython } from "./advice.js";
import { beginsBlock, closesBracket, notClosed, opensBracket, refusalOf } from "./layout.js";
import { guess } from "./near.js";

const STATEMENT_WORDS = new Set("assert def for if pass return".split(" "));
const VALUES = new Set(["number", "string"]);
const VALUE_WORDS = new Set(["None", "True", "False", "lambda"]);
const JOINING_WORDS = new Set(["and", "or", "not", "in", "is", "if", "else", "for"]);
const OTHER_LANGUAGES = new Map([
  ["const", "write the name alone, as in `x = 1`."],
  ["let", "write the name alone, as in `x = 1`."],
  ["var", "write the name alone, as in `x = 1`."],
  ["function", "write `def`."],
  ["func", "write `def`."],
  ["fn", "write `def`."],
  ["elseif", "write `elif`."],
  ["elsif", "write `elif`."],
  ["foreach", "write `for … in …:`."],
]);
const NO_BLOCK =
  "begins no block: a colon ends what begins with `def`, `if`, `elif`, `else` or `for`.";
const FOR_IN = "Write `for … in …:` with what to go through after `in`.";
const MISSPELLED = new Map([
  ["else if", "elif"],
  ["= =", "=="],
  ["! =", "!="],
  ["= >", ">="],
  ["= <", "<="],
  ["& &", "and"],
  ["| |", "or"],
]);

const isValue = (token) =>
  VALUES.has(token.kind) ||
  (token.kind === "name" && (!isWordOfPython(token.text) || VALUE_WORDS.has(token.text)));
const endsValue = (token) => (isValue(token) && token.text !== "lambda") || closesBracket(token);
const startsValue = (token) => isValue(token) || opensBracket(token);
const quoted = (token) => `\`${token.text.split("\n")[0]}\``;

// The brackets that are open before token i of a line.
function openBefore(line, i) {
  const open = [];
  for (const token of line.slice(0, i)) {
    if (opensBracket(token)) open.push(token);
    else if (closesBracket(token)) open.pop();
  }
  return open;
}

// The first token of what looks like a statement inside brackets that are open since an earlier line.
function newStatement(line, i, text) {
  for (let at = i; at > 0 && at > i - 3; at--) {
    const token = line[at];
    if (!text.slice(line[at - 1].to, token.from).includes("\n")) continue;
    const next = line[at + 1]?.text;
    return STATEMENT_WORDS.has(token.text) || (token.kind === "name" && /^(=|[-+*/]=)$/.test(next));
  }
  return false;
}

function atEnd(line) {
  const last = line.at(-1);
  const [first] = line;
  if (last.text === "+" && line.at(-2)?.text === "+")
    return refusalOf("Write `+= 1` to count on.", last);
  if (last.text === ".") return refusalOf("A name is missing after the point.", last);
  if (last.text === ":" && !beginsBlock(line))
    return refusalOf(`${quoted(first)} ${NO_BLOCK}`, first);
  if (first.text === "for" && !line.some((token) => token.text === "in"))
    return refusalOf(FOR_IN, last);
  if (!endsValue(last) && first !== last && last.text !== ":" && !JOINING_WORDS.has(first.text))
    return refusalOf(`A value is missing after ${quoted(last)}.`, last);
  if (beginsBlock(line) && !(last.text === ":") && !openIf(line.slice(1)))
    return refusalOf("A colon is missing at the end of this line: write `:`.", last);
  if (openIf(line)) return refusalOf("`else` is missing: write `a if condition else b`.", last);
  if (isValue(last)) return refusalOf(`This line ends too early, after ${quoted(last)}.`, last);
  return refusalOf(`A value is missing after ${quoted(last)}.`, last);
}

// Whether a conditional expression lacks its second value.
function openIf(tokens) {
  const count = (word) => tokens.filter(({ text }) => text === word).length;
  return count("if") > count("else");
}

function atEquals(line, i, open) {
  const sign = line[i];
  const before = line[i - 1];
  if (line[0].text === "for") return refusalOf(FOR_IN, sign);
  if (before === undefined) return refusalOf("A name is missing before `=`.", sign);
  if (open?.text === "{") return refusalOf("Write `:` between a key and its value, not `=`.", sign);
  if (isWordOfPython(before.text))
    return refusalOf(`${quoted(before)} is a word of Python's own: choose another name.`, before);
  return refusalOf("`=` gives a name to a value: write `==` to compare.", sign);
}

function atColon(line, i, open) {
  const sign = line[i];
  if (open?.text === "(")
    return refusalOf("Write `=` to give an argument by its name, not `:`.", sign);
  if (line[0].text === "def" && !line.some(({ text }) => text === "("))
    return refusalOf("Parentheses are missing: write `def name(…):`.", sign);
  if (i > 0 && !endsValue(line[i - 1]))
    return refusalOf(`A value is missing between ${quoted(line[i - 1])} and \`:\`.`, sign);
  if (line[0].text === "for" && !line.some(({ text }) => text === "in"))
    return refusalOf(FOR_IN, sign);
  if (openIf(line.slice(1, i))) return refusalOf("`else` is missing before this colon.", sign);
  return refusalOf(
    "No colon is expected here: one stands after `def`, `if`, `else` and `for`.",
    sign,
  );
}

function betweenValues(line, i, open) {
  const token = line[i];
  const before = line[i - 1];
  const both = `${quoted(before)} and ${quoted(token)}`;
  if (line[0].text === "for" && !line.slice(0, i).some(({ text }) => text === "in"))
    return refusalOf(`Write \`in\` between ${both}.`, token);
  if (open !== undefined)
    return refusalOf(`A comma or an operator is missing between ${both}.`, token);
  if (i === 1 && before.kind === "name") return afterFirst(before, token);
  if (beginsBlock(line))
    return refusalOf(`A colon or an operator is missing between ${both}.`, token);
  return refusalOf(`An operator, such as * or +, is missing between ${both}.`, token);
}

// The first two words of a line, where one is not understood.
function afterFirst(first, token) {
  if (OTHER_LANGUAGES.has(first.text))
    return refusalOf(`${quoted(first)} is not Python: ${OTHER_LANGUAGES.get(first.text)}`, first);
  const words = [...STATEMENT_WORDS, "else", "elif"];
  const meant = first.text.length > 1 && guess(first.text, words, (word) => `\`${word}\``);
  if (meant) return refusalOf(`${quoted(first)} is not understood here.${meant}`, first);
  const both = `${quoted(first)} and ${quoted(token)}`;
  return refusalOf(`\`=\` or an operator is missing between ${both}.`, token);
}

function atWord(line, i) {
  const token = line[i];
  const [first] = line;
  if (STATEMENT_WORDS.has(token.text) && beginsBlock(line))
    return refusalOf(`A colon is missing before ${quoted(token)}: write \`:\`.`, token);
  if (STATEMENT_WORDS.has(token.text) && i > 0 && endsValue(line[i - 1]))
    return refusalOf(`${quoted(token)} begins a line of its own.`, token);
  if (token.text === "not")
    return refusalOf("Write parentheses around `not` and what follows it.", token);
  if (
    JOINING_WORDS.has(token.text) &&
    i > 0 &&
    !endsValue(line[i - 1]) &&
    line[i + 1]?.text !== "="
  )
    return refusalOf(
      `A value is missing between ${quoted(line[i - 1])} and ${quoted(token)}.`,
      token,
    );
  if (first === token && line[1]?.text !== "=")
    return refusalOf(`${quoted(token)} cannot begin a line.`, token);
  return refusalOf(`${quoted(token)} is a word of Python's own: choose another name.`, token);
}

function atToken(line, i, text) {
  const token = line[i];
  const before = line[i - 1];
  const open = openBefore(line, i).at(-1);
  if (open !== undefined && newStatement(line, i, text)) return notClosed(open);
  const right = MISSPELLED.get(`${before?.text} ${token.text}`);
  if (right !== undefined)
    return refusalOf(`Write \`${right}\` here.`, { from: before.from, to: token.to });
  if (token.text === "=") return atEquals(line, i, open);
  if (token.text === ":") return atColon(line, i, open);
  if (before && endsValue(before) && startsValue(token)) return betweenValues(line, i, open);
  if (token.kind === "name" && isWordOfPython(token.text)) return atWord(line, i);
  if (token.text === "." && text[token.from + 1] === ".")
    return refusalOf("Write `...`, three points, for all that comes before.", token);
  if (before?.text === "def") return refusalOf("A name is missing after `def`.", token);
  if (before && !endsValue(before))
    return refusalOf(`A value is missing between ${quoted(before)} and ${quoted(token)}.`, token);
  if (before) return refusalOf(`${quoted(token)} cannot follow ${quoted(before)} here.`, token);
  return refusalOf(`A value is missing before ${quoted(token)}.`, token);
}

// The Refusal for a line that Lezer read up to this place of the text.
export function explained(at, line, text) {
  const i = line.findIndex((token) => token.to > at);
  return i < 0 ? atEnd(line) : atToken(line, i, text);
}
