// What a page has when a rule is edited, in node: node DRIVER static/ codemirror.js …
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { runInThisContext } from "node:vm";

const [folder, bundle] = process.argv.slice(2);
export const module = (name) => import(pathToFileURL(`${folder}/${name}`));
globalThis.PrimerExplorer = { ...(await module("explorer.js")), start() {} };
runInThisContext(readFileSync(bundle, "utf8"));
export const { Refusal } = await module("edit/refusal.js");
export const { parse } = await module("edit/syntax.js");

// What a function gives or throws, and how many milliseconds of the processor it took: others are at work too.
export function timed(what) {
  const begin = process.cpuUsage();
  const found = {};
  try {
    found.given = what();
  } catch (error) {
    found.error = error;
  }
  const { user, system } = process.cpuUsage(begin);
  return { ...found, took: (user + system) / 1000 };
}

// What a driver is asked, as JSON.
export const asked = () => JSON.parse(readFileSync(0, "utf8"));
