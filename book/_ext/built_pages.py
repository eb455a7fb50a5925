"""What extensions change in pages that are written: each in its text, and only where it differs."""

from pathlib import Path


def rewrite(folder, change):
    """Write every page below a folder anew as ``change(text, file)`` gives it."""
    for file in Path(folder).rglob("*.html"):
        before = file.read_text("utf-8")
        after = change(before, file)
        if after != before:
            file.write_text(after, "utf-8")
