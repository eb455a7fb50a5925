// The runtime of every explorer, as a page, JupyterLab and node know it. primer.explorer.bundle makes
// one classic script of these modules, globalThis.PrimerExplorer: pages open from file:// too.
import { advise, choosers, completed, spelled } from "./chooser.js";
import { minus, place, rounded } from "./draw.js";
import { nearest } from "./figure.js";
import { deliver } from "./grid.js";
import { lib, power } from "./numbers.js";
import { all, listen, render, start, wake } from "./page.js";
import { march } from "./rules.js";

if (globalThis.document) listen();

export {
  lib,
  power,
  march,
  all,
  start,
  wake,
  render,
  deliver,
  place,
  minus,
  nearest,
  rounded,
  choosers,
  advise,
  completed,
  spelled,
};
