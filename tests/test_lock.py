"""The locks hold what pyproject.toml asks for, on every system and Python of the book."""

import itertools
import os
import re
import shutil
import subprocess
import sys
import tomllib

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from test_notebooks import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
PYTHONS = [c.rpartition(" ")[2] for c in PROJECT["classifiers"] if re.search(r":: 3\.\d+$", c)]
SYSTEMS = {"Linux": ("linux", "posix"), "Darwin": ("darwin", "posix"), "Windows": ("win32", "nt")}
PLACES = list(itertools.product(PYTHONS, SYSTEMS))
SIZES = {"requirements.lock": ("lab", "book"), "requirements-dev.lock": ("lab", "book", "dev")}


def entries(name):
    """The entries of a lock: what is required, and its hashes."""
    text = (ROOT / name).read_text("utf-8").replace("\\\n", "")
    for line in text.splitlines():
        if line and not line.startswith("#"):
            what, *hashes = line.split(" --hash=")
            yield Requirement(what), [h.strip() for h in hashes]


def place(python, system):
    """The variables of a marker there."""
    platform, kind = SYSTEMS[system]
    return {
        "python_version": python,
        "python_full_version": f"{python}.9",
        "implementation_version": f"{python}.9",
        "implementation_name": "cpython",
        "platform_python_implementation": "CPython",
        "sys_platform": platform,
        "os_name": kind,
        "platform_system": system,
        "platform_machine": "x86_64",
        "extra": "",
    }


def pinned(name, where):
    """The one version of each package that a lock installs there."""
    found = {}
    for requirement, _ in entries(name):
        if requirement.marker is None or requirement.marker.evaluate(where):
            key = canonicalize_name(requirement.name)
            assert key not in found, f"{name} has two versions of {key} for {where}"
            found[key] = str(requirement.specifier).removeprefix("==")
    return found


def asked(extras):
    """What pyproject.toml asks for with these extras, with what they take in of one another."""
    lines = PROJECT["dependencies"] + [
        line for extra in extras for line in PROJECT["optional-dependencies"][extra]
    ]
    for requirement in map(Requirement, lines):
        if requirement.name == PROJECT["name"]:
            yield from asked(requirement.extras)
        else:
            yield requirement


@pytest.mark.parametrize("name", SIZES)
@pytest.mark.parametrize(("python", "system"), PLACES)
def test_the_lock_satisfies_the_project(name, python, system):
    versions = pinned(name, place(python, system))
    for requirement in asked(SIZES[name]):
        version = versions.get(canonicalize_name(requirement.name))
        assert version, f"{name} lacks {requirement.name}: run make lock"
        assert requirement.specifier.contains(version, prereleases=True), (
            f"{name} has {requirement.name} {version}, not {requirement}: run make lock"
        )


@pytest.mark.parametrize(("python", "system"), PLACES)
def test_reader_and_contributor_have_the_same_versions(python, system):
    where = place(python, system)
    reader, contributor = (pinned(name, where) for name in SIZES)
    assert reader.items() <= contributor.items()


@pytest.mark.parametrize("name", SIZES)
def test_every_entry_is_one_version_with_hashes_and_nothing_else_is_there(name):
    for requirement, hashes in entries(name):
        assert re.fullmatch(r"==[^*,]+", str(requirement.specifier)), requirement
        assert requirement.url is None
        assert hashes
        assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", h) for h in hashes), requirement
        assert canonicalize_name(requirement.name) != PROJECT["name"]


def test_the_lists_without_a_lock_take_the_same_extras():
    for name, extras in SIZES.items():
        text = (ROOT / name.replace(".lock", ".txt")).read_text("utf-8")
        assert f"-e .[{','.join(extras)}]" in text.splitlines()


def test_the_oldest_python_of_the_lock_is_that_of_the_project():
    makefile = (ROOT / "Makefile").read_text("utf-8")
    oldest = re.search(r"--universal --python-version (\S+)", makefile)[1]
    assert PROJECT["requires-python"] == f">={oldest}"
    assert PYTHONS[0] == oldest


#: What a make that runs the tests hands on, and what its command line may have set.
OF_MAKE = ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "MAKEOVERRIDES", "PYTHON", "VENV", "LOCKED")


def told(*arguments):
    """What make would do, in a folder for the environment that does not exist."""
    ours = {name: value for name, value in os.environ.items() if name not in OF_MAKE}
    command = ["make", "--dry-run", "--no-print-directory", *arguments]
    return subprocess.run(
        command, cwd=ROOT, env=ours, capture_output=True, text=True, check=True
    ).stdout


with_make = pytest.mark.skipif(
    sys.platform == "win32" or not shutil.which("make"), reason="needs make and a Unix shell"
)


@with_make
@pytest.mark.parametrize(
    ("target", "size"), [("lab", ""), ("book", ""), ("test", "-dev"), ("parity", "-dev")]
)
def test_make_installs_the_lock_then_the_package_alone(tmp_path, target, size):
    lines = told(target, f"VENV={tmp_path}/none", "PYTHON=python3")
    first = lines.index(f"--require-hashes -r requirements{size}.lock")
    assert lines.index("--no-deps -e .") > first
    assert f"-r requirements{size}.txt" not in lines
    free = told(target, f"VENV={tmp_path}/none", "PYTHON=python3", "LOCKED=no")
    assert f"-r requirements{size}.txt" in free
    assert ".lock" not in free


@with_make
def test_a_version_of_python_has_an_environment_of_its_own():
    assert ".venv-3.99/bin/python -m pip install" in told("test", "PYTHON=3.99")
