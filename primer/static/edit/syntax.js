// Reads a text of Python into nodes of Python's ast, each {type, from, to, …}, or refuses it, at its
// place and in plain words.
import { checkWords } from "./advice.js";
import {
  checkType,
  expressionOf,
  expressionsOf,
  nameOf,
  parametersOf,
  placeOf,
  refuseAt,
  targetOf,
} from "./expressions.js";
import { awaitsBlock, completeLines, laidOut } from "./layout.js";
import { Refusal } from "./refusal.js";
import { tokensOf } from "./tokens.js";
import { partsOf } from "./tree.js";

const MOST_CHARACTERS = 20000;
const MOST_DEEP_NODES = 100;
const LEFT_OF_EQUALS = "Only a name can stand on the left of `=`: write `==` to compare.";

function functionOf([, name, params, ...types]) {
  types.forEach(checkType);
  return {
    type: "FunctionDef",
    name: nameOf(name.text),
    args: parametersOf(params.kids.slice(1, -1)),
  };
}

function assignmentOf(node) {
  node.kids.forEach(checkType);
  const kids = node.kids.filter((kid) => kid.name !== "TypeDef");
  const signs = kids.flatMap((kid, i) => (kid.name === "AssignOp" ? [i] : []));
  if (signs.length === 0) refuseAt("A value is missing: write `=` and the value after it.", node);
  const parts = [-1, ...signs].map((sign, i) => expressionsOf(kids.slice(sign + 1, signs[i])));
  const value = parts.pop();
  if (kids.length < node.kids.length)
    parts.forEach((part, i) => placeOf(i > 0 ? node : part, "Only one name can have a type."));
  const targets = parts.map((part) => targetOf(part, LEFT_OF_EQUALS));
  return { type: "Assign", targets, value, from: node.from, to: node.to };
}

function updateOf({ kids, from, to }) {
  const sign = kids.findIndex((kid) => kid.name === "UpdateOp");
  const { text } = kids[sign];
  const target = expressionsOf(kids.slice(0, sign));
  placeOf(target, `Only a name can stand on the left of \`${text}\`.`);
  const value = expressionsOf(kids.slice(sign + 1));
  return { type: "AugAssign", target, op: text.slice(0, -1), value, from, to };
}

const conditionOf = ([, test]) => ({ type: "If", test: expressionOf(test), orelse: [] });

function loopOf(kids) {
  const middle = kids.findIndex((kid) => kid.name === "in");
  const says = "Only a name can stand between `for` and `in`.";
  const target = targetOf(expressionsOf(kids.slice(1, middle)), says);
  return { type: "For", target, iter: expressionsOf(kids.slice(middle + 1)), orelse: [] };
}

function returnOf({ kids, from, to }) {
  return { type: "Return", value: kids.length > 1 ? expressionsOf(kids.slice(1)) : null, from, to };
}

const STATEMENTS = new Map([
  [
    "AssertStatement",
    ({ kids, from, to }) => ({ type: "Assert", test: expressionOf(kids[1]), from, to }),
  ],
  ["AssignStatement", assignmentOf],
  [
    "ExpressionStatement",
    ({ kids, from, to }) => ({ type: "Expr", value: expressionsOf(kids), from, to }),
  ],
  ["PassStatement", ({ from, to }) => ({ type: "Pass", from, to })],
  ["ReturnStatement", returnOf],
  ["UpdateStatement", updateOf],
]);

const BLOCKS = new Map([
  ["ElifClause", conditionOf],
  ["ElseClause", () => ({ type: "Else" })],
  ["ForStatement", loopOf],
  ["FunctionDefinition", functionOf],
  ["IfStatement", conditionOf],
]);

const statementOf = (node) => STATEMENTS.get(node.name)(node);

// Puts lines together, [{line, level}], as they stand below each other.
class Blocks {
  constructor(lines, text) {
    Object.assign(this, { lines, text, at: 0 });
  }
  // All lines of one level, up to the end of their block; `chain` is the `if` and each `elif` of it that
  // an `else` can belong to.
  block(level) {
    const body = [];
    let chain = [];
    while (this.lines[this.at]?.level === level) {
      const parts = partsOf(this.lines[this.at++].line, this.text);
      if (!BLOCKS.has(parts[0].name)) body.push(...parts.map(statementOf));
      chain = BLOCKS.has(parts[0].name) ? this.headed(parts, level, body, chain) : [];
    }
    return body;
  }
  headed([{ name, kids, from }, , ...inside], level, body, chain) {
    const made = BLOCKS.get(name)(kids);
    made.body = inside.length > 0 ? inside.map(statementOf) : this.block(level + 1);
    Object.assign(made, { from, to: made.body.at(-1).to });
    return continues(made, kids[0], body, chain);
  }
}

// Adds a statement with a block to those before it, or to the `if` that it goes on.
function continues(made, { text, from, to }, body, chain) {
  const later = text === "else" || text === "elif";
  if (!later) body.push(made);
  else if (chain.length === 0)
    refuseAt(`No \`if\` above stands as deep as this \`${text}\`.`, { from, to });
  else chain.at(-1).orelse = text === "else" ? made.body : [made];
  if (later) for (const earlier of chain) earlier.to = made.to;
  if (text === "else") return [];
  return made.type === "If" ? [...(later ? chain : []), made] : [];
}

// Outside a function nothing is returned.
function checkReturns(statements) {
  for (const statement of statements) {
    const { type, body, orelse } = statement;
    if (type === "Return")
      refuseAt("`return` belongs in a function: indent it below `def`.", statement);
    if (type === "If" || type === "For") checkReturns([...body, ...orelse]);
  }
}

// Every way down to a leaf is short: whoever walks the tree need not count.
function boundedTree(node, left) {
  if (left === 0) refuseAt("This is nested too deeply: give parts of it a name.", node);
  for (const part of Object.values(node).flat())
    if (part !== null && typeof part === "object") boundedTree(part, left - 1);
}

// The lines before the last one, made whole by a block; null where there are none.
function textBefore(text) {
  const line = completeLines(tokensOf(text)).at(-1);
  if (line === undefined) return null;
  return text.slice(0, line.at(-1).to) + (awaitsBlock(line) ? " pass" : "");
}

// The Module that a text of Python says, or a Refusal at the first of its lines that says none.
export function parse(text) {
  try {
    return moduleOf(text);
  } catch (refusal) {
    if (!(refusal instanceof Refusal) || refusal.from === null) throw refusal;
    const before = textBefore(text.slice(0, refusal.from));
    if (before !== null) parse(before);
    throw refusal;
  }
}

function moduleOf(text) {
  if (text.length > MOST_CHARACTERS) {
    const most = MOST_CHARACTERS.toLocaleString("en-US");
    throw new Refusal(`This text is too long: at most ${most} characters are read.`);
  }
  const lines = laidOut(tokensOf(text), text);
  checkWords(lines.map(({ line }) => line));
  const body = new Blocks(lines, text).block(0);
  const module = { type: "Module", body, from: 0, to: text.length };
  boundedTree(module, MOST_DEEP_NODES);
  checkReturns(body);
  return module;
}
