"""Run a command of pip, and say meanwhile how far it is.

Usage: install.py python -m pip install …

A line tells which package is being fetched; where nobody looks, only the beginning is told. What
pip printed is shown if it fails.
"""

import re
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

NAME = re.compile(r"^(?:Collecting|Obtaining) ([\w.\[\],-]+)")


def wanted(arguments: list[str]) -> int:
    """How many packages the locks among the arguments name."""
    files = [Path(a) for a in arguments if a.endswith(".lock")]
    return sum(len(re.findall(r"^[\w.-]+==", f.read_text("utf-8"), re.M)) for f in files)


def progress(lines: Iterable[str], total: int) -> Iterator[str]:
    """What to tell about each line of pip's.

    Examples
    --------
    >>> said = ["Ignoring colorama: markers", "Collecting numpy==2.4.1", "  Downloading numpy", "x"]
    >>> [*progress(said, 3)]
    ['', 'fetching 1 of 2: numpy', 'fetching 1 of 2: numpy', 'fetching 1 of 2: numpy']
    >>> [*progress(["Installing collected packages: numpy"], 3)]
    ['writing the packages to the disk: a minute without news']
    """
    fetched, told = 0, ""
    for line in lines:
        total -= line.startswith("Ignoring ")
        found = NAME.match(line)
        if found:
            fetched += 1
            of = f" of {total}" if total >= fetched else ""
            told = f"fetching {fetched}{of}: {found[1].partition('[')[0]}"
        elif line.startswith("Installing collected packages"):
            told = "writing the packages to the disk: a minute without news"
        yield told


def main(arguments: list[str]) -> int:
    begun, said = time.monotonic(), []
    pip = subprocess.Popen(arguments, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    lines = (said.append(line) or line for line in pip.stdout)
    for told in progress(lines, wanted(arguments)):
        if sys.stdout.isatty():
            print(f"\r  {told:<76}", end="", flush=True)
    if sys.stdout.isatty():
        print(f"\r  {f'done after {time.monotonic() - begun:.0f} s':<76}", flush=True)
    if pip.wait():
        sys.stderr.writelines(said)
    return pip.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
