// The runs of an explorer that shows settings computed beforehand (primer.explorer.grid).
import { rounded, spot } from "./draw.js";

const waiting = {};

// Per curve 16-bit numbers as differences in two byte planes, deflated; 65535 means "diverged".
async function unpack(text, curves) {
  if (!globalThis.DecompressionStream) throw new Error("this browser is too old for it");
  const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  const planes = new Uint8Array(await new Response(stream).arrayBuffer());
  const total = planes.length / 2;
  let at = 0;
  let q = 0;
  return curves.map(({ count, low, high, log }) =>
    Float64Array.from({ length: count }, () => {
      q = (q + planes[at] + 256 * planes[total + at++]) & 65535;
      if (q === 65535) return NaN;
      return log ? low * (high / low) ** (q / 65534) : low + ((high - low) * q) / 65534;
    }),
  );
}

// The packed text: in the page itself, or in a script beside it that calls deliver.
function packedText(source) {
  if (source.dataset.src === undefined) return source.textContent;
  return new Promise((done, failed) => {
    const script = Object.assign(document.createElement("script"), { src: source.dataset.src });
    script.onerror = () => failed(new Error("its numbers could not be loaded"));
    waiting[source.dataset.name] = done;
    document.head.append(script);
  });
}
export const deliver = (name, text) => waiting[name]?.(text);

export class Grid {
  static ready() {
    return true;
  }

  constructor(explorer) {
    this.explorer = explorer;
    explorer.data.scenes[0].panels
      .filter((panel) => panel.kind === "heat")
      .forEach((panel) => this.listen(panel));
    if (!globalThis.IntersectionObserver) return void this.load();
    new IntersectionObserver(
      ([{ isIntersecting }], observer) => {
        if (!isIntersecting) return;
        observer.disconnect();
        this.load();
      },
      { rootMargin: "800px" },
    ).observe(explorer.root);
  }

  async load() {
    const { root, data } = this.explorer;
    try {
      const text = await packedText(root.querySelector(".px-grid"));
      this.tables = await unpack(text, data.grid.curves);
      this.explorer.update();
    } catch (error) {
      const textContent = `This figure shows its default settings only: ${error.message}.`;
      const note = { className: "px-note", role: "status", textContent };
      root.append(Object.assign(document.createElement("p"), note));
    }
  }

  // Of all curves, at the present settings; undefined while they are not yet loaded.
  runs() {
    const { index, data } = this.explorer;
    const { controls, grid } = data;
    const { curves, at } = grid;
    const row = controls.reduce((sum, c, i) => sum * c.values.length + index[i], 0);
    return this.tables?.map((table, k) => {
      const { points } = curves[k];
      const loss = table.subarray(row * points, (row + 1) * points);
      const w = new Float64Array(points * at.length);
      const width = { loss: 1, w: at.length, h: controls.length };
      for (const [i, list] of at.entries()) list.forEach((x, t) => (w[t * at.length + i] = x));
      return { steps: points - 1, lost: loss.findIndex(Number.isNaN), loss, w, h: index, width };
    });
  }

  tell({ loss, lost }) {
    const last = lost < 0 ? rounded(Number(loss.at(-1).toPrecision(3))) : "diverged";
    return { cells: [last], numbers: { loss: loss.at(-1), lost } };
  }

  // A click or drag in a map sets both its sliders.
  listen(panel) {
    const { el, x, y } = panel;
    const [left, top, right, bottom] = panel.box;
    const pick = (k, part, [, high]) => {
      this.explorer.move(k, Math.min(Math.max(Math.floor(part * (high + 0.5)), 0), high - 0.5));
    };
    const follow = (event) => {
      const [X, Y] = spot(panel, event);
      pick(0, (X - left) / (right - left), x);
      pick(1, (bottom - Y) / (bottom - top), y);
    };
    el.style.cursor = "crosshair";
    el.onclick = follow;
    el.onpointermove = (event) =>
      event.pointerType === "mouse" && event.buttons === 1 && follow(event);
  }
}
