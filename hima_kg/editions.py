"""What can be compared: a graph as a folder, a revision of the project in git, or an exported file holds it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory

import pyoxigraph as ox

from . import builds, digests, making
from .errors import FactError, Place, Problem, ProjectError, StoreError
from .places import Source
from .project import FOLDERS, Project
from .queries import NamedQuery
from .revisions import take_out
from .store import Store
from .terms import CLAIMS, COMMON, DERIVED, KG, NOT_BELIEVED, ONTOLOGY

_ALL = {".nq": ox.RdfFormat.N_QUADS, ".trig": ox.RdfFormat.TRIG}
_BEST = {".nt": ox.RdfFormat.N_TRIPLES, ".ttl": ox.RdfFormat.TURTLE}
_POINTER = ox.NamedNode(COMMON["prov"] + "wasDerivedFrom")
_OWN_GRAPHS = {CLAIMS, DERIVED, ONTOLOGY}
_BEST_GRAPH = "CONSTRUCT { ?s ?p ?o } WHERE { { ?s ?p ?o } UNION { GRAPH graph:claims { ?s ?p ?o } } }"


@dataclass(frozen=True)
class Mention:
    """Where something is said: a claim, the document that makes it, the passage, and the place in a file, if it is at hand."""

    claim: str
    document: str
    locator: str
    place: Place | None = None


@dataclass
class Edition:
    """A graph as it was at one time, what it was asked then, and the files that it was made of, where they are at hand."""

    name: str
    store: Store
    queries: Mapping[str, NamedQuery] | None = None
    """None where it comes without queries of its own."""
    expectations: Mapping[str, Path] = field(default_factory=dict)
    """The files of expected rows, by the name of the query."""
    facts: Sequence[Source] = ()
    vocabulary: Sequence[Source] = ()
    best_only: bool = False
    """Whether it holds the best graph only: no citations, and nothing that tells facts from what follows."""
    built: str = ""
    """The digest, where a build vouches for it."""

    @cached_property
    def lines(self) -> list[bytes]:
        """Every quad as a line of N-Quads, sorted."""
        return self.store.lines()

    @cached_property
    def digest(self) -> str:
        """What its graph is known by: a SHA-256 over the seals of all subjects (see `digests`)."""
        return self.built or digests.digest(digests.seals(self.lines))

    def about(self, subject: str, predicate: str | None = None) -> Iterator[ox.Quad]:
        """Go through what is said of a subject, in any graph, by a property if one is given."""
        return self.store.matching(ox.NamedNode(subject), ox.NamedNode(predicate) if predicate else None)

    def claims(self, triple: ox.Triple) -> list[str]:
        """Return the claims that make a statement."""
        graphs = (quad.graph_name for quad in self.store.matching(triple.subject, triple.predicate, triple.object))
        return sorted({graph.value for graph in graphs if isinstance(graph, ox.NamedNode)} - _OWN_GRAPHS)

    def said(self, subject: str) -> dict[str, list[str]]:
        """Return the values that a subject has, in any graph, by property, as texts, in order."""
        found: dict[str, set[str]] = {}
        for quad in self.about(subject):
            found.setdefault(quad.predicate.value, set()).add(getattr(quad.object, "value", ""))
        return {name: sorted(values) for name, values in found.items()}

    def knows(self, subject: str) -> bool:
        """Whether anything is said of a subject."""
        return any(True for _ in self.about(subject))

    def counts(self, claim: str) -> bool:
        """Whether what a claim says goes into the best graph: it is neither deprecated nor an opinion."""
        said = self.said(claim)
        return NOT_BELIEVED.isdisjoint([*said.get(KG + "rank", ()), *said.get(KG + "modality", ())])

    def passage(self, claim: str) -> Mention:
        """Return where a claim stands."""
        if claim not in self._passages:
            said = self.said(claim)
            document, locator = ((said.get(KG + name) or [""])[0] for name in ("document", "locator"))
            self._passages[claim] = Mention(claim, document, locator)
        return self._passages[claim]

    @cached_property
    def _passages(self) -> dict[str, Mention]:
        return {}

    def best(self) -> Edition:
        """Return the same with the best graph only, which is what an export of triples holds."""
        if self.best_only:
            return self
        store = Store.memory(self.store.prefixes)
        store.extend(ox.Quad(t.subject, t.predicate, t.object) for t in self.store.query(_BEST_GRAPH))  # type: ignore[union-attr]
        return replace(self, store=store, best_only=True, built="")


def quads(lines: Sequence[bytes]) -> list[ox.Quad]:
    """Return lines of N-Quads as quads."""
    return list(ox.parse(b"".join(lines), ox.RdfFormat.N_QUADS, lenient=True))


@contextmanager
def opened(word: str | Path, around: Project | None = None) -> Iterator[Edition]:
    """Give the edition that a word means: an exported file, a project's folder, or a revision of the project around here.

    Raises ProjectError where it is none of them, FactError where its files do not parse.
    """
    if word == "":
        raise ProjectError("an empty name is nothing to compare", hint="give a folder, an exported file or a revision")
    path = Path(word)
    if path.is_file():
        yield of_file(path)
    elif path.is_dir() and any((path / name).is_dir() for name in FOLDERS[:2]):
        project = Project.at(path)
        near = os.path.relpath(project.root)
        yield of_project(project, str(word), "" if near == "." else f"{near}/")
    else:
        with TemporaryDirectory() as folder:
            yield _at_revision(str(word), around or Project.find(), Path(folder))


def of_project(project: Project, name: str = "", lead: str = "") -> Edition:
    """Return the edition of a project as its files are: its build, if that is current, else made in memory."""
    try:
        manifest = builds.current(project.output, project.inputs())
        store = Store.open(builds.store_path(project.output, manifest), manifest.prefixes) if manifest else None
    except StoreError:
        manifest = store = None  # what cannot be read is made anew
    found = of_store(making.derive(project) if store is None else store, project, name or "the files here", lead)
    return replace(found, built=manifest.digest) if manifest else found


def of_store(store: Store, project: Project, name: str, lead: str = "") -> Edition:
    """Return the edition of a project's store; messages show its files with a lead before their paths."""

    def shown(path: Path) -> str:
        return lead * path.is_relative_to(project.root) + project.shown(path)

    return Edition(
        name,
        store,
        {path.stem: NamedQuery.read(path, shown(path)) for path in project.queries},
        {path.stem: path for path in project.expectations},
        [Source(path, shown(path)) for path in project.facts],
        [Source(path, shown(path)) for path in project.vocabulary],
    )


