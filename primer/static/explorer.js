// The runtime of every explorer: runs traced rules on float64 and moves the lines of an SVG.
// A classic script for the published page, where it starts by itself, and for JupyterLab (anywidget).
globalThis.PrimerExplorer ??= (() => {
  "use strict";
  // ---- numbers: the loop around traced code -----------------------------------------------------
  const { lib, power } = globalThis.PrimerNumbers ?? require("./explorer-numbers.js");

  // One run. Row t of a channel stands at t * width; w and s belong to the step from t to t + 1.
  function march({ init, step, loss }, h, start, steps, { s: sizeS, w: sizeW }) {
    const d = start.length, x = Float64Array.from(start), s = new Float64Array(sizeS), w = new Float64Array(sizeW);
    const room = size => new Float64Array((steps + 1) * size), width = { x: d, loss: 1, s: sizeS, w: sizeW };
    const run = { steps, width, lost: -1, x: room(d), loss: room(1), s: room(sizeS), w: room(sizeW) };
    init(x, s, h);
    for (let t = 0; t <= steps; t++) {
      run.x.set(x, t * d);
      run.loss[t] = loss(x, h, t);
      if (!(x.every(Number.isFinite) && Number.isFinite(run.loss[t]))) return { ...run, lost: t };
      if (t < steps) step(x, s, h, t, w);
      run.w.set(w, t * sizeW);
      run.s.set(s, t * sizeS);
    }
    return run;
  }

  // ---- drawing ----------------------------------------------------------------------------------

  // From a value to its place between the pixels a and b.
  const place = ([low, high, log], a, b) => log
    ? v => a + (b - a) * (Math.log(v / low) / Math.log(high / low))
    : v => a + (b - a) * ((v - low) / (high - low));
  const tenth = v => Math.round(Math.min(Math.max(v, -9999), 9999) * 10) / 10;
  const minus = text => String(text).replaceAll("-", "−").replace("Infinity", "∞");
  const plain = v => v === 0 || (Math.abs(v) >= 1e-3 && Math.abs(v) < 1e5);
  const rounded = v => minus(plain(v) ? Number(v.toPrecision(4)) : v.toExponential(2));
  const nearest = (list, v) => list.reduce((best, u, i) => (Math.abs(u - v) < Math.abs(list[best] - v) ? i : best), 0);

  // A channel of a run as a function of the row; "step" is |theta[t + 1] - theta[t]|.
  function channel(run, kind, k) {
    const name = kind === "step" ? "x" : kind, rows = run[name], width = run.width[name];
    return kind === "step" ? t => Math.abs(rows[(t + 1) * width + k] - rows[t * width + k]) : t => rows[t * width + k];
  }

  // One line up to step `upto`: the rows before the first lost one, at most about a thousand.
  function drawLine(el, [, kind, k, kindX, kX], panel, run, upto) {
    const [left, top, right, bottom] = panel.box, known = run.lost < 0 ? run.steps + 1 : run.lost;
    const rows = Math.min(known, kind === "w" || kind === "step" ? upto : upto + 1);
    const x = kindX ? channel(run, kindX, kX) : t => t, atX = place(panel.x, left, right);
    const y = channel(run, kind, k), atY = place(panel.y, bottom, top);
    let d = "", pen = "M", X = -99, Y = -99;
    for (let t = 0; t < rows; t += Math.ceil(rows / 1000)) {
      const a = tenth(atX(x(t))), b = tenth(atY(y(t))), seen = a === a && b === b;
      if (seen) d += pen + (X = a) + " " + (Y = b);
      pen = seen ? "L" : "M";
    }
    el.firstChild.setAttribute("d", d || "M-99-99");
    el.lastChild.setAttribute("transform", `translate(${X} ${Y})`);
    el.toggleAttribute("data-lost", run.lost >= 0 && upto >= run.lost);
  }

  // ---- one explorer -----------------------------------------------------------------------------

  const all = [];
  class Explorer {
    constructor(root, changed = () => {}) {
      Object.assign(this, { root, changed, data: JSON.parse(root.querySelector(".px-data").textContent) });
      const $ = selector => [...root.querySelectorAll(selector)], { controls, scenes, drag } = this.data;
      Object.assign(this, { $, index: controls.map(c => c.index), rows: $(".px-row"), menu: $("select")[0] });
      this.rows.forEach((row, k) => { row.oninput = event => this.move(k, Number(event.target.value)); });
      $(".px-buttons button").forEach(button => { button.onclick = () => this[button.value](); });
      if (this.menu) this.menu.onchange = () => this.show(this.menu.selectedIndex);
      scenes.forEach((scene, k) => {
        scene.el = $(".px-panels")[k];
        for (const p of scene.programs) p.run = new Function("return " + p.code)()(lib);
        scene.panels.forEach((panel, i) => {
          panel.el = scene.el.children[i];
          panel.marks = [...panel.el.querySelectorAll(".px-line")];
          if (drag && panel.kind !== "time") panel.knob = globalThis.PrimerParts.handle(this, panel);
        });
      });
      globalThis.PrimerParts.table(this);
      if (this.data.grid) globalThis.PrimerParts.grid(this);
      root.classList.add("px-live");
      all.push(this);
      this.show(0);
    }

    // Settings change through move (a slider), put (the start) and show (the landscape).
    move(k, position) {
      this.index[k] = position;
      const text = minus(this.data.controls[k].values[position]), row = this.rows[k];
      if (row) Object.assign(row.querySelector("input"), { value: position, ariaValueText: text });
      if (row) row.querySelector("output").textContent = text;
      this.update();
    }
    put(point) {
      this.start = point;
      this.update();
    }
    show(k) {
      Object.assign(this, { scene: this.data.scenes[k], place: k });
      if (this.menu) this.menu.selectedIndex = k;
      this.data.scenes.forEach(scene => { scene.el.hidden = scene !== this.scene; });
      this.put([...this.scene.start]);
    }
    reset() {
      this.data.controls.forEach((c, k) => this.move(k, c.index));
      this.put([...this.scene.start]);
      if (this.data.shown) this.only(this.data.shown);
    }

    // Settings as in a link, {beta2: "0.99", start: "-1,2", on: "Beale", show: "SGD,Adam"}; sliders go to the nearest position.
    apply(link) {
      const { read, number, chosen } = globalThis.PrimerParts.links, { words: { start, on, show }, sliders } = read(link, this);
      const scene = this.menu ? [...this.menu.options].findIndex(o => o.value === on || o.text === on) : -1;
      if (scene >= 0) this.show(scene);
      for (const [k, text] of sliders) {
        if (Number.isNaN(number(text))) continue;
        this.move(k, nearest(this.data.controls[k].values, number(text)));
        this.rows[k]?.animate({ background: ["var(--px-flash)", "transparent"] }, 900);
      }
      const point = start?.split(",").map(number);
      if (point?.length === this.start.length && point.every(Number.isFinite)) this.put(point);
      if (show !== undefined) this.only(chosen(show, this.data.rules));
    }
    fits(link) {
      const { read, chosen } = globalThis.PrimerParts.links, { words, sliders } = read(link, this);
      const known = sliders.every(([k]) => k >= 0) && (!words.show || chosen(words.show, this.data.rules));
      return this.root.isConnected && known
        && (words.x ? words.x === this.root.id : sliders.length + Object.keys(words).length > 0);
    }
    link() {
      const pairs = globalThis.PrimerParts.links.pairs(this);
      history.replaceState(null, "", "#" + new URLSearchParams(pairs));
      const say = text => () => this.$(".px-said").forEach(el => { el.textContent = text; });
      const failed = say("The link is in the address bar.");
      navigator.clipboard?.writeText(location.href).then(say("Link copied."), failed) ?? failed();
    }

    update() {
      const { controls, steps } = this.data, h = Float64Array.from(controls, (c, k) => c.values[this.index[k]]);
      cancelAnimationFrame(this.clock);
      this.upto = steps;
      this.runs = this.lookUp ? this.lookUp(h) : this.scene.programs.map(p => march(p.run, h, this.start, steps, p));
      this.draw();
      this.changed(this);
    }
    play() {
      const begin = performance.now(), { steps } = this.data;
      const frame = now => {
        this.upto = Math.max(0, Math.min(steps, Math.ceil((now - begin) / 3000 * steps)));
        this.draw();
        if (this.upto < steps) this.clock = requestAnimationFrame(frame);
      };
      cancelAnimationFrame(this.clock);
      this.clock = requestAnimationFrame(frame);
    }
    draw() {
      for (const panel of this.runs ? this.scene.panels : []) {
        panel.lines.forEach((line, j) => drawLine(panel.marks[j], line, panel, this.runs[line[0]], this.upto));
        panel.knob?.(this.start[0], this.start[1] ?? this.runs[0].loss[0]);
      }
      this.runs?.forEach((run, k) => this.tell(this.$("tbody tr")[k], run, k));
      this.$(".px-t").forEach(el => { el.textContent = this.upto; });
    }
  }

  // ---- links, the page, JupyterLab --------------------------------------------------------------

  const parse = hash => Object.fromEntries(new URLSearchParams(hash.slice(1)));

  // <a href="#beta2=0.99"> sets the nearest explorer before it, else the next one, that has all its keys.
  function followLink(event) {
    const a = event.target.closest?.("a[href*='#']"), fit = a ? all.filter(e => e.fits(parse(a.hash))) : [];
    const before = fit.filter(e => e.root.compareDocumentPosition(a) & Node.DOCUMENT_POSITION_FOLLOWING);
    if (!fit.length) return;
    event.preventDefault();
    event.stopPropagation();
    (before.at(-1) ?? fit[0]).apply(parse(a.hash));
  }

  function followHash() {
    const target = all.find(e => e.fits(parse(location.hash)));
    target?.apply(parse(location.hash));
    target?.root.scrollIntoView({ block: "nearest" });
  }

  function start() {
    for (const root of document.querySelectorAll(".px:not(.px-live)")) new Explorer(root);
    followHash();
  }

  // anywidget's entry. The sliders are ipywidgets, linked in the browser to the numbers i0, i1, …
  function render({ model, el }) {
    el.innerHTML = model.get("html");
    const explorer = new Explorer(el.querySelector(".px"));
    explorer.index.forEach((_, k) => {
      const follow = () => explorer.index[k] === model.get("i" + k) || explorer.move(k, model.get("i" + k));
      follow();
      model.on("change:i" + k, follow);
    });
    explorer.changed = ({ index, start, place }) => {
      model.set({ start, place, ...Object.fromEntries(index.map((i, k) => ["i" + k, i])) });
      model.save_changes();
    };
  }

  if (typeof document !== "undefined") {
    document.addEventListener("click", followLink, true);
    addEventListener("hashchange", followHash);
  }
  return { lib, power, march, all, start, render, place, minus, nearest, rounded };
})();
if (typeof module !== "undefined") module.exports = globalThis.PrimerExplorer;
else if (document.readyState !== "loading") PrimerExplorer.start();
else addEventListener("DOMContentLoaded", PrimerExplorer.start);
