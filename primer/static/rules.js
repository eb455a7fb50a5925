// The runs of an explorer that runs its rules itself, on float64 in the order of the traced code.
import { rounded } from "./draw.js";
import { lib } from "./numbers.js";

// One run. Row t of a channel stands at t * width; w and s belong to the step from t to t + 1.
export function march({ init, step, loss }, h, start, steps, { s: sizeS, w: sizeW }) {
  const d = start.length;
  const x = Float64Array.from(start);
  const s = new Float64Array(sizeS);
  const w = new Float64Array(sizeW);
  const room = (size) => new Float64Array((steps + 1) * size);
  const width = { x: d, loss: 1, s: sizeS, w: sizeW };
  const run = { steps, width, lost: -1, x: room(d), loss: room(1), s: room(sizeS), w: room(sizeW) };
  init(x, s, h);
  for (let t = 0; t <= steps; t++) {
    run.x.set(x, t * d);
    run.loss[t] = loss(x, h, t);
    if (!(x.every(Number.isFinite) && Number.isFinite(run.loss[t]))) return { ...run, lost: t };
    if (t < steps) step(x, s, h, t, w);
    run.w.set(w, t * sizeW);
    run.s.set(s, t * sizeS);
  }
  return run;
}

const rate = ({ w, width }, { r }, t) => w[t * width.w + r];
const theta = ({ x, width }, t) => [...x.subarray(t * width.x, (t + 1) * width.x)];

// What the table tells of a run after t steps; `gone`: it was lost there.
const columns = {
  loss: ({ loss }, t, gone) => (gone ? `diverged at step ${t}` : rounded(loss[t])),
  theta(run, t, gone) {
    const all = theta(run, t);
    const few = all.slice(0, 4).map(rounded).join(", ");
    return gone ? "–" : few + (all.length > 4 ? ", …" : "");
  },
  area(run, t, gone, program) {
    let sum = 0;
    for (let i = 0; i < t; i++) sum += rate(run, program, i);
    return rounded(sum);
  },
  peak(run, t, gone, program) {
    let best = 0;
    const at = (i) => rate(run, program, i);
    for (let i = 1; i < t; i++) if (at(i) > at(best)) best = i;
    return t ? String(best) : "–";
  },
};

// The programs are scripts of their own, which write them here; see primer.explorer.page.
const registered = () => (globalThis.PrimerPrograms ??= {});

export class Rules {
  static ready({ scenes }) {
    return scenes.every(({ programs }) => programs.every(({ program }) => program in registered()));
  }

  constructor(explorer) {
    this.explorer = explorer;
    this.programs = explorer.data.scenes.map(({ programs }) =>
      programs.map((p) => ({ ...p, run: registered()[p.program](lib) })),
    );
  }

  // Of all rules, for the settings h.
  runs(h) {
    const { start, place, data } = this.explorer;
    return this.programs[place].map((p) => march(p.run, h, start, data.steps, p));
  }

  // Of rule k: the cells of its row in the table, and the numbers behind them.
  tell(run, k) {
    const { upto, place, data } = this.explorer;
    const { lost, loss } = run;
    const gone = lost >= 0 && upto >= lost;
    const t = gone ? lost : upto;
    const cells = data.table.map((name) => columns[name](run, t, gone, this.programs[place][k]));
    return { cells, numbers: { loss: loss[t], theta: theta(run, t), lost } };
  }
}
