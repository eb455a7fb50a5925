"""Workflows run only what is pinned, may do only what they must, and name commands that exist."""

import re
import stat

import pytest
import yaml
from test_lock import PYTHONS
from test_notebooks import ROOT

FILES = sorted((ROOT / ".github/workflows").glob("*.yml"))
#: What a job may do beyond reading the repository.
GRANTED = {("ci.yml", "publish"): {"pages": "write", "id-token": "write"}}
TESTS = 'pytest -n 2 --dist loadscope --no-loadscope-reorder -m "not parity"'


def workflow(name):
    return yaml.safe_load((ROOT / ".github/workflows" / name).read_text("utf-8"))


def commands():
    """Every command of every workflow."""
    for file in FILES:
        for job in workflow(file.name)["jobs"].values():
            yield from (step["run"] for step in job["steps"] if "run" in step)


@pytest.mark.parametrize("file", FILES, ids=lambda f: f.name)
def test_every_action_is_pinned_to_a_commit_and_says_which_release_that_is(file):
    lines = re.findall(r"^ *(?:- )?uses: (.*)$", file.read_text("utf-8"), flags=re.M)
    assert lines
    for line in lines:
        assert re.fullmatch(r"[\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+(\.\d+)*", line), line


def test_one_release_of_an_action_everywhere():
    text = "".join(file.read_text("utf-8") for file in FILES)
    used = set(re.findall(r"uses: (\S+)@(\S+) # (\S+)", text))
    assert len(used) == len({action for action, *_ in used})


@pytest.mark.parametrize("file", FILES, ids=lambda f: f.name)
def test_a_workflow_may_read_and_a_job_only_what_it_is_granted(file):
    whole = workflow(file.name)
    assert whole["permissions"] == {"contents": "read"}
    for name, job in whole["jobs"].items():
        assert job.get("permissions", {}) == GRANTED.get((file.name, name), {})
        assert job["timeout-minutes"] <= 90
        for step in job["steps"]:
            if step.get("uses", "").startswith("actions/checkout@"):
                assert step["with"]["persist-credentials"] is False


@pytest.mark.parametrize("file", FILES, ids=lambda f: f.name)
def test_no_text_from_outside_becomes_a_command(file):
    for job in workflow(file.name)["jobs"].values():
        for step in job["steps"]:
            assert re.findall(r"\$\{\{(?! *matrix\.)", step.get("run", "")) == []


def test_no_workflow_runs_on_a_stranger_s_code_with_our_rights():
    for file in FILES:
        # YAML 1.1 reads the key `on` as true
        assert workflow(file.name)[True].keys() <= {
            "push",
            "pull_request",
            "schedule",
            "workflow_dispatch",
        }


def test_commands_name_targets_and_files_that_exist():
    makefile = (ROOT / "Makefile").read_text("utf-8")
    found = list(commands())
    for command in found:
        for target in re.findall(r"\bmake ([a-z]+)", command):
            assert re.search(rf"^{target}:", makefile, flags=re.M), command
        for name in re.findall(r"-r (\S+)|\bbash (\S+)", command):
            assert (ROOT / "".join(name)).is_file(), command
    assert "bash .ci/run" in found


def test_everyone_tests_by_the_same_command():
    found = [command for command in commands() if "pytest" in command]
    assert len(found) == 2
    readme = (ROOT / "README.md").read_text("utf-8")
    assert all(command.endswith(TESTS) for command in found)
    assert readme.count(TESTS) == 2


def test_the_tests_run_on_three_systems_and_on_every_python_of_the_project():
    matrix = workflow("ci.yml")["jobs"]["tests"]["strategy"]["matrix"]
    assert matrix["python"] == PYTHONS
    assert {system.partition("-")[0] for system in matrix["system"]} == {
        "ubuntu",
        "macos",
        "windows",
    }


def test_every_week_the_oldest_and_the_newest_packages_the_links_and_all_engines():
    weekly = workflow("weekly.yml")
    minute, hour, day, month, weekday = weekly[True]["schedule"][0]["cron"].split()
    assert (day, month) == ("*", "*")
    assert weekday != "*"
    runs = weekly["jobs"]["packages"]["strategy"]["matrix"]["include"]
    assert [(run["python"], run["resolution"]) for run in runs] == [
        (PYTHONS[0], "lowest-direct"),
        (PYTHONS[-1], "highest"),
    ]
    assert [step.get("run") for step in weekly["jobs"]["links"]["steps"]][-2:] == [
        "make book",
        "make links",
    ]
    assert [step.get("run") for step in weekly["jobs"]["engines"]["steps"]][-3:] == [
        "bash .ci/browsers",
        "make book",
        "make engines",
    ]


def test_only_what_passed_is_published():
    publish = workflow("ci.yml")["jobs"]["publish"]
    assert set(publish["needs"]) == workflow("ci.yml")["jobs"].keys() - {"publish"}
    assert "github.event_name == 'push'" in publish["if"]
    assert workflow("ci.yml")[True]["push"] == {"branches": ["main"]}


def test_binder_installs_the_lock_and_the_package():
    folder = ROOT / ".binder"
    required = (folder / "requirements.txt").read_text("utf-8").split()
    assert required[0] == "-r"
    assert (folder / required[1]).resolve() == ROOT / "requirements.lock"
    assert (folder / "runtime.txt").read_text("utf-8").strip().removeprefix("python-") in PYTHONS
    script = folder / "postBuild"
    assert "pip install --no-deps" in script.read_text("utf-8")
    assert script.stat().st_mode & stat.S_IXUSR
