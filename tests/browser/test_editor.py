"""A rule is edited in the page: a real browser, a keyboard, a strict policy, and links."""

import functools
import urllib.parse

import pytest
from chromium import axe, numbers, paths, until, write_site

from primer import SGD, Adam, Momentum, RMSProp, Slider, Task, explore, landscapes, latex, run

pytestmark = pytest.mark.browser
#: Where Adam's text takes the corrected memory.
STEP = "theta = theta - self.lr * m_hat / (np.sqrt(v_hat) + self.eps)"
PATCH = "m_hat = m\nv_hat = v"
RATE = Slider(1e-3, 1, 0.1, log=True)


@functools.cache
def two():
    """Two rules that can be edited on two landscapes."""
    rules = Adam(lr=RATE, beta1=Slider(0, 0.99, 0.9)), RMSProp(lr=RATE)
    grounds = [landscapes.beale(), landscapes.quadratic([1.0, 20.0])]
    return explore(*rules, on=grounds, steps=60, title="Two rules")


@functools.cache
def views():
    """Panels with several parts, locals, and numbers that change with the step alone."""
    return explore(Adam(lr=RATE), on=landscapes.beale(), steps=40, views=("state", "correction"))


@functools.cache
def one():
    """In one dimension every place is a dot, and the figure stands beside its sliders."""
    return explore(SGD(lr=RATE), on=landscapes.quadratic([1.0]), steps=20, views=("path",))


@functools.cache
def tasked():
    rate = Slider(0.01, 0.3, 0.1)
    task = Task(
        "Give `SGD` a memory of its gradients.",
        goal=Momentum(lr=rate, beta=0.9),
        done="That is the heavy ball.",
    )
    return explore(SGD(lr=rate), on=landscapes.quadratic([1.0, 4.0]), steps=30, task=task)


@pytest.fixture
def opened(page, tmp_path):
    """Opens a page with explorers; `server` yields its address, by default that of the file."""

    def open_(*explorers, hash_="", **options):
        write_site(tmp_path, *explorers, **options)
        page.set_default_timeout(8000)
        page.goto((tmp_path / "page.html").as_uri() + hash_)
        page.wait_for_selector(".px-live")

    return open_


def press(page, k=0):
    page.locator("button[value=edit]").nth(k).click()
    page.wait_for_selector(".px-yours .cm-focused")


def text(page):
    return page.evaluate("PrimerExplorer.all.find(e => e.editor).editor.writing.text")


def put(page, new):
    """Writes a text in place of all, as a reader would paste it."""
    page.locator(".cm-content").focus()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(new)


def swap(page, old, new):
    before = text(page)
    assert old in before
    put(page, before.replace(old, new))


#: What stands where nothing is wrong.
HINT = "Change the code: the picture, the table, and the equation follow."


def said(page):
    return page.locator(".px-wrong").inner_text()


def link(**words):
    return "#" + urllib.parse.urlencode(words, quote_via=urllib.parse.quote)


def test_nothing_is_loaded_before_the_press_and_all_of_it_after(page, opened):
    asked = []
    page.on("request", lambda request: asked.append(request.url.rsplit("/", 1)[1]))
    opened(two())
    assert not {"edit.js", "edit.css", "codemirror.js"} & {*asked}
    press(page)
    assert {"edit.js", "edit.css", "codemirror.js"} <= {*asked}
    assert sum(name == "edit.js" for name in asked) == 1


def test_the_rules_own_text_runs_bit_for_bit_as_the_rule_and_is_drawn_over_it(page, opened):
    opened(two())
    before = numbers(page)
    press(page)
    adam, rmsprop, yours = numbers(page)
    assert [adam, rmsprop] == before
    assert yours == adam
    drawn = paths(page)
    assert drawn[2] == drawn[0]
    assert page.locator(".px tbody tr").last.inner_text().startswith("Your rule")


