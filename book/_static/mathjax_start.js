// Formulas are set when the first explorer is awake, a few at a time so that the page keeps answering:
// those near the window first, then the others; before the page is printed, all that are left.
(() => {
  const { src } = document.currentScript;
  const waiting = new Set(document.querySelectorAll(".math"));
  const near = new Set();
  const [FEW, LONG] = [8, 60]; // formulas, milliseconds
  const observer = new IntersectionObserver(
    (seen) => {
      for (const { target, isIntersecting } of seen)
        isIntersecting && waiting.has(target) ? near.add(target) : near.delete(target);
    },
    { rootMargin: "500px" },
  );
  waiting.forEach((each) => observer.observe(each));

  const forget = (each) => {
    [waiting, near].forEach((set) => set.delete(each));
    observer.unobserve(each);
    each.classList.add("math-set");
    return each;
  };
  const idle = globalThis.requestIdleCallback ?? setTimeout;
  const pause = () => new Promise((done) => (near.size ? setTimeout : idle)(done));

  async function setAll() {
    for (let size = 4; waiting.size;) {
      await pause();
      const some = [...(near.size ? near : waiting)].slice(0, size);
      const begun = performance.now();
      if (some.length) await MathJax.typesetPromise(some.map(forget));
      const fitting = (size * LONG) / (performance.now() - begun);
      size = Math.max(FEW, Math.min(2 * size, Math.round(fitting)));
    }
  }
  function setRest() {
    if (waiting.size) MathJax.typeset([...waiting].map(forget));
  }

  // All that the formulas use is loaded at the start: what MathJax fetches when it meets a command
  // is lost to a second formula that comes meanwhile, and shown in red. `html` has \class.
  const SETTINGS = {
    startup: { typeset: false },
    loader: { load: ["core", "input/tex", "[tex]/html", "output/chtml", "a11y/assistive-mml"] },
    tex: { packages: { "[+]": ["html"] } },
  };

  // MathJax, once it is asked for.
  let ready;
  const load = () => (ready ??= new Promise(fetched));
  function fetched(done) {
    globalThis.MathJax = { ...globalThis.MathJax, ...SETTINGS };
    const script = document.createElement("script");
    script.src = new URL("../mathjax/startup.js", src);
    script.onload = async () => {
      await MathJax.startup.promise;
      addEventListener("beforeprint", setRest);
      setAll();
      done();
    };
    document.head.append(script);
  }
  // Sets all formulas that are left, for those who cannot wait.
  globalThis.PrimerFormulas = () =>
    load().then(() => MathJax.typesetPromise([...waiting].map(forget)));
  if (document.querySelector(".px") && !document.querySelector(".px-live")) {
    addEventListener("px-awake", load, { once: true });
    setTimeout(load, 2000);
  } else load();
})();
