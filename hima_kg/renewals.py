"""A build made out of the one before it: where only facts were edited, what follows from the edit, and nothing else.

What cannot be bounded, or may be wrong, is left to a whole build: `TooFarError` says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from shutil import rmtree

import pyoxigraph as ox

from . import builds, checks, digests, edits, making, page, rechecks, records, turtle
from .builds import Manifest
from .checks import Checker, Doubt
from .edits import FactsFile, Quads, Shift
from .errors import KgError, Place, TooFarError
from .making import Made
from .network import Choice, choose
from .nquads import serialized
from .project import Project
from .reach import World
from .records import Parts, Record
from .store import Store, Subject
from .terms import CLAIMS, DERIVED, KG, TYPE, Prefixes, local
from .weighing import Scan

WORTH = 30_000
"""How many quads a store has from which on it is renewed; a smaller one is made anew in the same time."""
_LOOKED_FOR = {"conflict", "vacuous-shape"}
"""The doubts that are looked for after an edit; after a build that has others, the next is a whole one."""
_RANK, _BETWEEN, _ABOUT = (ox.NamedNode(KG + name) for name in ("rank", "between", "about"))
_TYPE, _DOCUMENT = ox.NamedNode(TYPE), ox.NamedNode(KG + "Document")
_DERIVED, _CLAIMS = ox.NamedNode(DERIVED), ox.NamedNode(CLAIMS)


def is_renewable(made: Made) -> bool:
    """Whether what was made leaves no doubts but those that are looked for again after an edit."""
    doubts = (p for p in made.problems if p.code not in _LOOKED_FOR and not p.place.path.startswith("queries/"))
    return not made.nameless and not any(True for _ in doubts)


def renewed(project: Project, inputs: Mapping[str, str], staged: Path) -> Parts | None:
    """Return what a whole build would make, made out of the build before; None where a whole build has to make it."""
    now: Store | None = None
    try:
        manifest = builds.read(project.output)
        if manifest is None or manifest.counts["quads"] < WORTH or not _only_facts_differ(project, manifest, inputs):
            return None
        record = records.read(project, manifest)
        path, prefixes = builds.store_path(project.output, manifest), manifest.prefixes
        now = Store.renew(path, staged, prefixes)
        made = _Renewal(project, manifest, record, Store.open(path, prefixes), now).parts(inputs)
        now.close()
        return made
    except (TooFarError, KgError):
        if now:
            now.close()
        rmtree(staged, ignore_errors=True)
        return None


def _only_facts_differ(project: Project, manifest: Manifest, inputs: Mapping[str, str]) -> bool:
    """Whether the build before is intact, of these versions, and of a project with the same files, all the same but facts."""
    facts = dict.fromkeys(map(project.shown, project.facts), "")
    same = facts.keys() <= manifest.inputs.keys() and {**manifest.inputs, **facts} == {**inputs, **facts}
    small = all(path.stat().st_size <= project.settings.limits.file * 1_000_000 for path in project.facts)
    return same and small and manifest.versions == builds.versions() and builds.intact(project.output, manifest)


@dataclass
class _Renewal:
    """A build, its record, and its store: as it was, and one that begins as it was and becomes what it is to be."""

    project: Project
    manifest: Manifest
    record: Record
    before: Store
    now: Store

    def parts(self, inputs: Mapping[str, str]) -> Parts:
        """Return all that the build makes; raises TooFarError where that cannot be told."""
        project, record = self.project, self.record
        files = [path.read_bytes() for path in project.facts]
        if not records.are_inputs(project, files, inputs):
            raise TooFarError("the facts change while they are read")
        texts = records.texts(project, record.files), records.texts(project, files)
        stated = edits.difference(*texts)
        world = World(project, self.before, self.now, *stated, self.manifest.counts["quads"])
        gone, new = world.difference()
        changed = gone | new
        checker = Checker(self.now, project, Scan(prefixes=dict(self.manifest.prefixes)))
        rechecks.refuse(self.now, project, checker.compiled.checks, stated[1], changed)
        checker.doubts = self._doubts(changed)
        checker.placed = self._placed(*texts, checker.doubts, changed)
        problems = {*checker.conflicts(), *checker.vacuous(), *making.test(self.now, project)}
        if any(problem.severity == "error" for problem in problems):
            raise TooFarError("a query fails")
        lines = {str(s).encode(): (_lines(self.before, s), _lines(self.now, s)) for s in _subjects(changed)}
        was, becomes = ([seal for sides in lines.values() for seal in digests.seals(sides[side])] for side in (0, 1))
        seals = digests.resealed(record.seals, was, becomes)
        sha, choice = digests.digest(seals), self._choice(changed)
        contents = page.retold(self._contents(choice, changed, world), digest=sha, total=choice.total)
        html, warnings = page.printed(project, contents)
        text = (project.output / f"{self.manifest.name}.ttl").read_bytes()
        return Parts(
            digest=sha,
            prefixes=self.manifest.prefixes,
            counts=self._counts(_subjects(changed)),
            turtle=turtle.patched(text, lines, self.prefixes),
            page=html,
            problems=sorted([*problems, *warnings]),
            record=Record(files, seals, checker.doubts, checker.placed, choice, contents),
        )

    @cached_property
    def prefixes(self) -> Prefixes:
        """The prefixes of the files, which are the same as before."""
        return Prefixes(self.manifest.prefixes)

    def _doubts(self, changed: Quads) -> dict[str, Doubt]:
        """Return the conflicts that there are to tell of: those before, but those that the change is about are looked at."""
        ranked = {quad.subject for quad in changed if quad.predicate == _RANK}
        concerned = {quad.subject for quad in changed if quad.graph_name == _DERIVED}
        concerned |= {quad.subject for claim in ranked for quad in self.now.matching(None, _BETWEEN, claim, _DERIVED)}
        about = {quad for conflict in concerned for quad in self.now.matching(conflict)}
        claims = {quad.object for quad in about if quad.predicate == _BETWEEN and isinstance(quad.object, ox.NamedNode)}
        ranks = (quad for claim in claims for quad in self.now.matching(claim, _RANK, None, _CLAIMS))
        others = {iri: told for iri, told in self.record.doubts.items() if ox.NamedNode(iri) not in concerned}
        return others | checks.doubts(self.now.part([*about, *ranks]))

    def _placed(
        self, was: list[FactsFile], becomes: list[FactsFile], told: Mapping[str, Doubt], changed: Quads
    ) -> dict[str, Place]:
        """Return where those conflicts stand of whose claims nothing changed; other lines than those of the edit just move.

        What the edit writes of a thing may be the better place for what is told of it, though it says nothing new.
        """
        changes = [(old, new) for old, new in zip(was, becomes, strict=True) if old.text != new.text]
        edited = {old.shown: Shift.between(old, new) for old, new in changes}
        written = "".join(edits.stretches(old, new)[1] for old, new in changes)
        if any("\r" in text.text for text in becomes):  # what counts as a line is for the look at the file to say
            return {}
        touched = {quad.subject for quad in changed} | {
            quad.subject
            for claim in {quad.graph_name for quad in changed}
            if isinstance(claim, ox.NamedNode)
            for quad in self.now.matching(None, _BETWEEN, claim)
        }
        found = {}
        for iri, place in self.record.placed.items():
            line, conflict = edited[place.path].of(place.line) if place.path in edited else place.line, ox.NamedNode(iri)
            if line is None or conflict in touched or told.get(iri) != self.record.doubts.get(iri):
                continue
            about = (quad.object for quad in self.now.matching(conflict, _ABOUT))
            if not any(local(thing.value) in written for thing in about if isinstance(thing, ox.NamedNode)):
                found[iri] = place._replace(line=line)
        return found

    def _choice(self, changed: Quads) -> Choice:
        """Return which things the page draws: those of the build before, where the change leaves it at that."""
        things = {term.value for quad in changed for term in (quad.subject, quad.object) if isinstance(term, ox.NamedNode)}
        still = self.record.choice.after(self.before, self.now, self.prefixes, things, page.HELD)
        return still or choose(self.now, self.prefixes, page.HELD)

    def _contents(self, choice: Choice, changed: Quads, world: World) -> str:
        """Return what the page tells: what it told, where that has nothing to do with the change, or else as it is drawn anew.

        It has, if it tells of anything that changed, or that rules look at together with that, or if there is a document more.
        """
        graphs = {_DERIVED, _CLAIMS, ox.DefaultGraph()}
        terms: set[object] = {*world.subjects, *_subjects(changed), *({quad.graph_name for quad in changed} - graphs)}
        terms |= {quad.object for quad in changed if quad.predicate != _TYPE}
        names = (self.prefixes.compact(term.value) for term in terms if isinstance(term, ox.NamedNode))
        added = any((quad.predicate, quad.object) == (_TYPE, _DOCUMENT) for quad in changed)
        if choice.kept == self.record.choice.kept and not added and not page.tells(self.record.contents, names):
            return self.record.contents
        return page.contents(self.project, self.now, self.prefixes, choice)

    def _counts(self, subjects: set[Subject]) -> dict[str, int]:
        """Return the counts that a build takes: those before, and by how much the counts of what changed differ."""
        sides = [{quad for subject in subjects for quad in store.matching(subject)} for store in (self.before, self.now)]
        claims = {quad.graph_name for side in sides for quad in side if isinstance(quad.graph_name, ox.NamedNode)}
        was, becomes = (
            making.counts(store.part([*side, *_described(store, claims)]))
            for store, side in zip((self.before, self.now), sides, strict=True)
        )
        return {name: count + becomes[name] - was[name] for name, count in self.manifest.counts.items()}


def _subjects(quads: Quads) -> set[Subject]:
    return {quad.subject for quad in quads}


def _described(store: Store, claims: Iterable[ox.NamedNode]) -> Iterator[ox.Quad]:
    """Go through what is said about some claims."""
    return (quad for claim in claims for quad in store.matching(claim, graph=_CLAIMS))


def _lines(store: Store, subject: Subject) -> list[bytes]:
    """Return what a store says of a subject as sorted N-Quads."""
    return sorted(serialized(store.matching(subject)).splitlines(keepends=True))
