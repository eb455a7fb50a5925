// The equation of what is written, set by MathJax, which a page without formulas has yet to load.
import { make } from "./make.js";

const PAUSE = 150; // milliseconds without a change before an equation is set

// The script `src` loads MathJax and sets the formulas of the page.
function prepare(src) {
  if (src && !globalThis.PrimerFormulas) document.head.append(make("script", { src }));
}

export class Formula {
  constructor(src) {
    prepare(src);
    this.el = make("div", { className: "px-equation" });
  }

  // In a while, if no other is asked for; the one that stands there stays until the new one is ready.
  show(equation) {
    clearTimeout(this.clock);
    this.clock = setTimeout(() => this.set(equation), this.shown ? PAUSE : 0);
  }
  stop() {
    clearTimeout(this.clock);
    this.el.firstChild?.nextSibling?.remove();
  }

  async set(equation) {
    const latex = equation();
    if (!latex || latex === this.latex) return;
    this.latex = latex;
    if (!globalThis.MathJax?.typesetPromise) return void this.later(equation);
    const next = make("div", { className: "math math-set px-next", textContent: `\\[${latex}\\]` });
    this.el.append(next);
    await MathJax.typesetPromise([next]);
    if (this.latex === latex) this.swap(next);
    else next.remove();
  }
  later(equation) {
    this.latex = undefined;
    this.clock = setTimeout(() => this.set(equation), 300);
  }

  // The room never becomes smaller while one types.
  swap(next) {
    for (const old of [...this.el.children].filter((each) => each !== next)) {
      MathJax.typesetClear([old]);
      old.remove();
    }
    next.classList.remove("px-next");
    this.shown = true;
    this.el.style.minHeight = `${this.el.offsetHeight}px`;
    const wide = this.el.scrollWidth > this.el.clientWidth;
    Object.assign(this.el, { tabIndex: wide ? 0 : -1, role: wide ? "group" : null });
    this.el.ariaLabel = wide ? "Equation of your rule" : null;
  }
}
