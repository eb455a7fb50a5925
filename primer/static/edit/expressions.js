// What an expression of Lezer's tree says, as a node of Python's ast. Lezer finds operands and
// operators; which binds first is decided here.
import { Refusal } from "./refusal.js";
import { tokensOf } from "./tokens.js";

const COMPARES = new Set(["<", ">", "<=", ">=", "==", "!=", "in", "not in", "is", "is not"]);
const BINARY_LEVELS = [["|"], ["^"], ["&"], ["+", "-"], ["*", "/", "//", "%", "@"]];
const LOOSE = new Set([...COMPARES, "and", "or", "not"]);
const REFUSED_EXPRESSIONS = {
  DictionaryComprehensionExpression:
    "A dictionary by `for` is not understood here: write its keys and values one by one.",
  SetComprehensionExpression: "A set is not understood here: write a list, [… for …].",
  SetExpression: "A set is not understood here: write a list, […].",
};

const REFUSED_IN_CALL = "Write parentheses around what `for` makes: it is not the only argument.";

export const refuseAt = (message, { from, to }) => {
  throw new Refusal(message, from, to);
};

export const fromTo = (first, last) => ({ from: first.from, to: last.to });

// A word or sign, whatever stands between the two words of one.
const operatorOf = ({ name, text, kids }) =>
  name === "Operator" && kids.length === 2 ? "not in" : text;

// Operands, as {node, from, to}, and operators, as {op, from, to}, in the order of the text.
function itemsOf({ kids }) {
  const out = [];
  for (const kid of kids) {
    const { name, from, to } = kid;
    if (name !== "Operator" && name !== "Prefix") out.push({ node: expressionOf(kid), from, to });
    else if (kid.text === "not" && out.at(-1)?.op === "is")
      out.push({ ...out.pop(), op: "is not", to });
    else out.push({ op: operatorOf(kid), from, to });
  }
  return out;
}

// Reads the flat items; each part is {node, from, to}, with the brackets around it.
class Operations {
  constructor(items) {
    this.items = items;
    this.at = 0;
  }
  get op() {
    return this.items[this.at]?.op;
  }
  all() {
    const part = this.either("or", () => this.either("and", () => this.not()));
    const left = this.items[this.at];
    if (left !== undefined) refuseAt(`\`${left.op}\` cannot stand here without parentheses.`, left);
    return part.node;
  }
  either(op, next) {
    const parts = [next()];
    while (this.op === op) {
      this.at++;
      parts.push(next());
    }
    if (parts.length === 1) return parts[0];
    return this.made("BoolOp", parts, { op, values: parts.map((part) => part.node) });
  }
  made(type, parts, fields) {
    const place = fromTo(parts[0], parts.at(-1));
    return { node: { type, ...fields, ...place }, ...place };
  }
  not() {
    if (this.op !== "not") return this.comparison();
    const sign = this.items[this.at++];
    const part = this.not();
    return this.made("UnaryOp", [sign, part], { op: "not", operand: part.node });
  }
  comparison() {
    const parts = [this.binary(0)];
    const ops = [];
    while (COMPARES.has(this.op)) {
      ops.push(this.items[this.at++].op);
      parts.push(this.binary(0));
    }
    if (ops.length === 0) return parts[0];
    const [left, ...comparators] = parts.map((part) => part.node);
    return this.made("Compare", parts, { left, ops, comparators });
  }
  binary(level) {
    if (level === BINARY_LEVELS.length) return this.signed();
    let left = this.binary(level + 1);
    while (BINARY_LEVELS[level].includes(this.op))
      left = this.pair(left, () => this.binary(level + 1));
    return left;
  }
  pair(left, next) {
    const { op } = this.items[this.at++];
    const right = next();
    return this.made("BinOp", [left, right], { left: left.node, op, right: right.node });
  }
  signed() {
    if (!["-", "+", "~"].includes(this.op)) return this.powers();
    const sign = this.items[this.at++];
    const part = this.signed();
    return this.made("UnaryOp", [sign, part], { op: sign.op, operand: part.node });
  }
  powers() {
    const base = this.operand();
    return this.op === "**" ? this.pair(base, () => this.signed()) : base;
  }
  operand() {
    const item = this.items[this.at++];
    if (item?.node) return item;
    refuseAt(`A value is missing before \`${item.op}\`, or parentheses around what follows.`, item);
  }
}

// The parts between commas, [[nodes], …], without the brackets; and whether a comma ends them.
function parted(kids) {
  const parts = [[]];
  for (const kid of kids) {
    if (kid.name === ",") parts.push([]);
    else parts.at(-1).push(kid);
  }
  const ends = parts.length > 1 && parts.at(-1).length === 0;
  if (ends) parts.pop();
  return { parts: parts.filter((part) => part.length > 0), tuple: parts.length > 1 || ends };
}

