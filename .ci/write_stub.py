"""Write primer/__init__.pyi, which tells a type checker every name that `primer` exports.

Rules and schedules come from the registry, so that no line of `primer/__init__.py` names them; a
checker cannot follow that. Usage: write_stub.py [--check]
"""

import sys
import types
from pathlib import Path

import primer

STUB = Path(primer.__file__).with_suffix(".pyi")
HEAD = '"""Names for type checkers, written by `make format` from what `primer` exports."""\n\n'


def line(name: str) -> str:
    """The import of one exported name."""
    thing = getattr(primer, name)
    if isinstance(thing, types.ModuleType):
        return f"from . import {name} as {name}"
    home = thing.__module__.removeprefix("primer")
    return f"from {home} import {name} as {name}"


def stub() -> str:
    names = sorted(primer.__all__)
    listed = "".join(f'    "{name}",\n' for name in names)
    return HEAD + "\n".join(sorted(map(line, names))) + f"\n\n__all__ = [\n{listed}]\n"


def main(arguments: list[str]) -> int:
    if arguments != ["--check"]:
        STUB.write_text(stub(), encoding="utf-8")
        return 0
    if STUB.read_text(encoding="utf-8") == stub():
        return 0
    print(f"{STUB.name} does not name what primer exports: run make format")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
