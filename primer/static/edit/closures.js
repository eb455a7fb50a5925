// A function of the text, which sees the names around it.
import { arranged } from "./forms.js";
import { Refusal } from "./refusal.js";
import { Scope } from "./scope.js";
import { Callable } from "./values.js";

const DEEPEST_CALLS = 60;
// What a function of the text costs, in turns of the budget: to be made, and each time it is called.
const CALL_WORK = 5;

// What can be called; open(args, named) makes the names of one call, execute(names) runs it.
export function closure(name, form, scope, execute, own) {
  scope.run.pool.spend(CALL_WORK);
  const names = new Set([...own, ...form.map((p) => p.name)]);
  const open = (given, named) => {
    scope.run.pool.spend(form.length);
    const inner = new Scope(scope.run, scope, names);
    arranged(name, form, given, named).forEach((x, i) => inner.values.set(form[i].name, x));
    return inner;
  };
  const made = new Callable(name, (given, named) =>
    nested(scope.run, name, () => execute(open(given, named))),
  );
  return Object.assign(made, { open, execute, parameters: form.map((p) => p.name) });
}

function nested(run, name, execute) {
  run.pool.spend(CALL_WORK);
  if (++run.calls > DEEPEST_CALLS) {
    throw new Refusal(
      `${name} calls itself too often: at most ${DEEPEST_CALLS} calls inside each other.`,
    );
  }
  try {
    return execute();
  } finally {
    run.calls--;
  }
}
