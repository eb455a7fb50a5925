// Words as the search compares them: small letters, without accents and endings, Greek letters by name.

(function (scope) {
  const GREEK = {
    α: "alpha", β: "beta", γ: "gamma", δ: "delta", ε: "epsilon", ζ: "zeta", η: "eta", θ: "theta", κ: "kappa", λ: "lambda",
    μ: "mu", ν: "nu", ξ: "xi", π: "pi", ρ: "rho", σ: "sigma", τ: "tau", φ: "phi", χ: "chi", ψ: "psi", ω: "omega",
  }; // prettier-ignore
  // What code calls a letter.
  const CALLED = { eps: "epsilon", lr: "rate" };
  // What a question is asked with, but not about.
  const COMMON = new Set(
    "a an and are as at be but by can do does for from how i if in into is it its my of on or should so than that the their then there these this to too use was what when where which why will with you your".split(
      " ",
    ),
  );
  const WORD = /[\p{L}\p{N}_]+(?:[-.'’][\p{L}\p{N}_]+)*/gu;
  const VOWEL = /[aeiouy]/;

  function stem(word) {
    if (word.length < 4 || /[^a-z]/.test(word)) return word;
    let short = word.replace(/ies$/, "y").replace(/(?<=[^aious])s$/, "");
    const cut = short.replace(/(?:ing|ed)$/, "");
    if (cut !== short && cut.length > 2 && VOWEL.test(cut))
      short = cut.replace(/([^aeioulsz])\1$/, "$1");
    return short.length > 4 ? short.replace(/e$/, "") : short;
  }

  const plain = (text) =>
    text
      .replace(/ϵ/g, "ε")
      .normalize("NFKD")
      .replace(/\p{M}/gu, "")
      .replace(/[α-ω]/g, (letter) => GREEK[letter] ?? letter);

  // A word, and what it is made of: explore_grid is also "explore" and "grid", warm-up is also "warmup".
  function forms(word) {
    const pieces = word.replace(/([a-z]{3})(?=[A-Z][a-z]{2})/g, "$1-").split(/[-_.]+|['’](?:s\b)?/);
    const parts = pieces.filter((piece) => piece.length > 1 && !/^\d/.test(piece));
    return parts.length > 1 ? [pieces.join(""), ...parts] : [pieces.join("")];
  }

  const known = new Map();

  function termsOf(word) {
    if (!known.has(word)) {
      const all = new Set(forms(plain(word)).map((form) => form.toLowerCase()));
      known.set(
        word,
        [...all].map((form) => CALLED[form] ?? (COMMON.has(form) ? form : stem(form))),
      );
    }
    return known.get(word);
  }

  // Every word of a text, where it stands, and what it is compared as.
  const read = (text) =>
    [...text.matchAll(WORD)].map(({ 0: word, index: at }) => ({
      at,
      end: at + word.length,
      terms: termsOf(word),
    }));

  const terms = (text) => (text.match(WORD) ?? []).flatMap(termsOf);
  // One term a word, as they follow each other.
  const row = (text) => (text.match(WORD) ?? []).map((word) => termsOf(word)[0]);

  scope.PrimerSearch = { ...scope.PrimerSearch, words: { read, terms, row, COMMON } };
})(globalThis);
