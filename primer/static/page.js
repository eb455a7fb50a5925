// The explorers and choosers of a page: how they start, the links that set them, and the widget of JupyterLab.
import { Chooser, choosers } from "./chooser.js";
import { Explorer } from "./figure.js";
import { point } from "./sight.js";

// In the order of the page.
export const all = [];
const before = (a, b) => a.compareDocumentPosition(b) & Node.DOCUMENT_POSITION_FOLLOWING;
const sorted = (list) => list.sort((a, b) => (before(a.root, b.root) ? -1 : 1));
const fitting = (link) => sorted([...all, ...choosers]).filter((e) => e.fits(link));
const parse = (hash = "") => Object.fromEntries(new URLSearchParams(hash.slice(1)));

function begin(root) {
  const explorer = new Explorer(root);
  all.push(explorer);
  sorted(all);
  return explorer;
}

// May be called at any time and any number of times: once the page and its deferred scripts are
// read, it starts every explorer that is not alive yet and whose programs have come.
let pageRead = false;
export function start() {
  if (!pageRead && document.readyState !== "complete") return;
  const roots = [...document.querySelectorAll(".px:not(.px-live)")];
  const asking = [...document.querySelectorAll(".px-choose:not(.px-asks)")];
  const asked = asking.map((root) => new Chooser(root));
  choosers.push(...asked);
  followHash([...roots.filter(Explorer.ready).map(begin), ...asked]);
}

// The address sets the first explorer that has all its keys, if it is among these.
function followHash(among) {
  const settings = parse(location.hash);
  const [target] = fitting(settings);
  if (!among.includes(target)) return;
  target.apply(settings);
  target.root.scrollIntoView({ block: "nearest" });
}

// <a href="#beta2=0.99"> sets the nearest explorer before it, else the next one, that has its keys.
function followLink(event) {
  const a = event.target.closest?.("a[href*='#']");
  const fit = a ? fitting(parse(a.hash)) : [];
  if (!fit.length) return;
  event.preventDefault();
  event.stopPropagation();
  const target = fit.filter((e) => before(e.root, a)).at(-1) ?? fit[0];
  const place = () => a.getBoundingClientRect().top;
  const top = place();
  target.apply(parse(a.hash));
  scrollBy({ top: place() - top, behavior: "instant" }); // a longer table moves what is read
  point(target, a);
}

export function listen() {
  document.addEventListener("click", followLink, true);
  addEventListener("hashchange", () => followHash([...all, ...choosers]));
  addEventListener("DOMContentLoaded", () => {
    pageRead = true;
    start();
  });
  addEventListener("load", start);
}

// A script that is put into the page runs at once.
function execute(textContent) {
  const script = Object.assign(document.createElement("script"), { textContent });
  document.head.append(script);
  script.remove();
}

// anywidget's entry. The sliders are ipywidgets, linked in the browser to the numbers i0, i1, …
export function render({ model, el }) {
  execute(model.get("programs"));
  el.innerHTML = model.get("html");
  const explorer = begin(el.querySelector(".px"));
  explorer.index.forEach((_, k) => {
    const follow = () =>
      explorer.index[k] === model.get("i" + k) || explorer.move(k, model.get("i" + k));
    follow();
    model.on("change:i" + k, follow);
  });
  explorer.changed = ({ index, start, place }) => {
    model.set({ start, place, ...Object.fromEntries(index.map((i, k) => ["i" + k, i])) });
    model.save_changes();
  };
  return () => all.splice(all.indexOf(explorer), 1);
}
