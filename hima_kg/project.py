"""A project folder: `ontology/`, `facts/` and `queries/`, with its settings and its files in a fixed order."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from .errors import ProjectError
from .version import __version__

if TYPE_CHECKING:
    from .settings import Settings

FOLDERS = ("ontology", "facts", "queries")
RDF_FILES = {".ttl", ".trig", ".nt", ".nq"}
CORE = Path(__file__).parent / "core"
SETTINGS = "hima-kg.toml"


@dataclass(frozen=True)
class Project:
    """A folder that can be built, and where its build goes."""

    root: Path
    output: Path

    @cached_property
    def settings(self) -> Settings:
        """What the project's settings file says; read when a build asks, for a query finds it in the build's manifest."""
        from .settings import read  # only a build reads them

        own, shared = self.root / SETTINGS, self.root / "pyproject.toml"
        return read(self.inside(own), shared if os.path.lexists(own) else self.inside(shared))

    @property
    def is_bundled(self) -> bool:
        """Whether this is the project that ships in the package, which is built elsewhere than where it stands."""
        return self.output != self.root / "build"

    @classmethod
    def find(cls, path: Path | str | None = None) -> Project:
        """Return the project at a path; without one, walk up from here, else take the graph that ships in the package.

        Raises ProjectError where a given path is no project, or where here is only half of one.
        """
        if path is not None:
            return cls.at(Path(path))
        here = Path.cwd()
        home = next((folder for folder in (here, *here.parents) if _is_project(folder) or (folder / SETTINGS).is_file()), None)
        if home is None and any((here / name).is_dir() for name in FOLDERS[:2]):
            home = here  # half a project is not another's: what it lacks is said
        return cls.at(home) if home else bundled()

    @classmethod
    def at(cls, root: Path, output: Path | None = None) -> Project:
        """Return the project in a folder; raises ProjectError if it has no ontology/ or no facts/."""
        root = Path(os.path.abspath(root))
        if not root.is_dir():
            raise ProjectError(f"{root} is not a folder", hint="make a project with: hima-kg init DIR")
        if not _is_project(root):
            missing = " and ".join(f"{name}/" for name in FOLDERS[:2] if not (root / name).is_dir())
            raise ProjectError(f"{root} is not a project: it has no {missing}", hint="make one with: hima-kg init DIR")
        return cls(root, output or root / "build")

    @property
    def font(self) -> Path | None:
        """The font that the settings name, if any; raises ProjectError if there is no such file."""
        file = self.root / self.settings.font
        if self.settings.font and not file.is_file():
            raise ProjectError(f"{file} is not a file", hint="the setting `font` names it")
        return file if self.settings.font else None

    def files(self) -> list[Path]:
        """Return every file that the build depends on, in the order in which it is read."""
        return [*self.vocabulary, *self.shapes, *self.rules, *self.facts, *self.queries, *self.expectations]

    @property
    def vocabulary(self) -> list[Path]:
        """The engine's vocabulary, then the RDF files of ontology/ that are neither shapes nor rules."""
        own = self._listed("ontology", RDF_FILES)
        return [CORE / "core.ttl", *(file for file in own if not self._is_shapes(file))]

    @property
    def shapes(self) -> list[Path]:
        """The engine's shapes, then ontology/shapes.ttl or the files of ontology/shapes/."""
        return [CORE / "shapes.ttl", *(file for file in self._listed("ontology", RDF_FILES) if self._is_shapes(file))]

    @property
    def rules(self) -> list[Path]:
        """The engine's rules, then the .rq files of ontology/."""
        return self._distinct([*sorted((CORE / "rules").glob("*.rq")), *self.own_rules])

    @property
    def own_rules(self) -> list[Path]:
        """The .rq files of ontology/."""
        return self._listed("ontology", {".rq"})

    @property
    def facts(self) -> list[Path]:
        """The RDF files of facts/."""
        return self._listed("facts", RDF_FILES)

    @property
    def queries(self) -> list[Path]:
        """The .rq files of queries/."""
        return self._distinct(self._listed("queries", {".rq"}))

    @property
    def expectations(self) -> list[Path]:
        """The .csv files of queries/: the rows that queries must give."""
        return self._listed("queries", {".csv"})

    def shown(self, file: Path) -> str:
        """Return a file's path as messages print it: relative to the project, or to the package for the engine's own."""
        for base in (self.root, CORE.parent.parent):
            if file.is_relative_to(base):
                return file.relative_to(base).as_posix()
        return str(file)

    def fingerprints(self) -> dict[str, str]:
        """Return the SHA-256 of every input file, by its path as shown."""
        import hashlib  # a query reads no inputs

        return {self.shown(file): hashlib.sha256(file.read_bytes()).hexdigest() for file in self.files()}

    def inputs(self) -> dict[str, str]:
        """Return all that a build depends on: the fingerprints of the files, and the settings with the font that they name."""
        import hashlib  # as above

        font = {"font": hashlib.sha256(self.font.read_bytes()).hexdigest()} if self.font else {}
        return {**self.fingerprints(), **font, "settings": repr(self.settings)}

    def changed(self, inputs: Mapping[str, str], since: int) -> list[str]:
        """Return the files of facts and of the ontology, as shown, that are not as they were among the inputs of a build.

        Only those are read that were written to since then, a time in nanoseconds.
        """
        now = {self.shown(file): file for file in (*self._listed("ontology", {*RDF_FILES, ".rq"}), *self.facts)}
        was = {name for name in inputs if name.startswith(("facts/", "ontology/"))}
        young = [name for name in now.keys() & was if now[name].stat().st_mtime_ns > since]
        if young:
            import hashlib  # as above

            young = [name for name in young if hashlib.sha256(now[name].read_bytes()).hexdigest() != inputs[name]]
        return sorted((now.keys() ^ was).union(young))

    def inside(self, file: Path) -> Path:
        """Return a file of the project as it is; raises ProjectError if it is a link that leads out of the project."""
        try:
            target = file.resolve()
        except (OSError, RuntimeError) as error:  # RuntimeError before Python 3.13
            raise ProjectError(f"{self.shown(file)} is a link that leads to itself", hint="take it out") from error
        if not target.is_relative_to(self._resolved):
            raise ProjectError(f"{self.shown(file)} leads out of the project", hint="copy the file into the project")
        return file

    @cached_property
    def _resolved(self) -> Path:
        return self.root.resolve()

    def _listed(self, folder: str, suffixes: Iterable[str]) -> list[Path]:
        """Return the files of a folder that end in some way; raises ProjectError for what cannot be read, or is no file."""
        base, found = self.root / folder, list[Path]()
        for parent, folders, names in os.walk(base, onerror=_unread):
            files = [Path(parent, name) for name in (*folders, *names)]
            if link := next((file for name in folders if (file := Path(parent, name)).is_symlink()), None):
                hint = "link its files, or move it here"
                raise ProjectError(f"{self.shown(link)} is a link to a folder, which is not followed", hint=hint)
            found += [self.inside(file) for file in files if file.suffix.lower() in suffixes and not file.name.startswith(".#")]
        if odd := next((file for file in found if any("\ud800" <= sign <= "\udfff" for sign in str(file))), None):
            raise ProjectError(f"{self.shown(odd)!a} is no name in UTF-8", hint="rename the file")
        if odd := next((file for file in found if not file.is_file()), None):
            if odd.is_symlink() and not odd.exists():
                raise ProjectError(f"{self.shown(odd)} is a link to nothing", hint="take it away, or mend what it points to")
            raise ProjectError(f"{self.shown(odd)} is not a file", hint="its name is that of one: move it away, or rename it")
        return sorted(found, key=lambda file: file.relative_to(base).as_posix())

    def _distinct(self, files: list[Path]) -> list[Path]:
        """Return files that are called by their names; raises ProjectError where two have one."""
        known: dict[str, Path] = {}
        for file in files:
            if (other := known.setdefault(file.stem, file)) != file:
                message = f"{self.shown(other)} and {self.shown(file)} are both called {file.stem}"
                raise ProjectError(message, hint="rename one: queries and rules are called by their files' names")
        return files

    def _is_shapes(self, file: Path) -> bool:
        inside = file.relative_to(self.root / "ontology")
        return inside.parts[0] == "shapes" or inside.stem == "shapes"


def bundled() -> Project:
    """Return the project that ships in the package, built into the user's cache."""
    inside = Path(__file__).parent / "bundled"
    root = inside if inside.is_dir() else Path(__file__).parent.parent
    return Project.at(root, output=cache() / __version__)


def cache() -> Path:
    """Return the folder for what can be made again, in the user's cache."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "hima-kg"


def _unread(error: OSError) -> None:
    """Refuse to read over a folder that cannot be read; that there is none is no matter."""
    if not isinstance(error, FileNotFoundError):
        raise ProjectError(f"{error.filename} cannot be read: {error.strerror}", hint="check who may read there")


def _is_project(folder: Path) -> bool:
    return all((folder / name).is_dir() for name in FOLDERS[:2])
