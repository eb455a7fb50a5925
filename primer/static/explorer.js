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
    const run = { d, lost: -1, x: new Float64Array((steps + 1) * d), loss: new Float64Array(steps + 1) };
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

  return { lib, power, march };
})();
if (typeof module !== "undefined") module.exports = globalThis.PrimerExplorer;
