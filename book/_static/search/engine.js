// Finds the parts of the book that a question is about. MiniSearch does the finding; what a part weighs is said here.

(function (scope) {
  const search = scope.PrimerSearch;
  const { read, terms, row, COMMON } = search.words;
  const FIELDS = { title: 5, terms: 5, page: 2, text: 1, code: 0.3 };
  // What a reader wants first: what explains, then what lists.
  const KINDS = { chapter: 1.3, rule: 1.2, page: 0.9, reference: 0.8, aside: 0.5 };
  const ENTRIES = { term: 0.6, source: 0.5, name: 1 };
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
    const sort = data.pages[page][3];
    const member = kind === "name" && place.split(".").length > 3 ? 0.5 : 1;
    return KINDS[sort] * entry * member * aside * (level === 1 && sort === "chapter" ? 1.2 : 1);
  }

  // The words of a question, each with the terms that stand for it; two that follow each other may be one ("rms prop").
  function asking(question) {
    const words = read(question).map((word) => ({ ...word, joined: [] }));
    words.slice(1).forEach((word, i) => {
      const both = terms(
        question.slice(words[i].at, words[i].end) + question.slice(word.at, word.end),
      )[0];
      words[i].joined.push(both);
      word.joined.push(both);
    });
    return words;
  }

  const matters = (word) => !COMMON.has(word.terms[0]);

  // The share of a question's words that a part has.
  function share(words, matched) {
    const has = (term) => matched.has(term);
    const told = ({ terms: [whole, ...pieces], joined }) =>
      has(whole) || joined.some(has) || (pieces.length && pieces.every(has));
    return words.filter(told).length / words.length;
  }

  // How well the words of the question stand together in a part: their pairs, in its names or in its text.
  function together(asked, id) {
    const [, , title, , , text, , known] = data.parts[id];
    const names = [title, ...known].map(row);
    if (names.some((name) => name.join(" ") === asked.join(" "))) return 2;
    const pairs = asked.slice(1).map((word, i) => ` ${asked[i]} ${word} `);
    if (!pairs.length) return 1;
    const portion = (line) => pairs.filter((pair) => line.includes(pair)).length / pairs.length;
    const inNames = portion(` ${names.map((name) => name.join(" ")).join(" | ")} `);
    return 1 + Math.max(0.6 * inNames, 0.3 * portion(` ${row(text).join(" ")} `));
  }

  // A word that the book has is not taken for another; in one that it has not, a letter or two may be wrong.
  const known = (term) => engine.search(term, { tokenize: (one) => [one] }).length > 0;
  const mistakes = (term) => term.length > 4 && !/\d/.test(term) && (term.length > 8 ? 2 : 1);

  function find(question) {
    const words = asking(question);
    const wanted = words.filter(matters);
    if (!wanted.length) return [];
    const asked = [...new Set(wanted.flatMap((word) => [...word.terms, ...word.joined]))];
    const last = words.at(-1).terms[0];
    const found = engine.search(
      { combineWith: "OR", queries: asked },
      {
        tokenize: (term) => [term],
        boost: FIELDS,
        boostDocument: weight,
        prefix: (term) => term === last && term.length > 1,
        fuzzy: (term) => (known(term) ? false : mistakes(term)),
        weights: { fuzzy: 0.3, prefix: 0.6 },
      },
    );
    const byScore = (a, b) => b.score - a.score;
    for (const each of found) each.score *= share(wanted, new Set(each.queryTerms)) ** 2;
    const best = found.sort(byScore).slice(0, 3 * LIMIT);
    const line = words.map((word) => word.terms[0]);
    for (const each of best) each.score *= together(line, each.id);
    return spread(best.sort(byScore)).map(told);
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
    return {
      target,
      address,
      place,
      title,
      kind,
      sort,
      above,
      excerpt: excerpt(text, new Set(words)),
      words,
      score,
    };
  }

  // The piece of a text that has the most of the words, cut at words.
  function excerpt(text, words, size = 180) {
    const hits = [...read(text)].filter((word) => word.terms.some((term) => words.has(term)));
    let best = { start: 0, count: 0 };
    for (const hit of hits) {
      const inside = hits.filter((one) => one.at >= hit.at && one.end <= hit.at + size * 0.7);
      const count = new Set(inside.flatMap((one) => one.terms.filter((term) => words.has(term))))
        .size;
      if (count > best.count) best = { start: hit.at, count };
    }
    let start = best.start < size * 0.5 ? 0 : text.indexOf(" ", best.start - size * 0.3) + 1;
    const sentence = text.lastIndexOf(". ", best.start) + 2;
    if (sentence > 1 && best.start - sentence < size * 0.5) start = sentence;
    let end = text.length <= start + size ? text.length : text.lastIndexOf(" ", start + size);
    if (end <= start) end = start + size;
    return { before: start > 0, text: text.slice(start, end), after: end < text.length };
  }

  const places = () => data.parts.map(([page, place]) => [data.pages[page][0], place]);
  Object.assign(search, { index, find, places, LIMIT });
})(globalThis);
