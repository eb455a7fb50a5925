// What the keys Enter, Backspace and Delete do, and where a line of Python begins.
import { EditorSelection, findClusterBreak } from "@codemirror/state";
import { EditorView, keymap } from "@codemirror/view";

const UNIT = 4;
const HEADS = /^\s*(if|elif|for)\b/;
const LEAVES = /^\s*(return|pass|raise|break|continue)\b/;

const deep = (line) => /^ */.exec(line)[0].length;

// A line without its strings and its comment.
const bare = (line) =>
  line
    .replace(/'[^'\\]*(\\.[^'\\]*)*'|"[^"\\]*(\\.[^"\\]*)*"/g, '""')
    .replace(/#.*/, "")
    .trimEnd();

const linesBefore = (doc, at) =>
  doc
    .sliceString(0, at)
    .split("\n")
    .map(bare)
    .filter((line) => line !== "");

const opened = (line) => (line.match(/[([{]/g) ?? []).length - (line.match(/[)\]}]/g) ?? []).length;

// The first line of the statement whose last line is the last of these.
function beginning(above) {
  let open = 0;
  let at = above.length;
  do open += opened(above[--at]);
  while (open < 0 && at > 0);
  return above[at];
}

// After these lines: deeper after a colon and in a bracket, back after a statement that leaves.
function depth(above, after) {
  const last = above.at(-1);
  if (last === undefined) return 0;
  const closes = /^[)\]}]/.test(after);
  if (opened(last) > 0) return closes ? deep(last) : deep(last) + UNIT;
  if (closes) return Math.max(deep(last) - UNIT, 0);
  const first = beginning(above);
  if (/:$/.test(last)) return deep(first) + UNIT;
  return LEAVES.test(first) ? Math.max(deep(first) - UNIT, 0) : deep(first);
}

// A line that begins where its block does.
function enter({ state, dispatch }) {
  const { from, to } = state.selection.main;
  const line = state.doc.lineAt(to);
  const after = line.text.slice(to - line.from).trimStart();
  const indent = depth(linesBefore(state.doc, from), after);
  const changes = { from, to: line.to - after.length, insert: `\n${" ".repeat(indent)}` };
  const selection = EditorSelection.cursor(from + 1 + indent);
  dispatch(state.update({ changes, selection, scrollIntoView: true, userEvent: "input" }));
  return true;
}

function remove({ state, dispatch }, from, to, userEvent) {
  if (from < to) dispatch(state.update({ changes: { from, to }, scrollIntoView: true, userEvent }));
  return true;
}

// How much goes before the cursor: a step of the blank that a line begins with, else a letter.
function lettersBefore(line, column) {
  const blank = /^ +$/.test(line.slice(0, column));
  return blank ? column % UNIT || UNIT : column - findClusterBreak(line, column, false);
}

function backspace(view) {
  const { doc, selection } = view.state;
  const { from, to, empty } = selection.main;
  const line = doc.lineAt(from);
  const column = from - line.from;
  const less = column === 0 ? Math.min(from, 1) : lettersBefore(line.text, column);
  return remove(view, empty ? from - less : from, to, "delete.backward");
}

function forward(view) {
  const { doc, selection } = view.state;
  const { from, to, empty } = selection.main;
  const line = doc.lineAt(to);
  const next = to < line.to ? line.from + findClusterBreak(line.text, to - line.from) : to + 1;
  return remove(view, from, empty ? Math.min(next, doc.length) : to, "delete.forward");
}

// As deep as the nearest line above that an `else` or `elif` this deep can belong to.
function headDepth(above, now) {
  const heads = above.filter((line) => HEADS.test(line) && deep(line) <= now);
  return heads.length > 0 ? deep(heads.at(-1)) : now;
}

// What ends a block or a bracket goes back as it is typed at the begin of a line.
function ending(view, from, to, text) {
  const { doc } = view.state;
  const line = doc.lineAt(from);
  const typed = (line.text.slice(0, from - line.from) + text).trimStart();
  if (!/^(else:|elif |[)\]}])$/.test(typed) || to !== line.to) return false;
  const now = deep(line.text);
  const above = linesBefore(doc, line.from);
  const wanted = typed.length > 1 ? headDepth(above, now) : depth(above, typed);
  if (wanted >= now) return false;
  const insert = " ".repeat(wanted) + typed;
  const selection = EditorSelection.cursor(line.from + insert.length);
  view.dispatch({ changes: { from: line.from, to, insert }, selection, userEvent: "input.type" });
  return true;
}

// The keys of an editor of Python; Tab is left to the page.
export const keys = [
  EditorView.inputHandler.of(ending),
  keymap.of([
    { key: "Enter", run: enter, shift: enter },
    { key: "Backspace", run: backspace, shift: backspace },
    { key: "Delete", run: forward },
  ]),
];
