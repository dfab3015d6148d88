"""The public face: `build`, `check`, `open`, and the graph that they give."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from . import builds
from .answers import Answer, ask
from .builds import Manifest
from .errors import FactError, Place, Problem, ProjectError, StoreError
from .project import Project
from .queries import NamedQuery, pick
from .store import Store
from .terms import Prefixes

if TYPE_CHECKING:
    from datetime import date

    import networkx as nx
    from rdflib import Dataset

    from .accounts import Account
    from .conflicts import Conflict
    from .differences import Difference
    from .editions import Edition
    from .entities import Entity, Found
    from .paths import Paths
    from .retractions import Retraction
    from .sources import Document
    from .states import Day
    from .timeline import Timeline
    from .verification import Verified
    from .why import Why


When: TypeAlias = "str | int | date | None"
"""A day, a month, a year or a range, as text in EDTF; a year as a number; a date; or None, which is no day in particular."""


@dataclass(frozen=True)
class View:
    """The interactive network view: one HTML file that needs no network, and what there is to doubt about it."""

    html: str
    problems: list[Problem]


@dataclass(eq=False)
class KnowledgeGraph:
    """A built graph: ask it, show things, export it. Made by `build` and `open`.

    The examples ask the graph of what `hima-kg init` makes, `kg`: a maker of bicycles that sells one of them.
    """

    store: Store
    manifest: Manifest
    project: Project
    problems: list[Problem] = field(default_factory=list)
    """What the build doubts; nothing is told of a graph that was opened."""
    fresh: bool = False
    """Whether this build made it, rather than found it unchanged."""
    _read: dict[str, tuple[int, NamedQuery]] = field(default_factory=dict, init=False, repr=False)

    @cached_property
    def prefixes(self) -> Prefixes:
        """The prefixes that queries may use without declaring them."""
        return Prefixes(self.manifest.prefixes)

    @property
    def queries(self) -> dict[str, NamedQuery]:
        """The named queries, by name, as their files are now."""
        return {path.stem: self._read_query(path.stem, path) for path in self.project.queries}

    def is_stale(self) -> bool:
        """Return whether the project's files are no longer those that the graph was built of; reads them all.

        >>> kg.is_stale()
        False
        """
        return self.manifest.inputs != self.project.inputs()

    def changed(self) -> list[str]:
        """Return the files of facts and of the ontology that changed since the build; reads only newer ones.

        >>> kg.changed()
        []
        """
        return self.project.changed(self.manifest.inputs, builds.time(self.project.output))

    def __repr__(self) -> str:
        return f"<KnowledgeGraph {self.manifest.name}: {self.manifest.counts.get('facts', 0):,} statements>"

    def ask(self, query: str | Path | NamedQuery, /, **parameters: object) -> Answer:
        """Return the answer to a query, asked with parameters: one of the project's, by name, one in a file, or SPARQL text.

        `on` is a day, a month, a year or a range: a query that does not speak of time is told what held then, and how surely.
        Raises ProjectError for a name that is not known, QueryError for a query or a value that is wrong.

        >>> kg.ask("owners", on="2022-06").rows
        [{'bicycle': ':reed', 'owner': ':heron', 'certainty': 'implied'}]
        >>> kg.ask("ASK { :reed b:madeBy :heron }").truth
        True
        """
        values = {name: _word(value) for name, value in parameters.items() if value is not None}
        return ask(self.store, self._query(query), values, prefixes=self.prefixes)

    def _query(self, query: str | Path | NamedQuery) -> NamedQuery:
        if isinstance(query, NamedQuery):
            return query
        if isinstance(query, Path):
            return NamedQuery.read(query, str(query))
        path = f"{self.project.root}/queries/{query}.rq"
        if not {*query} & {*"/\n{"} and os.path.isfile(path):
            return self._read_query(query, Path(path))
        if any(sign in query for sign in " \n{"):
            return NamedQuery.parse("the query", query)
        return pick(self.queries, query)

    def _read_query(self, name: str, path: Path) -> NamedQuery:
        """Return the query in a file, which is read when it is asked for first, and whenever it has changed."""
        changed = os.stat(path).st_mtime_ns
        if self._read.get(name, (0, None))[0] != changed:
            file = self.project.inside(path)
            self._read[name] = changed, NamedQuery.read(file, self.project.shown(file))
        return self._read[name][1]

    def find(self, words: str) -> list[Found]:
        """Return the things whose names fit some words in any script, best first.

        >>> [found.name for found in kg.find("heron")], [found.iri for found in kg.find("왜가리")]
        (['Heron Works'], ['https://example.org/bikes/heron'])
        """
        from .entities import find  # a query need not know how names are found

        return find(self.store, words)

    def show(self, thing: str, *, on: When = None) -> Entity:
        """Return all that is known about a thing, by CURIE, IRI or name; raises ProjectError if it is not known.

        As of a day, what does not hold then is left out, and what does says how surely.

        >>> [(state.object, state.start, state.certainty) for state in kg.show("Reed", on="2024-01").states]
        [('https://example.org/bikes/plover', ('2023-01-01', '2023-12-31'), 'certain')]
        """
        from .entities import describe, known

        return describe(self.store, known(self.store, thing, self.prefixes), day=_day(on))

    def sources(self, document: str | None = None) -> list[Document]:
        """Return the documents with their passages and claims, or the one of a CURIE, IRI or name.

        Raises ProjectError for what is no document.

        >>> [claim.locator for document in kg.sources() for passage in document.passages for claim in passage.claims]
        ['page 1, ¶1 s1', 'page 1, ¶1 s2', 'page 2, ¶1 s1']
        """
        from .sources import documents, named  # only who asks for sources needs to know how they are told

        known = documents(self.store)
        return known if document is None else [named(self.store, known, document, self.prefixes)]

    def verify(self, directory: Path | str, document: str | None = None) -> list[Verified]:
        """Return every passage held against the documents' texts, which are plain text files in a folder.

        Raises ProjectError where a text is not UTF-8, or no file is the text of any document.

        >>> kg.verify(kg.project.root)  # where no source's text lies
        Traceback (most recent call last):
        hima_kg.errors.ProjectError: ...
        """
        from .verification import verify  # as above

        return verify(self.store, self.sources(document), Path(directory))

    def conflicts(self, thing: str | None = None, *, kind: str | None = None) -> list[Conflict]:
        """Return the conflicts, all of them or those about a thing or of a kind, each with its claims and what they say.

        Raises ProjectError for a thing or a kind that is not known.

        >>> [(conflict.kind, conflict.about) for conflict in kg.conflicts()]  # this one's only source is at one with itself
        []
        """
        from .conflicts import conflicts  # a query need not know what conflicts are

        return conflicts(self.store, self.prefixes, thing, kind)

    def variations(self, thing: str | None = None, *, kind: str | None = None) -> list[Conflict]:
        """Return what looks like a conflict and is none: changes over time, finer dates, converted amounts.

        >>> kg.variations()
        []
        """
        from .conflicts import variations  # as above

        return variations(self.store, self.prefixes, thing, kind)

    def place(self, claim: str) -> Place | None:
        """Return where in facts/ a claim, by CURIE or IRI, is described; None where the files no longer do.

        Raises ProjectError for what is no claim.

        >>> str(kg.place("g:p1.s2"))
        'facts/gazette.trig:19:1'
        """
        from . import places
        from .entities import citations, known

        iri = known(self.store, claim, self.prefixes)
        if not citations(self.store, {iri}):
            raise ProjectError(f"{claim} is no claim", hint="`hima-kg sources` lists the claims of every document")
        return places.find(places.sources(self.project, self.project.facts), graph="", subject=iri)

    def timeline(self, thing: str | None = None, *, since: When = None, until: When = None) -> Timeline:
        """Return events in the order of their bounds and states that hold for a time: of all, or of what leads to a thing.

        `since` and `until` are days, months or years; what is not dated is left out of such a window.
        Raises ProjectError for a name that is not known or a window turned round, QueryError for a date that is none.

        >>> [(event.iri, event.earliest, event.latest) for event in kg.timeline("Reed", since=2023).events]
        [('https://example.org/bikes/reed-sale', '2023-01-01', '2023-12-31')]
        """
        from .dates import period  # a query need not know what happened when
        from .entities import known
        from .timeline import timeline

        of = None if thing is None else known(self.store, thing, self.prefixes)
        first = None if since is None else period(_word(since)).earliest
        last = None if until is None else period(_word(until)).latest
        if first and last and first > last:
            raise ProjectError(f"{since} is after {until}", hint="a window goes from the earlier date to the later one")
        return timeline(self.store, of, since=str(first) if first else None, until=str(last) if last else None)

    def path(self, start: str, end: str, *, most: int = 3, longest: int = 5, on: When = None) -> Paths:
        """Return the shortest chains between two things, at most so many and of at most so many steps, with their claims.

        As of a day, all steps of a chain may hold then, and each says how surely. Raises ProjectError for a name that is
        not known, or if both stand for the same thing.

        >>> [[hop.end for hop in chain.steps] for chain in kg.path("Reed", "Plover & Daughters", most=1).chains]
        [['https://example.org/bikes/plover']]
        """
        from .entities import known
        from .paths import holding, paths

        one, other = (known(self.store, name, self.prefixes) for name in (start, end))
        if one == other:
            raise ProjectError(f"{start} and {end} are the same thing", hint=f"`hima-kg show {end}` tells all about it")
        if min(most, longest) < 1:
            raise ProjectError("a path has at least one chain of at least one step", hint="most and longest begin at 1")
        day = _day(on)
        return paths(self.store, one, other, most=most, longest=longest, holds=holding(self.store, day) if day else None)

    def why(self, subject: str, property: str | None = None, value: str | None = None) -> Why | Account:
        """Return why a statement stands: a tree of rules and premises down to the passages; or why a thing is in the graph.

        Each word is a CURIE, an IRI or a name in any script, `a` is rdf:type, and a value may be a literal. A statement
        that does not stand comes with what is near to it. Raises ProjectError for a word that stands for nothing.

        >>> found = kg.why("Reed", "b:owner", "Plover & Daughters")
        >>> found.stands, [proof.by for proof in found.told.proofs]
        (True, ['rule'])
        """
        from .why import why  # rules are read only for who asks for reasons

        return why(self.store, self.prefixes, self.project, subject, property, value)

    def labels(self, lang: str = "en", *, of: Iterable[str] | None = None) -> dict[str, str]:
        """Return the best name of everything, or of some things, in a language, by IRI.

        >>> kg.labels("ko", of=["https://example.org/bikes/heron"])
        {'https://example.org/bikes/heron': '왜가리 공방'}
        """
        from .entities import labels

        return labels(self.store, lang, of=of)

    def network(self, *, most: int | None = None, on: When = None) -> nx.MultiDiGraph:
        """Return the graph as a networkx MultiDiGraph: nodes by CURIE, edges keyed by property, with their claims.

        With `most`, only so many things are there: the most important, and of those the most connected. As of a day,
        edges that do not hold then are left out, and those that hold for a time say how surely.

        >>> [edge for edge in kg.network(on="2022-06").edges(keys=True) if edge[2] == "b:owner"]
        [(':reed', ':heron', 'b:owner')]
        """
        from .network import network  # networkx, for those who ask

        m = self.manifest
        title = m.title if on is None else f"{m.title} · {_word(on)}"
        return network(self.store, self.prefixes, title=title, digest=m.digest, languages=m.languages, most=most, day=_day(on))

    def dataset(self) -> Dataset:
        """Return an rdflib Dataset over the store, to read: the best graph is its default graph, every claim a named graph.

        rdflib rewrites the literals of some datatypes as it reads them, such as the fractions of seconds; who needs them as
        they are sets `rdflib.NORMALIZE_LITERALS = False`.

        >>> from rdflib import URIRef
        >>> str(kg.dataset().value(URIRef(kg.prefixes.expand(":reed")), URIRef(kg.prefixes.expand("b:madeBy"))))
        'https://example.org/bikes/heron'
        """
        return self.store.dataset()

    def turtle(self, *, on: When = None) -> str:
        """Return the best graph in deterministic Turtle, every subject with prov:wasDerivedFrom to its claims.

        >>> next(line.strip() for line in kg.turtle().splitlines() if "madeBy :" in line)
        'b:madeBy :heron ;'
        """
        from .turtle import turtle

        return turtle(self._lines(on), self.prefixes)

    def export(self, format: str, *, on: When = None) -> bytes:
        """Return the graph in a format: ttl, nt, rdf, csv the best graph, trig, nq, jsonld all, graphml and gexf a network.

        As of a day, the best graph has what is certain then of all that holds for a time, and the states that may hold,
        each with its kg:certainty; claims say what they say. Raises ProjectError for a format that is not known.

        >>> kg.export("csv").decode().splitlines()[0]
        'subject,predicate,object,datatype,language,claims'
        """
        from .export import export

        return export(format, lambda: self._lines(on), self.prefixes, lambda: self.network(on=on))

    def diff(self, other: KnowledgeGraph | Path | str) -> Difference:
        """Return what changed from this graph to another, to a project's folder, a revision in git, or an exported file.

        Raises ProjectError where there is no such thing, FactError where its files do not parse.

        >>> bool(kg.diff(kg))
        False
        """
        from .diff import diff

        return diff(self._edition, other._edition if isinstance(other, KnowledgeGraph) else other, around=self.project)

    def without(self, *names: str) -> Retraction:
        """Return what falls if documents or claims, by CURIE, IRI or name, are retracted; nothing is written.

        The graph is made again from the project's files. Raises ProjectError for a name that is not known.

        >>> [change.predicate for change in kg.without("g:p1.s2").lost if change.subject.endswith("/reed-sale")][-2:]
        ['https://w3id.org/hima-kg/core#about', 'https://w3id.org/hima-kg/core#date']
        """
        from .retractions import retract

        return retract(self.project, names)

    @property
    def _edition(self) -> Edition:
        from .editions import of_store

        return replace(of_store(self.store, self.project, self.manifest.title), built=self.manifest.digest)

    def view(
        self,
        *,
        lang: str = "en",
        on: When = None,
        focus: str | None = None,
        hops: int = 2,
        font: Path | str | None = None,
        sparql: bool = False,
        query: str | None = None,
        parameters: Mapping[str, object] | None = None,
    ) -> View:
        """Return the interactive network view, which opens as of a day if one is given.

        With `focus`, a name, it draws what is within so many hops of that thing; with `query`, a name or SPARQL text asked
        with parameters and as of that day, the things that the answer names. What is Chinese, Japanese or Korean has its
        glyphs in the file: of a font file that is named, here or in the settings, else of one that is found. With `sparql`
        it holds the whole graph and an engine, and has a tab in which SPARQL is answered.

        Raises ProjectError for a name that is not known.

        >>> kg.view(focus="Reed", on="2022-06").html[:15]
        '<!doctype html>'
        """
        from .page import Engine, draw, warnings  # pyvis and networkx, for those who look

        _day(on)
        m = self.manifest
        asked = {**({} if on is None else {"on": on}), **(parameters or {})}
        only = self._part(focus, hops, query, asked)
        drawing = draw(self.store, self.prefixes, title=m.title, digest=m.digest, languages=m.languages, only=only)
        engine = None
        if sparql:
            things = drawing.dossier["things"]
            engine = Engine.of(self.store, self.lines, self.queries.values(), self.prefixes, things)
        page = drawing.page(lang, None if on is None else _word(on), Path(font) if font else self.project.font, engine)
        return View(page, sorted(warnings(drawing, f"{m.name}.html", asked=only is not None)))

    def page(self, **options: Any) -> str:
        """Return the interactive network view as one HTML file; the options are those of `view`.

        >>> kg.page(lang="ko") == kg.view(lang="ko").html
        True
        """
        return self.view(**options).html

    def _part(self, focus: str | None, hops: int, query: str | None, parameters: Mapping[str, object]) -> set[str] | None:
        """Return the things, by IRI, that a page is asked to draw; None for all."""
        from .entities import known
        from .prominence import nearby

        only = nearby(self.store, known(self.store, focus, self.prefixes), hops) if focus is not None else None
        if query is not None:
            rows = self.ask(query, **parameters).terms
            found = {str(term)[1:-1] for row in rows for term in row if str(term).startswith("<")}
            only = found if only is None else only & found
        return only

    def _lines(self, on: When) -> Sequence[bytes]:
        if (day := _day(on)) is None:
            return self.lines
        from .export import as_of

        return as_of(self.store, self.lines, day)

    @cached_property
    def lines(self) -> list[bytes]:
        """Every quad as a line of N-Quads, sorted: of which the digest is made, subject by subject."""
        return self.store.lines()

    def is_intact(self) -> bool:
        """Return whether the store and the files exported with it are, byte for byte, what was built.

        >>> kg.is_intact()
        True
        """
        return builds.intact(self.project.output, self.manifest)

    def stats(self, *, on: When = None) -> dict[str, Any]:
        """Return the counts that the build took, what each document gives, and the prefixes.

        As of a day, also how many statements that hold for a time are certain, possible and so on.

        >>> kg.stats(on="2022-06")["states"]
        {'certain': 0, 'implied': 1, 'disputed': 0, 'possible': 0, 'unknown': 0}
        """
        told: dict[str, Any] = {
            "title": self.manifest.title,
            "digest": self.manifest.digest,
            "counts": dict(self.manifest.counts),
            "documents": self.ask(_COVERAGE).rows,
            "prefixes": dict(self.prefixes),
        }
        if day := _day(on):
            from .states import LEVELS, standing

            held = list(standing(self.store, day).values())
            told |= {"on": _word(on), "states": {level: held.count(level) for level in LEVELS}}
        return told


def _word(value: object) -> str:
    """Return a value as it is written for a query's parameter: of a moment, as data frames have them, the day."""
    value = getattr(value, "item", lambda: value)()  # what is numpy's becomes Python's
    if isinstance(value, bool):
        return str(value).lower()
    return str(value.date() if hasattr(value, "date") else value)


