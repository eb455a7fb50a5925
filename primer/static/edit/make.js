// Elements; what they say is always text, never markup.
export function make(tag, properties = {}, ...inside) {
  const el = Object.assign(document.createElement(tag), properties);
  el.append(...inside);
  return el;
}

export const button = (textContent, onclick, className = "") =>
  make("button", { type: "button", textContent, onclick, className });
