"""Rules are edited in the built book, where a server forbids scripts in pages.

Run it after `make book`.
"""

import pytest
from chromium import SITE, until
from test_site import ALIKE

pytestmark = pytest.mark.browser
NAMES = [
    str(page.relative_to(SITE))
    for page in sorted(SITE.rglob("*.html"))
    if 'class="px-edits"' in page.read_text("utf-8")
]
NAMES = [name for name in NAMES if name not in ALIKE]
if not NAMES:
    pytest.skip(f"no rule can be edited in {SITE}: run 'make book' first", allow_module_level=True)
#: Of every rule that an explorer lets a reader edit: its row, and that of its own text.
ROWS = """k => {
  const { editor, table } = PrimerExplorer.all[k];
  const told = row => JSON.stringify(row.dataset, (key, v) => key === "rule" ? undefined : v);
  return editor.names.map(name => {
    editor.begin(name);
    const { base, own } = editor.yours;
    return [name, editor.error?.message, told(table.rows[base]), told(table.rows[own])];
  });
}"""


@pytest.mark.parametrize("name", NAMES)
def test_every_editable_rule_of_a_page_runs_as_its_own_text(page, served, name):
    page.goto(f"{served}/{name}")
    page.wait_for_selector(".px-live")
    page.evaluate("PrimerExplorer.wake()")
    until(page, "() => !document.querySelector('.px:not(.px-live)')")
    edited = page.evaluate(
        "PrimerExplorer.all.flatMap((e, k) => e.root.querySelector('.px-edits') ? [k] : [])"
    )
    for k in edited:
        page.evaluate("k => PrimerExplorer.all[k].edit()", k)
        until(page, "k => PrimerExplorer.all[k].editor", k, seconds=10)
        for rule, error, theirs, own in page.evaluate(ROWS, k):
            assert (rule, error, own) == (rule, None, theirs)
        page.evaluate("k => PrimerExplorer.all[k].editor.close()", k)
    assert page.locator(".px-yours, .px-own, .px-open").count() == 0
