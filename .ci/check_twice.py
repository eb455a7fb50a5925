"""Build the book a second time, elsewhere, and fail if the two sites differ.

The second build stands in another folder, starts from a copy of what git knows, and has another
seed of Python's hashes, so that no address, no order of a set and no time of day may get into a
page. Only the results of the chapters' cells are taken over from the first build (running all
chapters again would take minutes; the tests run them, and compare what they print). A difference
that may stay is named in EXCUSED, by file and line, with its reason.

Usage: check_twice.py BUILD                    the folder of the first build, such as _build
       check_twice.py SITE OTHER_SITE          compare two sites that are there
"""

import difflib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CACHE = ".jupyter_cache"
#: Files, lines of them that may differ, and why.
EXCUSED: list[tuple[str, str, str]] = []
SHOWN = 3


def files(site):
    """The files of a site by name."""
    return {f.relative_to(site).as_posix(): f for f in sorted(site.rglob("*")) if f.is_file()}


def excused(name, line):
    return any(re.search(path, name) and re.search(told, line) for path, told, _ in EXCUSED)


def lines_that_differ(name, one, other):
    """What differs between two versions of a file, as lines of a diff; a word for one of bytes."""
    try:
        texts = [data.decode("utf-8").splitlines() for data in (one, other)]
    except UnicodeDecodeError:
        return ["bytes differ"]
    changed = difflib.unified_diff(*texts, n=0, lineterm="")
    found = [line for line in list(changed)[2:] if not line.startswith("@@")]
    return [line for line in found if not excused(name, line[1:])]


def differences(first, second):
    """A line for each difference of two sites."""
    one, other = files(first), files(second)
    found = [f"{name}: only in one of them" for name in sorted(one.keys() ^ other.keys())]
    for name in sorted(one.keys() & other.keys()):
        data = one[name].read_bytes(), other[name].read_bytes()
        if data[0] != data[1]:
            told = lines_that_differ(name, *data)
            found += [f"{name}: {line[:200]}" for line in told[:SHOWN]]
            found += [f"{name}: and {len(told) - SHOWN} more lines"] * (len(told) > SHOWN)
    return found


def copied(folder):
    """A copy of the files that git knows."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True
    ).stdout.decode()
    for name in filter(None, listed.split("\0")):
        source = ROOT / name
        if source.is_file():
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target)


def built_again(build, folder):
    """The site of a second build in this folder."""
    copied(folder)
    shutil.copytree(build / CACHE, folder / "_build" / CACHE)
    book = Path(sys.executable).with_name("jupyter-book")
    environment = {
        **os.environ,
        "PYTHONHASHSEED": "1",
        "PRIMER_BOOK": "1",
        "PYTHONPATH": str(folder),
        **dict.fromkeys(["OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"], "1"),
    }
    command = [str(book), "build", ".", "-W", "-n", "--keep-going", "-q"]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"The second build failed:\n{done.stdout[-3000:]}{done.stderr[-3000:]}")
    return folder / "_build" / "html"


def main(first, *second):
    with tempfile.TemporaryDirectory() as folder:
        sites = [Path(first), Path(second[0])] if second else None
        if sites is None:
            sites = [Path(first, "html"), built_again(Path(first).resolve(), Path(folder, "again"))]
        found = differences(*sites)
        count = len(files(sites[0]))
    print("\n".join(found) or f"Two builds are equal: {count} files.")
    return int(bool(found) or not count)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
