// Lezer's tree of a text, as plain nodes: {name, from, to, text, kids}, without comments.
import { explained } from "./explain.js";
import { refusalOf } from "./layout.js";

let strictParser;

// The text with simple numbers and strings in the places of its own: Lezer takes `1.` for `1` and a
// point, and is not asked what is in a string.
function simplified(text, lines) {
  let [out, done] = ["", 0];
  for (const { kind, from, to } of lines.flat()) {
    if (kind !== "number" && kind !== "string") continue;
    const simple = kind === "number" ? "1".repeat(to - from) : `"${"s".repeat(to - from - 2)}"`;
    out += text.slice(done, from) + simple;
    done = to;
  }
  return out + text.slice(done);
}

function parsed(text, lines) {
  strictParser ??= PrimerCode.parser.configure({ strict: true });
  try {
    return strictParser.parse(simplified(text, lines));
  } catch (error) {
    const stuck = /^No parse at (\d+)$/.exec(error.message);
    throw stuck === null ? error : explained(Number(stuck[1]), lines, text);
  }
}

// A strict parser leaves one kind of error in its tree: where a chain of operators is too long.
export function treeOf(text, lines) {
  const root = { kids: [] };
  const path = [root];
  parsed(text, lines).iterate({
    enter({ type, name, from, to }) {
      const node = { name, from, to, text: text.slice(from, to), kids: [] };
      if (type.isError) throw refusalOf("This is too long: give parts of it a name.", node);
      if (name === "Comment") return false;
      path.at(-1).kids.push(node);
      path.push(node);
    },
    leave: () => void path.pop(),
  });
  return root.kids[0];
}
