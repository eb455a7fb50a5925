// What holds a text of Python together: brackets, and lines that stand as deep as their block.
import { Refusal } from "./refusal.js";

const OPENED_BY = new Map([
  [")", "("],
  ["]", "["],
  ["}", "{"],
]);
const CLOSED_BY = new Map([...OPENED_BY].map(([close, open]) => [open, close]));
const BLOCK_WORDS = new Set("def if elif else for while class try except finally with".split(" "));
const MOST_DEEP = 50;
const MOST_IN_LINE = 1000;
const MOST_IN_TEXT = 3000;

export const opensBracket = ({ text }) => CLOSED_BY.has(text);
export const closesBracket = ({ text }) => OPENED_BY.has(text);
// Whether this line is the first of a block, or would be with a colon.
export const beginsBlock = (line) => BLOCK_WORDS.has(line[0].text);
const endsInColon = (line) => line.at(-1).text === ":";
// Whether the lines of a block must follow.
export const awaitsBlock = (line) => line !== undefined && beginsBlock(line) && endsInColon(line);

export const refusalOf = (message, { from, to }) => new Refusal(message, from, to);
const extentOf = (line) => ({ from: line[0].from, to: line.at(-1).to });

export const notClosed = (open) =>
  refusalOf(
    `This ${open.text} is not closed: write ${CLOSED_BY.get(open.text)} where it ends.`,
    open,
  );

// A bracket that closes none, or another one: the earlier of two lines is wrong.
function badlyClosed(open, token, text) {
  const { text: sign } = token;
  if (open === undefined)
    return refusalOf(
      `This ${sign} closes nothing: remove it, or write ${OPENED_BY.get(sign)} before.`,
      token,
    );
  if (text.slice(open.from, token.from).includes("\n")) return notClosed(open);
  const right = CLOSED_BY.get(open.text);
  return refusalOf(`This ${sign} does not close ${open.text}: write ${right}.`, token);
}

function followBrackets(open, token, text) {
  if (opensBracket(token)) {
    if (open.length === MOST_DEEP) throw refusalOf("Brackets are nested too deeply here.", token);
    open.push(token);
  } else if (closesBracket(token)) {
    if (open.at(-1)?.text !== OPENED_BY.get(token.text))
      throw badlyClosed(open.at(-1), token, text);
    open.pop();
  }
}

// The tokens of each line; one with open brackets or a backslash goes on in the next.
function logicalLines(tokens, text) {
  const lines = [[]];
  const open = [];
  let count = 0;
  for (const token of tokens) {
    if (++count > MOST_IN_TEXT)
      throw refusalOf("The text is too long: it is read only up to here.", token);
    if (token.kind === "sign") followBrackets(open, token, text);
    if (token.kind !== "line") lines.at(-1).push(token);
    else if (open.length === 0) lines.push([]);
  }
  if (open.length > 0) throw notClosed(open[0]);
  return lines.filter((line) => line.length > 0);
}

function indentOf(line, text) {
  const from = text.lastIndexOf("\n", line[0].from) + 1;
  const blank = text.slice(from, line[0].from);
  if (!/[^ ]/.test(blank)) return blank.length;
  const what = blank.includes("\t") ? "a tab" : "a backslash";
  throw new Refusal(`This line begins with ${what}: indent it by spaces.`, from, line[0].to);
}

function indentedTooDeep(line, last) {
  if (last === undefined)
    return refusalOf("The first line is indented: move it to the left margin.", extentOf(line));
  const says = "This line is indented deeper than the line above it: let both begin alike.";
  return refusalOf(says, extentOf(line));
}

const noBlock = (last, line) =>
  refusalOf(
    `The block of \`${last[0].text}\` is missing: indent what belongs to it.`,
    extentOf(line),
  );

// Follows the depths at which blocks begin: `levels` are those of the open ones.
function followBlocks(levels, depth, line, last) {
  const begins = awaitsBlock(last);
  if (begins && depth <= levels.at(-1)) throw noBlock(last, line);
  if (begins) levels.push(depth);
  if (depth > levels.at(-1)) throw indentedTooDeep(line, last);
  while (depth < levels.at(-1)) levels.pop();
  if (depth > levels.at(-1)) {
    const says = "This line is indented unlike any line above it: let it begin as its block does.";
    throw refusalOf(says, extentOf(line));
  }
  if (levels.length > MOST_DEEP)
    throw refusalOf("Blocks are nested too deeply here.", extentOf(line));
}

// The lines of a text whose brackets and blocks hold, [{line, level}], or a Refusal: the tokens of each,
// and in how many blocks it stands.
export function laidOut(tokens, text) {
  const lines = logicalLines(tokens, text);
  const levels = [0];
  const found = lines.map((line, i) => {
    if (line.length > MOST_IN_LINE)
      throw refusalOf("This line is too long: give parts of it a name.", extentOf(line));
    followBlocks(levels, indentOf(line, text), line, lines[i - 1]);
    return { line, level: levels.length - 1 };
  });
  const last = lines.at(-1);
  if (awaitsBlock(last)) throw noBlock(last, last);
  return found;
}

// All lines of tokens but the last, which may be broken off.
export function completeLines(tokens) {
  const lines = [[]];
  let open = 0;
  for (const token of tokens) {
    if (opensBracket(token)) open++;
    if (closesBracket(token)) open--;
    if (token.kind !== "line") lines.at(-1).push(token);
    else if (open === 0) lines.push([]);
  }
  return lines.slice(0, -1).filter((line) => line.length > 0);
}