def test_a_change_is_followed_by_the_picture_the_table_and_the_sliders(page, opened):
    opened(two())
    press(page)
    before, lines = numbers(page), paths(page)
    swap(page, STEP, STEP.replace("m_hat", "np.sign(m)"))
    now = numbers(page)
    assert now[:2] == before[:2]
    assert now[2] != before[2]
    assert paths(page)[2] != lines[2]
    page.locator(".px-row input").first.focus()
    page.keyboard.press("End")
    assert numbers(page)[2] != now[2]
    page.locator(".px-choice select").select_option("Quadratic")
    assert len(numbers(page)[2]["theta"]) == 2
    page.locator("button[value=reset]").click()
    page.locator(".px-choice select").select_option(index=0)
    assert numbers(page)[2] == now[2]


def test_a_text_of_another_rule_runs_as_that_rule_does(page, opened):
    opened(two())
    press(page)
    swap(page, 'm = self.beta1 * state["m"] + (1 - self.beta1) * g', "m = g")
    swap(page, "(1 - power(self.beta1, t + 1))", "1")
    swap(page, "(1 - power(self.beta2, t + 1))", "1")
    ours = run(RMSProp(lr=0.1, beta=0.999), landscapes.beale(), landscapes.beale().start, 60)
    assert numbers(page)[2]["theta"] == pytest.approx(ours.theta[-1].tolist(), rel=1e-12)


def test_an_error_is_named_at_its_place_and_the_last_line_stays_faint(page, opened):
    opened(two())
    press(page)
    swap(page, STEP, STEP.replace("m_hat", "np.sign(m)"))
    kept = paths(page)
    swap(page, "np.sign(m)", "np.sign(m_hut)")
    assert "m_hut" in said(page)
    assert said(page).startswith("Line 10: ")
    assert said(page).endswith("The faint line is the last rule that could run.")
    assert page.locator(".px-code .px-fault").all_inner_texts() == ["m_hut"]
    assert paths(page) == kept
    assert page.locator(".px-line.px-stale").count() == 4  # two panels on two landscapes
    swap(page, "m_hut", "m_hat")
    assert page.locator(".px-fault, .px-line.px-stale").count() == 0


def test_what_is_said_reaches_a_screen_reader_once_the_typing_pauses(page, opened):
    opened(two())
    press(page)
    status = page.locator(".px-yours .px-spoken[role=status]")
    assert status.inner_text() == ""
    swap(page, "g = J.grad(theta)", "g = J.grab(theta)")
    until(
        page,
        "() => document.querySelector('.px-yours .px-spoken[role=status]').textContent",
        seconds=5,
    )
    assert "Line 5" in status.inner_text()


def test_start_over_brings_the_rule_back_and_undo_what_was_written(page, opened):
    opened(two())
    press(page)
    own = text(page)
    swap(page, "g**2", "np.abs(g)")
    changed = text(page)
    page.wait_for_timeout(600)  # what is written at once is undone at once
    page.get_by_role("button", name="Start over").click()
    assert text(page) == own
    page.locator(".cm-content").focus()
    page.keyboard.press("Control+z")
    assert text(page) == changed


def test_another_rule_to_start_from_keeps_what_was_written_in_the_first(page, opened):
    opened(two())
    press(page)
    swap(page, "g**2", "np.abs(g)")
    changed = text(page)
    page.locator(".px-yours select").select_option("RMSProp")
    assert "m_hat" not in text(page)
    assert numbers(page)[2] == numbers(page)[1]
    page.locator(".px-yours select").select_option("Adam")
    assert text(page) == changed
    assert page.locator(".px-line[data-rule='2']").count() == 4


def test_closing_leaves_no_trace_and_the_focus_on_the_button(page, opened):
    opened(two())
    before = page.locator(".px").inner_html()
    press(page)
    swap(page, "g**2", "np.abs(g)")
    page.get_by_role("button", name="Close").click()
    assert page.locator(".px").inner_html() == before
    assert page.evaluate("document.activeElement.value") == "edit"
    press(page)
    assert page.locator(".px tbody tr").count() == 3


