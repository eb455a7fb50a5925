// What a reader sees who edits a rule: the text, what is wrong with it, its equation, and buttons.
import { constants, Dials } from "./dials.js";
import { equation } from "./equation.js";
import { Formula } from "./formula.js";
import { button, make } from "./make.js";
import { patched } from "./patch.js";
import { Task } from "./tasks.js";
import { MOST_LETTERS, Writing } from "./writing.js";
import { Yours } from "./yours.js";

const HINT = "Change the code: the picture, the table, and the equation follow.";
const CAME = "This rule came with the link.";
const LONG = "The text of this link is too long.";
const FIXED = "This rule cannot be changed here.";
const FAINT = "The faint line is the last rule that could run.";
const MOST_PATCHED = 2000; // letters of the lines that a link changes
const MOST_SET = 3000; // letters of an equation: MathJax takes a tenth of a second and more for 1,000
const HEADER = 56; // pixels that the header of a page may cover
const KEYS = "Press Esc, or Tab, to leave the editor.";

export class Panel {
  constructor(explorer, edits) {
    Object.assign(this, { explorer, edits, yours: new Yours(explorer, edits), kept: new Map() });
    this.names = explorer.data.rules.filter((_, k) => edits.rules[k]);
    this.build();
    explorer.changed = () => this.tell();
  }

  build() {
    const { root } = this.explorer;
    const id = `${root.id}-edit`;
    this.formula = new Formula(root.querySelector(".px-edits").dataset.math);
    this.dials = new Dials((...change) => this.writing.change(...change));
    this.fault = make("p", { className: "px-wrong", id: `${id}-said` });
    this.spoken = make("p", { className: "px-spoken", role: "status" });
    this.buttons = make(
      "div",
      { className: "px-buttons" },
      button("Start over", () => this.over(), "px-over"),
      button("Copy link", () => this.explorer.link(), "px-link"),
      button("Close", () => this.close(), "px-close"),
      make("span", { className: "px-said", ariaHidden: true }),
    );
    const keys = make("p", { className: "px-spoken", id: `${id}-keys`, textContent: KEYS });
    this.writing = this.editor(id);
    const code = make("div", { className: "px-code" }, this.writing.el);
    const left = make("div", {}, code, keys, this.fault, this.spoken);
    const both = make("div", { className: "px-both" }, left, this.formula.el);
    const named = { className: "px-yours", role: "region", ariaLabel: "Your rule" };
    this.el = make("div", named, this.head(), both); // what is said of sections is for those of the book
    this.el.append(this.dials.el, this.buttons);
    this.panels().at(-1).after(this.el);
    root.querySelector(".px-body").classList.add("px-open");
    const asks = this.edits.task && root.querySelector(".px-task");
    this.task = asks && new Task(this.explorer, this.edits.task, this.asked());
    if (asks) this.el.prepend(asks);
  }
  panels() {
    return this.explorer.data.scenes.map(({ el }) => el);
  }
  editor(id) {
    return new Writing({
      attributes: {
        "aria-label": "Your rule, in Python",
        "aria-describedby": `${id}-keys`,
        autocapitalize: "off",
      },
      changed: (text) => this.changed(text),
      leave: () => this.buttons.firstChild.focus(),
      covered: () => this.covered(),
    });
  }
  head() {
    const { names } = this;
    const title = make("b", { textContent: "Your rule" });
    if (names.length < 2)
      return make("p", { className: "px-from" }, title, `, starting from ${names[0]}`);
    this.select = make("select", {}, ...names.map((name) => make("option", { textContent: name })));
    this.select.onchange = () => this.begin(this.select.value);
    const label = make("label", {}, ", starting from ", this.select);
    return make("div", { className: "px-from" }, title, label);
  }
  asked() {
    return {
      program: () => this.program(),
      solve: () => this.solve(),
    };
  }

  // What runs here; undefined where the text is refused, on this landscape alone perhaps.
  program() {
    const made = this.yours.program(this.explorer.place);
    return this.error || this.yours.refused ? undefined : made;
  }

  // The rule of that name is edited: with this text, or as it was left, or its own text.
  begin(name, text, note = "") {
    const { data } = this.explorer;
    if (this.name) this.kept.set(this.name, this.writing.text);
    Object.assign(this, { name, note, error: undefined });
    if (this.select) this.select.value = name;
    this.yours.begin(data.rules.indexOf(name));
    this.formula.stop();
    this.formula.show(() => this.equation());
    this.writing.begin(text ?? this.kept.get(name) ?? this.yours.rule.text);
    this.read(this.writing.text);
  }
  // What a link brings for the rule that is edited can be undone.
  bring(text, note = "") {
    if (text !== undefined) this.writing.put(text);
    this.note = note;
    this.tell();
  }
  over() {
    this.writing.put(this.yours.rule.text);
  }
  solve() {
    const { task } = this.edits;
    const name = this.explorer.data.rules[task.of];
    if (this.name !== name) this.begin(name);
    const { text } = this.yours.rule;
    this.writing.put(task.text ?? patched(text, task.lines));
  }
  close() {
    const { explorer } = this;
    this.formula.stop();
    this.task?.end();
    this.yours.end();
    this.el.remove();
    this.writing.view.destroy();
    explorer.root.querySelector(".px-body").classList.remove("px-open");
    Object.assign(explorer, { changed: () => {}, yours: undefined, editor: undefined });
    explorer.update();
    explorer.root.querySelector("button[value=edit]")?.focus({ preventScroll: true });
  }

