// "Which optimizer for me": a few questions, the rows of the decision matrix that apply to the
// answers (by the same conditions as primer.measure.choose), and the card that they lead to.
import { publish } from "./links.js";

export const choosers = [];

const applies = (answers) => {
  const said = Object.values(answers).flat();
  return ({ when, unless }) =>
    !unless.some((answer) => said.includes(answer)) &&
    when.some((one) =>
      Object.entries(one).every(([key, listed]) =>
        answers[key].some((answer) => listed.includes(answer)),
      ),
    );
};

// The keys of the rows that apply, and of the last of them that have a rule and a schedule.
export function advise({ rows }, answers) {
  const found = rows.filter(applies(answers));
  const last = (what) => found.filter((row) => row[what]).at(-1).key;
  return { rows: found.map(({ key }) => key), rule: last("rule"), schedule: last("schedule") };
}

const listed = (text) => (text ? text.split(",").map((part) => part.trim()) : []);

// Answers by question from the words of a link; what it leaves out has its default.
export function completed({ questions }, link) {
  const of = ({ key, answers, several }) => {
    const known = listed(link[key]).filter((answer) => answers.includes(answer));
    return several ? known : known.slice(0, 1).concat(known.length ? [] : answers[0]);
  };
  return Object.fromEntries(questions.map((question) => [question.key, of(question)]));
}

// As a link: the first question, and what differs from the defaults.
export const spelled = ({ questions }, answers) =>
  questions
    .filter(({ key, answers: [first], several }, k) => {
      const given = answers[key];
      return !k || (several ? given.length : given[0] !== first);
    })
    .map(({ key }) => `${key}=${answers[key].join(",")}`)
    .join("&");

// What a row does for the answer: it gives the rule, or another row replaces that.
const roleOf = (row, named) => {
  const own = ["rule", "schedule"].filter((what) => row[what]);
  const [gives, lost] = [true, false].map((is) =>
    own.filter((what) => (named[what] === row.key) === is).join(" and its "),
  );
  const said = [
    gives && `gives the ${gives.replace("its", "the")}`,
    lost && `its ${lost} replaced below`,
  ];
  return said.filter(Boolean).join(", ");
};

const made = (tag, className, ...inside) => {
  const el = Object.assign(document.createElement(tag), { className });
  el.append(...inside);
  return el;
};

export class Chooser {
  constructor(root) {
    const $ = (selector) => root.querySelector(selector);
    Object.assign(this, { root, $, data: JSON.parse($(".px-choices").textContent) });
    $(".px-ask").onchange = () => this.answer();
    $(".px-ask").onsubmit = (event) => event.preventDefault();
    root.onclick = (event) => {
      if (event.target.closest(".px-row-link")) event.preventDefault();
      this.click(event);
    };
    root.querySelectorAll("[hidden]").forEach((el) => {
      el.hidden = false;
    });
    Object.assign($("details"), { open: false, hidden: !!document.getElementById("row-start") });
    root.classList.add("px-asks");
    this.set({});
  }

  inputs(key) {
    return [...this.root.querySelectorAll(`input[name="${this.root.id}-${key}"]`)];
  }
  answers() {
    const given = ({ key }) => this.inputs(key).filter((input) => input.checked);
    return Object.fromEntries(
      this.data.questions.map((q) => [q.key, given(q).map(({ value }) => value)]),
    );
  }
  set(link) {
    for (const [key, given] of Object.entries(completed(this.data, link)))
      for (const input of this.inputs(key)) input.checked = given.includes(input.value);
    this.show();
  }

  // The card, and the rows with what the table says of them.
  show() {
    const { rows, rule, schedule } = advise(this.data, this.answers());
    const card = this.$(`template[data-card="${rule}/${schedule}"]`);
    this.$(".px-card").replaceChildren(card.content.cloneNode(true));
    const cited = rows.map((key) => this.cite(key, { rule, schedule }));
    this.$(".px-cited").replaceChildren(...cited);
    this.root.querySelectorAll("[data-row]").forEach((row) => {
      row.classList.toggle("px-used", rows.includes(row.dataset.row));
    });
  }
  cite(key, named) {
    const row = this.row(key);
    const copy = (part) => [...row.querySelector(part).cloneNode(true).childNodes];
    const link = made("a", "px-row-link", row.querySelector("th").textContent);
    link.href = `#row-${key}`;
    const role = made(
      "small",
      "",
      roleOf(
        this.data.rows.find((r) => r.key === key),
        named,
      ),
    );
    return made(
      "li",
      "",
      made("p", "px-row-name", link, " ", role),
      made("p", "", ...copy(".px-then > span"), " ", ...copy(".px-why")),
      made("div", "px-evidence", ...copy(".px-evidence")),
    );
  }
  row(key) {
    return this.$(`tr[data-row="${key}"]`);
  }

  click({ target }) {
    const link = target.closest(".px-row-link");
    const button = target.closest(".px-buttons button");
    if (button) this[button.value]();
    if (!link) return;
    const key = link.hash.slice("#row-".length);
    const place = document.getElementById(`row-${key}`) ?? this.row(key);
    this.$("details").open ||= this.root.contains(place);
    place.scrollIntoView({ block: "center" });
    place.focus({ preventScroll: true });
    place.animate({ background: ["var(--px-flash)", "transparent"] }, 1500);
  }

  // What a reader has changed goes into the address, but not into JupyterLab's.
  answer() {
    this.show();
    const names = [...this.root.querySelectorAll(".px-row-link")].map((el) => el.textContent);
    this.$(".px-spoken").textContent =
      `${this.$(".px-name").textContent}, because of: ${names.join("; ")}.`;
    if (!document.body.dataset.jpThemeLight) history.replaceState(null, "", this.hash());
  }
  hash() {
    return `#${spelled(this.data, this.answers())}`;
  }
  reset() {
    this.set({});
    this.answer();
  }
  link() {
    publish(this.hash(), (text) => {
      this.$(".px-said").textContent = text;
    });
  }

  // As an explorer's: whether a link means this, and what it sets.
  fits(link) {
    const known = ([key, text]) => {
      const question = this.data.questions.find((q) => q.key === key);
      return question && listed(text).every((answer) => question.answers.includes(answer));
    };
    const words = Object.entries(link);
    return this.root.isConnected && words.length > 0 && words.every(known);
  }
  apply(link) {
    this.set(link);
    this.answer();
    this.$(".px-card").animate({ background: ["var(--px-flash)", "transparent"] }, 900);
  }
}