def _day(on: When) -> Day | None:
    if on is None:
        return None
    from .states import Day

    return Day.parse(_word(on))


def open(path: Path | str | None = None) -> KnowledgeGraph:
    """Return the built graph of a project: of a folder, of the one around here, or the one that ships in the package.

    The one that ships is built if it has not been yet. Raises ProjectError where a folder has no project, StoreError if it
    has not been built, or is damaged.

    >>> open(kg.project.root)
    <KnowledgeGraph bikes: 24 statements>
    """
    project = Project.find(path)
    try:
        manifest = builds.read(project.output)
    except StoreError:
        if not project.is_bundled:
            raise
        manifest = None  # of another version, in a folder of ours: there is nobody to tell
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
    if not builds.seems_intact(project.output, manifest):
        raise StoreError(f"the store {store} is damaged: files are missing, or not as they were built", hint=builds.AGAIN)
    return KnowledgeGraph(Store.open(store, manifest.prefixes), manifest, project)


def build(path: Path | str | Project | None = None, *, force: bool = False) -> KnowledgeGraph:
    """Read a project's files, reason over them, check and test them, and swap the new graph in.

    Does nothing where no input has changed, unless forced. Raises FactError with every problem, and leaves the graph
    that was there, where any of them is an error.

    >>> again = build(kg.project.root)
    >>> again.fresh, again.manifest.digest == kg.manifest.digest
    (False, True)
    """
    from . import making, publications  # what builds needs, a query does not

    project = path if isinstance(path, Project) else Project.find(path)
    with builds.lock(project.output, wait=project.is_bundled), making.uncollected():
        inputs = project.inputs()
        current = None if force else _current(project, inputs)
        if current:
            return current
        manifest, problems = publications.build(project, inputs, anew=force)
        store = Store.open(builds.store_path(project.output, manifest), manifest.prefixes)
        return KnowledgeGraph(store, manifest, project, problems, fresh=True)


