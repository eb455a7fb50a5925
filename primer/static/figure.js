// One explorer: its sliders, start and landscape, the runs that belong to them, and their picture.
import { Handle } from "./drag.js";
import { drawLine, lift, minus } from "./draw.js";
import { edit } from "./editing.js";
import { Grid } from "./grid.js";
import { chosen, number, pairs, publish, read } from "./links.js";
import { Rules } from "./rules.js";
import { Table } from "./table.js";

export const nearest = (list, v) =>
  list.reduce((best, u, i) => (Math.abs(u - v) < Math.abs(list[best] - v) ? i : best), 0);

// A slider at a position, with its filled part.
function slide(input, position, text) {
  Object.assign(input, { value: position, ariaValueText: text });
  input.style.setProperty("--at", position / input.max);
}

// What an element says of its explorer, read once.
const told = new WeakMap();
export function dataOf(root) {
  if (!told.has(root)) told.set(root, JSON.parse(root.querySelector(".px-data").textContent));
  return told.get(root);
}
const sourceOf = (data) => (data.grid ? Grid : Rules);

export class Explorer {
  // Whether all that the explorer in this element needs has been loaded.
  static ready(root) {
    const data = dataOf(root);
    return sourceOf(data).ready(data);
  }

  constructor(root, changed = () => {}) {
    const data = dataOf(root);
    const $ = (selector) => [...root.querySelectorAll(selector)];
    Object.assign(this, { root, changed, data, $, index: data.controls.map((c) => c.index) });
    this.listen();
    data.scenes.forEach((scene, k) => this.tie(scene, $(".px-panels")[k]));
    this.table = new Table(this);
    this.source = new (sourceOf(data))(this);
    root.classList.add("px-live");
    this.show(0);
  }
  listen() {
    Object.assign(this, { rows: this.$(".px-row"), menu: this.$("select")[0] });
    this.rows.forEach((row, k) => {
      row.oninput = (event) => this.move(k, Number(event.target.value));
    });
    this.$(".px-buttons button").forEach((button) => {
      button.onclick = () => this[button.value]();
    });
    if (this.menu) this.menu.onchange = () => this.show(this.menu.selectedIndex);
  }
  tie(scene, el) {
    scene.el = el;
    scene.panels.forEach((panel, i) => {
      panel.el = el.children[i];
      lift(panel.el.firstChild);
      panel.marks = [...panel.el.querySelectorAll(".px-line")];
      if (this.data.drag && panel.kind !== "time") panel.handle = new Handle(this, panel);
    });
  }

  // Settings change through move (a slider), put (the start) and show (the landscape).
  move(k, position) {
    this.index[k] = position;
    const text = minus(this.data.controls[k].values[position]);
    const row = this.rows[k];
    if (row) slide(row.querySelector("input"), position, text);
    if (row) row.querySelector("output").textContent = text;
    this.update();
  }
  put(point) {
    this.start = point;
    this.update();
  }
  show(k) {
    Object.assign(this, { scene: this.data.scenes[k], place: k });
    if (this.menu) this.menu.selectedIndex = k;
    this.data.scenes.forEach((scene) => {
      scene.el.hidden = scene !== this.scene;
    });
    this.put([...this.scene.start]);
  }
  reset() {
    this.data.controls.forEach((c, k) => this.move(k, c.index));
    this.put([...this.scene.start]);
    if (this.data.shown) this.only(this.data.shown);
  }

  // Whether anything is set otherwise than the figure opens.
  moved() {
    const { data, index, scene, start, yours } = this;
    return (
      yours?.text !== undefined ||
      data.controls.some((c, k) => c.index !== index[k]) ||
      scene.start.some((v, i) => v !== start[i])
    );
  }

  // Which rules are drawn, by name.
  only(names) {
    this.table.only(names);
  }
  seen() {
    return this.table.seen();
  }

  // Settings as in a link, {beta2: "0.99", start: "-1,2", on: "Beale", show: "SGD,Adam"}; sliders go
  // to the nearest position.
  apply(link) {
    const {
      words: { start, on, show, rule, text, lines },
      sliders,
    } = read(link, this);
    const scene = this.menu
      ? [...this.menu.options].findIndex((o) => o.value === on || o.text === on)
      : -1;
    if (scene >= 0) this.show(scene);
    for (const [k, text] of sliders) {
      if (Number.isNaN(number(text))) continue;
      this.move(k, nearest(this.data.controls[k].values, number(text)));
      this.rows[k]?.animate({ background: ["var(--px-flash)", "transparent"] }, 900);
    }
    const point = start?.split(",").map(number);
    if (point?.length === this.start.length && point.every(Number.isFinite)) this.put(point);
    if (show !== undefined) this.only(chosen(show, this.data.rules));
    return rule && edit(this, { rule, text, lines });
  }
  fits(link) {
    const { words, sliders } = read(link, this);
    const { rules } = this.data;
    const known =
      sliders.every(([k]) => k >= 0) &&
      (!words.show || chosen(words.show, rules)) &&
      (!["rule", "text", "lines"].some((key) => key in words) || rules?.includes(words.rule));
    return (
      this.root.isConnected &&
      known &&
      (words.x ? words.x === this.root.id : sliders.length + Object.keys(words).length > 0)
    );
  }
  link() {
    publish("#" + new URLSearchParams(pairs(this)), (text) => this.say(text));
  }
  say(text) {
    this.$(".px-said").forEach((el) => {
      el.textContent = text;
    });
  }
  edit() {
    edit(this, {});
  }
  begin() {
    this.edit(); // a task, which the editor brings along
  }

  update() {
    const { controls, steps } = this.data;
    const h = Float64Array.from(controls, (c, k) => c.values[this.index[k]]);
    cancelAnimationFrame(this.clock);
    this.upto = steps;
    this.root.classList.toggle("px-moved", this.moved());
    this.runs = this.source.runs(h);
    this.draw();
    this.changed(this);
  }
  play() {
    const begin = performance.now();
    const { steps } = this.data;
    const frame = (now) => {
      this.upto = Math.max(0, Math.min(steps, Math.ceil(((now - begin) / 3000) * steps)));
      this.draw();
      if (this.upto < steps) this.clock = requestAnimationFrame(frame);
    };
    cancelAnimationFrame(this.clock);
    this.clock = requestAnimationFrame(frame);
  }
  draw() {
    for (const panel of this.runs ? this.scene.panels : []) {
      panel.lines.forEach((line, j) =>
        drawLine(panel.marks[j], line, panel, this.runs[line[0]], this.upto),
      );
      panel.handle?.show(this.start[0], this.start[1] ?? this.runs[0].loss[0]);
    }
    this.runs?.forEach((run, k) => this.table.tell(k, this.source.tell(run, k)));
    this.table.count(this.upto);
  }
}
