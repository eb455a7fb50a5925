// Colors for the words of Python, and a mark on the bracket that belongs to the one at the cursor.
import { StateField } from "@codemirror/state";
import { Decoration, EditorView, ViewPlugin } from "@codemirror/view";

const PARTS = new RegExp(
  [
    /(?<string>'''(?:[^\\]|\\[^])*?(?:'''|$)|"""(?:[^\\]|\\[^])*?(?:"""|$)|'(?:[^'\\\n]|\\[^])*'?|"(?:[^"\\\n]|\\[^])*"?)/,
    /(?<comment>#[^\n]*)/,
    /(?<word>[\p{L}_][\p{L}\p{N}_]*)/u,
    /(?<number>(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][+-]?\d+)?)/,
  ]
    .map(({ source }) => source)
    .join("|"),
  "gu",
);
const KEYWORDS = new Set(
  (
    "and as assert break class continue def del elif else False for from global if import in is " +
    "lambda None not or pass raise return True while with yield"
  ).split(" "),
);

function kindOf({ word, string, comment, number }, before) {
  if (word !== undefined) return KEYWORDS.has(word) ? "keyword" : before === "def" ? "named" : "";
  return string !== undefined ? "string" : comment !== undefined ? "comment" : number && "number";
}

function colored(text, marks) {
  const found = [];
  let before;
  for (const { 0: part, index, groups } of text.matchAll(PARTS)) {
    const mark = marks.get(kindOf(groups, before));
    if (mark) found.push(mark.range(index, index + part.length));
    before = part;
  }
  return Decoration.set(found);
}

// Colors by classes: coloring({ keyword, named, string, number, comment }).
export function coloring(classes) {
  const marks = new Map(
    Object.entries(classes).map(([kind, name]) => [kind, Decoration.mark({ class: name })]),
  );
  const make = ({ doc }) => colored(doc.toString(), marks);
  return StateField.define({
    create: make,
    update: (known, { docChanged, state }) => (docChanged ? make(state) : known),
    provide: (field) => EditorView.decorations.from(field),
  });
}

const PAIRS = "()[]{}";
const MATCHED = Decoration.mark({ class: "cm-matchingBracket" });
const none = Decoration.none;

// The text with blanks for its strings and comments.
const withoutWords = (text) =>
  text.replace(PARTS, (part, string, comment) =>
    string === undefined && comment === undefined ? part : " ".repeat(part.length),
  );

// Where the bracket stands that belongs to the one at this place; -1 where none does.
function partner(text, at) {
  const kind = PAIRS.indexOf(text[at]);
  const step = kind % 2 ? -1 : 1;
  let open = 0;
  for (let i = at; i >= 0 && i < text.length; i += step) {
    const other = PAIRS.indexOf(text[i]);
    if (other >= 0) open += other % 2 === kind % 2 ? 1 : -1;
    if (open === 0) return PAIRS.indexOf(text[i]) === (kind ^ 1) ? i : -1;
  }
  return -1;
}

function matched({ doc, selection }) {
  const { from, empty } = selection.main;
  const text = withoutWords(doc.toString());
  const at = [from - 1, from].find((i) => i >= 0 && i < text.length && PAIRS.includes(text[i]));
  const other = at === undefined || !empty ? -1 : partner(text, at);
  if (other < 0) return none;
  const places = [Math.min(at, other), Math.max(at, other)];
  return Decoration.set(places.map((place) => MATCHED.range(place, place + 1)));
}

// Marks the bracket at the cursor and the one that belongs to it.
export const matching = () =>
  ViewPlugin.define(
    ({ state }) => ({
      marks: matched(state),
      update({ state: now, docChanged, selectionSet }) {
        if (docChanged || selectionSet) this.marks = matched(now);
      },
    }),
    { decorations: (plugin) => plugin.marks },
  );
