// The table of numbers under an explorer: what it tells of every run, and which runs are drawn.
export class Table {
  constructor({ $, data: { rules = [] } }) {
    Object.assign(this, {
      $,
      rules,
      rows: $("tbody tr"),
      buttons: $("tbody button"),
      steps: $(".px-t"),
    });
    this.buttons.forEach((button, k) => {
      button.onclick = () => this.show(k, button.ariaPressed !== "true");
    });
  }

  show(k, on) {
    this.buttons[k].ariaPressed = on;
    this.$(`.px-line[data-rule="${k}"]`).forEach((el) => {
      el.style.display = on ? "" : "none";
    });
  }
  only(names) {
    this.rules.forEach((name, k) => this.show(k, names.includes(name)));
  }
  seen() {
    return this.rules.filter((_, k) => this.buttons[k].ariaPressed === "true");
  }

  tell(k, { cells, numbers }) {
    const row = this.rows[k];
    cells.forEach((text, i) => {
      row.cells[i + 1].textContent = text;
    });
    Object.assign(row.dataset, numbers);
  }
  count(steps) {
    this.steps.forEach((el) => {
      el.textContent = steps;
    });
  }
}
