// Equations as the page prints them: node edit_equation.mjs static codemirror.js
// reads a list of rules, as JSON: {text, fields}, or {names, graphs} with the graphs that Python has
// traced; writes for each the LaTeX, or {refused}, and how many milliseconds of the processor it took.
import { asked, module, parse, Refusal, timed } from "./edit_load.mjs";

const { equation, equationOf } = await module("edit/equation.js");
const { Misfit } = await module("edit/nodes.js");

function traced({ dim, general, nodes, ...graph }) {
  const pool = { dim, general, nodes: [] };
  for (const [op, args, shape, data] of nodes) {
    const parts = args.map((k) => pool.nodes[k]);
    pool.nodes.push({ op, args: parts, shape, data, id: pool.nodes.length });
  }
  const named = (pairs) => pairs.map(([name, k]) => [name, pool.nodes[k]]);
  const [theta, newTheta] = [graph.theta, graph.newTheta].map((k) => pool.nodes[k]);
  const maps = ["state", "start", "newState", "locals"].map((key) => [
    key,
    new Map(named(graph[key])),
  ]);
  const given = new Map(graph.given.map((name) => [name, null]));
  return { pool, theta, newTheta, ...Object.fromEntries(maps), bound: named(graph.bound), given };
}

function read({ text, fields, names, graphs }) {
  if (text !== undefined) return equation(parse(text), fields);
  return equationOf((dim, general) => {
    const graph = graphs[`${dim} ${general}`];
    if (graph.misfit) throw new Misfit(graph.misfit);
    if (graph.refused) throw new Refusal(graph.refused);
    return traced(graph);
  }, names);
}

function told(rule) {
  const { given, error, took } = timed(() => read(rule));
  if (!error) return { latex: given, took };
  if (error instanceof Refusal) return { refused: error.message, took };
  return { error: error.stack, took };
}
console.log(JSON.stringify(asked().map(told)));
