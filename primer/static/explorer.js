// The runtime of every explorer: runs traced rules on float64 and moves the lines of an SVG.
// One classic script for the published page (where it starts by itself) and for JupyterLab.
globalThis.PrimerExplorer ??= (() => {
  "use strict";

  // ---- numbers: what traced code may call -------------------------------------------------------

  // [a + aLow] * [b + bLow]: the operations of primer.hyper._times, in the same order.
  function times(a, aLow, b, bLow) {
    const product = a * b;
    let a1 = 134217729 * a; a1 = a1 - (a1 - a);
    let b1 = 134217729 * b; b1 = b1 - (b1 - b);
    const a2 = a - a1, b2 = b - b1;
    let error = ((a1 * b1 - product) + a1 * b2 + a2 * b1) + a2 * b2;
    error = error + (a * bLow + aLow * b);
    const total = product + error;
    return [total, error - (total - product)];
  }

  function power(b, n) {
    let high = 1 + 0 * b, low = 0 * b, base = b, rest = 0 * b;
    while (n) {
      if (n % 2) [high, low] = times(high, low, base, rest);
      n = Math.floor(n / 2);
      if (n) [base, rest] = times(base, rest, base, rest);
    }
    return high;
  }

  const tables = new Map();
  const lib = {
    P(b, n) { // b to the integer power n, remembered per b
      let table = tables.get(b);
      if (!table) {
        if (tables.size > 99) tables.clear();
        tables.set(b, table = []);
      }
      return table[n] ??= power(b, n);
    },
  };

  // One run. Arrays of the record hold row t at t * width; w and s belong to the step from t to t + 1.
  function march({ init, step, loss }, h, start, steps, widths) {
    const d = start.length, x = Float64Array.from(start);
    const s = new Float64Array(widths.s), w = new Float64Array(widths.w);
    const run = { d, steps, lost: -1, x: new Float64Array((steps + 1) * d), loss: new Float64Array(steps + 1) };
    run.s = new Float64Array(steps * s.length);
    run.w = new Float64Array(steps * w.length);
    run.width = { x: d, loss: 1, s: s.length, w: w.length };
    init(x, s, h);
    for (let t = 0; t <= steps; t++) {
      run.x.set(x, t * d);
      run.loss[t] = loss(x, h, t);
      if (!(x.every(Number.isFinite) && Number.isFinite(run.loss[t]))) { run.lost = t; break; }
      if (t === steps) break;
      step(x, s, h, t, w);
      run.w.set(w, t * w.length);
      run.s.set(s, t * s.length);
    }
    return run;
  }

  // ---- drawing ----------------------------------------------------------------------------------

  const place = ([low, high, log], a, b) => log
    ? v => a + (b - a) * (Math.log(v / low) / Math.log(high / low))
    : v => a + (b - a) * ((v - low) / (high - low));
  const tenth = v => Math.round(Math.min(Math.max(v, -9999), 9999) * 10) / 10;
  const minus = text => String(text).replaceAll("-", "−");

  function rounded(v) { // to four digits
    const plain = v === 0 || (Math.abs(v) >= 1e-3 && Math.abs(v) < 1e5);
    return minus(plain ? Number(v.toPrecision(4)) : v.toExponential(2));
  }

  // A channel of a run as a function of the row; "step" is |theta[t + 1] - theta[t]|.
  function channel(run, kind, k) {
    const from = kind === "step" ? "x" : kind, values = run[from], width = run.width[from];
    return kind === "step"
      ? t => Math.abs(values[(t + 1) * width + k] - values[t * width + k])
      : t => values[t * width + k];
  }

  // Draw one line up to step `upto`: rows before the first lost one, at most about 1000 points.
  function drawLine(el, spec, panel, run, upto) {
    const [, kind, k, kindX, kX] = spec, [left, top, right, bottom] = panel.box;
    const known = run.lost < 0 ? run.steps + 1 : run.lost;
    const rows = Math.min(known, kind === "w" || kind === "step" ? upto : upto + 1);
    const y = channel(run, kind, k), x = kindX ? channel(run, kindX, kX) : t => t;
    const atX = place(panel.x, left, right), atY = place(panel.y, bottom, top);
    const stride = Math.max(1, Math.ceil(rows / 1000));
    let d = "", pen = "M", X = -99, Y = -99;
    for (let t = 0; t < rows; t += stride) {
      const a = tenth(atX(x(t))), b = tenth(atY(y(t)));
      if (a !== a || b !== b) { pen = "M"; continue; }
      d += pen + (X = a) + " " + (Y = b);
      pen = "L";
    }
    el.firstChild.setAttribute("d", d || "M-99-99");
    el.lastChild.setAttribute("transform", `translate(${X} ${Y})`);
    el.toggleAttribute("data-lost", run.lost >= 0 && upto >= run.lost);
  }

  // ---- one explorer -----------------------------------------------------------------------------

  const all = [];

  class Explorer {
    constructor(root, changed = () => {}) {
      this.root = root;
      this.changed = changed;
      this.data = JSON.parse(root.querySelector(".px-data").textContent);
      this.index = this.data.controls.map(c => c.index);
      this.upto = this.data.steps;
      for (const scene of this.data.scenes) {
        for (const p of scene.programs) p.run = new Function("return " + p.code)()(lib);
      }
      this.find = selector => [...root.querySelectorAll(selector)];
      this.rows = this.find(".px-row");
      this.rows.forEach((row, k) => {
        row.querySelector("input").addEventListener("input", e => this.move(k, Number(e.target.value)));
      });
      this.find("tbody button").forEach((button, k) => button.addEventListener("click", () => this.toggle(k)));
      for (const what of ["play", "reset", "link"]) {
        root.querySelector(".px-" + what)?.addEventListener("click", () => this[what]());
      }
      this.menu = root.querySelector("select");
      this.menu?.addEventListener("change", () => this.show(this.menu.selectedIndex));
      this.panels = this.find(".px-panels").map(el => [...el.children]);
      this.lines = this.panels.map(list => list.map(el => [...el.querySelectorAll(".px-line")]));
      this.show(0);
      root.classList.add("px-live");
      all.push(this);
    }

    // Settings change through move (a slider), put (the start), show (the landscape).
    move(k, position) {
      this.index[k] = position;
      const text = minus(this.data.controls[k].values[position]), row = this.rows[k];
      if (row) {
        const input = row.querySelector("input");
        input.value = position;
        input.setAttribute("aria-valuetext", text);
        row.querySelector("output").textContent = text;
      }
      this.update();
    }

    put(point) {
      this.start = point;
      this.update();
    }

    show(k) {
      this.scene = this.data.scenes[k];
      this.place = k;
      if (this.menu) this.menu.selectedIndex = k;
      this.find(".px-panels").forEach((el, i) => { el.hidden = i !== k; });
      if (this.data.drag && !this.scene.handles) this.scene.handles = this.handles(k);
      this.put([...this.scene.start]);
    }

    reset() {
      this.data.controls.forEach((c, k) => { this.index[k] = c.index; });
      this.put([...this.scene.start]);
      this.index.forEach((position, k) => this.move(k, position));
    }

    toggle(rule) {
      const button = this.find("tbody button")[rule];
      const on = button.getAttribute("aria-pressed") !== "true";
      button.setAttribute("aria-pressed", on);
      this.find(`.px-line[data-rule="${rule}"]`).forEach(el => { el.style.display = on ? "" : "none"; });
    }

    // Settings as in a link: {beta2: "0.99", start: "-1,2", on: "Beale"}. Sliders go to the nearest position.
    apply(settings) {
      const { x, start, on, ...sliders } = settings;
      const scene = this.menu ? [...this.menu.options].findIndex(o => o.text === on) : -1;
      if (scene >= 0) this.show(scene);
      for (const [key, text] of Object.entries(sliders)) {
        const k = this.data.controls.findIndex(c => c.key === key), { values } = this.data.controls[k];
        const far = values.map(v => Math.abs(v - Number(text)));
        this.move(k, far.indexOf(Math.min(...far)));
        this.rows[k]?.animate({ background: ["var(--px-flash)", "transparent"] }, 900);
      }
      const point = start?.split(",").map(Number);
      if (point?.length === this.start.length && point.every(Number.isFinite)) this.put(point);
    }

    has(settings) {
      const keys = Object.keys(settings).filter(key => !["x", "start", "on"].includes(key));
      const known = keys.every(key => this.data.controls.some(c => c.key === key));
      return settings.x ? settings.x === this.root.id : known && Object.keys(settings).length > 0;
    }

    link() {
      const pairs = this.data.controls.map((c, k) => [c.key, c.values[this.index[k]]]);
      pairs.unshift(["x", this.root.id], ...(this.menu ? [["on", this.menu.value]] : []));
      if (this.data.drag) pairs.push(["start", this.start.join(",")]);
      history.replaceState(null, "", "#" + pairs.map(p => p.map(encodeURIComponent).join("=")).join("&"));
      const say = text => { this.root.querySelector(".px-said").textContent = text; };
      const failed = () => say("The link is in the address bar.");
      navigator.clipboard?.writeText(location.href).then(() => say("Link copied."), failed) ?? failed();
    }

    play() {
      if (matchMedia("(prefers-reduced-motion: reduce)").matches) return;
      cancelAnimationFrame(this.clock);
      const begin = performance.now();
      const frame = now => {
        this.upto = Math.min(this.data.steps, Math.ceil((now - begin) / 3000 * this.data.steps));
        this.draw();
        if (this.upto < this.data.steps) this.clock = requestAnimationFrame(frame);
      };
      this.clock = requestAnimationFrame(frame);
    }

    update() {
      cancelAnimationFrame(this.clock);
      const { controls, steps } = this.data;
      this.upto = steps;
      const h = Float64Array.from(controls, (c, k) => c.values[this.index[k]]);
      this.runs = this.scene.programs.map(p => march(p.run, h, this.start, steps, p));
      this.draw();
      this.changed(this);
    }

    draw() {
      this.scene.panels.forEach((panel, i) => panel.lines.forEach((spec, j) => {
        drawLine(this.lines[this.place][i][j], spec, panel, this.runs[spec[0]], this.upto);
      }));
      this.scene.handles?.forEach(move => move());
      this.find("tbody tr").forEach((row, k) => this.tell(row, this.runs[k]));
      this.root.querySelector(".px-t").textContent = this.upto;
    }

    tell(row, run) {
      const [loss, theta] = row.querySelectorAll("td"), lost = run.lost >= 0 && this.upto >= run.lost;
      const t = lost ? run.lost : this.upto, x = [...run.x.subarray(t * run.d, (t + 1) * run.d)];
      loss.textContent = lost ? `diverged at step ${t}` : rounded(run.loss[t]);
      theta.textContent = lost ? "–" : x.slice(0, 4).map(rounded).join(", ") + (x.length > 4 ? ", …" : "");
      Object.assign(row.dataset, { loss: run.loss[t], theta: x.join(","), lost: run.lost });
    }

    // The starting point in every panel that shows θ: drag it, click elsewhere, or use the arrow keys.
    handles(k) {
      const shown = this.scene.panels.map((panel, i) => [panel, this.panels[k][i]]);
      return shown.filter(([panel]) => panel.kind === "map" || panel.kind === "graph").map(([panel, el]) => {
        const [left, top, right, bottom] = panel.box, flat = panel.kind === "graph", axes = [panel.x, panel.y];
        const atX = place(panel.x, left, right), atY = place(panel.y, bottom, top);
        const tidy = (v, [low, high]) => {
          const digits = Math.max(0, Math.ceil(-Math.log10((high - low) / 400)));
          return Number(Math.min(Math.max(v, low), high).toFixed(digits));
        };
        const put = (x, y) => this.put(flat ? [tidy(x, panel.x)] : [tidy(x, panel.x), tidy(y, panel.y)]);
        const follow = e => {
          const box = el.getBoundingClientRect(), [w, h] = [420, 340];
          const X = (e.clientX - box.left) / box.width * w, Y = (e.clientY - box.top) / box.height * h;
          const [x, y] = [[X, left, right, panel.x], [Y, bottom, top, panel.y]].map(
            ([at, a, b, [low, high]]) => low + (at - a) / (b - a) * (high - low));
          put(x, y);
        };
        const handle = document.createElement("div");
        handle.className = "px-handle";
        handle.tabIndex = 0;
        const [low, high] = panel.x;
        for (const [name, value] of Object.entries({
          role: "slider", "aria-label": "Starting point (arrow keys move it)", "aria-valuemin": low, "aria-valuemax": high,
        })) handle.setAttribute(name, value);
        handle.addEventListener("keydown", e => {
          const [dx, dy] = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[e.key] ?? [];
          if (dx === undefined) return;
          e.preventDefault();
          const step = axes.map(([a, b]) => (b - a) / (e.shiftKey ? 10 : 50)), [x, y] = this.start;
          put(x + (flat ? dx + dy : dx) * step[0], y + dy * step[1]);
        });
        el.addEventListener("pointerdown", e => {
          const held = handle.contains(e.target);
          if (e.button || !(held || e.pointerType === "mouse") || !el.firstChild.contains(e.target) && !held) return;
          e.preventDefault();
          handle.focus({ preventScroll: true });
          el.setPointerCapture(e.pointerId);
          if (!held) follow(e);
          el.onpointermove = follow;
          el.onpointerup = el.onpointercancel = () => {
            el.onpointermove = el.onpointerup = el.onpointercancel = null;
            if (this.data.race) this.play();
          };
        });
        el.addEventListener("click", e => { if (e.pointerType === "touch" && !handle.contains(e.target)) follow(e); });
        el.append(handle);
        return () => {
          const [x, y] = flat ? [this.start[0], this.runs[0].loss[0]] : this.start;
          handle.style.left = atX(x) / 4.2 + "%";
          handle.style.top = Math.min(Math.max(atY(y), top), bottom) / 3.4 + "%";
          handle.setAttribute("aria-valuenow", x);
          handle.setAttribute("aria-valuetext", this.start.map((v, i) => `θ${i + 1} ${minus(v)}`).join(", "));
        };
      });
    }
  }

  // ---- links, the page, JupyterLab --------------------------------------------------------------

  const parse = hash => Object.fromEntries(new URLSearchParams(hash.slice(1)));

  // A link such as <a href="#beta2=0.99"> sets the nearest explorer before it, else the next, that has all its keys.
  function followLink(event) {
    const a = event.target.closest?.("a[href*='#']");
    if (!a?.hash.includes("=")) return;
    const fit = all.filter(e => e.root.isConnected && e.has(parse(a.hash)));
    const before = fit.filter(e => e.root.compareDocumentPosition(a) & Node.DOCUMENT_POSITION_FOLLOWING);
    const target = before.at(-1) ?? fit[0];
    if (!target) return;
    event.preventDefault();
    event.stopPropagation();
    target.apply(parse(a.hash));
  }

  function followHash() {
    const settings = parse(location.hash), target = all.find(e => e.root.isConnected && e.has(settings));
    if (!target || !location.hash.includes("=")) return;
    target.apply(settings);
    target.root.scrollIntoView({ block: "nearest" });
  }

  function start() {
    for (const root of document.querySelectorAll(".px:not(.px-live)")) new Explorer(root);
    followHash();
  }

  function render({ model, el }) { // anywidget's entry
    el.innerHTML = model.get("html");
    const explorer = new Explorer(el.querySelector(".px"), e => {
      e.index.forEach((position, k) => { model.set("i" + k, position); });
      model.set("start", e.start);
      model.set("scene", e.place);
      model.save_changes();
    });
    explorer.index.forEach((_, k) => model.on("change:i" + k, () => {
      if (explorer.index[k] !== model.get("i" + k)) explorer.move(k, model.get("i" + k));
    }));
    explorer.index.forEach((_, k) => explorer.move(k, model.get("i" + k)));
  }

  if (typeof document !== "undefined") {
    document.addEventListener("click", followLink, true);
    addEventListener("hashchange", followHash);
  }
  return { lib, power, march, Explorer, all, start, render };
})();
if (typeof module !== "undefined") module.exports = globalThis.PrimerExplorer;
else if (document.readyState !== "loading") PrimerExplorer.start();
else addEventListener("DOMContentLoaded", () => PrimerExplorer.start());