const insideOf = (node) => node.kids.slice(1, -1);

// A value, or a value with a * before it.
function givenOf(part) {
  if (part.length === 1) return expressionOf(part[0]);
  return { type: "Starred", value: expressionOf(part[1]), ...fromTo(part[0], part[1]) };
}

// What is taken apart binds more than `and`, `not` and comparisons do.
function checkStarred([star, node]) {
  const loose = node?.name === "Operation" && node.kids.some((kid) => LOOSE.has(operatorOf(kid)));
  if (loose) refuseAt(`Write parentheses around what stands after \`${star.text}\`.`, node);
}

function elementOf(part) {
  checkStarred(part);
  return givenOf(part);
}

const elementsOf = (kids) => parted(kids).parts.map(elementOf);

// What stands without brackets: one expression, or several with commas, which are a tuple.
export function expressionsOf(kids) {
  const { parts, tuple } = parted(kids);
  const elts = parts.map(elementOf);
  if (tuple) return { type: "Tuple", elts, ...fromTo(kids[0], kids.at(-1)) };
  if (elts[0].type === "Starred")
    refuseAt("Write a comma after this: a * makes part of a tuple.", elts[0]);
  return elts[0];
}

const numberConstant = (node) => {
  const [{ figure, value }] = [...tokensOf(node.text)];
  return { value, kind: figure };
};

const stringConstant = (node) => ({
  value: [...tokensOf(node.text)].map((one) => one.value).join(""),
  kind: "str",
});

const constantOf = (read) => (node) => ({
  type: "Constant",
  ...read(node),
  from: node.from,
  to: node.to,
});

const sequenceOf = (type) => (node) => ({
  type,
  elts: elementsOf(insideOf(node)),
  from: node.from,
  to: node.to,
});

function conditionalOf({ kids, from, to }) {
  const [body, , test, , orelse] = kids;
  const parts = {
    test: expressionOf(test),
    body: expressionOf(body),
    orelse: expressionOf(orelse),
  };
  return { type: "IfExp", ...parts, from, to };
}

// The names of a function, each with its default, null where it has none.
export function parametersOf(kids) {
  const args = parted(kids).parts.map(parameterOf);
  args.forEach((arg, i) => {
    if (args.findIndex((other) => other.arg === arg.arg) < i)
      refuseAt(`The name ${arg.arg} stands twice here.`, arg);
    if (i > 0 && args[i - 1].default !== null && arg.default === null)
      refuseAt(
        `${arg.arg} needs a default too, as ${args[i - 1].arg} before it: write ${arg.arg}=….`,
        arg,
      );
  });
  return args;
}

// Types say nothing here, but must be expressions.
export function checkType({ name, kids }) {
  if (name === "TypeDef") expressionOf(kids.at(-1));
}

function parameterOf(part) {
  const [name] = part;
  if (name.name !== "VariableName")
    refuseAt(`Write the name of each argument here, without \`${name.text}\`.`, name);
  part.forEach(checkType);
  const value = part.findIndex((kid) => kid.name === "AssignOp") + 1;
  const fallback = value > 0 ? expressionOf(part[value]) : null;
  return { arg: nameOf(name.text), default: fallback, ...fromTo(name, fallback ?? part.at(-1)) };
}

function lambdaOf({ kids, from, to }) {
  return {
    type: "Lambda",
    args: parametersOf(kids[1].kids),
    body: expressionOf(kids.at(-1)),
    from,
    to,
  };
}

function callOf({ kids: [func, { kids, from: open, to: close }], from, to }) {
  const inside = kids.slice(1, -1);
  const made = { type: "Call", func: expressionOf(func), args: [], keywords: [], from, to };
  if (inside.some((kid) => kid.name === "for")) {
    if (inside[0].name === "*" || inside[1].name !== "for") refuseAt(REFUSED_IN_CALL, inside[0]);
    const end = { from: open, to: close };
    made.args = [comprehensionOf("GeneratorExp", inside, end)];
  } else for (const part of parted(inside).parts) argumentOf(part, made);
  return made;
}

function argumentOf(part, { args, keywords }) {
  const [first, sign] = part;
  const place = fromTo(first, part.at(-1));
  if (first.name === "**") keywords.push({ arg: null, value: expressionOf(sign), ...place });
  else if (sign?.name === "AssignOp") {
    const arg = nameOf(first.text);
    if (keywords.some((other) => other.arg === arg)) refuseAt(`${arg}= stands twice here.`, first);
    keywords.push({ arg, value: expressionOf(part[2]), ...place });
  } else {
    const starred = first.name === "*";
    const late = starred ? keywords.some((other) => other.arg === null) : keywords.length > 0;
    if (late) refuseAt("This argument has no name: write it before those with one.", place);
    args.push(givenOf(part));
  }
}

