// What the book takes of CodeMirror and Lezer: an editor of Python, without completion, lint and search,
// and a parser of single lines.
export { history, historyKeymap, isolateHistory } from "@codemirror/commands";
export { Compartment, EditorState, StateEffect, StateField } from "@codemirror/state";
export { Decoration, EditorView, keymap, lineNumbers } from "@codemirror/view";
export { keys } from "./keys.js";
export { parser } from "./line.js";
export { coloring, matching } from "./marks.js";
