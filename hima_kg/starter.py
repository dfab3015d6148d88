"""The starter project of `hima-kg init`: small, whole, and built at once."""

from __future__ import annotations

from pathlib import Path

from .errors import ProjectError

TEMPLATE = Path(__file__).parent / "starter_project"


def write(folder: Path) -> list[Path]:
    """Copy the starter project into a folder that is empty or not there yet; return the files made.

    Raises ProjectError where the folder has files.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ProjectError(f"{folder} is not empty", hint="name a folder that does not exist yet")
    made = []
    try:
        for source in sorted(path for path in TEMPLATE.rglob("*") if path.is_file()):
            target = folder / source.relative_to(TEMPLATE)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(source.read_bytes())
            made.append(target)
    except OSError as error:
        raise ProjectError(f"{folder} cannot be written: {error.strerror}") from error
    return made
