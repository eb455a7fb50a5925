"""Fail if an address of another host that a built page links to is gone.

Gone is what its host says it no longer has, and a host that cannot be reached three times in a row.
Any other refusal says nothing about the page: many hosts send programs away.

Usage: check_outside.py FOLDER
"""

import sys
import time
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import Request, urlopen

from check_links import Page

GONE = (404, 410)
TRIES, PAUSE, PATIENCE = 3, 5.0, 30.0
HEADERS = {"User-Agent": "Mozilla/5.0 (compatible; a book that checks its links once a week)"}


def outside(root: Path) -> dict[str, str]:
    """Every address of another host, with the first page that links to it."""
    found: dict[str, str] = {}
    for file in sorted(root.rglob("*.html")):
        for link in Page(file.read_text("utf-8")).links:
            if link.startswith(("https://", "http://")):
                found.setdefault(link.partition("#")[0], str(file.relative_to(root)))
    return found


def fault(address: str) -> str:
    """Say what is wrong with an address; nothing if it is there, or if its host does not tell."""
    request = Request(quote(address, safe="%/:=&?~+!$,;'@()*[]"), headers=HEADERS)
    told = ""
    for attempt in range(TRIES):
        time.sleep(PAUSE * attempt)
        try:
            with urlopen(request, timeout=PATIENCE):
                return ""
        except HTTPError as error:
            return f"{error.code} {error.reason}" if error.code in GONE else ""
        except (OSError, HTTPException) as error:
            told = str(error) or type(error).__name__
    return told


def main(folder: str) -> int:
    found = outside(Path(folder))
    with ThreadPoolExecutor(8) as pool:
        faults = dict(zip(found, pool.map(fault, found), strict=True))
    gone = [f"{found[link]}: {link}: {told}" for link, told in faults.items() if told]
    print("\n".join(gone) or f"{len(found)} addresses of other hosts: none is gone.")
    return bool(gone)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
