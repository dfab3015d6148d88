"""All that is said of some things, in tables that a page can tell it from: statements, claims, documents, conflicts."""

from __future__ import annotations

from collections.abc import Collection
from operator import itemgetter
from typing import Any, NamedTuple, TypeAlias

from pyoxigraph import RdfFormat, parse

from .backward import is_path
from .clauses import Triple
from .conflicts import Conflict, among
from .literals import named
from .network import CONCEPTS, PLAIN, STATES, asking, classes_of, drawings, is_drawn, names, state_claims
from .prominence import around
from .proofs import Proofs
from .spellings import search_keys
from .states import Timed
from .store import Store
from .terms import KG, ONTOLOGY, Prefixes, Shortener

_CLASSES = "SELECT ?term ?name WHERE { GRAPH graph:ontology { ?term a owl:Class ; rdfs:label ?name } }"
_PROPERTIES = """
SELECT ?term ?name ?color ?line WHERE {
  GRAPH graph:ontology {
    ?term a ?kind ; rdfs:label ?name .
    FILTER(?kind IN (owl:ObjectProperty, owl:DatatypeProperty, owl:AnnotationProperty, rdf:Property))
    OPTIONAL { ?term kg:color ?color }
    OPTIONAL { ?term kg:line ?line }
  }
}"""
_STATEMENTS = """
SELECT ?s ?p ?o ?claim ?best WHERE {
  GRAPH graph:claims { ?claim a kg:Claim }
  GRAPH ?claim { ?s ?p ?o }
  FILTER(?p != rdf:type)
  BIND(EXISTS { ?s ?p ?o } AS ?best)
}"""
_DERIVED = """
SELECT ?s ?p ?o WHERE {
  GRAPH graph:derived { ?s ?p ?o }
  FILTER(!STRSTARTS(STR(?p), STR(rdf:)) && !STRSTARTS(STR(?p), STR(prov:)))
  FILTER(!STRSTARTS(STR(?p), STR(kg:)) || (isIRI(?o) && ?p != kg:premise))
}"""
_STATES = f"""
SELECT ?s ?p ?o ?state ?rule ?basis ?startEarliest ?startLatest ?endEarliest ?endLatest ?disputedFrom ?disputedUntil
WHERE {{{STATES}
}}"""
_STATE_EVENTS = "SELECT ?state ?event WHERE { ?state a kg:State ; kg:event ?event }"
_EITHER_END = "{ ?state rdf:subject ?end } UNION { ?state rdf:object ?end }"
_STATE_DOUBTS = """
SELECT ?state ?event WHERE { ?state a kg:State ; kg:disputedFrom ?day ; kg:premise ?event . ?event kg:status kg:Announced }"""
_DOCUMENTS = """
SELECT ?document ?title ?publisher ?source ?date WHERE {
  GRAPH graph:claims { ?document a kg:Document ; dct:title ?title
    OPTIONAL { ?document dct:publisher ?publisher } OPTIONAL { ?document dct:source ?source }
    OPTIONAL { ?document kg:asOf ?date } }
}"""
_CLAIMS = """
SELECT ?claim ?document ?locator ?modality ?rank ?speaker ?start WHERE {
  GRAPH graph:claims { ?claim a kg:Claim ; kg:document ?document ; kg:locator ?locator ; kg:modality ?modality ; kg:rank ?rank
    OPTIONAL { ?claim kg:speaker ?speaker } OPTIONAL { ?claim oa:start ?start } }
}"""
_RULES = "SELECT ?rule ?name WHERE { ?rule a kg:Rule ; rdfs:label ?name }"

_BOUNDS = ("startEarliest", "startLatest", "endEarliest", "endLatest", "disputedFrom", "disputedUntil")

TRACED = 500
"""How many derived statements are proved one by one; those that follow from the ontology like one before them need no proof."""
Table: TypeAlias = "dict[str, Any]"
"""What a page is told of something, as it stands in its JSON."""
_SAID = ("s", "p", "o", "link", "lang", "type")
_TEXTS = ("xsd:string", "rdf:langString")
Key = tuple[str, str, str, str | None, str | None]
"""A statement: subject, property, value, and for a text its language and its datatype; all None for a thing as value."""