def test_your_rule_is_hidden_as_the_others_are(page, opened):
    opened(two())
    press(page)
    row = page.locator(".px tbody tr").last
    row.locator("button").click()
    assert not page.locator(".px-line[data-rule='2']").first.is_visible()
    assert row.locator("button").get_attribute("aria-pressed") == "false"


def test_views_take_the_locals_of_the_text_and_the_rules_own_functions_of_the_step(page, opened):
    opened(views())
    press(page)
    swap(page, "m_hat = m / (1 - power(self.beta1, t + 1))", "m_hut = m")
    swap(page, "self.lr * m_hat", "self.lr * m_hut")
    marks = page.evaluate(
        "PrimerExplorer.all[0].scene.panels.map(p => p.marks.slice(-2)"
        ".map(m => m.firstChild.getAttribute('d').length > 20))"
    )
    assert marks[0] == [False, False]  # its m̂ is gone
    assert marks[1:] == [[True, True]] * (len(marks) - 1)


def test_dots_of_one_dimension_are_its_own(page, opened):
    opened(one())
    press(page)
    ids = page.eval_on_selector_all("marker", "all => all.map(each => each.id)")
    assert len(ids) == len({*ids}) == 2


def test_a_number_with_a_name_gets_a_slider_that_writes_it(page, opened):
    opened(two())
    press(page)
    put(page, "rho = 0.5\n\n" + text(page).replace("self.lr * m_hat", "self.rho * self.lr * m_hat"))
    dial = page.get_by_label("ρ")
    before = numbers(page)[2]
    dial.focus()
    page.keyboard.press("ArrowRight")
    assert text(page).startswith("rho = 0.51\n")
    assert numbers(page)[2] != before
    put(page, text(page).replace("rho = 0.51", "rho = 7.0"))
    assert page.locator(".px-yours output").inner_text() == "7"
    put(page, text(page).replace("self.rho", "7").replace("rho = 7.0\n\n", ""))
    assert page.locator(".px-yours .px-row").count() == 0


def test_a_slider_of_a_count_writes_whole_numbers(page, opened):
    opened(two())
    press(page)
    loop = "for _ in range(self.n):\n        g = 0.9 * g\n    m ="
    put(page, "n = 3\n\n" + text(page).replace("m =", loop, 1))
    page.get_by_label("n in your rule").press("ArrowRight")
    assert text(page).startswith("n = 4\n")
    assert said(page) == HINT
    put(page, text(page).replace("n = 4", "n = 2.0"))
    page.get_by_label("n in your rule").press("End")
    assert text(page).startswith("n = 10.0\n")


def test_a_slider_reaches_as_far_as_the_number_that_was_typed(page, opened):
    opened(two())
    press(page)
    own = text(page)
    for typed in ("0", "0.", "0.5"):
        put(page, f"rho = {typed}\n\n{own}")
    page.get_by_label("ρ").press("Home")
    assert text(page).startswith("rho = 0.0\n")


def test_a_slider_writes_its_number_where_the_rule_cannot_run(page, opened):
    opened(two())
    press(page)
    put(page, "rho = 0.02\n\n" + text(page).replace("self.lr", "0.01 / rho * self.lr"))
    dial = page.get_by_label("ρ")
    dial.press("Home")
    assert "divides by zero" in said(page)
    dial.press("ArrowRight")
    assert text(page).startswith("rho = 0.01\n\ndef")
    assert said(page) == HINT
    put(page, text(page) + "(")
    assert dial.is_disabled()
    put(page, text(page)[:-1])
    assert dial.is_enabled()


def test_a_run_that_leaves_the_picture_is_said_to(page, opened):
    opened(two())
    press(page)
    swap(page, "theta - self.lr", "theta + self.lr")
    assert said(page) == "Your rule leaves the picture “Loss” at step 2."
    swap(page, "theta + self.lr", "theta - self.lr")
    assert "leaves" not in said(page)


