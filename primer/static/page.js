// The explorers and choosers of a page: when they wake, the links that set them, and the widget of JupyterLab.
import { Chooser, choosers } from "./chooser.js";
import { dataOf, Explorer } from "./figure.js";
import { point } from "./sight.js";

// The explorers that are awake, in the order of the page.
export const all = [];
// The elements of those that sleep, each with the link that it shall follow when it wakes.
const asleep = new Map();
const called = new WeakSet();

// More keys than any explorer has: each of them looks at all.
const MOST_KEYS = 100;

const before = (a, b) => a.compareDocumentPosition(b) & Node.DOCUMENT_POSITION_FOLLOWING;
const sorted = (list) => list.sort((a, b) => (before(a.root, b.root) ? -1 : 1));
const parse = (hash = "") =>
  Object.fromEntries([...new URLSearchParams(hash.slice(1))].slice(0, MOST_KEYS));

// What a link has to know of an explorer that sleeps.
const sleeper = (root) =>
  Object.assign(Object.create(Explorer.prototype), {
    root,
    data: dataOf(root),
    menu: root.querySelector("select"),
  });
const fitting = (link) =>
  sorted([...all, ...choosers, ...[...asleep.keys()].map(sleeper)]).filter((e) => e.fits(link));

function begin(root) {
  const link = asleep.get(root);
  const chosen = root.querySelector("select")?.selectedIndex; // as sliders, perhaps while it slept
  asleep.delete(root);
  windowed?.unobserve(root);
  const explorer = new Explorer(root);
  all.push(explorer);
  sorted(all);
  if (chosen > 0) explorer.show(chosen);
  explorer.rows.forEach((row, k) => {
    const position = Number(row.querySelector("input").value);
    if (position !== explorer.index[k]) explorer.move(k, position);
  });
  if (link) explorer.apply(link);
  root.dispatchEvent(new Event("px-awake", { bubbles: true }));
  return explorer;
}

// May be called at any time and any number of times: it learns of new explorers and choosers, and
// starts those explorers that have been called and whose programs have come. The first of the page
// is always called, even while the rest of the page is still being read.
export function start() {
  const first = document.querySelector(".px");
  const read = document.readyState !== "loading";
  const found = read ? unmet(".px") : [first].filter(closed);
  const sleeping = found.filter((root) => !root.matches(".px-live"));
  sleeping.forEach((root) => asleep.has(root) || asleep.set(root));
  if (asleep.has(first)) call(first);
  if (read) {
    sleeping.forEach(watch);
    meet([...found, ...ask()]);
  }
  [...asleep.keys()].filter((root) => called.has(root) && Explorer.ready(root)).forEach(begin);
}

// Whether the parser has come to the end of an element: something follows it.
const closed = (node) => node && (node.nextSibling || closed(node.parentNode));

// What has come since the last time may be what the address speaks of.
const met = new WeakSet();
const unmet = (selector) =>
  [...document.querySelectorAll(selector)].filter((root) => !met.has(root));
function meet(roots) {
  roots.forEach((root) => met.add(root));
  followHash(roots);
}

function ask() {
  const asked = unmet(".px-choose").map((root) => new Chooser(root));
  choosers.push(...asked);
  return asked.map(({ root }) => root);
}

// Explorers wake near the window; where that cannot be known, at once.
let windowed;
function watch(root) {
  if (!globalThis.IntersectionObserver) return call(root);
  windowed ??= new IntersectionObserver(
    (seen) => wake(seen.filter((e) => e.isIntersecting).map((e) => e.target)),
    { rootMargin: "1000px" },
  );
  windowed.observe(root);
}

// The programs of an explorer stand in a script beside it, which calls start.
function call(root) {
  called.add(root);
  const { nextElementSibling: beside } = root;
  const src = beside?.matches(".px-programs[data-src]") && beside.dataset.src;
  if (!src) return;
  delete beside.dataset.src;
  document.head.append(Object.assign(document.createElement("script"), { src }));
}
export function wake(roots = [...asleep.keys()]) {
  roots.forEach(call);
  if (roots.length) start();
}

function apply(one, link) {
  if (!asleep.has(one.root)) return one.apply(link);
  asleep.set(one.root, link);
  wake([one.root]);
}

// The address sets the first explorer that has all its keys, if it is among these.
function followHash(roots) {
  if (!roots.length || !location.hash) return;
  const settings = parse(location.hash);
  const [target] = fitting(settings);
  if (!roots.includes(target?.root)) return;
  apply(target, settings);
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
  const opened = apply(target, parse(a.hash));
  const hold = () => scrollBy({ top: place() - top, behavior: "instant" });
  hold(); // a longer table moves what is read, and so does an editor that opens
  const [still, begun] = [scrollY, performance.now()];
  const settle = (frames) => {
    hold();
    if (frames) requestAnimationFrame(() => settle(frames - 1));
  };
  // Its lines are measured after a frame or two. Where it was long in coming, one may have read on.
  opened?.then(() => (performance.now() - begun < 1000 || scrollY === still) && settle(4));
  point(target, a);
}

// A button of an explorer that sleeps does what it says when it wakes.
function pressed({ target }) {
  const button = target.closest?.("button");
  const root = button?.closest(".px");
  if (!asleep.has(root)) return;
  root.addEventListener("px-awake", () => button.click(), { once: true });
  wake([root]);
}

export function listen() {
  document.addEventListener("click", followLink, true);
  document.addEventListener("click", pressed);
  document.addEventListener("focusin", ({ target }) => {
    const root = target.closest(".px");
    if (asleep.has(root)) wake([root]);
  });
  addEventListener("hashchange", () => {
    followHash([...all, ...choosers].map((e) => e.root).concat([...asleep.keys()]));
  });
  addEventListener("DOMContentLoaded", start);
  addEventListener("load", start);
  if (document.readyState !== "loading") return;
  const parsed = new MutationObserver(() => {
    start();
    if (asleep.size || document.readyState !== "loading") parsed.disconnect();
  });
  parsed.observe(document, { childList: true, subtree: true });
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
  const root = el.querySelector(".px");
  met.add(root);
  const explorer = begin(root);
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
