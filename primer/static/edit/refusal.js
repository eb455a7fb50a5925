// What the reader is told when a text cannot be run: a sentence that says what to write instead, and
// the place in the text (from and to are offsets; null where there is none).
export class Refusal extends Error {
  constructor(message, from = null, to = null) {
    super(message);
    this.from = from;
    this.to = to;
  }
}
