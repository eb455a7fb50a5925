// A sum in the order of NumPy, of at least one part: from eight on in eight strands, from 129 on in
// halves. `add(a, b)` is what adds two.
export function pairwise(parts, add) {
  const n = parts.length;
  if (n < 8) return parts.reduce((a, b) => add(a, b));
  if (n > 128) {
    const half = (n >> 1) - ((n >> 1) % 8);
    return add(pairwise(parts.slice(0, half), add), pairwise(parts.slice(half), add));
  }
  const even = n - (n % 8);
  const strand = (k) => parts.filter((_, i) => i < even && i % 8 === k).reduce((a, b) => add(a, b));
  const [a, b, c, d, e, f, g, h] = [0, 1, 2, 3, 4, 5, 6, 7].map(strand);
  const strands = add(add(add(a, b), add(c, d)), add(add(e, f), add(g, h)));
  return parts.slice(even).reduce((sum, part) => add(sum, part), strands);
}
