"""Every rule of the built book that can be changed: its own text runs as the rule does, bit by bit.

Run it after `make book`.
"""

import re

import pytest
from chromium import SITE, pages_with, until

pytestmark = pytest.mark.browser

PAGES = pages_with('class="px-edits"')
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


def texts():
    return {str(page.relative_to(SITE)): page.read_text("utf-8") for page in PAGES}


LINKS = [
    (name, k)
    for name, text in texts().items()
    for k in range(len(re.findall(r'<a [^>]*href="#[^"]*\brule=', text)))
]
TASKS = [name for name, text in texts().items() if 'class="px-task' in text]
EDITOR = "PrimerExplorer.all.find(({ editor }) => editor).editor"


@pytest.mark.parametrize(("name", "k"), LINKS)
def test_a_link_that_changes_a_rule_opens_one_that_runs_otherwise(page, served, name, k):
    page.goto(f"{served}/{name}")
    page.wait_for_selector(".px-live")
    page.locator("a[href^='#'][href*='rule=']").nth(k).click()
    page.wait_for_selector(".px-yours .cm-content")
    fault, note, runs = page.evaluate(
        f"() => {{ const {{ error, note, yours, explorer }} = {EDITOR};"
        " return [error?.message ?? '', note,"
        " [explorer.runs[yours.base], yours.latest].map(({ x }) => [...x])] }"
    )
    assert (fault, note) == ("", "This rule came with the link.")
    assert runs[0] != runs[1]


def test_six_chapters_pose_a_task_and_seven_change_a_rule_by_a_link():
    chapters = ("03", "04", "05", "06", "07", "08")
    assert [name[10:12] for name in TASKS] == [*chapters]
    assert {name[10:12] for name, _ in LINKS if name.startswith("notebooks/")} >= {*chapters, "12"}


@pytest.mark.parametrize("name", TASKS)
def test_a_task_is_done_by_its_solution_and_not_before(page, served, name):
    page.goto(f"{served}/{name}")
    page.wait_for_selector(".px-live")
    task = page.locator(".px-task")
    said = task.locator(".px-task-said")
    task.get_by_role("button", name="Start").click()
    page.wait_for_selector(".px-yours .cm-content")
    task.get_by_role("button", name="Check").click()
    assert said.inner_text().startswith("Not yet")
    task.get_by_role("button", name="Show a solution").click()
    task.get_by_role("button", name="Check").click()
    assert said.inner_text().startswith("Right.")