function memberOf({ kids, from, to }) {
  const value = expressionOf(kids[0]);
  if (kids[1].name === ".")
    return { type: "Attribute", value, attr: nameOf(kids[2].text), from, to };
  const { parts, tuple } = parted(kids.slice(2, -1));
  const slices = parts.map(sliceOf);
  const place = fromTo(kids[2], kids.at(-2));
  return {
    type: "Subscript",
    value,
    slice: tuple ? { type: "Tuple", elts: slices, ...place } : slices[0],
    from,
    to,
  };
}

function sliceOf(part) {
  if (!part.some((kid) => kid.name === ":")) return expressionOf(part[0]);
  const bounds = [null];
  for (const kid of part) {
    if (kid.name === ":") bounds.push(null);
    else bounds[bounds.length - 1] = expressionOf(kid);
  }
  const [lower, upper, step = null] = bounds;
  return { type: "Slice", lower, upper, step, ...fromTo(part[0], part.at(-1)) };
}

function dictionaryOf(node) {
  const { parts } = parted(insideOf(node));
  parts.filter(([key]) => key.name === "**").forEach(checkStarred);
  const keys = parts.map(([key]) => (key.name === "**" ? null : expressionOf(key)));
  const values = parts.map((part) => expressionOf(part.at(-1)));
  return { type: "Dict", keys, values, from: node.from, to: node.to };
}

// element for target in iter if test …
function comprehensionOf(type, kids, { from, to }) {
  const heads = kids.flatMap((kid, i) => (kid.name === "for" || kid.name === "if" ? [i] : []));
  const generators = [];
  if (kids[0].name === "*") refuseAt("A * cannot stand before what `for` makes.", kids[0]);
  heads.forEach((head, i) => {
    const part = kids.slice(head + 1, heads[i + 1]);
    const more = part.slice(part.findIndex((kid) => kid.name === "in") + 2);
    if (more.length > 0) refuseAt(REFUSED_IN_CALL, more[0]);
    if (kids[head].name === "if") generators.at(-1).ifs.push(expressionOf(part[0]));
    else generators.push(generatorOf(part));
  });
  return { type, elt: expressionOf(kids[0]), generators, from, to };
}

function generatorOf(part) {
  const middle = part.findIndex((kid) => kid.name === "in");
  const says = "Only a name can stand between `for` and `in`.";
  const target = targetOf(expressionsOf(part.slice(0, middle)), says);
  return { target, iter: expressionOf(part[middle + 1]), ifs: [] };
}

const comprehensionReader = (type) => (node) => comprehensionOf(type, insideOf(node), node);

// Names are the same however their letters are written.
export const nameOf = (text) => text.normalize("NFKC");

const READERS = {
  Operation: (node) => new Operations(itemsOf(node)).all(),
  ParenthesizedExpression: (node) => expressionsOf(insideOf(node)),
  TupleExpression: sequenceOf("Tuple"),
  ArrayExpression: sequenceOf("List"),
  ComprehensionExpression: comprehensionReader("GeneratorExp"),
  ArrayComprehensionExpression: comprehensionReader("ListComp"),
  DictionaryExpression: dictionaryOf,
  CallExpression: callOf,
  MemberExpression: memberOf,
  ConditionalExpression: conditionalOf,
  LambdaExpression: lambdaOf,
  VariableName: ({ text, from, to }) => ({ type: "Name", id: nameOf(text), from, to }),
  Number: constantOf(numberConstant),
  String: constantOf(stringConstant),
  ContinuedString: constantOf(stringConstant),
  Ellipsis: constantOf(() => ({ value: null, kind: "Ellipsis" })),
  None: constantOf(() => ({ value: null, kind: "None" })),
  Boolean: constantOf(({ text }) => ({ value: text === "True", kind: "bool" })),
};

export function expressionOf(node) {
  const advice = REFUSED_EXPRESSIONS[node.name];
  if (advice !== undefined) refuseAt(advice, node);
  const read = READERS[node.name];
  if (read === undefined) refuseAt(`\`${node.text}\` is not understood here.`, node);
  return read(node);
}

const PLACES = ["Name", "Attribute", "Subscript"];

// A name, or a part of what has one.
export const placeOf = (node, says) => (PLACES.includes(node.type) ? node : refuseAt(says, node));

// What a value can be given to: such places, and lists and tuples of them, at most one with a star.
export function targetOf(node, says) {
  if (!["Tuple", "List"].includes(node.type)) return placeOf(node, says);
  const stars = node.elts.filter(({ type }) => type === "Starred");
  if (stars.length > 1) refuseAt("Only one name can have a star here.", stars[1]);
  for (const part of node.elts) targetOf(part.type === "Starred" ? part.value : part, says);
  return node;
}
