/* Fetches the face of the text before the style sheet that names it has come. A page opened as a file has it at once,
   and may not ask for it like this. */
if (location.protocol.startsWith("http")) {
  const link = document.createElement("link");
  Object.assign(link, { rel: "preload", as: "font", type: "font/woff2", crossOrigin: "anonymous" });
  link.href = new URL(
    "fonts/source-serif-4-latin-400-normal.woff2",
    document.currentScript.src,
  ).href;
  document.head.append(link);
}
