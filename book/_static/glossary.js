// The first sentence of a glossary entry beside the word that links to it. A tap just follows the link.

(function () {
  const tip = document.createElement("div");
  tip.id = "px-term-tip";
  tip.setAttribute("role", "tooltip");
  tip.hidden = true;
  let link = null;
  let leaving = 0;

  function hide() {
    clearTimeout(leaving);
    tip.hidden = true;
    if (link) link.removeAttribute("aria-describedby");
    link = null;
  }

  function place() {
    const word = link.getClientRects()[0];
    const width = document.documentElement.clientWidth;
    const left = Math.max(8, Math.min(word.left, width - tip.offsetWidth - 8));
    const room = window.innerHeight - word.bottom > tip.offsetHeight + 12;
    const top = room ? word.bottom + 4 : word.top - tip.offsetHeight - 4;
    tip.style.left = `${left + window.scrollX}px`;
    tip.style.top = `${top + window.scrollY}px`;
  }

  function show(word) {
    clearTimeout(leaving);
    if (word === link) return;
    hide();
    link = word;
    tip.textContent = word.dataset.term;
    word.setAttribute("aria-describedby", tip.id);
    tip.hidden = false;
    place();
  }

  const termOf = (event) => event.target.closest?.("a[data-term]");

  document.addEventListener("DOMContentLoaded", () => document.body.append(tip));
  document.addEventListener("pointerover", (event) => {
    if (event.pointerType !== "mouse") return;
    if (termOf(event)) show(termOf(event));
    else if (event.target === tip) clearTimeout(leaving);
  });
  document.addEventListener("pointerout", (event) => {
    if (termOf(event) || event.target === tip) leaving = setTimeout(hide, 150);
  });
  document.addEventListener("focusin", (event) => {
    if (termOf(event)?.matches(":focus-visible")) show(termOf(event));
  });
  document.addEventListener("focusout", hide);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") hide();
  });
})();
