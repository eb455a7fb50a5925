// Reads a text of Python into nodes of Python's ast, each {type, from, to, …}, or refuses it, at its
// place and in plain words.
import { checkWords } from "./advice.js";
import {
  expressionOf,
  expressionsOf,
  fromTo,
  nameOf,
  parametersOf,
  placeOf,
  refuseAt,
  targetOf,
} from "./expressions.js";
import { awaitsBlock, completeLines, laidOut } from "./layout.js";
import { Refusal } from "./refusal.js";
import { tokensOf } from "./tokens.js";
import { treeOf } from "./tree.js";

const MOST_CHARACTERS = 20000;
const MOST_DEEP_NODES = 100;
const LEFT_OF_EQUALS = "Only a name can stand on the left of `=`: write `==` to compare.";

// The statements of a block: what follows its colon.
const bodyOf = (node) => statementsOf(node.kids.slice(1));

const statementsOf = (nodes) => nodes.flatMap(statementOf);

function functionOf({ kids, from }) {
  const [, name, params] = kids;
  if (params.name !== "ParamList")
    refuseAt("Write `(` after the name: types have no names here.", params);
  const args = parametersOf(params.kids.slice(1, -1));
  const body = bodyOf(kids.at(-1));
  return { type: "FunctionDef", name: nameOf(name.text), args, body, from, to: body.at(-1).to };
}

function assignmentOf(node) {
  const kids = node.kids.filter((kid) => kid.name !== "TypeDef");
  const signs = kids.flatMap((kid, i) => (kid.name === "AssignOp" ? [i] : []));
  if (signs.length === 0) refuseAt("A value is missing: write `=` and the value after it.", node);
  const parts = [-1, ...signs].map((sign, i) => expressionsOf(kids.slice(sign + 1, signs[i])));
  const value = parts.pop();
  if (kids.length < node.kids.length) placeOf(parts[0], "Only one name can have a type.");
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

// if, elif, …, else: each elif is an `if` in the rest of the one before it.
function ifOf({ kids }) {
  const heads = kids.filter((kid) => ["if", "elif"].includes(kid.name));
  let orelse = kids.at(-2).name === "else" ? bodyOf(kids.at(-1)) : [];
  for (const head of heads.reverse()) {
    const [condition, block] = kids.slice(kids.indexOf(head) + 1);
    if (condition.name === "Body") refuseAt(`A condition is missing after \`${head.name}\`.`, head);
    const body = bodyOf(block);
    const last = orelse.at(-1) ?? body.at(-1);
    orelse = [{ type: "If", test: expressionOf(condition), body, orelse, ...fromTo(head, last) }];
  }
  return orelse[0];
}

function forOf({ kids, from }) {
  const middle = kids.findIndex((kid) => kid.name === "in");
  const block = kids.findIndex((kid) => kid.name === "Body");
  const late = kids[block + 1];
  if (late !== undefined)
    refuseAt("`else` belongs to `if`: after `for` it is not understood.", late);
  const says = "Only a name can stand between `for` and `in`.";
  const target = targetOf(expressionsOf(kids.slice(1, middle)), says);
  const iter = expressionsOf(kids.slice(middle + 1, block));
  const body = bodyOf(kids[block]);
  return { type: "For", target, iter, body, orelse: [], from, to: body.at(-1).to };
}

function assertionOf({ kids, from, to }) {
  const late = kids.slice(1).findIndex((kid, i) => (kid.name === ",") !== (i === 1) && i > 0);
  if (late >= 0 || kids.length === 3)
    refuseAt("Write `assert condition` or `assert condition, message`.", { from, to });
  return { type: "Assert", test: expressionOf(kids[1]), from, to };
}

function returnOf({ kids, from, to }) {
  return { type: "Return", value: kids.length > 1 ? expressionsOf(kids.slice(1)) : null, from, to };
}

function groupOf({ kids }) {
  const late = kids.find((kid, i) => kid.name === ";" && kids[i + 1]?.name === ";");
  if (late !== undefined) refuseAt("A statement is missing after `;`.", late);
  return statementsOf(kids.filter((kid) => kid.name !== ";"));
}

const STATEMENTS = new Map([
  ["AssertStatement", assertionOf],
  ["AssignStatement", assignmentOf],
  [
    "ExpressionStatement",
    ({ kids, from, to }) => ({ type: "Expr", value: expressionsOf(kids), from, to }),
  ],
  ["ForStatement", forOf],
  ["FunctionDefinition", functionOf],
  ["IfStatement", ifOf],
  ["PassStatement", ({ from, to }) => ({ type: "Pass", from, to })],
  ["ReturnStatement", returnOf],
  ["StatementGroup", groupOf],
  ["UpdateStatement", updateOf],
]);

function statementOf(node) {
  const read = STATEMENTS.get(node.name);
  if (read !== undefined) return read(node);
  const [first] = node.kids;
  refuseAt(`\`${first.text}\` is not understood here: remove this statement.`, first);
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
  checkWords(lines);
  const body = lines.length === 0 ? [] : statementsOf(treeOf(text, lines).kids);
  const module = { type: "Module", body, from: 0, to: text.length };
  boundedTree(module, MOST_DEEP_NODES);
  checkReturns(body);
  return module;
}
