// Equations as the page prints them: node edit_equation.mjs static codemirror.js
// reads a list of rules, as JSON: {text, fields}, or {names, graphs} with the graphs that Python has
// traced; writes for each the LaTeX, or {refused}, and how long it took in milliseconds.
import { asked, module, parse, Refusal } from "./edit_load.mjs";

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

function timed(rule) {
  const begin = performance.now();
  try {
    return { latex: read(rule), took: performance.now() - begin };
  } catch (error) {
    const took = performance.now() - begin;
    if (error instanceof Refusal) return { refused: error.message, took };
    return { error: error.stack, took };
  }
}
console.log(JSON.stringify(asked().map(timed)));
