// Finds the parts of the book that a question is about. MiniSearch does the finding; what a part weighs is said here.

(function (scope) {
  const search = scope.PrimerSearch;
  const { read, terms, row, COMMON } = search.words;
  const FIELDS = { title: 5, terms: 5, page: 2, text: 1, code: 0.3 };
  // What a reader wants first: what explains, then what lists.
  const KINDS = { chapter: 1.3, rule: 1.3, page: 0.9, reference: 0.8, aside: 0.5 };
  const ENTRIES = { term: 1, source: 0.4, name: 1 };
  const LIMIT = 30;
  const OF_ONE_PAGE = 3;

  let data;
  let engine;

  function index(given) {
    data = given;
    engine = new MiniSearch({
      fields: Object.keys(FIELDS),
      idField: "id",
      tokenize: (text) => terms(text),
      processTerm: (term) => (COMMON.has(term) ? null : term),
    });
    engine.addAll(
      data.parts.map(([page, , title, , , text, code, known], id) => ({
        id, title, text, code, terms: known.join(" · "), page: data.pages[page][1],
      })), // prettier-ignore
    );
  }

  function weight(id) {
    const [page, place, title, kind, level] = data.parts[id];
    const aside = /^(Exercise|Further reading)/.test(title) ? 0.6 : 1;
    const entry = ENTRIES[kind] ?? 1;
    const member = kind === "name" && place.split(".").length > 3 ? 0.5 : 1;
    return KINDS[data.pages[page][3]] * entry * member * aside * (level === 1 ? 1.2 : 1);
  }

  // How well the words of the question stand together in a part.
  function together(asked, id) {
    const [, , title, , , text, , known] = data.parts[id];
    const line = ` ${asked.join(" ")} `;
    const among = (text) => ` ${row(text).join(" ")} `.includes(line);
    const exact = [title, ...known].some((name) => row(name).join(" ") === line.trim());
    if (exact) return 2;
    if (asked.length < 2) return 1;
    return [title, ...known].some(among) ? 1.6 : among(text) ? 1.3 : 1;
  }

  function find(question) {
    const asked = row(question);
    const wanted = asked.filter((term) => !COMMON.has(term));
    if (!wanted.length) return [];
    const found = engine.search(question, {
      boost: FIELDS,
      boostDocument: weight,
      prefix: (term, i, all) => i === all.length - 1 && term.length > 1,
      fuzzy: (term) => (term.length > 4 && !/\d/.test(term) ? 0.2 : false),
      weights: { fuzzy: 0.3, prefix: 0.6 },
    });
    const all = new Set(terms(question).filter((term) => !COMMON.has(term))).size;
    for (const each of found) each.score *= (each.queryTerms.length / all) ** 2;
    found.sort((a, b) => b.score - a.score);
    const best = found.slice(0, 3 * LIMIT);
    for (const each of best) each.score *= together(asked, each.id);
    best.sort((a, b) => b.score - a.score);
    return spread(best).map(told);
  }

  // Not too much of one page: what follows its best parts comes later or not at all.
  function spread(found) {
    const seen = {};
    const pageOf = (each) => data.parts[each.id][0];
    return found
      .filter((each) => (seen[pageOf(each)] = (seen[pageOf(each)] ?? 0) + 1) <= OF_ONE_PAGE)
      .slice(0, LIMIT);
  }

  function told({ id, terms: words, score }) {
    const [page, place, title, kind, , text] = data.parts[id];
    const [address, name, caption, sort] = data.pages[page];
    const mark = words.join(" ");
    const target = `${address}?find=${encodeURIComponent(mark)}${place && `#${place}`}`;
    const above = [caption, place && name !== title ? name : ""].filter(Boolean);
    return { target, address, place, title, kind, sort, above, excerpt: excerpt(text, new Set(words)), words, score };
  }

  // The piece of a text that has the most of the words, cut at words.
  function excerpt(text, words, size = 180) {
    const hits = [...read(text)].filter((word) => word.terms.some((term) => words.has(term)));
    let best = { start: 0, count: 0 };
    for (const hit of hits) {
      const inside = hits.filter((one) => one.at >= hit.at && one.end <= hit.at + size * 0.7);
      const count = new Set(inside.flatMap((one) => one.terms.filter((term) => words.has(term)))).size;
      if (count > best.count) best = { start: hit.at, count };
    }
    let start = best.start < size * 0.5 ? 0 : text.indexOf(" ", best.start - size * 0.3) + 1;
    const sentence = text.lastIndexOf(". ", best.start) + 2;
    if (sentence > 1 && best.start - sentence < size * 0.5) start = sentence;
    let end = text.length <= start + size ? text.length : text.lastIndexOf(" ", start + size);
    if (end <= start) end = start + size;
    return { before: start > 0, text: text.slice(start, end), after: end < text.length };
  }

  scope.PrimerSearch = { ...search, index, find };
})(globalThis);
