// Where a link in the text has set a figure that the reader does not see: a sign that says so, leads
// to the figure, and back to the text.
const half = ({ top, bottom, height }) =>
  Math.min(bottom, innerHeight) - Math.max(top, 0) >= height / 2;
const shown = (root) => root.querySelector(".px-panels:not([hidden]) > .px-panel") ?? root;
const inSight = (root) => half(shown(root).getBoundingClientRect());
const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

// One at a time.
let current;

class Sign {
  constructor({ root }, link) {
    current?.close();
    current = this;
    const button = (className, onclick) =>
      Object.assign(document.createElement("button"), { type: "button", className, onclick });
    this.el = Object.assign(document.createElement("div"), { className: "px-sign" });
    this.said = Object.assign(document.createElement("span"), { role: "status" });
    this.way = button("px-way", () => this.go());
    this.end = button("px-end", () => this.close());
    Object.assign(this.end, { textContent: "×", ariaLabel: "Close" });
    Object.assign(this, { root, link });
    this.el.append(this.said, this.way, this.end);
    this.el.onkeydown = ({ key }) => key === "Escape" && this.close();
    document.body.append(this.el);
    const above = root.compareDocumentPosition(link) & Node.DOCUMENT_POSITION_FOLLOWING;
    this.tell(`The figure ${above ? "above" : "below"} has changed.`, "Show it");
  }
  tell(text, way) {
    this.said.textContent = text;
    this.way.textContent = way;
  }

  // To the figure, then back to the link.
  go() {
    const { root, link, there } = this;
    const target = there ? link : root;
    this.there = true;
    target.scrollIntoView({
      block: there ? "center" : "start",
      behavior: calm() ? "auto" : "smooth",
    });
    if (there) link.focus({ preventScroll: true });
    if (there) this.close();
    else this.tell("", "Back to the text");
  }
  close() {
    this.el.remove();
    if (current === this) current = undefined;
  }
}

// An explorer has been set by a link.
export function point(explorer, link) {
  if (inSight(explorer.root)) current?.close();
  else new Sign(explorer, link);
}
