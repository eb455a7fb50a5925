// Names that are nearly the one that was written.
const LONGEST = 40;

// How many letters must be changed, left away, added or swapped to make b of a.
function distance(a, b) {
  let before = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      row[j] = Math.min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (same ? 0 : 1));
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) row[j] = Math.min(row[j], before[j - 2] + 1);
    }
    [before, last] = [last, row];
  }
  return last[b.length];
}

// Whether one name is the beginning of the other.
const begins = (a, b) => Math.min(a.length, b.length) > 2 && (a.startsWith(b) || b.startsWith(a));

// The beginning of a name is no farther than the most that is changed in one.
const gap = (a, b, most) => Math.min(distance(a, b), begins(a, b) ? most : Infinity);

// " Did you mean x?" for the nearest of some names, or nothing.
export function guess(name, names, written = (x) => x) {
  if (name.length > LONGEST) return "";
  const most = Math.max(1, Math.floor(name.length / 3));
  const near = [...names]
    .filter((other) => other !== name && other.length <= LONGEST)
    .slice(0, 500)
    .map((other) => [gap(name, other, most), other])
    .filter(([d, other]) => d <= most && d < Math.max(name.length, other.length))
    .sort(([a], [b]) => a - b);
  return near.length ? ` Did you mean ${written(near[0][1])}?` : "";
}
