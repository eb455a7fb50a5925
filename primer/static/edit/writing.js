// Where the rule is written: CodeMirror, in the book's colors, with the place of a fault underlined.
export const MOST_LETTERS = 20000;

// What is colored as code is in the book.
const COLORS = {
  keyword: "px-keyword",
  named: "px-named",
  string: "px-string",
  number: "px-number",
  comment: "px-comment",
};

// The place of a fault, [from, to], or none: an effect that sets it, and a field that draws it.
function faults({ Decoration, EditorView, StateEffect, StateField }) {
  const mark = Decoration.mark({ class: "px-fault" });
  const effect = StateEffect.define();
  const drawn = (place) => (place ? Decoration.set([mark.range(...place)]) : Decoration.none);
  const field = StateField.define({
    create: () => Decoration.none,
    update: (known, { changes, effects }) =>
      effects.reduce(
        (now, each) => (each.is(effect) ? drawn(each.value) : now),
        known.map(changes),
      ),
    provide: (own) => EditorView.decorations.from(own),
  });
  return { effect, field };
}

// A place in the text that can be underlined: at least one letter, the one before the end of a line.
function spotOf({ doc }, from, to) {
  if (from === null || !doc.length) return null;
  const start = Math.min(Math.max(from, 0), doc.length);
  const end = Math.min(Math.max(to ?? start, start), doc.length);
  if (end > start) return [start, end];
  const line = doc.lineAt(start);
  if (!line.length) return null;
  return start < line.to ? [start, start + 1] : [line.to - 1, line.to];
}

export class Writing {
  // `changed(text)` is called after every change, `leave()` when Esc is pressed; `covered()` is how much
  // of the window's top something else covers.
  constructor({ attributes, changed, leave, covered }) {
    const code = globalThis.PrimerCode;
    Object.assign(this, { changed, faults: faults(code) });
    this.own = [
      ...this.extensions(code, attributes, leave),
      code.EditorView.scrollMargins.of(() => ({ top: covered() })),
    ];
    this.view = new code.EditorView({ extensions: this.own });
    this.el = this.view.dom;
  }
  extensions(code, attributes, leave) {
    const { EditorState, EditorView, keymap } = code;
    const escape = { key: "Escape", run: () => leave() ?? true };
    return [
      code.lineNumbers(),
      EditorView.lineWrapping,
      code.history(),
      code.coloring(COLORS),
      code.matching(),
      this.faults.field,
      keymap.of([escape, ...code.historyKeymap]),
      code.keys,
      EditorState.changeFilter.of(({ newDoc }) => newDoc.length <= MOST_LETTERS),
      EditorView.contentAttributes.of(attributes),
      EditorView.updateListener.of(({ docChanged, state }) => {
        if (docChanged) this.changed(state.doc.toString());
      }),
    ];
  }

  get text() {
    return this.view.state.doc.toString();
  }
  // Puts a text in place of all, which can be undone by itself.
  put(insert) {
    const changes = { from: 0, to: this.view.state.doc.length, insert };
    const annotations = globalThis.PrimerCode.isolateHistory.of("full");
    this.view.dispatch({ changes, annotations });
  }
  // Puts a text in place of a part.
  change(from, to, insert) {
    this.view.dispatch({ changes: { from, to, insert } });
  }
  // Forgets what was written before: another rule is edited.
  begin(text) {
    const { EditorState } = globalThis.PrimerCode;
    this.view.setState(EditorState.create({ doc: text, extensions: this.own }));
  }
  // The line of a fault, which is underlined; none where it has no place, or there is no fault.
  fault(error) {
    const { state } = this.view;
    const found = error ? spotOf(state, error.from ?? null, error.to) : null;
    if (found || state.field(this.faults.field).size)
      this.view.dispatch({ effects: this.faults.effect.of(found) });
    return error?.from == null
      ? null
      : state.doc.lineAt(Math.min(error.from, state.doc.length)).number;
  }
}