def test_the_equation_follows_when_the_typing_pauses(page, opened):
    opened(two())
    press(page)
    page.wait_for_selector(".px-equation mjx-container")
    equation = "() => PrimerExplorer.all[0].editor.formula.latex"
    assert page.evaluate(equation) == latex(Adam)
    tall = page.locator(".px-equation").bounding_box()["height"]
    sgd = "    g = J.grad(theta)\n    return theta - self.lr * g, {}"
    put(page, f"def step(self, J, theta, state, t):\n{sgd}")
    until(page, f"text => ({equation})() === text", latex(SGD), seconds=10)
    until(page, "() => document.querySelectorAll('.px-equation > *').length === 1", seconds=10)
    assert page.locator(".px-equation").bounding_box()["height"] == tall


def test_the_keyboard_leaves_the_editor_by_tab_and_by_escape(page, opened):
    opened(two())
    press(page)
    described = page.locator(".cm-content").get_attribute("aria-describedby")
    assert "Esc" in page.locator(f"#{described}").inner_text()
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.textContent") == "Start over"
    page.locator(".cm-content").focus()
    before = text(page)
    page.keyboard.press("Tab")
    assert page.evaluate("!document.activeElement.closest('.cm-editor')")
    assert text(page) == before


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_in_an_open_editor(page, opened, theme):
    opened(tasked(), theme=theme)
    if theme == "dark":
        page.evaluate("document.body.style.background = '#14181e'")
    press(page)
    swap(page, "J.grad", "J.grab")
    page.wait_for_timeout(300)
    found = axe(page, ".px")
    assert not [(v["id"], v["nodes"][0]["html"]) for v in found]


def test_on_a_phone_the_picture_stays_in_sight_and_nothing_is_too_small(page, opened):
    page.set_viewport_size({"width": 390, "height": 700})
    opened(two())
    press(page)
    page.wait_for_timeout(600)
    page.keyboard.press("Control+End")
    page.keyboard.insert_text("\n    # one\n    # two\n    # three\n    # four")
    page.wait_for_timeout(300)
    boxes = page.evaluate(
        "() => [document.querySelector('.px-panel'), document.querySelector('.cm-editor')]"
        ".map(el => el.getBoundingClientRect().toJSON())"
    )
    assert 0 <= boxes[0]["top"] < boxes[0]["bottom"] <= 350
    caret = page.evaluate(
        "getSelection().getRangeAt(0).startContainer.parentElement.closest('.cm-line').getBoundingClientRect().top"
    )
    assert boxes[0]["bottom"] <= caret <= 700
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.locator(".cm-content").evaluate("el => getComputedStyle(el).fontSize") == "16px"
    sizes = page.eval_on_selector_all(
        ".px-yours :is(button, select)", "all => all.map(el => el.getBoundingClientRect().height)"
    )
    assert min(sizes) >= 44


def test_a_link_opens_the_editor_on_its_text_and_copy_link_gives_it_back(page, opened):
    changed = "def step(self, J, theta, state, t):\n    return theta - 0.01 * J.grad(theta), {}"
    opened(two(), hash_=link(rule="RMSProp", text=changed))
    page.wait_for_selector(".px-yours")
    assert text(page) == changed
    assert said(page) == "This rule came with the link."
    assert page.locator(".px-yours select").input_value() == "RMSProp"
    page.locator(".px-foot").get_by_role("button", name="Copy link").click()
    words = urllib.parse.parse_qs(urllib.parse.urlsplit(page.url).fragment)
    assert (words["rule"], words["text"]) == (["RMSProp"], [changed])


def test_a_link_of_the_prose_changes_lines_and_the_text_stays_where_it_is(page, opened):
    opened(two(), before=f'<p>See <a href="{link(rule="Adam", lines=PATCH)}">without</a>.</p>')
    place = page.get_by_text("without").bounding_box()
    page.get_by_text("without").click()
    page.wait_for_selector(".px-yours")
    assert "    m_hat = m\n    v_hat = v\n" in text(page)
    assert page.get_by_text("without").bounding_box() == place
    assert page.evaluate("document.activeElement.tagName") == "A"


