"""A graph that was made becomes the one that is asked: the store, the exports, and the manifest that vouches for them."""

from __future__ import annotations

import errno
import gc
from collections.abc import Mapping
from pathlib import Path

from . import builds
from .builds import Manifest
from .errors import Problem, StoreError
from .making import Made, counts, digest
from .page import draw
from .project import Project
from .store import Store
from .terms import Prefixes
from .turtle import turtle

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
HERE = Path(__file__).parent


def publish(project: Project, made: Made, inputs: Mapping[str, str]) -> tuple[Manifest, list[Problem]]:
    """Write the store, the Turtle and the page of what was made, and return their manifest, and all problems.

    Raises StoreError if anything cannot be written; the store that was there, and its manifest, are left.
    """
    try:
        return _publish(project, made, inputs)
    except OSError as error:
        where = Path(error.filename or project.output)
        if isinstance(error, FileNotFoundError) and where.is_relative_to(HERE):
            raise StoreError(f"{where}, a file of hima-kg itself, is missing", hint="install hima-kg again") from error
        hint = "is the disk full?" if error.errno in _FULL else "look who may write there, and whether it is in use"
        raise StoreError(f"{where} cannot be written: {error.strerror or error}", hint=hint) from error


def _publish(project: Project, made: Made, inputs: Mapping[str, str]) -> tuple[Manifest, list[Problem]]:
    """Write each part before the memory of the one before it is needed again, and return the manifest, which comes last."""
    settings, output, prefixes = project.settings, project.output, dict(sorted(made.seen.prefixes.items()))
    counted = dict(counts(made.store))
    drawing = draw(made.store, Prefixes(prefixes), title=settings.title, languages=settings.languages)
    staged = builds.staging(output)
    spilled = staged.with_suffix(".nq")
    made.store.spill(spilled)
    lines = builds.sorted_lines(spilled)
    sha = digest(lines)
    drawing.digest = sha
    page, doubts = drawing.page(font=project.font).encode(), drawing.embedded.doubts(f"{settings.name}.html")
    del drawing
    gc.collect()  # a drawing is all cycles
    Store.write(staged, lines)
    written = turtle(lines, Prefixes(prefixes))
    del lines
    exports = {f"{settings.name}.ttl": written.encode(), f"{settings.name}.html": page}
    del written
    for name, data in exports.items():
        builds.write(output / name, data)
    manifest = Manifest(
        name=settings.name,
        title=settings.title,
        digest=sha,
        store=builds.free_name(output, sha),
        languages=settings.languages,
        prefixes=prefixes,
        counts=counted,
        inputs=inputs,
        versions=builds.versions(),
        files={file.name: builds.fingerprint(file) for file in staged.iterdir()},
        exports={name: builds.fingerprint(output / name) for name in exports},
    )
    builds.publish(output, staged, manifest)  # last: one that stops before leaves exports that no manifest vouches for
    return manifest, sorted([*made.problems, *doubts])
