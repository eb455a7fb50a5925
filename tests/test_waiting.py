"""A bar by time: where a person waits longer than a second, and only there."""

import threading

import pytest

from primer import SGD, compare, data, explore, landscapes, models, run, waiting


class Screen:
    def __init__(self):
        self.told, self.cleared = [], 0

    def show(self, counts, before, seconds):
        self.told.append((waiting.fraction(counts), before, seconds))

    def clear(self):
        self.cleared += 1


class Events:
    def __init__(self):
        self.called = []

    def register(self, name, function):
        assert name == "post_run_cell"
        self.called.append(function)

    def unregister(self, name, function):
        self.called.remove(function)


class Shell:
    def __init__(self):
        self.events = Events()


@pytest.fixture
def cell(monkeypatch):
    """A person's notebook: `next` ends one cell and begins another; `screen` is the last."""
    screens, shell = [], Shell()

    class Person:
        number = 0

        @property
        def screen(self):
            return screens[-1]

        def next(self):
            for function in [*shell.events.called]:
                function()
            self.number += 1

    def screen():
        screens.append(Screen())
        return screens[-1]

    person = Person()
    monkeypatch.setattr(waiting, "Output", screen)
    monkeypatch.setattr(waiting, "PATIENCE", 0.0)
    monkeypatch.setattr(waiting, "EVERY", 0.0)
    monkeypatch.setattr(waiting, "_cell", lambda: (shell, f"cell {person.number}"))
    monkeypatch.setattr(waiting, "_now", {"cell": None, "waiting": None})
    person.shell = shell
    return person


def test_nothing_is_shown_before_a_second_then_five_times_a_second_and_nothing_stays():
    now, screen = [0.0], Screen()
    wait = waiting.Waiting(screen, patience=1.0, clock=lambda: now[0])
    count = waiting.Count(100, "step", 0.0)
    wait.counts.append(count)
    for k in range(40):
        now[0] = k * 0.05
        wait.tick(count)
    assert [round(seconds, 2) for _, _, seconds in screen.told] == [1.0, 1.2, 1.4, 1.6, 1.8]
    assert screen.told[0][0] == pytest.approx(0.21)
    wait.end()
    wait.end()
    assert screen.cleared == 1


def test_a_short_wait_touches_no_screen():
    screen = Screen()
    wait = waiting.Waiting(screen, patience=1.0, clock=lambda: 0.5)
    wait.tick(waiting.Count(2, "step", 0.0))
    wait.end()
    assert not screen.told
    assert not screen.cleared


def test_a_loop_over_runs_moves_the_bar_by_their_steps_and_never_back(cell):
    J = landscapes.ravine()
    for _ in waiting.each(range(4)):
        run(SGD(lr=0.01), J, [1.0, 1.0], 25)
    shares = [share for share, *_ in cell.screen.told]
    assert shares == sorted(shares)
    assert len(shares) > 100
    assert shares[-1] == 1
    assert cell.screen.cleared == 0
    cell.next()
    assert cell.screen.cleared == 1
    assert not cell.shell.events.called


def test_runs_one_after_another_are_counted_in_the_cell_and_anew_in_the_next(cell):
    J = landscapes.ravine()
    for _ in range(3):
        run(SGD(lr=0.01), J, [1.0, 1.0], 5)
    assert [before for _, before, _ in cell.screen.told[::5]] == [0, 1, 2]
    cell.next()
    run(SGD(lr=0.01), J, [1.0, 1.0], 5)
    assert {before for _, before, _ in cell.screen.told} == {0}


def test_a_loop_that_a_cell_left_does_not_count_in_the_next(cell):
    left = waiting.each(range(3))
    next(left)
    cell.next()
    run(SGD(lr=0.01), landscapes.ravine(), [1.0, 1.0], 2)
    assert [share for share, *_ in cell.screen.told] == [0.5, 1.0]
    left.close()


def test_comparisons_and_explorers_count_too(cell):
    X, y, *_ = data.breast_cancer()
    rates = {"A": [0.1, 0.2], "B": [0.1, 0.2]}
    compare({"A": SGD(), "B": SGD()}, models.logistic(X, y), rates=rates, steps=5, size=8)
    assert cell.screen.told[-1][0] == 1
    cell.next()
    explore(SGD(), on=landscapes.ravine(), steps=5)
    assert cell.screen.told[-1][1] >= 1


def test_a_refusal_leaves_no_count_behind(cell):
    with pytest.raises(ValueError, match="unknown"):
        with waiting.bar(3):
            raise ValueError("unknown")
    cell.next()
    assert list(waiting.each("ab")) == ["a", "b"]


def test_who_asks_for_none_gets_none_and_a_worker_s_thread_draws_none(cell):
    found = []
    with waiting.bar(3, shown=False) as tick:
        found.append(tick)

    def work():
        with waiting.bar(3) as tick:
            found.append(tick)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert found == [None, None]


def test_programs_that_run_notebooks_get_no_bar():
    with waiting.bar(3) as tick:
        assert tick is None


def test_whoever_asks_for_a_bar_has_it_at_once_in_a_script_too(capsys):
    run(SGD(lr=0.01), landscapes.ravine(), [1.0, 1.0], 3, progress=True)
    told = capsys.readouterr().err
    assert "1/3" in told
    assert told.endswith("\r")
