// Fetches the search when it is asked for, and what marks its words on the page that it led to.

(function () {
  const own = document.currentScript.src;
  const site = new URL("../", own);
  const place = (name) => new URL(name, site).href;
  const BOX = [
    "minisearch/minisearch.js",
    "_static/search/words.js",
    "_static/search/engine.js",
    "_static/search/box.js",
  ];
  const MARKS = ["_static/search/words.js", "_static/search/marks.js"];
  const loaded = new Map();

  function script(name) {
    if (!loaded.has(name)) {
      const made = Object.assign(document.createElement("script"), {
        src: place(name),
        async: false,
      });
      const done = new Promise((good, bad) => Object.assign(made, { onload: good, onerror: bad }));
      loaded.set(name, done);
      document.head.append(made);
    }
    return loaded.get(name);
  }

  function style() {
    if (document.querySelector("link[data-search]")) return Promise.resolve();
    const made = Object.assign(document.createElement("link"), {
      rel: "stylesheet",
      href: place("_static/search/search.css"),
    });
    made.dataset.search = "";
    const done = new Promise((good) => Object.assign(made, { onload: good, onerror: good }));
    document.head.append(made);
    return done;
  }

  const all = (names) => Promise.all([style(), ...names.map(script)]);
  const index = () => script("_static/search/index.js");

  async function open() {
    await all(BOX);
    PrimerSearch.open(site.href);
    await index();
  }

  document.addEventListener("click", (event) => {
    const plain =
      event.button === 0 && !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
    if (!plain || !event.target.closest?.(".px-search-open")) return;
    event.preventDefault();
    open();
  });
  document.addEventListener("keydown", (event) => {
    const modified = (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey;
    if (!modified || event.key.toLowerCase() !== "k") return;
    event.preventDefault();
    open();
  });

  const page = document.querySelector("[data-search-page]");
  if (page) all(BOX).then(() => (PrimerSearch.into(page, site.href), index()));
  if (new URLSearchParams(location.search).has("find")) all(MARKS).then(() => PrimerSearch.mark());
})();
