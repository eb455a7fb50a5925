"""What extensions share that change written pages, each in its text, or move a part to a file."""

import hashlib
from pathlib import Path


def digest(text):
    """What names a file by what it holds."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def rewrite(folder, change):
    """Write every page below a folder anew as ``change(text, file)`` gives it."""
    for file in Path(folder).rglob("*.html"):
        before = file.read_text("utf-8")
        after = change(before, file)
        if after != before:
            file.write_text(after, "utf-8")
