"""A graph that was made becomes the one that is asked: the store, the exports, and the manifest that vouches for them."""

from __future__ import annotations

import errno
import gc
from collections.abc import Iterator, Mapping
from pathlib import Path

from . import builds, digests
from .builds import Manifest
from .errors import FactError, Problem, StoreError
from .making import changed_meanwhile, counts, make_tested
from .network import Choice, choose
from .nquads import parts, within
from .page import HELD, contents, printed, sealed
from .project import Project
from .records import Parts, Record
from .renewals import is_renewable, renewed
from .store import Store, batches, trim
from .terms import DERIVED, KG, ONTOLOGY, Prefixes
from .threads import apart
from .turtle import encoded

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_CONSTRUCT = f"<{KG}construct>".encode()
HERE = Path(__file__).parent


def build(project: Project, inputs: Mapping[str, str], *, anew: bool) -> tuple[Manifest, list[Problem]]:
    """Build a project, out of the build before if that can be and need not be made anew; return the manifest and all doubts.

    Raises FactError with every problem where any of them is an error, StoreError if anything cannot be written; the store
    that was there, and its manifest, are left.
    """
    try:
        staged = builds.staging(project.output)
        again = None if anew else renewed(project, inputs, staged)
        if not again:
            staged = staged.with_name(f"{staged.name}-anew")  # the other place may not be let go of yet
        return _put(project, inputs, staged, again or _whole(project, staged))
    except OSError as error:
        where = Path(error.filename or project.output)
        if isinstance(error, FileNotFoundError) and where.is_relative_to(HERE):
            raise StoreError(f"{where}, a file of hima-kg itself, is missing", hint="install hima-kg again") from error
        hint = "is the disk full?" if error.errno in _FULL else "check who may write there, and whether it is in use"
        raise StoreError(f"{where} cannot be written: {error.strerror or error}", hint=hint) from error


def _whole(project: Project, staged: Path) -> Parts:
    """Build a project from its files."""
    spilled = staged.with_suffix(".nq")
    try:
        return _made(project, staged, spilled)
    finally:
        spilled.unlink(missing_ok=True)


def _made(project: Project, staged: Path, spilled: Path) -> Parts:
    """Make a store and what is left beside it: each part is written before the memory of the one before is needed again.

    The facts are lines before they are quads, and are kept so; the engine is asked only for what follows from them.
    """
    made = make_tested(project, spilled)
    if not made.is_sound:
        raise FactError(made.problems)
    prefixes = dict(sorted(made.store.prefixes.items()))
    counted, choice, drawn = apart(lambda: _drawn(project, made.store, Prefixes(prefixes)))
    gc.collect()  # a drawing is all cycles
    with spilled.open("ab") as file:
        file.writelines(_inferred(made.store))
    made.store.clear()
    builds.sort(spilled)
    with spilled.open("rb") as file:
        lines = file.readlines()  # in order in memory, too, which makes all that goes through them faster
    assert len(lines) == counted["quads"], "the engine keeps what it is given as it is written, or it is refused"
    seals = digests.seals(lines)
    digest = digests.digest(seals)
    written, sizes = encoded(lines, Prefixes(prefixes)), batches(lines)
    del lines
    trim()
    with spilled.open("rb") as file:
        Store.write(staged, map(file.read, sizes))
    drawn = sealed(drawn, digest)
    page, warnings = printed(project, drawn)
    files = [path.read_bytes() for path in project.facts]
    record = Record(files, seals, made.doubts, made.placed, choice, drawn) if is_renewable(made) else None
    return Parts(digest, prefixes, counted, written, page, sorted([*made.problems, *warnings]), record)


def _inferred(store: Store) -> Iterator[bytes]:
    """Go through what stands in a store besides its facts, as lines, many at once; rules' texts are not in the best graph."""
    told = store.said(ONTOLOGY)
    yield within(ONTOLOGY, told)
    yield from (line for line in told.splitlines(keepends=True) if parts(line)[1] != _CONSTRUCT)
    told = store.said(DERIVED)
    yield within(DERIVED, told)
    yield told


def _drawn(project: Project, store: Store, prefixes: Prefixes) -> tuple[dict[str, int], Choice, str]:
    choice = choose(store, prefixes, HELD)
    return counts(store), choice, contents(project, store, prefixes, choice)


def _put(project: Project, inputs: Mapping[str, str], staged: Path, made: Parts) -> tuple[Manifest, list[Problem]]:
    """Write exports and record, and swap the build in; the manifest comes last, so that it never vouches for other files."""
    if project.inputs() != inputs:
        raise changed_meanwhile()
    settings, output = project.settings, project.output
    exports = {f"{settings.name}.ttl": made.turtle, f"{settings.name}.html": made.page}
    for name, data in exports.items():
        builds.write(output / name, data)
    manifest = Manifest(
        name=settings.name,
        title=settings.title,
        digest=made.digest,
        store=builds.free_name(output, made.digest),
        languages=settings.languages,
        prefixes=made.prefixes,
        counts=made.counts,
        inputs=inputs,
        versions=builds.versions(),
        files=builds.fingerprints(output, staged),
        exports={name: builds.fingerprint(output / name) for name in exports},
    )
    if made.record:
        made.record.write(output, manifest.store)
    builds.swap(output, staged, manifest)
    return manifest, made.problems
