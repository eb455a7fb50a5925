// Traces texts of rules as a page does when a rule is edited: node edit_trace.mjs static/ codemirror.js
// reads a list of cases {text, dim, fields, tables, abstract, general}, as JSON, and writes for each
// {nodes, …}, {refused: {message, from, to}} or {error}, and how long the processor took, in milliseconds.
import { asked as cases, module, parse, Refusal, timed } from "./edit_load.mjs";

const { trace } = await module("edit/trace.js");
const { Node } = await module("edit/nodes.js");

const number = (x) => (Object.is(x, -0) ? "-0" : `${x}`);

function told({ op, args, shape, kind, data }) {
  const plain =
    op === "const" ? data.values.map(number) : op === "lookup" ? [data.seed, data.width] : data;
  return { op, args: args.map((a) => a.id), shape, kind, data: plain };
}

const ids = (named) => Object.fromEntries([...named].map(([name, node]) => [name, node.id]));

function graph({ pool, newTheta, newState, start, bound }) {
  const names = bound.filter(([, value]) => value instanceof Node);
  return {
    nodes: pool.nodes.map(told),
    theta: newTheta.id,
    state: [...newState].map(([name, node]) => [name, node.id]),
    start: ids(start),
    bound: names.map(([name, node]) => [name, node.id]),
  };
}

function asked({ text, ...settings }) {
  const { given, error, took } = timed(() => trace(parse(text), settings));
  if (!error) return { ...graph(given), took };
  const { message, from, to } = error;
  if (error instanceof Refusal) return { refused: { message, from, to }, took };
  return { error: `${error.stack}`, took };
}

process.stdout.write(JSON.stringify(cases().map(asked)));
