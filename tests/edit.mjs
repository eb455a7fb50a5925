// Edited rules as the page runs them: node edit.mjs static codemirror.js jobs.json results.json
// A job is {kind: "unedited" | "edited" | "hostile", …}; the functions below say what each holds and
// gives. The rest is the page's own: its parser, trace and machine, and the march of an explorer.
import { readFileSync, writeFileSync } from "node:fs";
import { runInThisContext } from "node:vm";
import { module, parse, Refusal, timed } from "./edit_load.mjs";
import { unedited as compared } from "./unedited.mjs";

const [jobs, results] = process.argv.slice(4);
const { trace } = await module("edit/trace.js");
const { equation } = await module("edit/equation.js");
const { machine } = await module("edit/machine.js");
const { ordered } = await module("edit/compile.js");
const { lib, march } = PrimerExplorer;

// One run on a landscape; what only a run can refuse is thrown here.
function marched(run, scene, h, start, steps) {
  const found = march({ ...run, loss: (x, _, t) => scene.value(x, t) }, h, start, steps, run);
  if (run.refused) throw run.refused;
  return found;
}

function made(text, rule, scene, tables, steps) {
  const traced = trace(parse(text), { dim: scene.dim, fields: rule.fields, tables });
  return { traced, run: machine(traced, scene, rule, { watched: rule.watched, steps }) };
}

// An explorer's scripts, and what tests/unedited.mjs compares of them.
function unedited({ script, ...asked }) {
  runInThisContext(script);
  return compared(asked, { parse, trace, machine });
}

const packed = (numbers) => Buffer.from(Float64Array.from(numbers).buffer).toString("base64");

// {scenes: text of a function of lib that gives scenes, texts: [{text, fields, scene, start, steps}]}:
// one run of each text. Gives theta of all steps, the last state by name, the operations in it, or why
// it was refused and whether by a Refusal.
function edited({ scenes, tables, texts }) {
  const known = runInThisContext(scenes)(lib);
  return texts.map(({ text, fields, scene, start, steps }) => {
    try {
      const rule = { fields, slots: 0, watched: [] };
      const { traced, run } = made(text, rule, known[scene], tables, steps);
      const found = marched(run, known[scene], [], start, steps);
      const nodes = ordered([
        ...traced.start.values(),
        ...traced.newState.values(),
        traced.newTheta,
      ]);
      return {
        lost: found.lost,
        x: packed(found.x),
        s: packed(found.s.slice(-run.s || found.s.length)),
        states: [...traced.start].map(([name, { shape }]) => [name, shape]),
        ops: [...new Set(nodes.map(({ op, data }) => (data === "root" ? "root" : op)))],
      };
    } catch (error) {
      return {
        refused: error.message,
        from: error.from,
        well: error instanceof Refusal,
        stack: error.stack,
      };
    }
  });
}

// {texts: [{source, start, steps}]}: theta of all steps of traced programs.
function programs({ texts }) {
  return texts.map(({ source, start, steps }) => {
    const run = march(runInThisContext(source)(lib), [], start, steps, { s: 999, w: 0 });
    return packed(run.x);
  });
}

// {texts, rule, tables, scene: text of an object, steps}: what a link's text does. Gives the slowest
// times, what was thrown that is no refusal or has a message that is too long, how many ran, and
// whether anything that all scripts share was changed.
function hostile({ texts, rule, tables, scene, steps }) {
  const known = runInThisContext(`(${scene})`);
  rule.values = (h, t, f) => f.fill(h[0]);
  const before = shared();
  const seen = { slow: [], wild: [], ran: 0, refused: 0 };
  for (const text of texts) {
    const { error, took } = timed(() => shown(text, rule, known, tables, steps));
    seen.slow.push([took, text.slice(0, 200)]);
    seen[error ? "refused" : "ran"]++;
    if (!error || (error instanceof Refusal && fits(error, text))) continue;
    seen.wild.push([text.slice(0, 500), String(error.stack).slice(0, 1000)]);
  }
  seen.slow = seen.slow.sort(([a], [b]) => b - a).slice(0, 20);
  return { ...seen, changed: shared() !== before };
}

// What the panel does with a text.
function shown(text, rule, scene, tables, steps) {
  const { run } = made(text, rule, scene, tables, steps);
  marched(run, scene, [0.1], Array(scene.dim).fill(1), steps);
  equation(parse(text), rule.fields);
}
const fits = ({ message, from, to }, { length }) =>
  message.length < 600 && (from === null || (from >= 0 && from <= to && to <= length));
const shared = () =>
  [Object, Array, Function, Map, Number, String]
    .flatMap((one) => [one, one.prototype].map(names))
    .join() +
  names(globalThis) +
  names(PrimerExplorer.lib);
const names = (one) => Object.getOwnPropertyNames(one).sort().join();

const kinds = { unedited, edited, programs, hostile };
const found = JSON.parse(readFileSync(jobs, "utf8")).map((job) => kinds[job.kind](job));
writeFileSync(results, JSON.stringify(found));