def test_an_unchanged_rule_needs_no_text_in_its_link(page, opened):
    opened(two())
    press(page)
    page.locator(".px-yours").get_by_role("button", name="Copy link").click()
    assert "rule=Adam" in page.url
    assert "text=" not in page.url
    page.get_by_role("button", name="Close").click()
    page.locator("button[value=link]").click()
    assert "rule=" not in page.url


def test_where_no_editor_can_be_loaded_a_link_says_what_to_do(page, opened):
    opened(two(), before=f'<p><a href="{link(rule="RMSProp", lines="v = g")}">there</a></p>')
    page.evaluate("document.querySelector('.px-edits').remove()")
    page.get_by_text("there").click()
    told = page.locator(".px-foot .px-said").inner_text()
    assert told == "On the published page this link opens an editor. Here, change the cell."


def test_where_a_file_is_missing_it_says_so_and_the_next_press_tries_again(browser, tmp_path):
    write_site(tmp_path, two())
    page = browser.new_page()  # whose console may complain
    page.goto((tmp_path / "page.html").as_uri())
    page.wait_for_selector(".px-live")
    code = page.locator(".px-edits").get_attribute("data-code")
    said = "() => document.querySelector('.px-foot .px-said').textContent"
    for address in ("missing.js", code):
        page.evaluate("a => { document.querySelector('.px-edits').dataset.code = a }", address)
        page.locator("button[value=edit]").click()
        if address != code:
            until(page, f"() => ({said})() === 'The editor could not be loaded.'", seconds=10)
    page.wait_for_selector(".px-yours .cm-focused")
    assert page.evaluate(said) == ""
    page.close()


HOSTILE = [
    "<img src=x onerror=alert(1)>",
    "def step(self, J, theta, state, t):\n    return '</script><script>alert(1)</script>', {}",
    "def step(self, J, theta, state, t):\n    return __import__('os').system('x'), {}",
    "def step(self, J, theta, state, t):\n    return [[theta] * 10**9] * 10**9, {}",
    "x = " + "(" * 5000,
    "def step(self, J, theta, state, t):\n" + "    theta = theta + theta\n" * 700,
    "\u0000\u202e\ufeff",
    "a" * 30_000,
]


@pytest.fixture
def busy(page):
    """A function: seconds of the processor that the page's main thread has had."""
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})

    def seconds():
        found = session.send("Performance.getMetrics")["metrics"]
        return next(m["value"] for m in found if m["name"] == "ThreadTime")

    return seconds


