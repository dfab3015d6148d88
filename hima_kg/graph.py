"""The public face: `build`, `check`, `open`, and the graph that they give."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import builds
from .answers import Answer, ask
from .builds import Manifest
from .errors import FactError, Problem, ProjectError, StoreError, nearest
from .project import Project
from .queries import NamedQuery, pick
from .store import Store
from .terms import Prefixes
from .version import __version__

if TYPE_CHECKING:
    import networkx as nx
    from rdflib import Dataset

    from .accounts import Account
    from .entities import Entity, Found
    from .making import Made
    from .why import Why


@dataclass
class KnowledgeGraph:
    """A built graph: ask it, show things, export it. Made by `build` and `open`."""

    store: Store
    manifest: Manifest
    project: Project
    problems: list[Problem] = field(default_factory=list)
    """What the build doubts; empty for a graph that was opened."""
    fresh: bool = False
    """Whether this build made it, rather than found it unchanged."""
    _read: dict[str, tuple[int, NamedQuery]] = field(default_factory=dict)

    @cached_property
    def prefixes(self) -> Prefixes:
        """The prefixes that queries may use without declaring them."""
        return Prefixes(self.manifest.prefixes)

    @cached_property
    def queries(self) -> dict[str, NamedQuery]:
        """The named queries, by name."""
        return {path.stem: NamedQuery.read(path, self.project.shown(path)) for path in self.project.queries}

    def __repr__(self) -> str:
        return f"<KnowledgeGraph {self.manifest.name}: {self.manifest.counts.get('facts', 0):,} statements>"

    def ask(self, query: str, **parameters: object) -> Answer:
        """Return the answer to a named query, or to SPARQL text, asked with parameters.

        Raises ProjectError for a name that is not known, QueryError for a query or a value that is wrong.
        """
        values = {name: str(value) for name, value in parameters.items() if value is not None}
        return ask(self.store, self._query(query), values, prefixes=self.prefixes)

    def _query(self, query: str) -> NamedQuery:
        if any(sign in query for sign in " \n{"):
            return NamedQuery.parse("the query", query)
        path = f"{self.project.root}/queries/{query}.rq"
        changed = os.stat(path).st_mtime_ns if "/" not in query and os.path.isfile(path) else None
        if changed is None:
            return pick(self.queries, query)
        if self._read.get(query, (0, None))[0] != changed:
            file = self.project.inside(Path(path))
            self._read[query] = changed, NamedQuery.read(file, self.project.shown(file))
        return self._read[query][1]

    def find(self, words: str) -> list[Found]:
        """Return the things whose names fit some words in any script, best first."""
        from .entities import find  # a query need not know how names are found

        return find(self.store, words)

    def show(self, name: str) -> Entity:
        """Return all that is known about a thing, by CURIE, IRI or name; raises ProjectError if it is not known."""
        from .entities import describe, resolve

        known = describe(self.store, resolve(self.store, name, self.prefixes))
        if not known.facts:
            close = nearest(name, map(self.prefixes.compact, self.labels()))
            hint = f"did you mean {close}?" if close else "`hima-kg find WORDS` searches all names"
            raise ProjectError(f"nothing is said about {name}", hint=hint)
        return known

    def why(self, subject: str, property: str | None = None, value: str | None = None) -> Why | Account:
        """Return why a statement stands: a tree of rules and premises down to the passages; or why a thing is in the graph.

        Each word is a CURIE, an IRI or a name in any script, `a` is rdf:type, and a value may be a literal. A statement
        that does not stand comes with what is near to it. Raises ProjectError for a word that stands for nothing.
        """
        from .why import why  # rules are read only for who asks for reasons

        return why(self.store, self.prefixes, self.project, subject, property, value)

    def labels(self, lang: str = "en", *, of: Iterable[str] | None = None) -> dict[str, str]:
        """Return the best name of everything, or of some things, in a language, by IRI."""
        from .entities import labels

        return labels(self.store, lang, of=of)

    def network(self, *, most: int | None = None, told: bool = False) -> nx.MultiDiGraph:
        """Return the graph as a networkx MultiDiGraph: nodes by CURIE, edges keyed by property, with their claims.

        With `most`, only so many things are there: the most important, and of those the most connected. With `told`,
        nodes carry all that is said of them, and the graph the claims, documents and conflicts that a page shows.
        """
        from .network import network  # networkx, for those who ask

        m = self.manifest
        return network(self.store, self.prefixes, title=m.title, digest=m.digest, languages=m.languages, most=most, told=told)

    def dataset(self) -> Dataset:
        """Return an rdflib Dataset over the store: the best graph is its default graph, every claim a named graph."""
        return self.store.dataset()

    def turtle(self) -> str:
        """Return the best graph in deterministic Turtle, every subject with prov:wasDerivedFrom to its claims."""
        from .turtle import turtle

        return turtle(self.lines, self.prefixes)

    def export(self, format: str) -> bytes:
        """Return the graph in a format: ttl, nt and rdf the best graph, trig, nq and jsonld all, graphml and gexf the network.

        Raises ProjectError for a format that is not known.
        """
        from .export import export

        return export(format, self.lines, self.prefixes, self.network)

    def page(self, *, lang: str = "en") -> str:
        """Return the interactive network view: one HTML file that needs no network."""
        from .network import BUDGET  # pyvis and networkx, for those who look
        from .page import render

        return render(self.network(most=BUDGET, told=True), lang=lang)

    @cached_property
    def lines(self) -> list[bytes]:
        """Every quad as a line of N-Quads, sorted: what the digest is made of."""
        return self.store.lines()

    def intact(self) -> bool:
        """Whether the store is, byte for byte, what was built."""
        return builds.intact(self.project.output, self.manifest)

    def stats(self) -> dict[str, Any]:
        """Return the counts that the build took, what each document gives, and the prefixes."""
        return {
            "title": self.manifest.title,
            "digest": self.manifest.digest,
            "counts": dict(self.manifest.counts),
            "documents": self.ask(_COVERAGE).rows,
            "prefixes": dict(self.prefixes),
        }


def open(path: Path | str | None = None) -> KnowledgeGraph:
    """Return the built graph of a project: of a folder, of the one around here, or the one that ships in the package.

    Raises StoreError if it has not been built, or is damaged.
    """
    project = Project.find(path)
    manifest = builds.read(project.output)
    if manifest is None or (project.is_bundled and not builds.store_path(project.output, manifest).is_dir()):
        if project.is_bundled:
            return build(project)
        raise StoreError("the graph has not been built yet", hint="run: hima-kg build")
    while True:
        try:
            return _opened(project, manifest)
        except StoreError:
            newer = builds.read(project.output)
            if newer is None or newer == manifest:
                raise
            manifest = newer  # builds went by, and swept the store away before it was open


def _opened(project: Project, manifest: Manifest) -> KnowledgeGraph:
    store = builds.store_path(project.output, manifest)
    if not builds.whole(project.output, manifest):
        raise StoreError(f"the store {store} is damaged: files are missing, or not as they were built", hint=builds.AGAIN)
    return KnowledgeGraph(Store.open(store, manifest.prefixes), manifest, project)


def build(path: Path | str | Project | None = None, *, force: bool = False) -> KnowledgeGraph:
    """Read a project's files, reason over them, check and test them, and swap the new graph in.

    Does nothing where no input has changed, unless forced. Raises FactError with every problem, and leaves the graph
    that was there, where any of them is an error.
    """
    from . import making  # what builds needs, a query does not

    project = path if isinstance(path, Project) else Project.find(path)
    with builds.lock(project.output):
        inputs = {**project.fingerprints(), "settings": repr(project.settings)}
        current = None if force else _current(project, inputs)
        if current:
            return current
        made = making.make_tested(project)
        if any(p.severity == "error" for p in made.problems):
            raise FactError(made.problems)
        try:
            return _publish(project, made, inputs)
        except OSError as error:
            where = error.filename or project.output
            raise StoreError(f"{where} cannot be written: {error.strerror}", hint="is the disk full?") from error


def check(path: Path | str | None = None) -> list[Problem]:
    """Return everything that a build would complain about; nothing is written."""
    from .making import make_tested

    try:
        return make_tested(Project.find(path)).problems
    except FactError as error:
        return error.problems


def _publish(project: Project, made: Made, inputs: Mapping[str, str]) -> KnowledgeGraph:
    """Write what was made, each part before the memory of the one before it is needed again; the manifest comes last."""
    from .making import counts, digest
    from .network import BUDGET, network
    from .page import render
    from .turtle import turtle

    settings, output, prefixes = project.settings, project.output, dict(sorted(made.seen.prefixes.items()))
    counted = dict(counts(made.store))
    about: dict[str, Any] = {"title": settings.title, "languages": settings.languages}
    drawn = network(made.store, Prefixes(prefixes), **about, most=BUDGET, told=True)
    staged = builds.staging(output)
    spilled = staged.with_suffix(".nq")
    made.store.spill(spilled)
    lines = builds.sorted_lines(spilled)
    sha = digest(lines)
    Store.write(staged, lines)
    drawn.graph["digest"] = sha
    exports = {f"{settings.name}.ttl": turtle(lines, Prefixes(prefixes)), f"{settings.name}.html": render(drawn)}
    for name, text in exports.items():
        builds.write(output / name, text.encode())
    manifest = Manifest(
        name=settings.name,
        title=settings.title,
        digest=sha,
        store=builds.free_name(output, sha),
        languages=settings.languages,
        prefixes=prefixes,
        counts=counted,
        inputs=inputs,
        versions=_versions(),
        files={file.name: builds.fingerprint(file) for file in staged.iterdir()},
        exports={name: builds.fingerprint(output / name) for name in exports},
    )
    builds.publish(output, staged, manifest)  # last, so that a manifest never vouches for files of another build
    return KnowledgeGraph(
        Store.open(builds.store_path(output, manifest), prefixes), manifest, project, made.problems, fresh=True
    )


def _current(project: Project, inputs: Mapping[str, str]) -> KnowledgeGraph | None:
    try:
        manifest = builds.read(project.output)
        if manifest is None or manifest.inputs != inputs or manifest.versions != _versions():
            return None
        return _opened(project, manifest) if builds.intact(project.output, manifest) else None
    except StoreError:
        return None  # what cannot be read is built anew


def _versions() -> dict[str, str]:
    import pyoxigraph

    return {"hima-kg": __version__, "pyoxigraph": pyoxigraph.__version__}


_COVERAGE = """
SELECT ?document ?title (COUNT(DISTINCT ?claim) AS ?claims) (COUNT(*) AS ?facts) WHERE {
  GRAPH graph:claims { ?document a kg:Document . ?claim kg:document ?document OPTIONAL { ?document dct:title ?title } }
  GRAPH ?claim { ?s ?p ?o }
} GROUP BY ?document ?title ORDER BY ?document"""
