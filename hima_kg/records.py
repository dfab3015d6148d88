"""What a build keeps for the next one, beside its store: a convenience, and worth nothing where it is not as it was written.

It is the facts' files as they were read, the seals of all subjects, the conflicts that were told, and what the page draws.
"""

from __future__ import annotations

import json
from binascii import crc32
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from shutil import rmtree
from typing import Any

from . import builds, digests
from .builds import Manifest
from .checks import Doubt
from .edits import FactsFile
from .errors import Place, Problem, TooFarError
from .network import Choice
from .project import Project
from .prominence import Cut


@dataclass(frozen=True)
class Record:
    """What one build knows, and the next one need not find out again."""

    files: Sequence[bytes]
    """The files of facts, in the project's order."""
    seals: Sequence[bytes]
    doubts: dict[str, Doubt]
    placed: dict[str, Place]
    choice: Choice
    contents: str
    """What the page tells, in JSON."""

    def write(self, output: Path, store: str) -> None:
        """Put the record beside the store of a name."""
        folder = builds.record_path(output, store)
        rmtree(folder, ignore_errors=True)  # of a build that was killed
        folder.mkdir(parents=True)
        for number, data in enumerate(self.files):
            (folder / f"facts-{number}").write_bytes(data)
        (folder / "seals").write_bytes(b"".join(self.seals))
        notes = json.dumps(self._notes(), ensure_ascii=False).encode()
        (folder / "notes.json").write_bytes(b"%08x\n%s" % (crc32(notes), notes))

    def _notes(self) -> dict[str, Any]:
        choice, cut = self.choice, self.choice.cut
        kept = None if choice.kept is None else sorted(choice.kept)
        drawn = {"total": choice.total, "kept": kept, "cut": cut and asdict(cut)}
        placed = {iri: place._asdict() for iri, place in self.placed.items()}
        return {
            "digest": digests.digest(self.seals),
            "doubts": self.doubts,
            "placed": placed,
            "choice": drawn,
            "contents": self.contents,
        }


@dataclass
class Parts:
    """All that a build makes, but for the store, which is staged."""

    digest: str
    prefixes: Mapping[str, str]
    counts: Mapping[str, int]
    turtle: bytes
    page: bytes
    problems: list[Problem]
    record: Record | None
    """None where the next build is to be a whole one."""


def read(project: Project, manifest: Manifest) -> Record:
    """Return the record of a project's build; raises TooFarError where there is none, or it is not of that build."""
    folder = builds.record_path(project.output, manifest.store)
    try:
        files = [(folder / f"facts-{number}").read_bytes() for number in range(len(project.facts))]
        seals = (folder / "seals").read_bytes()
        check, _, notes = (folder / "notes.json").read_bytes().partition(b"\n")
    except OSError as error:
        raise TooFarError(f"the build before left no record: {error}") from error
    is_sound = digests.digest([seals]) == manifest.digest and check == b"%08x" % crc32(notes)
    if not is_sound or not are_inputs(project, files, manifest.inputs):
        raise TooFarError("the record is not of the build before")
    try:
        noted = json.loads(notes)
        doubts = {iri: Doubt(*about) for iri, about in noted["doubts"].items()}
        placed = {iri: Place(**place) for iri, place in noted["placed"].items()}
        record = Record(files, list(digests.chunked(seals)), doubts, placed, _choice(**noted["choice"]), noted["contents"])
        is_sound = noted["digest"] == manifest.digest
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise TooFarError("the notes are none that a build leaves") from error
    if not is_sound:
        raise TooFarError("the notes are of another build")
    return record


def are_inputs(project: Project, files: Sequence[bytes], inputs: Mapping[str, str]) -> bool:
    """Whether files of facts are those of which the inputs of a build have the fingerprints."""
    return all(inputs.get(project.shown(p)) == sha256(data).hexdigest() for p, data in zip(project.facts, files, strict=True))


def _choice(total: int, kept: list[str] | None, cut: dict[str, Any] | None) -> Choice:
    where = Cut(**{**cut, "classes": tuple(cut["classes"])}) if cut else None
    return Choice(total, None if kept is None else frozenset(kept), where)


def texts(project: Project, files: Sequence[bytes]) -> list[FactsFile]:
    """Return files of facts as texts; raises TooFarError where one is none."""
    return [
        FactsFile.of(project.shown(path), path.suffix.lower(), data) for path, data in zip(project.facts, files, strict=True)
    ]
