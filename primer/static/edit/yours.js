// "Your rule" in an explorer: one more run beside the others, its lines in every panel, and its row
// in the table. The picture keeps the last rule that could run.
import { machine } from "./machine.js";
import { parse } from "./syntax.js";
import { trace } from "./trace.js";

const DASH = "6 4";

// A text that could be read, and its programs by landscape, made when they are needed.
class Draft {
  constructor(text, rule, edits, steps) {
    Object.assign(this, { module: parse(text), rule, edits, steps, programs: new Map() });
  }
  on(k) {
    if (!this.programs.has(k)) this.programs.set(k, this.made(this.edits.scenes[k]));
    return this.programs.get(k);
  }
  made(scene) {
    const { module, rule, edits, steps } = this;
    const { dim } = scene;
    const traced = trace(module, { dim, fields: rule.fields, tables: edits.tables });
    const watched = this.watched(scene);
    return machine(traced, scene, rule, { watched, steps });
  }
  watched({ watched }) {
    return watched?.[this.edits.rules.indexOf(this.rule)] ?? this.rule.watched;
  }
}

// Nothing can be run: a run that is lost at once.
const nothing = { init() {}, step() {}, s: 0, w: 0 };

export class Yours {
  constructor(explorer, edits) {
    const { source, data } = explorer;
    Object.assign(this, { explorer, edits, source, own: data.rules.length, marks: [] });
    this.before = { runs: source.runs, tell: source.tell };
    source.runs = (h) => {
      const runs = this.before.runs.call(source, h);
      return [...runs, this.run(h, runs[this.base])];
    };
    source.tell = (run, k) => this.before.tell.call(source, run, k === this.own ? this.base : k);
  }

  // Another rule is the one to start from.
  begin(base) {
    this.clear();
    Object.assign(this, { base, rule: this.edits.rules[base] });
    this.good = this.draft(this.rule.text);
    for (const { panels } of this.explorer.data.scenes) panels.forEach((panel) => this.draw(panel));
    this.list();
  }
  end() {
    this.clear();
    Object.assign(this.source, this.before);
  }
  draft(text) {
    return new Draft(text, this.rule, this.edits, this.explorer.data.steps);
  }

  // Runs another text from now on; throws a Refusal and stays as it was if that cannot be. `module` is
  // the text as it was read, whether it runs or not.
  take(text) {
    this.module = null;
    const draft = this.draft(text);
    this.module = draft.module;
    draft.on(this.explorer.place);
    this.good = draft;
  }
  stale(on) {
    [...this.marks, this.row].forEach((el) => el.classList.toggle("px-stale", on));
  }

  run(h, like) {
    const { start, place, data } = this.explorer;
    const program = this.program(place);
    const loss = program === nothing ? () => NaN : this.source.programs[place][this.base].run.loss;
    const run = PrimerExplorer.march({ ...program, loss }, h, start, data.steps, program);
    if (program.refused) this.refused = program.refused;
    fill(run, like, this.good.watched(this.edits.scenes[place]));
    this.latest = run;
    return run;
  }
  // On a landscape of another dimension the text may be refused.
  program(place) {
    try {
      this.refused = undefined;
      return this.good.on(place);
    } catch (error) {
      this.refused = error;
      return nothing;
    }
  }

  // The lines of the base once more, in ink. Where dashes tell parts apart, they stay.
  draw(panel) {
    const { lines, marks } = panel;
    const found = lines.flatMap((line, j) => (line[0] === this.base ? [j] : []));
    for (const j of found) {
      const mark = copied(marks[j], this.own);
      if (found.length === 1) mark.firstChild.setAttribute("stroke-dasharray", DASH);
      marks[j].parentNode.append(mark);
      lines.push([this.own, ...lines[j].slice(1)]);
      marks.push(mark);
      this.marks.push(mark);
    }
  }
  list() {
    const { table } = this.explorer;
    const row = table.rows[this.base].cloneNode(true);
    const show = row.querySelector("button");
    const path = show.querySelector("path");
    row.dataset.rule = this.own;
    row.classList.add("px-own");
    path.style.stroke = "var(--px-ink)";
    path.setAttribute("stroke-dasharray", DASH);
    Object.assign(show, { ariaPressed: true, title: "Show or hide your rule" });
    show.lastChild.textContent = "Your rule";
    show.onclick = () => table.show(this.own, show.ariaPressed !== "true");
    table.rows[this.base].parentNode.append(row);
    table.rows.push(row);
    table.buttons.push(show);
    this.row = row;
  }
  clear() {
    const { table, data } = this.explorer;
    if (!this.row) return;
    for (const { panels } of data.scenes) {
      for (const panel of panels) {
        const kept = panel.lines.findIndex(([k]) => k === this.own);
        if (kept >= 0) panel.lines.length = panel.marks.length = kept;
      }
    }
    [...this.marks, this.row].forEach((el) => el.remove());
    table.rows.length = table.buttons.length = this.own;
    Object.assign(this, { marks: [], row: undefined });
  }

  // Where the run first leaves a panel that is shown: {title, step}; undefined if it stays in all.
  left() {
    const found = this.explorer.scene.panels.flatMap((panel) => {
      const steps = panel.lines
        .filter(([k]) => k === this.own)
        .map((line) => leaving(panel, line, this.latest))
        .filter((step) => step >= 0);
      return steps.length ? [{ title: titleOf(panel), step: Math.min(...steps) }] : [];
    });
    return found.sort((a, b) => a.step - b.step)[0];
  }
}

// A line of another rule, in ink; its dots in one dimension too.
function copied(mark, own) {
  const copy = mark.cloneNode(true);
  copy.dataset.rule = own;
  Object.assign(copy.style, { color: "var(--px-ink)", display: "" });
  const dots = copy.querySelector("marker");
  if (!dots) return copy;
  dots.id += "-own";
  dots.firstChild.setAttribute("fill", "var(--px-ink)");
  for (const name of ["marker-mid", "marker-start"])
    copy.firstChild.setAttribute(name, `url(#${dots.id})`);
  return copy;
}

// Of what is a function of rule and step, the numbers of the rule that is edited.
function fill({ w, width }, like, watched) {
  let at = 0;
  for (const { local, size } of watched) {
    for (let i = at; local === null && i < at + size; i++)
      for (let k = i; k < w.length; k += width.w)
        w[k] = like.lost < 0 || k < like.lost * width.w ? like.w[k] : NaN;
    at += size;
  }
}

// The first step whose point of a line lies beyond the axes; −1: none.
function leaving({ x, y }, [, kind, i, kindX, iX], run) {
  const until = run.lost < 0 ? run.steps + 1 : run.lost;
  const beyond = ([low, high], v) =>
    v < low - 0.01 * (high - low) || v > high + 0.01 * (high - low);
  const value = (name, k, t) => run[name]?.[t * run.width[name] + k];
  for (let t = 0; t < until; t++)
    if (beyond(y, value(kind, i, t)) || (kindX && beyond(x, value(kindX, iX, t)))) return t;
  return -1;
}
const titleOf = ({ el }) =>
  [...el.querySelectorAll("svg text")].find(({ style }) => style.fontSize.includes("large"))
    ?.textContent;
