// The nodes of a traced rule as LaTeX, matrices and picked coordinates: primer.derived.matrices.
import { sizeOf } from "./nodes.js";
import { ATOM, EACH, POWER, PRODUCT, SUM, Notation } from "./notation.js";
import { enclosed, latexNumber, rankOf, sameNumber, sumOf } from "./notation.js";
import { Refusal } from "./refusal.js";

const PICKED =
  "Coordinates picked in this way have no notation in an equation: these have, theta[..., i], " +
  "theta[..., i:j], np.stack and np.concatenate of them, np.swapaxes and the diagonal of a matrix.";
const NO_MATRIX =
  "A number or vector spread over a matrix has no notation in an equation: write it times " +
  "np.eye(theta.shape[-1]).";

// Whether a vector stands upright: its last axis has one entry.
const upright = (node) => node.shape.length > 1 && node.shape.at(-1) === 1;
const longAxes = (node) => node.shape.filter((n) => n !== 1);
const sameItems = (a, b) => a.length === b.length && a.every((x, i) => x === b[i]);
const upTo = (n) => Array.from({ length: n }, (_, i) => i);

// [part, first, last] of neighbors that are taken in order.
function picksInRuns(picked) {
  const runs = [];
  for (const [part, place] of picked) {
    const last = runs.at(-1);
    if (last && last[0] === part && place === last[2] + 1) last[2] = place;
    else runs.push([part, place, place]);
  }
  return runs;
}

export class MatrixNotation extends Notation {
  sources = new Map();

  // Text of a matrix; numbers and vectors spread over one are refused.
  matrix(node, least = SUM) {
    if (rankOf(node) === 2 && !this.spread(node)) return this.text(node, least);
    throw new Refusal(NO_MATRIX);
  }

  // Text of a matrix in a sum or a choice, where it may be 0.
  term(node, least = SUM) {
    const zero = node.op === "const" && !node.data.values.some((x) => x !== 0);
    return zero ? "0" : this.matrix(node, least);
  }

  // Text of a matrix or vector in a product of rows by columns.
  rows(node) {
    if (rankOf(node) === 2) return this.matrix(node, PRODUCT);
    return this.spread(node) ? this.vector(node, PRODUCT) : this.beside(node, "rows");
  }

