// What cannot be understood or run, at its place in the text: offsets, null where there is none.
export class Refusal extends Error {
  constructor(message, from = null, to = null) {
    super(message);
    this.name = "Refusal";
    this.from = from;
    this.to = to;
  }
}
