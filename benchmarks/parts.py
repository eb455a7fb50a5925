"""Everything that is measured, in the order of the table."""

from . import editing, explorer, imports, networks, project, single, sweep

PARTS = (
    *sweep.PARTS,
    *single.PARTS,
    *networks.PARTS,
    *imports.PARTS,
    *explorer.PARTS,
    *editing.PARTS,
    *project.PARTS,
)