def check(path: Path | str | None = None) -> list[Problem]:
    """Return what a build would complain about, but for glyphs that a font lacks: no page is drawn, and nothing is written.

    >>> check(kg.project.root)
    []
    """
    from .making import make_tested

    project = Project.find(path)
    if project.font:
        from .page import fonts  # heavy

        fonts.embed("A", font=project.font)
    try:
        return make_tested(project).problems
    except FactError as error:
        return error.problems


def _current(project: Project, inputs: Mapping[str, str]) -> KnowledgeGraph | None:
    try:
        manifest = builds.current(project.output, inputs)
        return _opened(project, manifest) if manifest else None
    except StoreError:
        return None  # what cannot be read is built anew


_COVERAGE = """
SELECT ?document ?title ?claims ?facts WHERE {
  { SELECT ?document (COUNT(DISTINCT ?claim) AS ?claims) (COUNT(*) AS ?facts) WHERE {
      GRAPH graph:claims { ?document a kg:Document . ?claim kg:document ?document }
      GRAPH ?claim { ?s ?p ?o }
  } GROUP BY ?document }
  OPTIONAL {
    SELECT ?document (MIN(?called) AS ?title) WHERE { GRAPH graph:claims { ?document dct:title ?called } } GROUP BY ?document
  }
} ORDER BY ?document"""
