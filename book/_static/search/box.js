// The box in which one searches: in a dialog over any page, and on the search's own page.

(function (scope) {
  const search = scope.PrimerSearch;
  const KEPT = "primer-search";
  const boxes = [];
  let dialog;

  const make = (tag, settings = {}, ...inside) => {
    const { data = {}, ...own } = settings;
    const made = Object.assign(document.createElement(tag), own);
    for (const [name, value] of Object.entries(data)) made.setAttribute(name, value);
    made.append(...inside);
    return made;
  };

  // Where the browser keeps nothing, a question is not remembered.
  const kept = (value) => {
    try {
      if (value === undefined) return sessionStorage.getItem(KEPT) ?? "";
      sessionStorage.setItem(KEPT, value);
    } catch {}
    return "";
  };

  // A text whose words that were found are marked.
  function marked(text, words) {
    const out = [];
    let at = 0;
    for (const word of search.words.read(text)) {
      if (!word.terms.some((term) => words.has(term))) continue;
      out.push(text.slice(at, word.at), make("mark", {}, text.slice(word.at, word.end)));
      at = word.end;
    }
    return [...out, text.slice(at)];
  }

  function entry(found, site) {
    const words = new Set(found.words);
    const { before, text, after } = found.excerpt;
    const link = make("a", { className: "px-hit", href: site + found.target });
    link.append(
      make("span", { className: "px-hit-title" }, ...marked(found.title, words)),
      make("span", { className: "px-hit-above" }, found.above.join(" › ")),
    );
    if (text) {
      const ends = [before ? "… " : "", ...marked(text, words), after ? " …" : ""];
      link.append(make("span", { className: "px-hit-text" }, ...ends));
    }
    return make("li", {}, link);
  }

  function box(site) {
    const input = make("input", {
      type: "search", name: "q", autocomplete: "off", spellcheck: false, placeholder: "Search the book",
      data: { "aria-label": "Search the book", "aria-describedby": "px-search-keys" },
    }); // prettier-ignore
    const said = make("p", { className: "px-search-said", data: { role: "status" } });
    const list = make("ol", {
      className: "px-hits",
      data: { "aria-label": "Found", role: "list" },
    });
    const form = make("form", { className: "px-search-form", data: { role: "search" } }, input);
    const host = make("div", { className: "px-search" }, form, said, list);
    let ready = Boolean(search.ready);

    function show() {
      const question = input.value.trim();
      kept(input.value);
      if (!ready) return void (said.textContent = question ? "The index is being read …" : "");
      const found = question ? search.find(question) : [];
      list.replaceChildren(...found.map((each) => entry(each, site)));
      list.scrollTop = 0;
      said.textContent = question ? told(found.length, question) : "";
      host.dataset.asked = question;
      host.dispatchEvent(new CustomEvent("px-searched", { detail: question }));
    }

    let waiting;
    input.addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(show, 80);
    });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      clearTimeout(waiting);
      show();
      list.querySelector("a")?.click();
    });
    host.addEventListener("keydown", (event) => move(event, input, list));
    const made = { host, input, form, show, wake: () => ((ready = true), show()) };
    boxes.push(made);
    return made;
  }

  function told(count, question) {
    if (!count) return `Nothing found for “${question}”. Fewer or other words may help.`;
    return count === 1 ? "1 place" : `${count}${count === search.LIMIT ? " best" : ""} places`;
  }

  // Up and down go from the field to the list and through it; a letter goes back to the field.
  function move(event, input, list) {
    const links = [...list.querySelectorAll("a")];
    const stops = [input, ...links];
    const at = stops.indexOf(document.activeElement);
    const steps = { ArrowDown: at + 1, ArrowUp: at - 1 };
    if (at > 0) Object.assign(steps, { Home: 1, End: stops.length - 1 });
    if (event.key in steps) {
      const next = stops[Math.max(0, Math.min(stops.length - 1, steps[event.key]))];
      event.preventDefault();
      next.focus();
      next.scrollIntoView({ block: "nearest" });
    } else if (
      at > 0 &&
      event.key.length === 1 &&
      event.key !== " " &&
      !event.ctrlKey &&
      !event.metaKey &&
      !event.altKey
    ) {
      input.focus();
    }
  }

  function open(site) {
    dialog ??= made(site);
    if (!dialog.open) dialog.showModal();
    const input = dialog.querySelector("input");
    input.focus();
    input.select();
  }

  function made(site) {
    const { host, input, form, show } = box(site);
    const close = make("button", { type: "button", className: "px-search-close" }, "Close");
    const keys = make("p", { className: "px-search-keys", id: "px-search-keys" });
    keys.append(
      make("kbd", {}, "↑"), make("kbd", {}, "↓"), " choose ", make("kbd", {}, "Enter"), " open ", make("kbd", {}, "Esc"), " close",
    ); // prettier-ignore
    form.append(close);
    const own = make(
      "dialog",
      { className: "px-search-dialog", data: { "aria-label": "Search" } },
      host,
      keys,
    );
    close.addEventListener("click", () => own.close());
    // In a field for searching, the browser's own Escape empties the field first.
    own.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.preventDefault();
      own.close();
    });
    own.addEventListener("click", (event) => {
      if (event.target === own) own.close();
    });
    host.addEventListener("click", (event) => {
      if (event.target.closest("a") && !(event.ctrlKey || event.metaKey || event.shiftKey))
        own.close();
    });
    document.body.append(own);
    input.value = kept();
    show();
    return own;
  }

  function into(page, site) {
    const { host, input, show } = box(site);
    input.removeAttribute("aria-describedby");
    page.replaceWith(host);
    input.value = new URLSearchParams(location.search).get("q") ?? "";
    host.addEventListener("px-searched", ({ detail }) => {
      try {
        history.replaceState(
          null,
          "",
          detail ? `?q=${encodeURIComponent(detail)}` : location.pathname,
        );
      } catch {} // pages opened as files keep their address
    });
    show();
    input.focus();
  }

  const { index } = search;
  search.index = (data) => {
    index(data);
    search.ready = true;
    for (const each of boxes) each.wake();
  };
  Object.assign(search, { open, into });
})(globalThis);