  changed(text) {
    this.note = "";
    this.read(text);
  }
  read(text) {
    const { yours, explorer } = this;
    const own = text === yours.rule.text;
    this.task?.forget();
    explorer.yours = own ? { rule: this.name } : { rule: this.name, text };
    try {
      yours.take(text);
      this.error = undefined;
    } catch (error) {
      this.error = refused(error);
    }
    this.line = this.writing.fault(this.error);
    yours.stale(Boolean(this.error));
    this.el.classList.toggle("px-stale", Boolean(this.error));
    this.dials.show(yours.module && constants(yours.module));
    explorer.update();
    if (!this.error) this.formula.show(() => this.equation());
  }
  // LaTeX of the last rule that could run; nothing for what has no notation, or would keep MathJax
  // busy for long.
  equation() {
    const { good, rule } = this.yours;
    try {
      const latex = equation(good.module, rule.fields);
      return latex.length > MOST_SET ? "" : latex;
    } catch (error) {
      refused(error);
      return "";
    }
  }

  // How much of the window's top the header and a picture that stays in sight cover.
  covered() {
    const { el } = this.explorer.scene;
    const { position, top } = getComputedStyle(el);
    const picture = el.getBoundingClientRect();
    const above = picture.right > this.el.getBoundingClientRect().left + 1;
    if (position !== "sticky") return HEADER;
    return above ? Math.max(0, picture.bottom) : Number.parseFloat(top);
  }
  // To picture and text, where not both are in the window.
  reveal() {
    const { el } = this.explorer.scene;
    const [first] = this.panels();
    const before = first.previousElementSibling?.getBoundingClientRect().bottom;
    const top = before ?? first.parentNode.getBoundingClientRect().top;
    if (top >= 0 && this.el.getBoundingClientRect().bottom <= innerHeight) return;
    const under = Number.parseFloat(getComputedStyle(el).top) || HEADER;
    scrollBy({ top: top - under, behavior: "instant" }); // what moves by itself stops where the text grows
  }

  // What the message line says: after a change of the text, and of the settings.
  tell() {
    const error = this.error ?? (this.yours.refused && refused(this.yours.refused));
    const left = !error && this.yours.left();
    const text = error
      ? this.wrong(error)
      : [this.note, left && leaves(left)].filter(Boolean).join(" ");
    if (this.told === text) return;
    this.told = text;
    this.fault.classList.toggle("px-bad", Boolean(error));
    this.fault.textContent = text || HINT;
    clearTimeout(this.clock);
    this.clock = setTimeout(() => (this.spoken.textContent = text), 900);
  }
  wrong({ message }) {
    const line = this.line ? `Line ${this.line}: ` : "";
    return `${line}${message} ${FAINT}`;
  }
}

const leaves = ({ title, step }) =>
  `Your rule leaves the picture${title ? ` “${title}”` : ""} at step ${step}.`;

// What is no Refusal is a fault of this script: it is thrown on, where consoles tell it.
function refused(error) {
  if (error?.name === "Refusal") return error;
  if (error instanceof RangeError) return { message: "This is too deep to be read." };
  throw error;
}

// Opens the editor, or what a link gives in the one that is open: {rule, text, lines}.
export function open(explorer, { rule, text, lines } = {}) {
  const { root, data } = explorer;
  const edits = globalThis.PrimerEdits[root.id](PrimerExplorer.lib);
  const names = data.rules.filter((_, k) => edits.rules[k]);
  if (rule && !names.includes(rule)) return explorer.say(FIXED);
  const already = explorer.editor;
  const panel = (explorer.editor ??= new Panel(explorer, edits));
  const name = rule ?? data.rules[edits.task?.of] ?? names[0];
  const own = edits.rules[data.rules.indexOf(name)].text;
  const brought = given(own, text, lines);
  if (already && rule === panel.name) panel.bring(...brought);
  else if (!already || rule) panel.begin(name, ...brought);
  if (rule) return;
  panel.writing.view.focus();
  panel.reveal();
}

// The text that a link gives, and what is said of it.
function given(own, text, lines) {
  if (text?.length > MOST_LETTERS || lines?.length > MOST_PATCHED) return [undefined, LONG];
  if (text !== undefined) return [text, CAME];
  return lines ? [patched(own, lines), CAME] : [];
}
