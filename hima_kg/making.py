"""From a project's files to a store in memory that is derived, checked and tested: what a build does before it swaps."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pyoxigraph as ox

from . import checks, expected, places, reader, rules, strays
from .agenda import Rule
from .checks import Doubt
from .errors import FactError, Place, Problem, ProjectError, QueryError, StoreError
from .project import Project
from .queries import NamedQuery
from .store import Store
from .terms import Prefixes
from .threads import apart
from .vocabulary import misused, uncited
from .weighing import Scan


@dataclass
class Made:
    """A store that is loaded, reasoned over and checked, and what was found on the way."""

    store: Store
    problems: list[Problem]
    doubts: dict[str, Doubt] = field(default_factory=dict)
    """The conflicts that it tells of, by IRI; none before it is checked."""
    placed: dict[str, Place] = field(default_factory=dict)
    """Where those of them stand that are listed one by one, by IRI."""
    nameless: list[str] = field(default_factory=list)
    """The things, by IRI, that claims speak of and nothing describes."""

    @property
    def is_sound(self) -> bool:
        """Whether nothing that was found is an error."""
        return all(problem.severity != "error" for problem in self.problems)


@contextmanager
def uncollected() -> Iterator[None]:
    """Let the garbage collector rest meanwhile: a build makes millions of objects, and hardly any that are in a cycle."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def make_tested(project: Project, kept: Path | None = None) -> Made:
    """Return what `make` gives, with the queries' tests run on it; where facts are wrong, answers are not looked at."""
    made = make(project, kept)
    found = apart(lambda: test(made.store, project)) if made.is_sound else flaws(made.store, project)
    made.problems = sorted([*made.problems, *found])
    return made


def make(project: Project, kept: Path | None = None) -> Made:
    """Return a project's files read, derived and checked, in memory; raises FactError where they do not parse.

    What the files say, as it is stored, can be kept as lines of N-Quads in another file, some of them twice.
    """
    try:
        store, seen = _derived(project, kept=kept)
        checker = checks.Checker(store, project, seen)
        found = apart(lambda: {*checker.findings()})
    finally:
        places.forget()
    return Made(store, sorted([*seen.problems, *found]), checker.doubts, checker.placed, checker.nameless)


def derive(project: Project, left_out: frozenset[ox.NamedNode] = frozenset()) -> Store:
    """Return a project's files read and derived, and not checked, as if some claims, documents or conflicts were not there.

    Raises FactError where the files do not parse.
    """
    return _derived(project, left_out)[0]


def _derived(project: Project, left_out: frozenset[ox.NamedNode] = frozenset(), kept: Path | None = None) -> tuple[Store, Scan]:
    seen = reader.scan(project, left_out)
    if any(p.severity == "error" for p in seen.problems):
        raise FactError(seen.problems)
    if not project.facts:
        raise ProjectError("facts/ has no files to read", hint="facts stand in .trig files: see `hima-kg init`")
    store = Store.memory(seen.prefixes)
    texts = reader.stored(project, seen)
    try:
        store.load(_kept(texts, kept) if kept else texts)
    except SyntaxError as error:  # the scan has parsed them
        raise changed_meanwhile() from error
    if wrong := [*misused(store, project), *uncited(store, project)]:
        raise FactError([*seen.problems, *wrong])
    apart(lambda: rules.derive(store, project, seen.literals))
    return store, seen


def _kept(texts: Iterable[bytes], path: Path) -> Iterator[bytes]:
    """Go through texts, and write each of them into a file, too."""
    with path.open("wb") as file:
        for text in texts:
            file.write(text)
            yield text


def changed_meanwhile() -> StoreError:
    """Return the error for files that are other than they were when the build began."""
    return StoreError("the files changed while they were read", hint="build again")


def accept(project: Project) -> dict[Path, bytes]:
    """Return, by file, the expected rows that queries would have if what they give now, by the files, were right.

    Raises FactError where the files are wrong.
    """
    made = make(project)
    if not made.is_sound:
        raise FactError(made.problems)
    store, prefixes = made.store, Prefixes(made.store.prefixes)
    asked = {file: NamedQuery.read(query, shown) for file, (query, shown) in _asking(project).items()}
    return {file: expected.accept(store, query, file, project.shown(file), prefixes) for file, query in asked.items()}


