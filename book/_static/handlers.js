// A file in _static/inline ties the code of a former attribute such as onclick="…" to its elements.
// See book/_ext/inline_scripts.py.
function onElements(type, key, act) {
  for (const element of document.querySelectorAll(`[data-on${type}="${key}"]`)) {
    const target = element === document.body ? window : element;
    target.addEventListener(type, (event) => {
      if (act.call(element, event) === false) event.preventDefault();
    });
  }
}
