// What holds a text of Python together: brackets, and lines that stand as deep as their block.
import { Refusal } from "./refusal.js";

const CLOSING = new Map([
  [")", "("],
  ["]", "["],
  ["}", "{"],
]);
const OPENING = new Map([...CLOSING].map(([close, open]) => [open, close]));
const HEADS = new Set("def if elif else for while class try except finally with async".split(" "));
const MOST_DEEP = 60;
const MOST_TOKENS = 1000;

const at = (message, { from, to }) => new Refusal(message, from, to);

function unclosed(open) {
  return at(
    `This ${open.text} is not closed: write ${OPENING.get(open.text)} where it ends.`,
    open,
  );
}

function closed(open, token, text) {
  if (open === undefined) {
    return at(`No ${CLOSING.get(token.text)} was opened for this ${token.text}: remove it.`, token);
  }
  if (text.slice(open.from, token.from).includes("\n")) return unclosed(open);
  const right = OPENING.get(open.text);
  return at(`${open.text} is closed by ${token.text} here: write ${right}.`, token);
}

// The brackets that are open after this token.
function nest(open, token, text) {
  if (OPENING.has(token.text)) {
    if (open.length === MOST_DEEP) throw at("Brackets are nested too deeply here.", token);
    open.push(token);
  } else if (CLOSING.has(token.text)) {
    if (open.at(-1)?.text !== CLOSING.get(token.text)) throw closed(open.at(-1), token, text);
    open.pop();
  }
}

// The tokens of each line that stands for itself: brackets and backslashes go on over ends of lines.
function linesOf(tokens, text) {
  const lines = [];
  const open = [];
  let line = [];
  for (const token of tokens) {
    if (token.kind === "sign") nest(open, token, text);
    if (token.kind !== "line") line.push(token);
    else if (open.length === 0 && line.length > 0) {
      lines.push(line);
      line = [];
    }
  }
  if (open.length > 0) throw unclosed(open[0]);
  return line.length > 0 ? [...lines, line] : lines;
}

function indentOf(line, text) {
  const from = text.lastIndexOf("\n", line[0].from - 1) + 1;
  const blank = text.slice(from, line[0].from);
  if (/[^ ]/.test(blank)) {
    throw new Refusal(
      "This line begins with a tab or a backslash: indent it by spaces.",
      from,
      line[0].to,
    );
  }
  return blank.length;
}

const whole = (line) => ({ from: line[0].from, to: line.at(-1).to });

function tooDeep(line, last) {
  if (last === undefined)
    return at("The first line is indented: move it to the left.", whole(line));
  if (HEADS.has(last[0].text)) {
    const colons = last.some((token) => token.text === ":");
    const says = colons ? "is indented, but the line above has its block after the colon" : "";
    if (!colons) return at("A colon is missing at the end of this line: write :.", whole(last));
    return at(
      `This line ${says}: write the block below it, or this line as deep as it.`,
      whole(line),
    );
  }
  return at("This line is indented deeper than the line above: let both begin alike.", whole(line));
}

// As deep as the block that is open, deeper after a colon, or as deep as a block further out.
function place(levels, depth, line, last) {
  const begins = last !== undefined && last.at(-1).text === ":" && HEADS.has(last[0].text);
  if (begins && depth <= levels.at(-1)) {
    const head = last[0].text;
    throw at(
      `The block of \`${head}\` is missing: indent this line by four spaces more.`,
      whole(line),
    );
  }
  if (begins) levels.push(depth);
  if (depth > levels.at(-1)) throw tooDeep(line, last);
  while (depth < levels.at(-1)) levels.pop();
  if (depth !== levels.at(-1)) {
    throw at(
      "This line is indented like no line above it: let it begin as its block does.",
      whole(line),
    );
  }
  if (levels.length > MOST_DEEP) throw at("Blocks are nested too deeply here.", whole(line));
}

function endOf(last) {
  if (last !== undefined && last.at(-1).text === ":" && HEADS.has(last[0].text)) {
    throw at(`The block of \`${last[0].text}\` is missing: write it below, indented.`, whole(last));
  }
}

// The lines of tokens of a text whose brackets and blocks hold, or a Refusal.
export function laidOut(tokens, text) {
  const lines = linesOf(tokens, text);
  const levels = [0];
  lines.forEach((line, i) => {
    if (line.length > MOST_TOKENS)
      throw at("This line is too long: name parts of it.", whole(line));
    place(levels, indentOf(line, text), line, lines[i - 1]);
  });
  endOf(lines.at(-1));
  return lines;
}
