// Sifts a list, and sorts a table, by controls made from what stands there. Without scripts all of
// it shows. Classes alone say what is meant, since they are all that a docutils node carries:
//
//   px-sift              holds the items; the controls come at its top. One that holds none is for
//                        the items of the whole page, and the controls come where it stands.
//   px-of-claims         on the same element: what is counted ("12 of 74 claims").
//   px-item              one item: a row of a table, a block, a list's item.
//   px-is-KEY-VALUE      on an item: it has this value (px-is-verdict-holds-if, px-is-chapter-6). A
//                        KEY has no hyphen; an item may have several values of a key. Every key of
//                        which there are two values is a group of buttons, the most frequent first,
//                        numbers by size before them. Several buttons of a group: one of them;
//                        several groups: all of them.
//   px-key-KEY           on anything inside the sift: its text is the label of the group, instead of the
//                        KEY, "chapter" as "Chapter".
//   px-says-KEY          on anything inside an item: its text is the button's label. Without one it
//                        is the VALUE, "holds-if" as "Holds if".
//   px-sort              on a table, in a sift or not: its heads become buttons that sort it, as
//                        numbers where every cell begins with one, empty cells last.
//   px-sorted            on a head: the table comes sorted by it.   px-unsorted: no button there.
//
// A section without an item that shows is hidden too. The address keeps the state, beside the
// settings of figures after "#": ?verdict=false,holds-if&find=adam&sort=-year; those of a page's
// second sift end in "-2". An item that is linked to (#its-id) shows, whatever was sifted.
(() => {
  const VALUE = /^px-is-([^-]+)-(.+)$/;
  const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  const spoken = (word) => (word[0].toUpperCase() + word.slice(1)).replaceAll("-", " ");
  const made = (tag, given, ...inside) => {
    const { data, aria, role, ...rest } = given;
    const el = Object.assign(document.createElement(tag), rest);
    if (role) el.setAttribute("role", role);
    for (const [key, value] of Object.entries(aria ?? {})) el.setAttribute(`aria-${key}`, value);
    el.append(...inside);
    return el;
  };
  const button = (className, ...inside) => made("button", { type: "button", className }, ...inside);

  // What an item is: its values by key, and its text.
  const known = (el) => {
    const values = new Map();
    for (const [, key, value] of [...el.classList].map((c) => VALUE.exec(c)).filter(Boolean))
      values.set(key, [...(values.get(key) ?? []), value]);
    return { el, values, text: plain(el.textContent) };
  };

  // Every key with its values and their labels, where there is something to choose.
  const groups = (items) => {
    const found = new Map();
    for (const { el, values } of items)
      for (const [key, several] of values) {
        const labels = found.get(key) ?? found.set(key, new Map()).get(key);
        const says = several.length === 1 && el.querySelector(`.px-says-${key}`);
        for (const value of several) {
          const { label, count } = labels.get(value) ?? { label: "", count: 0 };
          labels.set(value, {
            label: label || (says ? says.textContent.trim() : ""),
            count: count + 1,
          });
        }
      }
    for (const [key, labels] of found) {
      const pairs = [...labels];
      pairs.sort(([a, { count: m }], [b, { count: n }]) =>
        isNaN(a) && isNaN(b) ? n - m : isNaN(a) - isNaN(b) || a - b,
      );
      const told = pairs.map(([value, { label }]) => [value, spoken(label || value)]);
      found.set(key, new Map(told));
    }
    return new Map([...found].filter(([, labels]) => labels.size > 1));
  };

  // What a "#…" of the address names; one that is badly written names what it says.
  const anchor = (text) => {
    try {
      return decodeURIComponent(text);
    } catch {
      return text;
    }
  };

  // The address: a parameter is left out where it says nothing.
  const read = (name) => new URLSearchParams(location.search).get(name) ?? "";
  const write = (state) => {
    const query = new URLSearchParams(location.search);
    for (const [name, value] of Object.entries(state))
      value ? query.set(name, value) : query.delete(name);
    const text = query.toString().replaceAll("%2C", ",");
    history.replaceState(
      history.state,
      "",
      `${text ? `?${text}` : location.pathname}${location.hash}`,
    );
  };

  const sift = (root, k, every) => {
    const mine = [...root.querySelectorAll(".px-item")];
    const free = () => every.filter((el) => !el.parentElement.closest(".px-sift"));
    const items = (mine.length ? mine : free()).map(known);
    const noun = [...root.classList].find((c) => c.startsWith("px-of-"))?.slice(6) ?? "";
    const named = (word) => (k ? `${word}-${k + 1}` : word);
    const offered = groups(items);
    const chosen = new Map([...offered.keys()].map((key) => [key, new Set()]));
    const sections = new Set(items.map(({ el }) => el.closest("section")).filter(Boolean));

    const field = made("input", { type: "search", autocomplete: "off" });
    const count = made("p", { className: "px-sift-count", role: "status" });
    const all = button("px-sift-all", "Show all");
    const none = made("p", { className: "px-sift-none", hidden: true }, "Nothing found.");
    const buttons = [];

    const has = ({ values }, key, wanted) =>
      !wanted.size || (values.get(key) ?? []).some((value) => wanted.has(value));
    const passes = (item, words, except) =>
      words.every((word) => item.text.includes(word)) &&
      [...chosen].every(([key, wanted]) => key === except || has(item, key, wanted));

    const update = () => {
      const words = plain(field.value).split(/\s+/).filter(Boolean);
      let shown = 0;
      for (const item of items) shown += !(item.el.hidden = !passes(item, words));
      for (const section of sections)
        section.hidden =
          !section.contains(root) && !section.querySelector(".px-item:not([hidden])");
      for (const { el, number, key, value } of buttons) {
        const wanted = chosen.get(key);
        el.setAttribute("aria-pressed", value === undefined ? !wanted.size : wanted.has(value));
        if (!number) continue;
        const left = items.filter((i) => passes(i, words, key) && has(i, key, new Set([value])));
        number.textContent = left.length;
        el.classList.toggle("px-sift-empty", !left.length);
      }
      count.textContent = `${shown} of ${items.length} ${noun}`.trim();
      none.hidden = shown > 0;
      all.hidden = !words.length && [...chosen.values()].every((wanted) => !wanted.size);
    };
    const keep = () => {
      const state = [...chosen].map(([key, wanted]) => [named(key), [...wanted].join(",")]);
      write({ ...Object.fromEntries(state), [named("find")]: field.value.trim() });
      update();
    };
    const clear = () => {
      chosen.forEach((wanted) => wanted.clear());
      field.value = "";
    };

    const titled = (key) => root.querySelector(`.px-key-${key}`)?.textContent.trim() ?? spoken(key);
    const group = ([key, labels]) => {
      const wanted = chosen.get(key);
      const entry = (label, value) => {
        const number = value === undefined ? null : made("small", {});
        const el = button("px-sift-value", label, ...(number ? [number] : []));
        buttons.push({ el, number, key, value });
        el.addEventListener("click", () => {
          if (value === undefined) wanted.clear();
          else if (!wanted.delete(value)) wanted.add(value);
          keep();
        });
        return el;
      };
      const label = made(
        "span",
        { className: "px-sift-label", id: `px-sift-${k}-${key}` },
        titled(key),
      );
      const entries = [entry("All"), ...[...labels].map(([value, text]) => entry(text, value))];
      return made(
        "div",
        { className: "px-sift-group", role: "group", aria: { labelledby: label.id } },
        label,
        made("span", { className: "px-sift-values" }, ...entries),
      );
    };

    field.addEventListener("input", keep);
    all.addEventListener("click", () => {
      clear();
      keep();
      field.focus();
    });
    const search = made("label", { className: "px-sift-find" }, made("span", {}, "Find"), field);
    const bar = made(
      "div",
      { className: "px-sift-bar", role: "search", aria: { label: `Sift the ${noun || "list"}` } },
      ...[...offered].map(group),
      search,
      made("div", { className: "px-sift-said" }, count, all),
    );
    root.prepend(bar, none);
    for (const [key, wanted] of chosen)
      for (const value of read(named(key)).split(","))
        if (offered.get(key).has(value)) wanted.add(value);
    field.value = read(named("find"));
    update();

    return (el) => {
      if (!items.some((item) => item.el.hidden && item.el.contains(el))) return;
      clear();
      keep();
      el.scrollIntoView();
    };
  };

  // What a table's parts are, for those who hear it, also where a narrow page lays it out as cards.
  const roles = (table) => {
    const told = {
      table: [table],
      rowgroup: table.querySelectorAll("thead, tbody"),
      row: table.rows,
      columnheader: table.querySelectorAll("thead th"),
      rowheader: table.querySelectorAll("tbody th"),
      cell: table.querySelectorAll("td"),
    };
    for (const [role, parts] of Object.entries(told))
      for (const part of parts) part.setAttribute("role", role);
  };

  // Sorting: rows move, the address says by what.
  const sortable = (table, k) => {
    const body = table.tBodies[0];
    const heads = [...table.tHead.rows[0].cells];
    const named = k ? `sort-${k + 1}` : "sort";
    const word = (head) => plain(head.textContent).trim().replace(/\W+/g, "-");
    const text = (row, i) => row.cells[i]?.textContent.trim() ?? "";
    const sort = (head, down) => {
      const i = heads.indexOf(head);
      const rows = [...body.rows].map((row) => ({ row, text: text(row, i) }));
      const filled = rows.filter((r) => r.text);
      const numbers = filled.every((r) => !isNaN(parseFloat(r.text)));
      const order = (a, b) =>
        numbers
          ? parseFloat(a.text) - parseFloat(b.text)
          : a.text.localeCompare(b.text, "en", { sensitivity: "base", numeric: true });
      filled.sort((a, b) => (down ? order(b, a) : order(a, b)));
      body.append(...[...filled, ...rows.filter((r) => !r.text)].map((r) => r.row));
      mark(head, down);
    };
    const mark = (head, down) => {
      heads.forEach((other) => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
    };
    const wanted = read(named);
    roles(table);
    for (const head of heads) {
      if (head.classList.contains("px-sorted")) mark(head, false);
      if (head.classList.contains("px-unsorted")) continue;
      const by = button("px-sort-by", head.textContent.trim());
      head.replaceChildren(by);
      by.addEventListener("click", () => {
        const down = head.getAttribute("aria-sort") === "ascending";
        sort(head, down);
        write({ [named]: (down ? "-" : "") + word(head) });
      });
      if (wanted.replace(/^-/, "") === word(head)) sort(head, wanted.startsWith("-"));
    }
  };

  const start = () => {
    const every = [...document.querySelectorAll(".px-item")];
    document.querySelectorAll("table.px-sort").forEach(sortable);
    const reveals = [...document.querySelectorAll(".px-sift")].map((root, k) =>
      sift(root, k, every),
    );
    const linked = () => {
      const target = document.getElementById(anchor(location.hash.slice(1)));
      if (target) reveals.forEach((reveal) => reveal(target));
    };
    addEventListener("hashchange", linked);
    linked();
  };
  start();
})();
