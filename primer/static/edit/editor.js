// What a page loads when a reader edits a rule. primer.explorer.bundle makes one classic script of
// these modules, globalThis.PrimerEdit.
import { equation } from "./equation.js";
import { machine } from "./machine.js";
import { open } from "./panel.js";
import { patched } from "./patch.js";
import { Refusal } from "./refusal.js";
import { parse } from "./syntax.js";
import { trace } from "./trace.js";

export { open, parse, trace, machine, equation, patched, Refusal };
