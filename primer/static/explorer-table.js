// The table of numbers under an explorer: what it tells of every run, and which runs are drawn.
(globalThis.PrimerParts ??= {}).table = explorer => {
  const { table, rules = [] } = explorer.data, buttons = explorer.$("tbody button");
  const show = (k, on) => {
    buttons[k].ariaPressed = on;
    explorer.$(`.px-line[data-rule="${k}"]`).forEach(el => { el.style.display = on ? "" : "none"; });
  };
  buttons.forEach((button, k) => { button.onclick = () => show(k, button.ariaPressed !== "true"); });
  explorer.only = names => rules.forEach((name, k) => show(k, names.includes(name)));
  explorer.seen = () => rules.filter((_, k) => buttons[k].ariaPressed === "true");

  const { rounded } = globalThis.PrimerExplorer;
  const rate = ({ w, width }, { r }) => t => w[t * width.w + r]; // of step t
  const columns = {
    loss: ({ loss }, t, gone) => (gone ? `diverged at step ${t}` : rounded(loss[t])),
    theta({ x, width }, t, gone) {
      const theta = [...x.subarray(t * width.x, (t + 1) * width.x)], few = theta.slice(0, 4).map(rounded).join(", ");
      return gone ? "–" : few + (theta.length > 4 ? ", …" : "");
    },
    area(run, t, gone, program) {
      let sum = 0;
      for (let i = 0, at = rate(run, program); i < t; i++) sum += at(i);
      return rounded(sum);
    },
    peak(run, t, gone, program) {
      let best = 0;
      for (let i = 1, at = rate(run, program); i < t; i++) if (at(i) > at(best)) best = i;
      return t ? String(best) : "–";
    },
  };
  explorer.tell = (row, run, k) => {
    const { lost, x, loss, width } = run, gone = lost >= 0 && explorer.upto >= lost, t = gone ? lost : explorer.upto;
    table.forEach((name, i) => {
      row.cells[i + 1].textContent = columns[name](run, t, gone, explorer.scene.programs[k]);
    });
    Object.assign(row.dataset, { loss: loss[t], theta: [...x.subarray(t * width.x, (t + 1) * width.x)], lost });
  };
};