  transposed(node) {
    const text = rankOf(node) === 1 ? this.vector(node, ATOM) : this.matrix(node, ATOM);
    const bracketed = /^(\\left)?\(/.test(text);
    return `${text.includes("^") && !bracketed ? enclosed(text) : text}^\\top`;
  }

  matrix_const(node) {
    if (sameNumber(node) !== undefined) return this.plain_const(node);
    const [rows, columns] = node.shape.slice(-2);
    const { values } = node.data;
    const [scale] = values;
    const eye = values.every((x, i) => x === (i % (columns + 1) ? 0 : scale));
    if (rows !== columns || !eye) {
      throw new Refusal("A matrix of numbers has no notation in an equation, but for np.eye.");
    }
    const [text, strength] = latexNumber(scale);
    return scale === 1 ? ["I", ATOM] : [`${text}\\,I`, Math.min(strength, PRODUCT)];
  }

  matrix_hess(node) {
    return [`\\nabla^2 J(${this.vector(node.args[0])})`, POWER];
  }

  matrix_solve({ args: [a, b] }) {
    const text = this.matrix(a);
    const [whole, strength] = this.read(a);
    const tall = strength < ATOM || whole.includes("^");
    return [`${tall ? enclosed(text) : text}^{-1}\\,${this.rows(b)}`, PRODUCT];
  }

  matrix_add(node) {
    return [sumOf(...node.args.map((a) => this.term(a))), SUM];
  }

  matrix_subtract({ args: [a, b] }) {
    return [`${this.term(a)} - ${this.term(b, PRODUCT)}`, SUM];
  }

  matrix_negative(node) {
    return [`-${this.matrix(node.args[0], PRODUCT)}`, SUM];
  }

  matrix_square(node) {
    const text = this.matrix(node.args[0], POWER);
    return [`${text} \\odot ${text}`, EACH];
  }

  matrix_multiply({ args: [a, b] }) {
    const ranks = [rankOf(a), rankOf(b)].join();
    if (ranks === "2,2") return [`${this.matrix(a, POWER)} \\odot ${this.matrix(b, POWER)}`, EACH];
    if (ranks === "0,2")
      return [`${this.factor(a, PRODUCT)}\\,${this.matrix(b, PRODUCT)}`, PRODUCT];
    if (ranks === "2,0") return [`${this.matrix(a, PRODUCT)}\\,${this.factor(b, POWER)}`, PRODUCT];
    if (ranks === "1,1") {
      const [high, wide] = upright(a) ? [a, b] : [b, a];
      return [`${this.rows(high)} ${this.transposed(wide)}`, PRODUCT];
    }
    const [M, v] = rankOf(a) === 2 ? [a, b] : [b, a];
    const diagonal = `\\operatorname{diag}(${this.vector(v)})`;
    const text = this.matrix(M, PRODUCT);
    return [(upright(v) ? [diagonal, text] : [text, diagonal]).join("\\,"), PRODUCT];
  }

  matrix_divide({ args: [a, b] }) {
    if (rankOf(b)) throw new Refusal(NO_MATRIX);
    return [`\\frac{${this.matrix(a)}}{${this.factor(b)}}`, PRODUCT];
  }

  plain_matmul(node) {
    const [a, b] = node.args;
    if (rankOf(a) === 1 && rankOf(b) === 1 && rankOf(node) === 0) {
      return [`${this.transposed(a)} ${this.vector(b, POWER)}`, PRODUCT];
    }
    return this.matrix_matmul(node);
  }

  matrix_matmul({ args: [a, b] }) {
    if (rankOf(a) === 2) return [`${this.rows(a)}\\,${this.rows(b)}`, PRODUCT];
    if (rankOf(b) === 2) return [`${this.transposed(b)}\\,${this.rows(a)}`, PRODUCT];
    return [`${this.rows(a)} ${this.transposed(b)}`, PRODUCT];
  }

  matrix_where({ args: [test, yes, no] }) {
    if (rankOf(test)) throw new Refusal(NO_MATRIX);
    const cases = `${this.term(yes)} & \\text{if } ${this.truth(test)} \\\\ ${this.term(no)}`;
    return [`\\begin{cases} ${cases} & \\text{otherwise} \\end{cases}`, 0];
  }

  matrix_sum(node) {
    const [inner] = node.args;
    const ones = "\\mathbf{1}";
    if (rankOf(node) === 0) {
      return [`${ones}^\\top\\,${this.matrix(inner, PRODUCT)}\\,${ones}`, PRODUCT];
    }
    if (rankOf(node) === 2) return this.read(inner);
    const alongRows = node.data[0][1] === 1;
    const left = (M) => (alongRows ? this.rows(M) : this.transposed(M));
    if (inner.op === "multiply" && !this.named.has(inner)) {
      const [v, M] = [...inner.args].sort((a, b) => rankOf(a) - rankOf(b));
      if (rankOf(v) === 1 && rankOf(M) === 2 && upright(v) !== alongRows) {
        return [`${left(M)}\\,${this.rows(v)}`, PRODUCT];
      }
    }
    return [`${left(inner)}\\,${ones}`, PRODUCT];
  }

  plain_gather(node) {
    const picked = this.picked(node);
    const parts = new Set(picked.map(([part]) => part));
    const places = picked.map(([, place]) => place);
    const whole = parts.size === 1 && this.whole(node, picked[0][0], places);
    if (whole) return whole;
    if (picked.length === 1) return this.component(...picked[0]);
    if (rankOf(node) !== 1) throw new Refusal(PICKED);
    const pieces = picksInRuns(picked).map((run) => this.piece(...run));
    return pieces.length === 1 ? pieces[0] : [`(${pieces.map(([p]) => p).join(", ")})`, ATOM];
  }

  matrix_gather(node) {
    return this.plain_gather(node);
  }

  // Where each number comes from: through all picks that have no name of their own.
  picked(node) {
    if (!this.sources.has(node)) {
      const sources = node.args.map((part) =>
        part.op === "gather" && !this.named.has(part)
          ? this.picked(part)
          : upTo(sizeOf(part.shape)).map((i) => [part, i]),
      );
      const found = node.data.map(([part, place]) => sources[part][place]);
      this.sources.set(node, found);
    }
    return this.sources.get(node);
  }

  // A pick that takes all of a part, or its diagonal, in an order that has a name.
  whole(node, part, places) {
    const all = upTo(sizeOf(part.shape));
    const same = sameItems(longAxes(node), longAxes(part));
    if (all.length === 1 || (same && sameItems(places, all))) return this.read(part);
    if (rankOf(part) === 2) {
      const [rows, columns] = part.shape.slice(-2);
      const turned = all.map((i) => (i % rows) * columns + Math.floor(i / rows));
      const diagonal = upTo(Math.min(rows, columns)).map((i) => i * (columns + 1));
      if (rankOf(node) === 2 && sameItems(places, turned)) return [this.transposed(part), POWER];
      if (rankOf(node) === 1 && sameItems(places, diagonal)) {
        return [`\\operatorname{diag}(${this.matrix(part)})`, ATOM];
      }
    } else if (this.general && rankOf(node) === 1 && sameItems(places, all.reverse())) {
      return [`\\operatorname{reverse}(${this.vector(part)})`, ATOM];
    }
    return null;
  }

  // One coordinate of a vector, one entry of a matrix, or coordinates up to `last`.
  component(part, place, last = place) {
    if (rankOf(part) === 0 || (rankOf(part) === 1 && this.spread(part))) return this.read(part);
    const ends = last === place ? [place] : [place, last];
    const index = ends.map((i) => this.index(i, longAxes(part))).join(":");
    if (this.named.has(part)) {
      const [letter, ...step] = this.named.get(part);
      if (step.length) return [letter.text(...step, index), ATOM];
    }
    const [text] = this.read(part);
    return [`${part.op === "const" ? text : enclosed(text)}_{${index}}`, ATOM];
  }

  // Row and column of a matrix, or place in a vector, counted from 1.
  index(place, lengths) {
    const columns = lengths.at(-1);
    const axes = lengths.length === 2 ? [Math.floor(place / columns), place % columns] : [place];
    return axes.map((i, k) => this.ordinal(i, lengths[k])).join(",");
  }

  ordinal(i, length) {
    const back = length - 1 - i;
    if (!this.general || length !== this.dim || back >= 3) return String(i + 1);
    return back ? `d-${back}` : "d";
  }

  piece(part, first, last) {
    if (first === last) return this.component(part, first);
    if (last - first + 1 === sizeOf(part.shape)) return [this.vector(part), SUM];
    if (rankOf(part) !== 1 || this.spread(part)) throw new Refusal(PICKED);
    return this.component(part, first, last);
  }
}
