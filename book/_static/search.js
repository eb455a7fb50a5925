// What the search shows of a page: its text as it is read, formulas as plain text, without what stands there for print.
const UNREAD = ".headerlink, script, style, #jb-print-docs-body, div.math";

Search.htmlToText = (text, anchor) => {
  const page = new DOMParser().parseFromString(text, "text/html");
  for (const each of page.querySelectorAll(UNREAD)) each.remove();
  for (const each of page.querySelectorAll("[data-plain]")) each.textContent = each.dataset.plain;
  const main = page.querySelector('[role="main"]');
  const part = anchor ? main?.querySelector(anchor) : null;
  return (part ?? main)?.textContent ?? "";
};