@pytest.mark.parametrize("hostile", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_link_does_nothing_but_be_refused(page, opened, busy, hostile):
    page.on("dialog", lambda dialog: pytest.fail(dialog.message))
    opened(two(), hash_=link(rule="Adam", text=hostile))
    page.wait_for_selector(".px-yours")
    assert page.locator(".px-yours :is(img, script):not(.cm-widgetBuffer)").count() == 0
    assert numbers(page)[0]["lost"] == -1
    begin = busy()
    page.evaluate("text => PrimerExplorer.all[0].editor.read(text)", hostile)
    assert 0 < busy() - begin < 0.25


def test_a_link_to_a_rule_that_is_not_there_does_nothing(page, opened):
    opened(two(), hash_=link(rule="Nobody", text="x"))
    page.wait_for_timeout(300)
    assert page.locator(".px-yours").count() == 0


def test_a_task_is_checked_by_what_the_rule_does(page, opened):
    opened(tasked())
    page.get_by_role("button", name="Start").click()
    page.wait_for_selector(".px-yours .cm-focused")
    check = page.get_by_role("button", name="Check")
    check.click()
    verdict = page.locator(".px-task-said")
    assert verdict.inner_text().startswith("Not yet: after step 2 θ₁ is ")
    put(
        page,
        'def init(self, theta):\n    return {"z": 0 * theta}\n\n'
        "def step(self, J, theta, state, t):\n"
        '    z = state["z"] * 9 / 10 + J.grad(theta)\n'
        '    return theta - z * self.lr, {"z": z}\n',
    )
    check.click()
    assert verdict.inner_text() == "Right. That is the heavy ball."
    swap(page, "self.lr", "self.rate")
    check.click()
    assert verdict.inner_text() == "Not yet: first the text must run."
    swap(page, "self.rate", "0.1")  # right as the sliders stand, and nowhere else
    check.click()
    assert verdict.inner_text().startswith("Not yet: at these settings it is right, but ")


def test_a_solution_is_shown_when_asked_for_and_is_right(page, opened):
    opened(tasked())
    press(page)
    own = text(page)
    page.get_by_role("button", name="Show a solution").click()
    assert text(page) != own
    page.get_by_role("button", name="Check").click()
    assert page.locator(".px-task-said").inner_text().startswith("Right.")
    page.get_by_role("button", name="Start over").click()
    assert page.locator(".px-task-said").inner_text() == ""
    assert text(page) == own
    page.get_by_role("button", name="Close").click()
    assert page.get_by_role("button", name="Start").is_visible()
    assert page.get_by_role("button", name="Check").count() == 0


def test_all_of_it_works_where_scripts_in_pages_are_forbidden(page, hosted, tmp_path):
    write_site(tmp_path, two())
    page.goto(f"{hosted(tmp_path)}/page.html")
    page.wait_for_selector(".px-live")
    press(page)
    put(page, text(page).replace("g**2", "np.abs(g)"))
    adam, _, yours = numbers(page)
    assert yours["theta"] != adam["theta"]
    page.wait_for_selector(".px-equation mjx-container")


#: What a link must be able to carry, and bring back to the letter.
CARRIED = "\n".join(
    ["# 50 % + 1 & #hash = ? θ̂ 😀 \u202e $& \\ %2C", "def step(self, J, theta, state, t):", "\t"]
) + ("\n    return theta - 0.1 * J.grad(theta), {}  # a\u00a0b\n\n\n")


@pytest.mark.parametrize("carried", [CARRIED, ""])
def test_a_copied_link_opens_the_identical_text_and_settings(page, opened, carried):
    opened(two())
    press(page)
    put(page, carried)
    page.locator(".px-row input").first.press("End")
    page.locator(".px-choice select").select_option("Quadratic")
    before = text(page), numbers(page)
    assert before[0] == carried
    page.locator(".px-yours").get_by_role("button", name="Copy link").click()
    page.goto("about:blank")
    page.go_back()
    page.wait_for_selector(".px-yours")
    assert (text(page), numbers(page)[:2]) == (carried, before[1][:2])


def test_what_a_link_brings_into_an_open_editor_can_be_undone(page, opened):
    opened(two(), before=f'<p>See <a href="{link(rule="Adam", lines=PATCH)}">without</a>.</p>')
    press(page)
    swap(page, "g**2", "np.abs(g)")
    mine = text(page)
    page.get_by_text("without").click()
    until(page, "() => PrimerExplorer.all[0].editor.writing.text.includes('v_hat = v\\n')")
    assert said(page) == "This rule came with the link."
    page.locator(".cm-content").focus()
    page.keyboard.press("Control+z")
    assert text(page) == mine


def test_an_equation_that_would_keep_the_page_busy_is_not_set(page, opened):
    lines = "".join(
        f"    a{k} = theta * {k} + J.grad(theta) / (theta + {k})**2\n" for k in range(90)
    )
    sums = " + ".join(f"a{k}" for k in range(90))
    long = f"def step(self, J, theta, state, t):\n{lines}    return {sums}, {{}}"
    opened(two(), hash_=link(rule="Adam", text=long))
    page.wait_for_selector(".px-yours")
    page.wait_for_timeout(1000)
    assert numbers(page)[2]["lost"] != 0
    assert page.evaluate("PrimerExplorer.all[0].editor.formula.latex") is None
