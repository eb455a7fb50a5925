// What the book takes of CodeMirror and Lezer: an editor of Python, without completion, lint and search.
import { indentService, indentUnit, LanguageSupport, LRLanguage } from "@codemirror/language";
import { parser } from "@lezer/python";

export { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
export {
  bracketMatching,
  HighlightStyle,
  indentOnInput,
  syntaxHighlighting,
} from "@codemirror/language";
export { Compartment, EditorState, StateEffect, StateField } from "@codemirror/state";
export { Decoration, EditorView, GutterMarker, keymap, lineNumbers } from "@codemirror/view";
export { tags } from "@lezer/highlight";
export { parser };

const ENDS = /^\s*(else\b|elif\b)/;
const HEADS = /^\s*(if|elif|for)\b/;
const LEAVES = /^\s*(return|pass|raise|break|continue)\b/;

const deep = (line) => /^ */.exec(line)[0].length;

// A line without its strings and its comment.
const bare = (line) =>
  line
    .replace(/'[^'\\]*(\\.[^'\\]*)*'|"[^"\\]*(\\.[^"\\]*)*"/g, '""')
    .replace(/#.*/, "")
    .trimEnd();

const opened = (line) => (line.match(/[([{]/g) ?? []).length - (line.match(/[)\]}]/g) ?? []).length;

// As deep as the nearest line above that this `else` or `elif` can belong to.
function headOf(above, now) {
  const head = above.findLast((line) => HEADS.test(line) && deep(line) <= now);
  return head === undefined ? now : deep(head);
}

// Where a statement begins whose last line is the last of these.
function beginning(above) {
  let open = 0;
  let at = above.length;
  do open += opened(above[--at]);
  while (open < 0 && at > 0);
  return above[at];
}

// After the lines above: deeper after a colon and in a bracket, back after a statement that leaves.
function depth(above, after, now, unit) {
  if (ENDS.test(after)) return headOf(above, now);
  const last = above.at(-1);
  if (last === undefined) return 0;
  const closes = /^\s*[)\]}]/.test(after);
  if (opened(last) > 0) return closes ? deep(last) : deep(last) + unit;
  const first = deep(beginning(above));
  if (/:$/.test(last)) return first + unit;
  if (closes) return Math.max(deep(last) - unit, 0);
  return LEAVES.test(beginning(above)) ? Math.max(first - unit, 0) : first;
}

function indentation(context, pos) {
  const above = context.state.doc.sliceString(0, context.lineAt(pos, 1).from).split("\n").map(bare);
  const lines = above.filter((text) => text !== "");
  return depth(lines, context.textAfterPos(pos), context.lineIndent(pos, -1), context.unit);
}

const language = LRLanguage.define({
  name: "python",
  parser,
  languageData: {
    commentTokens: { line: "#" },
    indentOnInput: /^\s*([}\])]|else:|elif )$/,
  },
});

// Python as an extension of an editor, indented by four spaces.
export const python = () =>
  new LanguageSupport(language, [indentUnit.of("    "), indentService.of(indentation)]);
