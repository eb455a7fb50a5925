// Reads texts of Python as a page does when a rule is edited: node edit_syntax.mjs static/ codemirror.js
// reads a list of texts, as JSON, and writes for each {tree}, {refused: {message, from, to}} or {error};
// and how many milliseconds of a processor it took, the least of a few times.
import { asked, parse, Refusal, timed } from "./edit_load.mjs";

// A float as a text, which can say inf.
const spelled = (key, value) => (typeof value === "number" && key === "value" ? `${value}` : value);

function quickest(text) {
  const told = once(text);
  for (let i = 0; i < 4 && told.took > 10; i++) told.took = Math.min(told.took, once(text).took);
  return told;
}

function once(text) {
  const { given, error, took } = timed(() => parse(text));
  if (!error) return { tree: given, took };
  const { message, from, to } = error;
  if (error instanceof Refusal) return { refused: { message, from, to }, took };
  return { error: `${error.stack}`, took };
}

process.stdout.write(JSON.stringify(asked().map(quickest), spelled));
