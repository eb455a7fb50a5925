"""Fail if a built page is not valid HTML.

html-validate judges, through npx; what it holds against the theme, and nobody here can mend, stands
in KNOWN with its reason. A page with planted faults comes first: a check that finds nothing there
has judged nothing. Without Node.js nothing is judged, which in CI is a failure.

Usage: check_html.py FOLDER
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

VALIDATOR = "html-validate@10.17.0"
CONFIG = Path(__file__).with_name("html-validate.json")
#: Rule and a piece of the selector of what the theme alone writes, and why it may stay.
KNOWN = {
    ("element-permitted-content", "details > summary > p"): "myst-nb writes the two words of a "
    "fold as paragraphs, and its style sheet shows one of them by that name",
    ("element-permitted-content", "> div > style"): "what IPython.display.Code shows brings its "
    "colors along, in the notebook as on the page",
}
PLANTED = """<!DOCTYPE html>
<html lang="en"><head><title>Planted</title></head>
<body><p id="one">Here no <div id="one">block, nor its name twice</div> may stand</p></body>
</html>
"""
FOUND = {"no-dup-id", "element-permitted-content", "close-order", "no-implicit-close"}
TOGETHER = 40


def reports(files):
    """What the validator says of the files: by file, a list of rule, line, selector and message."""
    names, found = [str(file) for file in files], {}
    for k in range(0, len(names), TOGETHER):
        for one in judged(names[k : k + TOGETHER]):
            found[Path(one["filePath"])] = [
                (m["ruleId"], m["line"], m.get("selector") or "", m["message"])
                for m in one["messages"]
            ]
    return found


def judged(names):
    """The validator's own report, which it writes to a file: what it prints may be cut off."""
    with tempfile.TemporaryDirectory() as folder:
        told = Path(folder, "report.json")
        command = ["npx", "--yes", VALIDATOR, "--config", str(CONFIG), "-f", f"json={told}"]
        done = subprocess.run([*command, *names], capture_output=True, text=True, encoding="utf-8")
        if done.returncode not in (0, 1) or not told.is_file():
            raise RuntimeError(f"{VALIDATOR} did not run:\n{done.stderr or done.stdout}")
        return json.loads(told.read_text("utf-8"))


def known(rule, selector):
    return any(rule == each and piece in selector for each, piece in KNOWN)


def faults(found, root):
    """A line for each fault that is not known."""
    return [
        f"{file.relative_to(root)}:{line}: {rule}: {message} ({selector})"
        for file, told in sorted(found.items())
        for rule, line, selector, message in told
        if not known(rule, selector)
    ]


def sees_planted_faults():
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder).resolve() / "planted.html"
        file.write_text(PLANTED, "utf-8")
        told = [rule for rules in reports([file]).values() for rule, *_ in rules]
    return len(FOUND.intersection(told)) >= 2


def main(folder):
    if not shutil.which("npx"):
        print("npx (it comes with Node.js) is missing: the pages' HTML was not checked.")
        return int(bool(os.environ.get("CI")))
    root = Path(folder).resolve()
    # Beneath _static lie templates of the theme, no pages.
    pages = [f for f in sorted(root.rglob("*.html")) if "_static" not in f.parts]
    if not pages:
        print(f"{folder}: no page found")
        return 1
    if not sees_planted_faults():
        print(f"{VALIDATOR} finds no fault in a page that has some.")
        return 1
    found = faults(reports(pages), root)
    print("\n".join(found) or f"{len(pages)} pages are valid HTML.")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
