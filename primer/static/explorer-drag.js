// The starting point of a panel that shows θ: drag it, click elsewhere, or use the arrow keys.
(globalThis.PrimerParts ??= {}).handle = (explorer, { el, kind, box: [left, top, right, bottom], x, y }) => {
  const { place, minus } = globalThis.PrimerExplorer;
  const value = ([low, high], a, b) => at => low + (high - low) * Math.min(Math.max((at - a) / (b - a), 0), 1);
  const knob = document.createElement("div"), atX = place(x, left, right), atY = place(y, bottom, top);
  const fromX = value(x, left, right), fromY = value(y, bottom, top);
  const tidy = (v, [low, high]) => Number(v.toFixed(Math.max(0, Math.ceil(-Math.log10((high - low) / 400)))));
  const put = (X, Y) => explorer.put([tidy(fromX(X), x), tidy(fromY(Y), y)].slice(0, kind === "map" ? 2 : 1));
  const follow = ({ clientX, clientY }) => {
    const frame = el.getBoundingClientRect();
    put((clientX - frame.left) / frame.width * 360, (clientY - frame.top) / frame.height * 300);
  };
  Object.assign(knob, { className: "px-handle", tabIndex: 0, role: "slider", ariaLabel: "Starting point" });
  Object.assign(knob, { ariaValueMin: x[0], ariaValueMax: x[1] });
  knob.onkeydown = event => {
    const by = event.shiftKey ? 30 : 6, across = { ArrowLeft: -by, ArrowRight: by }[event.key] ?? 0;
    const down = { ArrowUp: -by, ArrowDown: by }[event.key] ?? 0;
    if (!across && !down) return;
    event.preventDefault();
    put(knob.X + across, knob.Y + down);
  };
  let last; // kind of the pointer that pressed: older browsers do not tell it of a click
  el.onpointerdown = event => {
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
  el.onclick = event => {
    if ((event.pointerType || last || "touch") === "touch" && event.target !== knob) follow(event);
  };
  el.append(knob);
  return (a, b) => { // keeps it in its place
    const within = (v, low, high) => (v === v ? Math.min(Math.max(v, low), high) : high); // of an undefined loss: the foot
    Object.assign(knob, { X: within(atX(a), left, right), Y: within(atY(b), top, bottom) });
    Object.assign(knob.style, { left: knob.X / 3.6 + "%", top: knob.Y / 3 + "%" });
    const text = explorer.start.map((v, i) => `θ${i + 1} = ${minus(v)}`).join(", ");
    Object.assign(knob, { ariaValueNow: a, ariaValueText: text });
  };
};
