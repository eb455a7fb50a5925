// What cannot be understood or run, at its place in the text: offsets, null where there is none.
const LONGEST_MESSAGE = 300;

export class Refusal extends Error {
  constructor(message, from = null, to = null) {
    super(message.length > LONGEST_MESSAGE ? `${message.slice(0, LONGEST_MESSAGE)}…` : message);
    this.name = "Refusal";
    this.from = from;
    this.to = to;
  }
}
