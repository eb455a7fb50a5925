// The part of an explorer that shows settings computed beforehand (primer.explorer.grid) instead of running a rule.
(() => {
  "use strict";
  const parts = globalThis.PrimerParts ??= {}, waiting = {};

  // Per curve 16-bit numbers as differences in two byte planes, deflated; 65535 stands for "diverged".
  async function unpack(text, curves) {
    if (!globalThis.DecompressionStream) throw new Error("this browser is too old for it");
    const bytes = Uint8Array.from(atob(text), c => c.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
    const planes = new Uint8Array(await new Response(stream).arrayBuffer()), total = planes.length / 2;
    let at = 0, q = 0;
    return curves.map(({ count, low, high, log }) => Float64Array.from({ length: count }, () => {
      q = (q + planes[at] + 256 * planes[total + at++]) & 65535;
      return q === 65535 ? NaN : log ? low * (high / low) ** (q / 65534) : low + (high - low) * q / 65534;
    }));
  }

  // The packed text: in the page itself, or in a script beside it that calls deliver (works from file:// too).
  const fetchText = source => source.dataset.src === undefined ? source.textContent : new Promise((done, failed) => {
    const script = Object.assign(document.createElement("script"), { src: source.dataset.src });
    script.onerror = () => failed(new Error("its numbers could not be loaded"));
    waiting[source.dataset.name] = done;
    document.head.append(script);
  });
  parts.deliver = (name, text) => waiting[name]?.(text);

  parts.grid = explorer => {
    const { controls, grid, scenes } = explorer.data, { rounded } = globalThis.PrimerExplorer;
    const source = explorer.root.querySelector(".px-grid");
    let tables = null;
    const load = async () => {
      try {
        tables = await unpack(await fetchText(source), grid.curves);
        explorer.update();
      } catch (error) {
        const text = `This figure shows its default settings only: ${error.message}.`;
        explorer.root.append(Object.assign(document.createElement("p"), { className: "px-note", role: "status", textContent: text }));
      }
    };
    if (!globalThis.IntersectionObserver) load();
    else new IntersectionObserver(([{ isIntersecting }], observer) => {
      if (!isIntersecting) return;
      observer.disconnect();
      load();
    }, { rootMargin: "800px" }).observe(explorer.root);

    explorer.lookUp = () => tables?.map((table, k) => {
      const { points } = grid.curves[k];
      const row = controls.reduce((sum, c, i) => sum * c.values.length + explorer.index[i], 0);
      const loss = table.subarray(row * points, (row + 1) * points), w = new Float64Array(points * grid.at.length);
      grid.at.forEach((list, i) => list.forEach((x, t) => { w[t * grid.at.length + i] = x; }));
      const width = { loss: 1, w: grid.at.length, h: controls.length };
      return { steps: points - 1, lost: loss.findIndex(Number.isNaN), loss, w, h: explorer.index, width };
    });
    explorer.tell = (row, { loss, lost }) => {
      row.cells[1].textContent = lost < 0 ? rounded(Number(loss.at(-1).toPrecision(3))) : "diverged";
      Object.assign(row.dataset, { loss: loss.at(-1), lost });
    };
    scenes[0].panels.filter(panel => panel.kind === "heat").forEach(({ el, box: [left, top, right, bottom], x, y }) => {
      const pick = (k, part, [, high]) => {
        explorer.move(k, Math.min(Math.max(Math.floor(part * (high + 0.5)), 0), high - 0.5));
      };
      const follow = event => {
        const frame = el.getBoundingClientRect();
        pick(0, ((event.clientX - frame.left) / frame.width * 360 - left) / (right - left), x);
        pick(1, (bottom - (event.clientY - frame.top) / frame.height * 300) / (bottom - top), y);
      };
      el.style.cursor = "crosshair";
      el.onclick = follow;
      el.onpointermove = event => event.pointerType === "mouse" && event.buttons === 1 && follow(event);
    });
  };
})();
