// The cards of the family tree: a first touch opens one, a second follows the link; Escape closes
// it. Whatever opened a card, it is moved into the window. And what the differences need.
"use strict";

(() => {
  const EDGE = 8;

  function place(who) {
    const card = who.querySelector(".px-card");
    card.style.setProperty("--dx", "0px");
    card.style.setProperty("--dy", "0px");
    const box = card.getBoundingClientRect();
    const wide = document.documentElement.clientWidth;
    const tall = document.documentElement.clientHeight;
    const own = who.getBoundingClientRect();
    let dx = Math.min(0, wide - EDGE - box.right);
    dx = Math.max(dx, EDGE - box.left);
    let dy = 0;
    if (box.bottom > tall - EDGE) {
      // above the name if there is room, otherwise as far up as the window goes
      dy = own.top - box.height - box.top;
      if (box.top + dy < EDGE) dy = Math.max(EDGE, tall - EDGE - box.height) - box.top;
    }
    card.style.setProperty("--dx", `${dx}px`);
    card.style.setProperty("--dy", `${dy}px`);
  }

  function close(family, except) {
    for (const who of family.querySelectorAll(".px-open")) {
      if (who !== except) who.classList.remove("px-open");
    }
  }

  function isOpen(name) {
    return name !== null && name.parentElement.classList.contains("px-open");
  }

  function start(family) {
    let touched = null;
    family.addEventListener("pointerdown", (event) => {
      const name = event.target.closest(".px-name");
      touched = event.pointerType === "mouse" || isOpen(name) ? null : name;
    });
    family.addEventListener("click", (event) => {
      const name = event.target.closest(".px-name");
      if (!name || name !== touched) return;
      const who = name.parentElement;
      event.preventDefault();
      close(family, who);
      who.classList.add("px-open");
      place(who);
    });
    for (const who of family.querySelectorAll(".px-who")) {
      for (const kind of ["pointerenter", "focusin"]) {
        who.addEventListener(kind, () => {
          who.classList.remove("px-shut");
          place(who);
        });
      }
    }
    document.addEventListener("click", (event) => {
      if (!event.target.closest(".px-who.px-open")) close(family, null);
    });
    document.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      close(family, null);
      for (const who of family.querySelectorAll(".px-who:is(:hover, :focus-within)")) {
        who.classList.add("px-shut");
      }
    });
  }

  // An equation that is wider than its place can be scrolled from the keyboard, too.
  function watch(side) {
    new ResizeObserver(() => {
      for (const each of side.querySelectorAll("mjx-container")) {
        if (each.scrollWidth > each.clientWidth) each.tabIndex = 0;
      }
    }).observe(side);
  }

  document.querySelectorAll(".px-family").forEach(start);
  document.querySelectorAll(".px-side, .px-who > .px-card").forEach(watch);
})();
