"""The package as a wheel, written without a build tool: the same bytes for the same files.

A wheel of pure Python is a zip file with the package and three files about it (PEP 427, PEP 566).
"""

import base64
import hashlib
import io
import re
import tomllib
import zipfile
from pathlib import Path

#: Every file in the archive says so, whenever it is built: the first day that a zip file can name.
DAY = (1980, 1, 1, 0, 0, 0)
#: What tools leave in the folder: caches, hidden ones among them, and settings of ours.
LEFT_OUT = re.compile(r"(__pycache__|\..*|ruff\.toml)")
TAG = "Wheel-Version: 1.0\nGenerator: primer\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


def stem(project):
    """Name and version as file names write them.

    >>> stem({"name": "ml-optimization-primer", "version": "0.1.0"})
    'ml_optimization_primer-0.1.0'
    """
    return f"{project['name'].replace('-', '_')}-{project['version']}"


def project_of(root):
    return tomllib.loads(Path(root, "pyproject.toml").read_text("utf-8"))["project"]


def metadata(project):
    """The file METADATA of a project: what it needs to run, without extras."""
    lines = [
        "Metadata-Version: 2.4",
        f"Name: {project['name']}",
        f"Version: {project['version']}",
        f"Summary: {project['description']}",
        f"License-Expression: {project['license']}",
        f"Requires-Python: {project['requires-python']}",
        *(f"Requires-Dist: {needed}" for needed in project["dependencies"]),
    ]
    return "\n".join([*lines, ""])


def recorded(name, data):
    """The line of the file RECORD for a file of the archive."""
    digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
    return f"{name},sha256={digest},{len(data)}"


def contents(root):
    """The files of the wheel by name, the package's in their order, then those about it."""
    root = Path(root)
    project = project_of(root)
    about = f"{stem(project)}.dist-info"
    files = {
        file.relative_to(root).as_posix(): file.read_bytes()
        for file in sorted(root.joinpath("primer").rglob("*"))
        if file.is_file() and not any(map(LEFT_OUT.fullmatch, file.relative_to(root).parts))
    }
    files[f"{about}/licenses/LICENSE"] = root.joinpath("LICENSE").read_bytes()
    files[f"{about}/METADATA"] = metadata(project).encode()
    files[f"{about}/WHEEL"] = TAG.encode()
    rows = [recorded(*pair) for pair in files.items()]
    files[f"{about}/RECORD"] = "\n".join([*rows, f"{about}/RECORD,,", ""]).encode()
    return files


def name(root):
    """The file name of the wheel of the project in this folder."""
    return f"{stem(project_of(root))}-py3-none-any.whl"


def wheel(root):
    """The name of the wheel of the project in this folder, and its bytes."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for each, data in contents(root).items():
            entry = zipfile.ZipInfo(each, DAY)
            entry.external_attr = 0o644 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, data)
    return name(root), written.getvalue()
