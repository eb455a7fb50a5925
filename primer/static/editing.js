// What is loaded when a reader edits a rule: the editor, its style, and what it has to know of this
// explorer; see primer/static/edit.
const asked = new Map();

// A file of the page's own site, once.
function file(tag, address) {
  if (!asked.has(address)) {
    const linked = tag === "link" ? { rel: "stylesheet", href: address } : { src: address };
    const loading = new Promise((onload, onerror) =>
      document.head.append(Object.assign(document.createElement(tag), linked, { onload, onerror })),
    );
    loading.catch(() => asked.delete(address));
    asked.set(address, loading);
  }
  return asked.get(address);
}

// Opens the editor on what a link gives, {rule, text, lines}, or on what a button asks for. The page
// says what to load; JupyterLab says nothing: there one edits the cell.
export async function edit(explorer, given) {
  const say = (text) => explorer.say(text);
  const { dataset } = explorer.root.querySelector(".px-edits") ?? {};
  if (!dataset)
    return say("On the published page this link opens an editor. Here, change the cell.");
  const slow = setTimeout(say, 150, "Loading…");
  const { src, code, script, style } = dataset;
  try {
    await Promise.all([
      file("link", style),
      ...[code, script, src].map((each) => file("script", each)),
    ]);
    say("");
  } catch {
    return say("The editor could not be loaded.");
  } finally {
    clearTimeout(slow);
  }
  globalThis.PrimerEdit.open(explorer, given);
}
