// What a page needs before it is printed for the book: evaluated in it by pdf.py.
async ({ address, wanted }) => {
  const article = document.querySelector("article.bd-article");

  // Solutions stand behind the exercises: who wants to try does not read them by accident.
  const exercises = article.querySelector("#exercises");
  const answers = exercises ? [...exercises.querySelectorAll("details:not(.hide)")] : [];
  if (answers.length) {
    const section = document.createElement("section");
    section.id = "solutions";
    section.innerHTML = "<h2>Solutions</h2>";
    section.append(...answers);
    exercises.after(section);
  }

  // An explorer on paper says where it is alive.
  const name = location.pathname.split("/").slice(-2).join("/");
  for (const figure of article.querySelectorAll(".px")) {
    const where = document.createElement("p");
    where.className = "px-live-at";
    where.innerHTML = address
      ? `Live at <a href="${address}${name}#${figure.id}">${address}${name}</a>`
      : `Live on the page ${name.split("/").pop()}`;
    (figure.querySelector("figcaption") ?? figure).append(where);
  }

  const plain = (heading) => {
    const copy = heading.cloneNode(true);
    copy.querySelectorAll(".headerlink, .section-number").forEach((e) => e.remove());
    copy.querySelectorAll("[data-plain]").forEach((e) => e.replaceWith(e.dataset.plain));
    return copy.textContent.trim();
  };
  const headings = [...article.querySelectorAll("section[id] > :is(h2, h3)")].map((heading) => ({
    id: heading.parentElement.id,
    level: Number(heading.tagName[1]),
    title: plain(heading),
  }));

  // The browser notes the place of an element that a link of the same page leads to.
  for (const id of [...wanted, ...headings.map((heading) => heading.id)]) {
    const link = document.createElement("a");
    link.href = `#${id}`;
    link.hidden = true;
    article.append(link);
  }

  await document.fonts.ready;
  await window.MathJax?.startup?.promise;
  return headings;
};
