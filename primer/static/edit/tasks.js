// A task of the page: change this rule until it runs as another one does.
const TOLERANCE = 1e-9;
const most = (list) => list.reduce((high, v) => Math.max(high, Math.abs(v)), 0);

// The settings at which a rule is compared: those of the figure, and two others.
export function occasions({ index, data, start }) {
  const at = (part) =>
    Float64Array.from(data.controls, ({ values }, k) =>
      part === undefined ? values[index[k]] : values[Math.round(part * (values.length - 1))],
    );
  const moved = (by) => start.map((v, i) => v + (i % 2 ? -by : by) * (0.5 + Math.abs(v) / 4));
  return [
    { h: at(), start: [...start] },
    { h: at(0.4), start: moved(0.6) },
    { h: at(0.65), start: moved(-0.35) },
  ];
}

// Up to which step a run is the same whatever the order of its operations: from a start that differs
// in the last digits it comes to the same places.
function steady(run, twin, floor) {
  const { x, width, steps, lost } = run;
  const until = lost < 0 ? steps + 1 : lost;
  for (let t = 0; t < until; t++)
    for (let i = t * width.x; i < (t + 1) * width.x; i++)
      if (!(Math.abs(x[i] - twin.x[i]) <= (TOLERANCE / 10) * Math.abs(x[i]) + floor / 10)) return t;
  return until;
}

// The first place where two runs differ, {t, i, is, should}; undefined if they agree.
export function difference(mine, goal, twin) {
  const floor = TOLERANCE * most(goal.x.filter(Number.isFinite)) + 1e-300;
  const until = steady(goal, twin, floor);
  const d = goal.width.x;
  for (let t = 0; t < until; t++) {
    for (let i = 0; i < d; i++) {
      const [is, should] = [mine.x[t * d + i], goal.x[t * d + i]];
      const lost = mine.lost >= 0 && t >= mine.lost;
      if (lost || !(Math.abs(is - should) <= TOLERANCE * Math.abs(should) + floor))
        return { t, i, is: lost ? NaN : is, should };
    }
  }
  return undefined;
}

// Two numbers with as many digits as tell them apart.
function apart(a, b) {
  const short = [a, b].map(PrimerExplorer.rounded);
  return short[0] === short[1] ? [a, b].map((v) => PrimerExplorer.minus(v.toPrecision(12))) : short;
}
function verdict({ t, i, is, should }) {
  const low = "₀₁₂₃₄₅₆₇₈₉";
  const name = `θ${[...String(i + 1)].map((digit) => low[digit]).join("")}`;
  if (Number.isNaN(is))
    return `your rule diverges at step ${t}; there ${name} should be ${PrimerExplorer.rounded(should)}.`;
  const [mine, other] = apart(is, should);
  return `after step ${t} ${name} is ${mine}, it should be ${other}.`;
}

// The block of the page that says what to do moves into the panel while it is open.
export class Task {
  // `program()` is the rule that is written, if it can run; `solve()` puts a solution into the editor.
  constructor(explorer, task, { program, solve }) {
    Object.assign(this, { explorer, task, program });
    this.el = explorer.root.querySelector(".px-task");
    this.said = this.el.querySelector(".px-task-said");
    this.before = this.el.previousElementSibling;
    const does = { begin: null, check: () => this.check(), solve };
    this.el.querySelectorAll("button").forEach((each) => {
      each.hidden = each.value === "begin";
      if (!each.hidden) each.onclick = does[each.value];
    });
  }
  end() {
    this.say("");
    this.el.querySelectorAll("button").forEach((each) => {
      each.hidden = each.value !== "begin";
    });
    this.before.after(this.el);
  }
  // Another text is not right because the one before was.
  forget() {
    if (this.said.classList.contains("px-done")) this.say("");
  }
  say(text, done = false) {
    this.said.textContent = text;
    this.said.classList.toggle("px-done", done);
  }

  check() {
    const { explorer, task } = this;
    if (!this.program()) return this.say("Not yet: first the text must run.");
    const found = occasions(explorer).map((occasion) => this.compared(occasion));
    const k = found.findIndex((each) => each !== undefined);
    if (k < 0) return this.say(`Right. ${task.done}`.trim(), true);
    const where = k
      ? "at these settings it is right, but from another start and with other sliders "
      : "";
    this.say(`Not yet: ${where}${verdict(found[k])}`);
  }
  compared({ h, start }) {
    const { data, place, source } = this.explorer;
    const goal = this.task.goal[place](PrimerExplorer.lib);
    const sizes = this.task.sizes[place];
    const { march } = PrimerExplorer;
    const mine = this.program();
    const { loss } = source.programs[place][0].run;
    const from = (point) => march(goal, h, point, data.steps, sizes);
    const run = march({ ...mine, loss }, h, start, data.steps, mine);
    return difference(run, from(start), from(start.map((v) => v * (1 + 2 ** -50) + 1e-16)));
  }
}
