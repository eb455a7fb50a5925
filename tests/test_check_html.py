"""The check of the pages' HTML finds planted faults, and excuses nothing without a reason."""

import os
import shutil
from pathlib import Path

import pytest
from helpers import loaded
from test_notebooks import ROOT

check = loaded(ROOT / ".ci" / "check_html.py")


def test_what_is_known_is_named_by_rule_and_place_with_a_reason(monkeypatch):
    assert all(rule and piece and len(why) > 15 for (rule, piece), why in check.KNOWN.items())
    monkeypatch.setattr(check, "KNOWN", {("no-dup-id", "#theme"): "the theme writes it twice"})
    file = Path("/site/a.html")
    found = {
        file: [
            ("no-dup-id", 3, "body > #theme > i", "Duplicate ID"),
            ("no-dup-id", 9, "article > p", "Duplicate ID"),
            ("close-order", 4, "#theme", "Stray end tag"),
        ]
    }
    told = check.faults(found, Path("/site"))
    assert told == [
        "a.html:9: no-dup-id: Duplicate ID (article > p)",
        "a.html:4: close-order: Stray end tag (#theme)",
    ]


def test_a_validator_that_sees_nothing_is_no_success(tmp_path, monkeypatch, capsys):
    tmp_path.joinpath("a.html").write_text("<p>", "utf-8")
    monkeypatch.setattr(check.shutil, "which", lambda name: name)
    monkeypatch.setattr(check, "reports", lambda files: {file: [] for file in files})
    assert check.main(str(tmp_path)) == 1
    assert "finds no fault in a page that has some" in capsys.readouterr().out


@pytest.mark.parametrize(("ci", "status"), [("true", 1), ("", 0)])
def test_without_npx_it_says_so_and_fails_in_ci_alone(tmp_path, monkeypatch, capsys, ci, status):
    monkeypatch.setattr(check.shutil, "which", lambda name: None)
    monkeypatch.setitem(os.environ, "CI", ci)
    assert check.main(str(tmp_path)) == status
    assert "npx" in capsys.readouterr().out


@pytest.mark.skipif(not os.environ.get("CI") or not shutil.which("npx"), reason="fetches packages")
def test_it_finds_planted_faults():
    assert check.sees_planted_faults()
