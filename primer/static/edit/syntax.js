// Reads a text of Python into nodes of Python's ast, or refuses it at its place in plain words.
import {
  expressionOf,
  expressionsOf,
  named,
  parametersOf,
  refuse,
  targetOf,
} from "./expressions.js";
import { laidOut } from "./layout.js";
import { Refusal } from "./refusal.js";
import { tokensOf } from "./tokens.js";

const MOST_CHARACTERS = 20000;
const MOST_DEEP_NODES = 100;

// Lezer's tree as plain nodes: {name, from, to, text, kids}.
function plain(tree, text) {
  const root = { kids: [] };
  const path = [root];
  tree.iterate({
    enter({ name, from, to }) {
      const node = { name, from, to, text: text.slice(from, to), kids: [] };
      if (name === "Comment") return false;
      path.at(-1).kids.push(node);
      path.push(node);
    },
    leave: () => void path.pop(),
  });
  return root.kids[0];
}

let strict;

function treeOf(text, lines) {
  strict ??= PrimerCode.parser.configure({ strict: true });
  try {
    return plain(strict.parse(text), text);
  } catch (error) {
    const at = /^No parse at (\d+)$/.exec(error.message);
    if (at === null) throw error;
    throw unexpected(Number(at[1]), lines);
  }
}

function unexpected(at, lines) {
  const tokens = lines.flat();
  const token = tokens.find(({ to }) => to > at) ?? tokens.at(-1);
  return new Refusal(`\`${token.text}\` is not expected here.`, token.from, token.to);
}

const place = ({ from }, { to }) => ({ from, to });

// The statements of a block: what follows its colon.
const bodyOf = (node) => statementsOf(node.kids.slice(1));

const statementsOf = (nodes) => nodes.flatMap(statementOf);

function functionOf({ kids, from }) {
  const name = kids.find((kid) => kid.name === "VariableName");
  const params = kids.find((kid) => kid.name === "ParamList");
  if (kids[0].name === "async") refuse("`async` is not understood here: write `def`.", kids[0]);
  const args = parametersOf(params.kids.slice(1, -1));
  const body = bodyOf(kids.at(-1));
  return {
    type: "FunctionDef",
    name: named(name.text),
    args,
    body,
    ...place({ from }, body.at(-1)),
  };
}

function assignmentOf(node) {
  const kids = node.kids.filter((kid) => kid.name !== "TypeDef");
  const signs = kids.flatMap((kid, i) => (kid.name === "AssignOp" ? [i] : []));
  if (signs.length === 0) refuse("A value is missing: write = and a value.", node);
  const parts = [-1, ...signs].map((sign, i) => expressionsOf(kids.slice(sign + 1, signs[i])));
  const value = parts.pop();
  const annotated = kids.length < node.kids.length;
  if (annotated && !["Name", "Attribute", "Subscript"].includes(parts[0].type))
    refuse("Only one name can have a type.", parts[0]);
  return { type: "Assign", targets: parts.map(targetOf), value, from: node.from, to: node.to };
}

function updateOf({ kids, from, to }) {
  const sign = kids.findIndex((kid) => kid.name === "UpdateOp");
  const target = expressionsOf(kids.slice(0, sign));
  if (!["Name", "Attribute", "Subscript"].includes(target.type))
    refuse(`Only a name can stand on the left of ${kids[sign].text}.`, target);
  const op = kids[sign].text.slice(0, -1);
  return { type: "AugAssign", target, op, value: expressionsOf(kids.slice(sign + 1)), from, to };
}

// if, elif, …, else: each elif is an `if` in the rest of the one before it.
function ifOf({ kids, from }) {
  const heads = kids.flatMap((kid, i) => (kid.name === "if" || kid.name === "elif" ? [i] : []));
  let orelse = kids.at(-2).name === "else" ? bodyOf(kids.at(-1)) : [];
  for (const head of heads.reverse()) {
    const test = expressionOf(kids[head + 1]);
    const body = bodyOf(kids[head + 2]);
    orelse = [
      { type: "If", test, body, orelse, ...place(kids[head], orelse.at(-1) ?? body.at(-1)) },
    ];
  }
  return orelse[0];
}

function forOf({ kids, from }) {
  const middle = kids.findIndex((kid) => kid.name === "in");
  const body = kids.findIndex((kid) => kid.name === "Body");
  if (body < kids.length - 1) refuse("`else` after `for` is not understood here.", kids[body + 1]);
  const target = targetOf(expressionsOf(kids.slice(1, middle)));
  const iter = expressionsOf(kids.slice(middle + 1, body));
  const inside = bodyOf(kids[body]);
  return { type: "For", target, iter, body: inside, orelse: [], ...place({ from }, inside.at(-1)) };
}

function returnOf({ kids, from, to }) {
  return { type: "Return", value: kids.length > 1 ? expressionsOf(kids.slice(1)) : null, from, to };
}

const STATEMENTS = {
  AssertStatement: ({ kids, from, to }) => ({
    type: "Assert",
    test: expressionOf(kids[1]),
    from,
    to,
  }),
  AssignStatement: assignmentOf,
  ExpressionStatement: ({ kids, from, to }) => ({
    type: "Expr",
    value: expressionsOf(kids),
    from,
    to,
  }),
  ForStatement: forOf,
  FunctionDefinition: functionOf,
  IfStatement: ifOf,
  PassStatement: ({ from, to }) => ({ type: "Pass", from, to }),
  ReturnStatement: returnOf,
  StatementGroup: ({ kids }) => statementsOf(kids.filter((kid) => kid.name !== ";")),
  UpdateStatement: updateOf,
};

function statementOf(node) {
  const read = STATEMENTS[node.name];
  if (read === undefined)
    refuse(`\`${node.kids[0]?.text ?? node.text}\` is not understood here.`, node);
  return read(node);
}

// Every way down to a leaf is short: whoever walks the tree need not look.
function bounded(node, left) {
  if (left === 0) refuse("This is nested too deeply: give a part of it a name.", node);
  for (const part of Object.values(node)) {
    for (const kid of Array.isArray(part) ? part : [part])
      if (kid !== null && typeof kid === "object") bounded(kid, left - 1);
  }
  return node;
}

// The Module that a text of Python says, or a Refusal.
export function parse(text) {
  if (text.length > MOST_CHARACTERS)
    throw new Refusal(
      `This text is too long: ${MOST_CHARACTERS.toLocaleString("en-US")} characters are allowed.`,
    );
  const lines = laidOut(tokensOf(text), text);
  if (lines.length === 0) return { type: "Module", body: [], from: 0, to: text.length };
  const body = statementsOf(treeOf(text, lines).kids);
  return bounded({ type: "Module", body, from: 0, to: text.length }, MOST_DEEP_NODES);
}