def dossier(store: Store, prefixes: Prefixes, drawn: Collection[str] | None = None) -> Table:
    """Return what is said of things, by CURIE, and of what stands beside them; None asks for all there are.

    `things` gives each thing's class and the keys by which it is found; `statements` who says each, whether it stands in
    the best graph, the states for which it holds with their bounds, and of a derived one the rule and the statements `from`
    which it gave it; `classes`, `properties` and `concepts` how they are called, and drawn; `documents`, `claims`, `rules`,
    `conflicts` and `variations` what the statements rest on; `newest` the last day of which a document speaks; `prefixes`
    what CURIEs stand for.
    """
    return _Dossier(store, prefixes, drawn).tables()


class Way(NamedTuple):
    """How one property follows from another by the ontology alone: the rule, the other one, and whether it is turned round."""

    rule: str
    source: str
    turned: bool


class _Dossier:
    def __init__(self, store: Store, prefixes: Prefixes, drawn: Collection[str] | None) -> None:
        self.store, self.prefixes = store, prefixes
        self.short = Shortener(prefixes)
        self.drawing = drawings(store, self.short)
        kept = None if drawn is None else {prefixes.expand(thing) for thing in drawn}
        unseen = [self.short.back[c] for c in self.drawing if not is_drawn(self.drawing, c)]
        near = None if kept is None else kept | around(store, kept, unseen)
        cls = classes_of(store, self.short, self.drawing, near)
        if kept is not None:
            cls = {iri: c for iri, c in cls.items() if iri in kept or not is_drawn(self.drawing, c)}
        self.asked = None if kept is None else sorted(cls)
        """The IRIs of the things that are asked about; None for all."""
        self.cls = {self.short[iri]: c for iri, c in cls.items()}
        self.timed = Timed.of(store)
        self.rows: dict[Key, Table] = {}
        self.derived: dict[tuple[str, str, str], Triple] = {}
        """Statements that rules gave, as the store has them, by subject, property and value."""

    def tables(self) -> Table:
        self._read_statements()
        self._read_states()
        found, changes = ([self._conflict(one) for one in kind] for kind in among(self.store, self.asked))
        statements = [row for _, row in sorted(self.rows.items(), key=lambda item: [str(part) for part in item[0]])]
        self._trace(statements)
        return {
            "things": self._things(),
            "statements": statements,
            "classes": self._classes(),
            "properties": self._properties(),
            "concepts": self._concepts(statements, [*found, *changes]),
            "documents": self._documents(),
            "claims": self._claims([*found, *changes]),
            "rules": {self.short[s["rule"].value]: s["name"].value for s in self.store.select(_RULES)},
            "conflicts": found,
            "variations": changes,
            "newest": self.timed.horizon,
            "prefixes": dict(self.prefixes),
        }

    # Statements, and the states for which they hold

    def _read_statements(self) -> None:
        for s, p, o, claim, best in asking(self.store, _STATEMENTS, "s", "GRAPH ?claim { ?s ?p ?o }", self.asked):
            row = self._row(s, p, o)
            row["claims"].append(self.short[claim.value])
            row["best"] |= best.value == "true"
        said = {(row["s"], row["o"]) for row in self.rows.values() if not row["link"]}
        for s, p, o in asking(self.store, _DERIVED, "s", "GRAPH graph:derived { ?s ?p ?o }", self.asked):
            thing, value = self.short[s.value], self._value(o)
            if thing not in self.cls or (thing, value) in said:  # a text that a claim says under one name is enough
                continue
            if not p.value.startswith(KG) or value in self.cls:  # of how the engine works, only what links things
                row = self._row(s, p, o)
                row |= {"best": True, "derived": not row["claims"]}
                self.derived[thing, self.short[p.value], value] = Triple(str(s), str(p), str(o))
        for row in self.rows.values():
            row["claims"].sort()

    def _trace(self, statements: list[Table]) -> None:
        """Give derived statements the rule that gave them, and from what: but for those that hold for a time, which know."""
        proofs, budget = Proofs(self.store), TRACED
        ways: dict[str, Way] = {}
        for row in (row for row in statements if row["derived"] and row["best"] and not row["states"]):
            way = ways.get(row["p"])
            if way and self._leads(way, row):
                ends = {"s": row["o"], "o": row["s"]} if way.turned else {}
                row |= {"rule": way.rule, "from": [{name: row[name] for name in _SAID} | {"p": way.source} | ends]}
            elif budget:
                budget -= 1
                row |= self._proved(row, proofs, ways)

    def _leads(self, way: Way, row: Table) -> bool:
        """Whether what a statement would follow from in some way stands in the graph."""
        subject, value = (row["o"], row["s"]) if way.turned else (row["s"], row["o"])
        if (known := self.rows.get((subject, way.source, value, None, None))) and known["best"]:
            return True
        said, source = self.derived[row["s"], row["p"], row["o"]], self.short.back[way.source]
        ends = (said.object, said.subject) if way.turned else (said.subject, said.object)
        return self.store.ask(f"ASK {{ {ends[0]} <{source}> {ends[1]} }}")

    def _proved(self, row: Table, proofs: Proofs, ways: dict[str, Way]) -> Table:
        """Return the rule that gave a statement, and from what; note it if the ontology alone turns the one into the other."""
        rule, premises = proofs.way(self.derived[row["s"], row["p"], row["o"]])
        facts = [one for one in premises if one.graph != f"<{ONTOLOGY}>" and not is_path(one)]
        written = "".join(f"{one.subject} {one.predicate} {one.object} .\n" for one in facts)
        given = [self._said(q.subject.value, q.predicate.value, q.object) for q in parse(written, RdfFormat.N_TRIPLES)]
        if len(premises) == 2 and len(given) == 1:
            source, turned = given[0]["p"], (given[0]["s"], given[0]["o"]) == (row["o"], row["s"])
            if turned or (given[0]["s"], given[0]["o"]) == (row["s"], row["o"]):
                ways[row["p"]] = Way(self.short[rule], source, turned)
        return {"rule": rule and self.short[rule], "from": given}

    def _read_states(self) -> None:
        """Give each statement that holds for a time its states: those that say it, and those from which it follows."""
        claims = state_claims(self.store)
        for iri, (s, p, o, state) in self._states().items():
            state["claims"] = sorted(self.short[claim] for claim in claims.get(iri, ()))
            for q, turned in self.timed.given_by(p.value):
                subject, value = (o, s) if turned else (s, o)
                if self.short[subject.value] in self.cls:
                    row = self._row(subject, q, value)
                    row["states"].append(state)
                    row["derived"] = not row["claims"] and (q != p.value or turned)

    def _states(self) -> dict[str, tuple[Any, Any, Any, Table]]:
        """Return the states, by IRI: what each is of, by which rule, on what basis, when, and because of which events."""
        rows = [(*map(str, row), row) for row in asking(self.store, _STATES, "end", _EITHER_END, self.asked)]
        found = {}
        for *_, (s, p, o, iri, rule, basis, *bounds) in sorted(rows, key=itemgetter(slice(-1))):
            days = {name: bound.value for name, bound in zip(_BOUNDS, bounds, strict=True) if bound}
            said = {"rule": self.short[rule.value], "basis": basis.value.removeprefix(KG), **days}
            found[iri.value] = (s, p, o, said)
        for name, query in (("events", _STATE_EVENTS), ("doubts", _STATE_DOUBTS)):
            events = asking(self.store, query, "end", _EITHER_END, self.asked)
            for iri, event in sorted({(state.value, event.value) for state, event in events}):
                found[iri][3].setdefault(name, []).append(self.short[event])
        return found

    def _row(self, s: Any, p: Any, o: Any) -> Table:
        said = self._said(s.value, p if isinstance(p, str) else p.value, o)
        key = (said["s"], said["p"], said["o"], said["lang"], said["type"])
        return self.rows.setdefault(key, {**said, "claims": [], "best": False, "derived": False, "states": []})

    def _said(self, subject: str, prop: str, value: Any) -> Table:
        said = {
            "s": self.short[subject],
            "p": self.short[prop],
            "o": self._value(value),
            "link": True,
            "lang": None,
            "type": None,
        }
        if hasattr(value, "datatype"):
            datatype = self.short[value.datatype.value]
            said |= {"link": False, "lang": value.language, "type": None if datatype in _TEXTS else datatype}
        return said

    def _value(self, term: Any) -> str:
        return term.value if hasattr(term, "datatype") else self.short[term.value]

    # What the statements speak of, and how it is drawn and called

    def _things(self) -> dict[str, Table]:
        """Return each thing's class and the keys by which it is found, but those that any reader makes of its names."""
        named: dict[str, set[tuple[str, str]]] = {}
        for row in self.rows.values():
            if row["p"] in ("skos:prefLabel", "skos:altLabel"):
                named.setdefault(row["s"], set()).add((row["o"], row["lang"] or ""))
        things = {}
        for thing, cls in sorted(self.cls.items()):
            plain = set(search_keys((name, "") for name, _ in named.get(thing, ())))
            things[thing] = {"cls": cls, "keys": [key for key in search_keys(named.get(thing, ())) if key not in plain]}
        return things

    def _classes(self) -> dict[str, Table]:
        called = names(self.store, _CLASSES, self.short)
        return {c: {"label": called.get(c, {"en": c}), **self.drawing.get(c, PLAIN)} for c in sorted({*self.cls.values()})}

    def _properties(self) -> dict[str, Table]:
        called = names(self.store, _PROPERTIES, self.short)
        drawn = {
            self.short[s["term"].value]: {side: s[side] and s[side].value for side in ("color", "line")}
            for s in self.store.select(_PROPERTIES)
        }
        timed = {self.short[iri] for iri, yielded in self.timed.properties.items() if yielded}
        plain: Table = {"color": None, "line": None}
        used = sorted({row["p"] for row in self.rows.values()})
        return {p: {"label": called.get(p, {"en": p}), **drawn.get(p, plain), "timed": p in timed} for p in used}

    def _concepts(self, statements: list[Table], conflicts: list[Table]) -> dict[str, dict[str, str]]:
        used = {row["o"] for row in statements if row["link"]} | {conflict["kind"] for conflict in conflicts}
        used |= {f"kg:{name}" for name in ("Stated", "Attributed", "Opinion", "Inferred", "Deprecated", "Preferred")}
        used |= {f"kg:{name}" for name in ("Occurred", "Announced", "Planned", "Expected", "Implied")}
        return {c: called for c, called in names(self.store, CONCEPTS, self.short).items() if c in used}

    # What the statements rest on

    def _documents(self) -> dict[str, Table]:
        return {
            self.short[s["document"].value]: {
                "title": s["title"].value,
                "lang": s["title"].language,
                "publisher": s["publisher"] and self._value(s["publisher"]),
                "source": s["source"] and s["source"].value,
                "date": s["date"] and s["date"].value,
            }
            for s in sorted(self.store.select(_DOCUMENTS), key=str)
        }

    def _claims(self, conflicts: list[Table]) -> dict[str, Table]:
        found: dict[str, Table] = {}
        cited: set[str] | None = None
        if self.asked is not None:
            said = {claim for row in self.rows.values() for claim in row["claims"]}
            said |= {claim for row in self.rows.values() for state in row["states"] for claim in state["claims"]}
            said |= {side["claim"] for conflict in conflicts for side in conflict["sides"]}
            cited = {self.short.back[claim] for claim in said}
        anchor = "GRAPH graph:claims { ?claim kg:document ?document }"
        for s in sorted(asking(self.store, _CLAIMS, "claim", anchor, cited), key=str):
            claim = found.setdefault(
                self.short[s["claim"].value],
                {
                    "document": self.short[s["document"].value],
                    "locator": s["locator"].value,
                    "modality": self.short[s["modality"].value],
                    "rank": self.short[s["rank"].value],
                    "start": int(s["start"].value) if s["start"] else None,
                    "speakers": [],
                },
            )
            if s["speaker"]:
                claim["speakers"].append(self.short[s["speaker"].value])
        return found

    def _conflict(self, conflict: Conflict) -> Table:
        return {
            "id": self.short[conflict.iri],
            "kind": self.short[conflict.kind] if conflict.kind else "kg:Conflict",
            "isContradiction": conflict.is_contradiction,
            "label": dict(sorted(conflict.names.items())),
            "about": [self.short[iri] for iri in conflict.about],
            "sides": [
                {
                    "claim": self.short[side.citation.claim],
                    "preferred": side.preferred,
                    "says": [self._said(*said) for said in side.says],
                }
                for side in conflict.sides
            ],
            "arithmetic": [named(line, lambda iri: f"<{self.short[iri]}>") for line in conflict.arithmetic],
            "remarks": list(conflict.remarks),
            "rule": self.short[conflict.rule] if conflict.rule else None,
            "sentence": conflict.sentence,
        }
