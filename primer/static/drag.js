// The starting point of a panel that shows θ: drag it, click elsewhere, or use the arrow keys.
import { minus, place, spot } from "./draw.js";

// From a place between the pixels a and b back to the value, within the range.
const value = ([low, high], a, b, at) =>
  low + (high - low) * Math.min(Math.max((at - a) / (b - a), 0), 1);
const tidy = (v, [low, high]) =>
  Number(v.toFixed(Math.max(0, Math.ceil(-Math.log10((high - low) / 400)))));
// Of an undefined loss: the foot.
const within = (v, low, high) => (v === v ? Math.min(Math.max(v, low), high) : high);

export class Handle {
  constructor(explorer, panel) {
    const { x } = panel;
    const knob = document.createElement("div");
    Object.assign(this, { explorer, panel, knob });
    Object.assign(knob, { className: "px-handle", tabIndex: 0, role: "slider" });
    Object.assign(knob, { ariaLabel: "Starting point", ariaValueMin: x[0], ariaValueMax: x[1] });
    knob.onkeydown = (event) => this.press(event);
    this.listen(panel.el);
    panel.el.append(knob);
  }

  // The start goes to the place X, Y of the panel.
  put([X, Y]) {
    const { kind, box, x, y } = this.panel;
    const [left, top, right, bottom] = box;
    const point = [tidy(value(x, left, right, X), x), tidy(value(y, bottom, top, Y), y)];
    this.explorer.put(kind === "map" ? point : point.slice(0, 1));
  }

  press(event) {
    const by = event.shiftKey ? 30 : 6;
    const across = { ArrowLeft: -by, ArrowRight: by }[event.key] ?? 0;
    const down = { ArrowUp: -by, ArrowDown: by }[event.key] ?? 0;
    if (!across && !down) return;
    event.preventDefault();
    this.put([this.X + across, this.Y + down]);
  }

  listen(el) {
    const { explorer, knob, panel } = this;
    const follow = (event) => this.put(spot(panel, event));
    let last; // kind of the pointer that pressed: older browsers do not tell it of a click
    el.onpointerdown = (event) => {
      last = event.pointerType;
      if (event.button || (event.pointerType === "touch" && event.target !== knob)) return;
      event.preventDefault();
      knob.focus({ preventScroll: true });
      el.setPointerCapture(event.pointerId);
      if (event.target !== knob) follow(event);
      el.onpointermove = follow;
      el.onlostpointercapture = () => {
        el.onpointermove = null;
        if (explorer.data.race) explorer.play();
      };
    };
    el.onclick = (event) => {
      if ((event.pointerType || last || "touch") === "touch" && event.target !== knob)
        follow(event);
    };
  }

  // The knob stands at the values a, b, or at the border beside them.
  show(a, b) {
    const { explorer, knob, panel } = this;
    const { x, y } = panel;
    const [left, top, right, bottom] = panel.box;
    const [width, height] = panel.size;
    this.X = within(place(x, left, right)(a), left, right);
    this.Y = within(place(y, bottom, top)(b), top, bottom);
    knob.style.left = `${(100 * this.X) / width}%`;
    knob.style.top = `${(100 * this.Y) / height}%`;
    const text = explorer.start.map((v, i) => `θ${i + 1} = ${minus(v)}`).join(", ");
    Object.assign(knob, { ariaValueNow: a, ariaValueText: text });
  }
}
