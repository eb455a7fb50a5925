// Runs traced rules with the page's own runtime: node exactness.mjs explorer.js jobs.json results.bin
// A job is {source, steps, s, runs: [{h, start}]}. Each run gives, as float64: the step at which it
// was lost (or -1), theta of all steps, the loss of all steps, the last state.
import { readFileSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [runtime, jobs, results] = process.argv.slice(2);
const { lib, march } = await import(pathToFileURL(runtime));

const out = [];
for (const { source, steps, s, runs } of JSON.parse(readFileSync(jobs, "utf8"))) {
  const program = (0, eval)(source)(lib);
  for (const { h, start } of runs) {
    const run = march(program, h, start, steps, { s, w: 0 });
    out.push(Float64Array.of(run.lost), run.x, run.loss, run.s.slice(steps * s));
  }
}
writeFileSync(
  results,
  Buffer.concat(out.map((a) => Buffer.from(a.buffer, a.byteOffset, a.byteLength))),
);