def test(store: Store, project: Project) -> list[Problem]:
    """Return where queries do not parse, or do not give the rows that stand beside them, and what is named in vain."""
    prefixes = Prefixes(store.prefixes)
    problems = flaws(store, project)
    broken = {problem.place.path for problem in problems}
    for path in project.queries:
        if project.shown(path) not in broken:
            problems += strays.of_query(store, NamedQuery.read(path, project.shown(path)), prefixes)
    for path in project.own_rules:
        problems += strays.of_rule(store, Rule.read(path, project.shown(path)), prefixes)
    for path, (source, shown) in _asking(project).items():
        if shown not in broken:
            problems += expected.failures(store, NamedQuery.read(source, shown), path, project.shown(path), prefixes)
    return problems


def _asking(project: Project) -> dict[Path, tuple[Path, str]]:
    """Return, by file of expected rows, the file of the query that must give them, and how that is shown.

    Raises ProjectError where there is no such query.
    """
    queries = {query.with_suffix(".rq"): query for query in project.queries}  # whatever the case of their endings
    found: dict[Path, tuple[Path, str]] = {}
    for expectation in project.expectations:
        file = expectation.with_suffix(".rq")
        if file not in queries:
            message = f"{project.shown(expectation)} expects rows of a query that is not there"
            raise ProjectError(message, hint=f"where is {file.name}?")
        found[expectation] = queries[file], project.shown(queries[file])
    return found


def flaws(store: Store, project: Project) -> list[Problem]:
    """Return where queries, or the parameters that they declare, do not parse."""
    found = ((project.shown(path), path) for path in project.queries)
    return [problem for shown, path in found if (problem := _flaw(store, path, shown))]


def _flaw(store: Store, path: Path, shown: str) -> Problem | None:
    try:
        return store.flaw(NamedQuery.read(path, shown).text, shown)
    except QueryError as error:
        return error.problem(shown)


_COUNTS = {
    "claims": "SELECT (COUNT(?c) AS ?n) WHERE { GRAPH graph:claims { ?c a kg:Claim } }",
    "documents": "SELECT (COUNT(?c) AS ?n) WHERE { GRAPH graph:claims { ?c a kg:Document } }",
    "things": "SELECT (COUNT(DISTINCT ?s) AS ?n) WHERE { GRAPH graph:claims { ?c a kg:Claim } GRAPH ?c { ?s a ?t } }",
    "events": "SELECT (COUNT(DISTINCT ?e) AS ?n) WHERE { ?e a kg:Event }",
    "planned": "SELECT (COUNT(DISTINCT ?e) AS ?n) WHERE { VALUES ?s { kg:Planned kg:Expected } GRAPH ?g { ?e kg:status ?s } }",
    "states": "SELECT (COUNT(DISTINCT ?s) AS ?n) WHERE { ?s a kg:State }",
    "conflicts": "SELECT (COUNT(DISTINCT ?c) AS ?n) WHERE { GRAPH ?g { ?c a kg:Conflict } }",
    "derived": "SELECT (COUNT(*) AS ?n) WHERE { GRAPH graph:derived { ?s ?p ?o } }",
    "best": "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }",
}
_BESIDE = """
SELECT (COUNT(*) AS ?n) WHERE { { GRAPH graph:claims { ?s ?p ?o } } UNION { GRAPH graph:ontology { ?s ?p ?o } } }"""


def counts(store: Store) -> dict[str, int]:
    """Return what a store holds, by kind, and how many of it; the facts are what stands in no graph but those of claims."""
    found = {name: _count(store, query) for name, query in _COUNTS.items()} | {"quads": store.size()}
    return found | {"facts": found["quads"] - found["best"] - found["derived"] - _count(store, _BESIDE)}


def _count(store: Store, query: str) -> int:
    return int(next(iter(store.select(query)))["n"].value)
