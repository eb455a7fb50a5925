// Marks the words of a search on the page that it led to, without a change to the page itself.

(function (scope) {
  const search = scope.PrimerSearch;
  const NAME = "px-found";
  const UNREAD = ".px, .math, mjx-container, svg, script, style, .headerlink, .px-marks";

  // Where the search led: a section, an entry of a list, or the whole page.
  function target() {
    const place = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    return (
      place?.closest("section, dl, .citation") ?? document.querySelector("article") ?? document.body
    );
  }

  function places(words) {
    const walker = document.createTreeWalker(target(), NodeFilter.SHOW_TEXT);
    const found = [];
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      if (node.parentElement.closest(UNREAD)) continue;
      for (const word of search.words.read(node.data)) {
        if (!word.terms.some((term) => words.has(term))) continue;
        const range = new Range();
        range.setStart(node, word.at);
        range.setEnd(node, word.end);
        found.push(range);
      }
    }
    return found;
  }

  // The address keeps what follows # and loses the words, so that a copied link is the page's own.
  function forget(asked) {
    asked.delete("find");
    const rest = asked.size ? `?${asked}` : "";
    try {
      history.replaceState(history.state, "", location.pathname + rest + location.hash);
    } catch {} // pages opened as files keep their address
  }

  function mark() {
    const asked = new URLSearchParams(location.search);
    const words = new Set((asked.get("find") ?? "").split(" ").filter(Boolean));
    forget(asked);
    if (!words.size || !scope.CSS?.highlights) return;
    const found = places(words);
    if (!found.length) return;
    CSS.highlights.set(NAME, new Highlight(...found));
    note(found.length);
  }

  function note(count) {
    const clear = Object.assign(document.createElement("button"), {
      type: "button",
      textContent: "Clear",
    });
    const box = Object.assign(document.createElement("div"), { className: "px-marks" });
    const said = document.createElement("span");
    said.setAttribute("role", "status");
    said.textContent = count === 1 ? "1 word marked" : `${count} words marked`;
    box.append(said, clear);
    const end = () => {
      CSS.highlights.delete(NAME);
      box.remove();
      document.removeEventListener("keydown", onKey);
    };
    const onKey = (event) => {
      if (event.key === "Escape" && !document.querySelector("dialog[open]")) end();
    };
    clear.addEventListener("click", end);
    document.addEventListener("keydown", onKey);
    document.body.append(box);
  }

  Object.assign(search, { mark });
})(globalThis);
