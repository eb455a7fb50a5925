"""Every rule of the built book that can be changed: its own text runs as the rule does, bit by bit.

Run it after `make book`.
"""

import pytest
from chromium import SITE, until

pytestmark = pytest.mark.browser

PAGES = [p for p in sorted(SITE.rglob("*.html")) if 'class="px-edits"' in p.read_text("utf-8")]
if not PAGES:
    pytest.skip(f"no built site in {SITE}: run 'make book' first", allow_module_level=True)
#: For every explorer, landscape and rule: numbers that differ, what is refused, the equation.
ASK = """async () => {
  const found = [];
  const differ = (a, b) => [...a].filter((v, i) => !Object.is(v, b[i])).length;
  for (const e of PrimerExplorer.all.filter(({ root }) => root.querySelector(".px-edits"))) {
    await e.edit();
    while (!e.editor) await new Promise((done) => setTimeout(done, 10));
    for (const k of e.data.scenes.keys()) {
      e.show(k);
      for (const name of e.editor.names) {
        e.editor.begin(name);
        const [own, yours] = [e.runs[e.data.rules.indexOf(name)], e.runs.at(-1)];
        const parts = ["x", "loss", "s", "w"].map((part) => differ(own[part], yours[part]));
        const refused = e.editor.error ?? e.editor.yours.refused;
        const fault = refused ? refused.message : "";
        found.push([e.root.id, k, name, parts, fault, e.editor.equation() !== ""]);
      }
    }
    e.editor.close();
  }
  return found;
}"""


@pytest.mark.parametrize("name", [str(page.relative_to(SITE)) for page in PAGES])
def test_a_text_that_is_not_changed_runs_as_the_rule(page, served, name):
    page.goto(f"{served}/{name}")
    until(
        page,
        "() => globalThis.PrimerExplorer?.wake() ?? !document.querySelector('.px:not(.px-live)')",
    )
    found = page.evaluate(ASK)
    assert found
    for *which, parts, fault, printed in found:
        assert (parts, fault, printed) == ([0, 0, 0, 0], "", True), which


def test_most_figures_of_rules_let_them_be_changed():
    assert len(PAGES) > 35
