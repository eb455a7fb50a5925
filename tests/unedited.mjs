// Compares the runs of unedited texts with those of the traced programs, in node and in a page.
// The first channel in which two runs differ, or "".
function difference(one, other, places) {
  if (one.lost !== other.lost) return `lost at ${one.lost} and ${other.lost}`;
  for (const name of ["x", "loss", "s", "w"]) {
    const width = one.width[name];
    if (one[name].length !== other[name].length)
      return `${name} is ${width} and ${other.width[name]} wide`;
    for (let i = 0; i < one[name].length; i++) {
      if (name === "w" && !places.has(i % width)) continue;
      const [a, b] = [one[name][i], other[name][i]];
      if (!Object.is(a, b))
        return `${name}[${i % width}] of step ${Math.floor(i / width)}: ${a} and ${b}`;
    }
  }
  return "";
}

// Which numbers of w come from locals.
function ofLocals(watched) {
  const all = watched.flatMap(({ local, size }) => Array(size).fill(local !== null));
  return new Set(all.flatMap((is, i) => (is ? [i] : [])));
}

// {data, runs: [[{h, start}, …] of each scene]}: the rules of an explorer as they stand in its edit
// file, against their programs; both files have been loaded. Gives, by rule and scene, how many runs
// were compared, and the first difference or refusal.
export function unedited({ data, runs }, { parse, trace, machine }) {
  const { lib, march } = PrimerExplorer;
  const { rules, tables, scenes } = PrimerEdits[data.id](lib);
  return rules.map((rule, k) =>
    scenes.map((scene, j) => {
      if (!rule) return null;
      const program = data.scenes[j].programs[k];
      const { init, step, loss } = PrimerPrograms[program.program](lib);
      const watched = scene.watched?.[k] ?? rule.watched;
      try {
        const traced = trace(parse(rule.text), { dim: scene.dim, fields: rule.fields, tables });
        const run = machine(traced, scene, rule, { watched, steps: data.steps });
        const wrong = runs[j].map(({ h, start }) => {
          const [ours, theirs] = [
            { init, step, loss },
            { ...run, loss },
          ].map((each, i) => march(each, h, start, data.steps, i ? run : program));
          return difference(ours, theirs, ofLocals(watched));
        });
        return { runs: wrong.length, wrong: wrong.find(Boolean) ?? "" };
      } catch (error) {
        return { runs: 0, wrong: String(error.stack) };
      }
    }),
  );
}