def of_file(path: Path) -> Edition:
    """Return the edition in a file that `hima-kg export` wrote.

    Raises ProjectError if it is none, FactError if it does not parse.
    """
    kind = _ALL.get(path.suffix.lower()) or _BEST.get(path.suffix.lower())
    if kind is None:
        hint = "export it as nq or trig; ttl and nt hold the best graph only"
        raise ProjectError(f"{path} is no export that can be compared", hint=hint)
    best_only = path.suffix.lower() in _BEST
    try:
        parser = ox.parse(path.read_bytes(), kind)
        found = [quad for quad in parser if not (best_only and quad.predicate == _POINTER)]
    except SyntaxError as error:
        place, hint = Place(str(path), error.lineno or 0, error.offset or 0), "is it whole? export it anew"
        raise FactError(
            [Problem(place, "error", "syntax", str(error.msg).partition(": ")[2] or str(error.msg), hint)]
        ) from error
    if not best_only and not any(quad.graph_name == ox.NamedNode(CLAIMS) for quad in found):
        hint = "compare folders, or what `hima-kg export` wrote"
        raise ProjectError(f"{path} is no export: it has no graph:claims", hint=hint)
    store = Store.memory({**COMMON, **parser.prefixes})
    store.extend(found)
    return Edition(str(path), store, best_only=best_only)


def _at_revision(revision: str, around: Project, folder: Path) -> Edition:
    """Return the edition of a project at a revision, whose files are put into a folder."""
    if around.is_bundled:
        message = f"{revision} is no file and no project, and there is no project around to have such a revision"
        raise ProjectError(message, hint="go into the project's folder, or name it with --project DIR")
    root = take_out(revision, around.root, folder)
    lead = f"{revision}:"  # as git writes the path of a file in a revision
    try:
        project = Project.at(root)
        return of_store(making.derive(project), project, revision, lead)
    except FactError as error:
        shown = [p._replace(place=p.place._replace(path=lead + p.place.path)) for p in error.problems]
        raise FactError(shown) from error
    except ProjectError as error:
        message = error.message.replace(str(root), str(around.root))
        raise ProjectError(f"{revision}: {message}", hint=error.hint) from error
