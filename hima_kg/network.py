"""The store as a network: entities and events as nodes, statements between them as edges, each with its citations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import networkx as nx

from .dates import span
from .prominence import around, prominent
from .spellings import search_keys
from .states import NEVER, Day, standing, statements, surest
from .store import Store
from .terms import KG, Prefixes, Shortener, label

_DRAWN = """
SELECT ?class ?super ?property ?value (COUNT(DISTINCT ?between) AS ?steps) WHERE {
  GRAPH graph:ontology { ?class rdfs:subClassOf* ?between . ?between rdfs:subClassOf* ?super . ?super ?property ?value }
  VALUES ?property { kg:shape kg:color kg:lane kg:importance }
} GROUP BY ?class ?super ?property ?value"""
_CLASSES = """
SELECT ?term ?name ?comment WHERE {
  GRAPH graph:ontology { ?term a owl:Class ; rdfs:label ?name OPTIONAL { ?term rdfs:comment ?comment } }
}"""
_PROPERTIES = """
SELECT ?term ?name ?color ?line WHERE {
  GRAPH graph:ontology {
    ?term a ?kind ; rdfs:label ?name .
    FILTER(?kind IN (owl:ObjectProperty, owl:DatatypeProperty, owl:AnnotationProperty, rdf:Property))
    OPTIONAL { ?term kg:color ?color }
    OPTIONAL { ?term kg:line ?line }
  }
}"""
_TYPES = "SELECT ?thing ?class WHERE { GRAPH graph:claims { ?claim a kg:Claim } GRAPH ?claim { ?thing a ?class } }"
_EVENTS = """
SELECT ?event ?earliest ?latest ?status WHERE {
  { ?event a kg:Event ; kg:status ?status OPTIONAL { ?event kg:earliest ?earliest } OPTIONAL { ?event kg:latest ?latest } }
  UNION
  { GRAPH graph:claims { ?claim a kg:Claim }
    GRAPH ?claim { ?event kg:status ?status }
    FILTER(?status IN (kg:Planned, kg:Expected))
    OPTIONAL { GRAPH ?claim { ?event kg:date ?date } ?from kg:written ?date ; kg:earliest ?earliest }
    OPTIONAL { GRAPH ?claim { ?event kg:date ?due } ?to kg:written ?due ; kg:latest ?latest } }
}"""
_CONCEPTS = "SELECT ?term ?name WHERE { GRAPH graph:ontology { ?term a skos:Concept ; skos:prefLabel ?name } }"
_STATEMENTS = """
SELECT ?s ?p ?o ?claim WHERE {
  GRAPH graph:claims { ?claim a kg:Claim }
  GRAPH ?claim { ?s ?p ?o }
  FILTER(?p != rdf:type)
}"""
_LINKS = _STATEMENTS.replace("FILTER(", "FILTER(isIRI(?o) && ")
_LABELS = """
SELECT ?s ?name WHERE { GRAPH graph:claims { ?claim a kg:Claim } GRAPH ?claim { ?s skos:prefLabel ?name } }"""
_STATES = """
SELECT ?s ?p ?o ?rule ?basis ?startEarliest ?startLatest ?endEarliest ?endLatest ?disputedFrom ?claim ?state WHERE {
  ?state a kg:State ; rdf:subject ?s ; rdf:predicate ?p ; rdf:object ?o ; kg:rule ?rule ; kg:basis ?basis .
  OPTIONAL { ?state kg:startEarliest ?startEarliest }
  OPTIONAL { ?state kg:startLatest ?startLatest }
  OPTIONAL { ?state kg:endEarliest ?endEarliest }
  OPTIONAL { ?state kg:endLatest ?endLatest }
  OPTIONAL { ?state kg:disputedFrom ?disputedFrom }
  OPTIONAL {
    { ?state kg:event ?event } UNION { ?state kg:basis kg:Stated BIND(?state AS ?event) }
    GRAPH graph:claims { ?claim a kg:Claim }
    GRAPH ?claim { ?event a ?type }
  }
}"""
_DOCUMENTS = """
SELECT ?document ?title ?publisher ?source WHERE {
  GRAPH graph:claims { ?document a kg:Document ; dct:title ?title
    OPTIONAL { ?document dct:publisher ?publisher } OPTIONAL { ?document dct:source ?source } }
}"""
_CLAIMS = """
SELECT ?claim ?document ?locator ?modality ?rank ?speaker WHERE {
  GRAPH graph:claims { ?claim a kg:Claim ; kg:document ?document ; kg:locator ?locator ; kg:modality ?modality ; kg:rank ?rank
    OPTIONAL { ?claim kg:speaker ?speaker } }
}"""
_CONFLICTS = """
SELECT ?conflict ?property ?value WHERE {
  GRAPH ?graph { ?conflict a kg:Conflict ; ?property ?value }
  FILTER(?graph IN (graph:claims, graph:derived))
}"""
_RULES = "SELECT ?rule ?name WHERE { ?rule a kg:Rule ; rdfs:label ?name }"
_PLAIN_DRAWING = {"shape": "dot", "color": "#777777", "lane": 3, "importance": 1}

_NO_EVENT = {"event": False, "earliest": None, "latest": None, "status": None, "status_id": None}
_NAMING = ("skos:prefLabel", "skos:altLabel")

Names = dict[str, dict[str, str]]
Statement = tuple[str, str, str | None, bool]
"""Property, value, its language, and whether the value is a thing."""


@dataclass
class Said:
    """Who says a statement: claims, the rule that derived it if no claim does, and the times for which it holds, in words."""

    claims: list[str] = field(default_factory=list)
    rule: str | None = None
    validity: str | None = None
    certainty: str | None = None


BUDGET = 800
"""How many things a page draws; more would be a hairball, and slow."""


def network(
    store: Store,
    prefixes: Prefixes,
    *,
    title: str,
    languages: Sequence[str],
    digest: str = "",
    most: int | None = None,
    told: bool = False,
    day: Day | None = None,
) -> nx.MultiDiGraph:
    """Return the graph as networkx has it: a node per entity and event, an edge per statement between two of them.

    Nodes carry IRI, names by language, class, status and dates; edges are keyed by property, and carry the claims that
    say so, or the rule, and the times for which they hold. What is planned or expected is there too, with its status.
    Things whose class is drawn in lane 0 are left out. With `most`, only so many things are there, the most important and
    of those the most connected; `graph["total"]` says how many there would be. With `told`, nodes carry all that is said
    of them, and the graph what a page needs to tell it: classes, properties, documents, claims, rules and conflicts. With
    a day, what does not hold then is left out, and what holds for a time says how surely.
    """
    builder = _Builder(store, prefixes, most, told, day)
    graph = nx.MultiDiGraph(title=title, digest=digest, languages=list(languages), total=builder.total)
    graph.add_nodes_from(builder.nodes())
    graph.add_edges_from(builder.edges(graph))
    if told:
        graph.graph.update(builder.about(graph))
    return graph


class _Builder:
    def __init__(self, store: Store, prefixes: Prefixes, most: int | None, told: bool, day: Day | None) -> None:
        self.store = store
        self.holding = standing(store, day) if day else None
        """The states that may hold on the day that is asked about, and how surely; None for all, on any day."""
        self.levels = statements(store, day) if day else {}
        self.told = told
        self.short = Shortener(prefixes)
        self.drawing = self._drawing()
        self.concepts = self._names(_CONCEPTS)
        self.cls = self._classes_of_things()
        drawn = [thing for thing in self.cls if self._drawn(thing)]
        self.total = len(drawn)
        self.asked: set[str] | None = None
        """The things that are asked about, and those around them; None for all."""
        if most is not None and self.total > most:
            self.asked = self._chosen(drawn, most)
            self.cls = {thing: cls for thing, cls in self.cls.items() if thing in self.asked}
        self.statements = self._statements()
        self.labels = self._labels()

    def about(self, graph: nx.MultiDiGraph) -> dict[str, Any]:
        classes = self._classes()
        drawn = {about["cls"] for _, about in graph.nodes(data=True)}
        asides = {thing: self._aside(thing) for thing in sorted(self.cls.keys() - set(graph))}
        conflicts = [c for c in self._conflicts() if self.asked is None or self.asked.intersection(c["about"])]
        return {
            "classes": {c: d for c, d in classes.items() if c in drawn},
            "kinds": {c: d["label"] for c, d in classes.items() if c not in drawn},
            "asides": asides,
            "properties": self._properties(),
            "documents": self._documents(),
            "claims": self._claims(conflicts),
            "rules": {self.short[s["rule"].value]: s["name"].value for s in self.store.select(_RULES)},
            "conflicts": conflicts,
        }

    def nodes(self) -> list[tuple[str, dict[str, Any]]]:
        events = self._events()
        return [(thing, self._node(thing, events.get(thing, _NO_EVENT))) for thing in sorted(self.cls) if self._drawn(thing)]

    def edges(self, graph: nx.MultiDiGraph) -> list[tuple[str, str, str, dict[str, Any]]]:
        return [
            (s, o, p, {**vars(said), "status_id": None})
            for s, rows in sorted(self.statements.items())
            if s in graph
            for (p, o, _, link), said in sorted(rows.items(), key=str)
            if link and o in graph
        ]

    def _drawn(self, thing: str) -> bool:
        return bool(self._drawing_of(thing).get("lane", 3))

    def _drawing_of(self, thing: str) -> dict[str, Any]:
        return self.drawing.get(self.cls[thing], _PLAIN_DRAWING)

    def _chosen(self, drawn: list[str], most: int) -> set[str]:
        """Return the most prominent things, with what is told beside them: what is not drawn, and speaks of them."""
        back, short = self.short.back, self.short
        importance = {back[cls]: drawing["importance"] for cls, drawing in self.drawing.items()}
        kept = prominent(self.store, {back[thing]: back[self.cls[thing]] for thing in drawn}, importance, most)
        beside = {short[thing] for thing in around(self.store, kept)}
        return {short[thing] for thing in kept} | {t for t in beside if t in self.cls and not self._drawn(t)}

    def _named(self, things: set[str]) -> str:
        return " ".join(f"<{self.short.back[thing]}>" for thing in sorted(things))

    def _asking(self, query: str, variable: str, anchor: str, things: set[str] | None) -> Iterator[Any]:
        """Go through the solutions of a query: all, or those of a pattern in which a variable is one of some things.

        The pattern stands in a sub-select, which the engine works out first; without it, it pairs every thing with every claim.
        """
        if things is None:
            return self.store.select(query)
        some = f"{{ SELECT * WHERE {{ VALUES ?{variable} {{ {self._named(things)} }} {anchor} }} }}"
        return self.store.select(query.replace("WHERE {", f"WHERE {{ {some}", 1))

    def _node(self, thing: str, event: dict[str, Any]) -> dict[str, Any]:
        node = {"iri": self.short.back[thing], "label": self._label_of(thing), "cls": self.cls[thing], **event}
        if not self.told:
            return node
        names = self._names_of(thing)
        return node | {
            "names": [list(name) for name in names],
            "keys": search_keys(names),
            "statements": self._said_of(thing),
        }

    def _aside(self, thing: str) -> dict[str, Any]:
        said = [row for row in self._said_of(thing) if row["property"] not in _NAMING]
        return {"label": self._label_of(thing), "cls": self.cls[thing], "statements": said}

    def _names_of(self, thing: str) -> list[tuple[str, str]]:
        return sorted({(o, lang or "") for (p, o, lang, _) in self.statements.get(thing, {}) if p in _NAMING})

    def _label_of(self, thing: str) -> dict[str, str]:
        return self.labels.get(thing) or {"en": thing}

    def _said_of(self, thing: str) -> list[dict[str, Any]]:
        rows = sorted(self.statements.get(thing, {}).items(), key=lambda item: [str(part) for part in item[0]])
        return [{"property": p, "value": o, "link": link, "lang": lang, **vars(said)} for (p, o, lang, link), said in rows]

    # Reading the store, a query a kind

    def _names(self, query: str) -> Names:
        names: Names = {}
        for s in self.store.select(query):
            names.setdefault(self.short[s["term"].value], {})[s["name"].language or ""] = s["name"].value
        return {term: dict(sorted(by_lang.items())) for term, by_lang in sorted(names.items())}

    def _drawing(self) -> dict[str, dict[str, Any]]:
        drawn: dict[str, dict[str, Any]] = {}
        rows = sorted(
            (s["class"].value, int(s["steps"].value), s["super"].value, s["property"].value, s["value"].value)
            for s in self.store.select(_DRAWN)
        )
        for cls, _, _, prop, value in rows:  # the nearest super-class comes first, and its drawing is kept
            name = prop.removeprefix(KG)
            drawn.setdefault(self.short[cls], {}).setdefault(name, int(value) if name in ("lane", "importance") else value)
        return {cls: {**_PLAIN_DRAWING, **d} for cls, d in drawn.items()}

    def _classes(self) -> dict[str, dict[str, Any]]:
        comments = {self.short[s["term"].value]: s["comment"].value for s in self.store.select(_CLASSES) if s["comment"]}
        names = self._names(_CLASSES)
        return {
            c: {"label": names.get(c, {"en": c}), "comment": comments.get(c, ""), **self.drawing.get(c, _PLAIN_DRAWING)}
            for c in sorted({*names, *self.cls.values()})
        }

    def _properties(self) -> dict[str, dict[str, Any]]:
        names = self._names(_PROPERTIES)
        drawn = {
            self.short[s["term"].value]: (
                s["color"].value if s["color"] else None,
                s["line"].value if s["line"] else None,
            )
            for s in self.store.select(_PROPERTIES)
        }
        used = {p for rows in self.statements.values() for (p, _, _, _) in rows}
        return {
            p: {
                "label": names.get(p, {"en": p}),
                "color": drawn.get(p, (None, None))[0],
                "line": drawn.get(p, (None, None))[1],
            }
            for p in sorted(used)
        }

    def _classes_of_things(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for thing, cls in sorted(
            (self.short[s["thing"].value], self.short[s["class"].value]) for s in self.store.select(_TYPES)
        ):
            if cls in self.drawing or thing not in found:
                found[thing] = cls
        return found

    def _events(self) -> dict[str, dict[str, Any]]:
        found: dict[str, dict[str, Any]] = {}
        for s in sorted(
            self._asking(_EVENTS, "event", "GRAPH ?said { ?event a ?class }", self.asked),
            key=lambda s: [str(term) for term in s],
        ):
            status = self.short[s["status"].value]
            event = found.setdefault(
                self.short[s["event"].value],
                {**_NO_EVENT, "event": True, "status": self.concepts.get(status), "status_id": status},
            )
            for side, choose in (("earliest", min), ("latest", max)):
                days = [day for day in (event[side], s[side].value if s[side] else None) if day]
                event[side] = choose(days, default=None)
        return found

    def _labels(self) -> dict[str, dict[str, str]]:
        found: dict[str, dict[str, str]] = {}
        for s in self._asking(_LABELS, "s", "GRAPH ?claim { ?s skos:prefLabel ?name }", self.asked):
            names, lang, name = found.setdefault(self.short[s["s"].value], {}), s["name"].language or "", s["name"].value
            names[lang] = min(name, names.get(lang, name))
        return {thing: dict(sorted(names.items())) for thing, names in found.items()}

    def _statements(self) -> dict[str, dict[Statement, Said]]:
        found: dict[str, dict[Statement, Said]] = {}
        query = _STATEMENTS if self.told else _LINKS
        for subject, predicate, value, claim in self._asking(query, "s", "GRAPH ?claim { ?s ?p ?o }", self.asked):
            s = self.short[subject.value]
            level = self.levels.get((str(subject), predicate.value, str(value)))
            if level != NEVER:
                said = found.setdefault(s, {}).setdefault(self._key(predicate, value), Said(certainty=level))
                said.claims.append(self.short[claim.value])
        for s, key, timed in self._states():
            said = found.setdefault(s, {}).setdefault(key, timed)
            said.validity, said.certainty = timed.validity, timed.certainty
            said.claims = said.claims + timed.claims
        for rows in found.values():
            for said in rows.values():
                said.claims = sorted(set(said.claims))
        return found

    def _states(self) -> list[tuple[str, Statement, Said]]:
        """Return the statements that hold for a time: the rule, the times in words, the claims behind their bounds."""
        held: dict[tuple[str, Statement], dict[str, set[str]]] = {}
        for row in self._asking(_STATES, "s", "?state rdf:subject ?s", self.asked):
            if self.holding is not None and row["state"].value not in self.holding:
                continue
            bounds = [term.value if term else None for term in tuple(row)[5:9]]
            end = span(*bounds[2:]) if any(bounds[2:]) else "…"
            doubt = f", disputed from {row['disputedFrom'].value}" if row["disputedFrom"] else ""
            words = f"{span(*bounds[:2])} – {end} ({row['basis'].value.removeprefix(KG).lower()}{doubt})"
            key = self.short[row["s"].value], self._key(row["p"], row["o"])
            about = held.setdefault(key, {"words": set(), "rules": set(), "claims": set(), "levels": set()})
            about["words"] |= {words} if any(bounds) else set()
            about["rules"].add(self.short[row["rule"].value])
            about["claims"] |= {self.short[row["claim"].value]} if row["claim"] else set()
            about["levels"] |= {self.holding[row["state"].value]} if self.holding else set()
        return [
            (s, key, Said(sorted(about["claims"]), min(about["rules"]), _in_order(about["words"]), surest(about["levels"])))
            for (s, key), about in sorted(held.items(), key=str)
        ]

    def _key(self, predicate: Any, value: Any) -> Statement:
        if hasattr(value, "language"):
            return self.short[predicate.value], value.value, value.language, False
        return self.short[predicate.value], self.short[value.value], None, True

    def _documents(self) -> dict[str, dict[str, Any]]:
        return {
            self.short[s["document"].value]: {
                "title": s["title"].value,
                "lang": s["title"].language or "",
                "publisher": self._name_of(s["publisher"]),
                "source": s["source"].value if s["source"] else None,
            }
            for s in self.store.select(_DOCUMENTS)
        }

    def _name_of(self, term: Any) -> str | None:
        if term is None:
            return None
        rows = self.statements.get(self.short[term.value], {})
        return label({lang or "": o for (p, o, lang, _) in rows if p == "skos:prefLabel"}, "en") or str(term.value)

    def _claims(self, conflicts: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
        found: dict[str, dict[str, Any]] = {}
        cited = None
        if self.asked is not None:
            cited = {claim for rows in self.statements.values() for said in rows.values() for claim in said.claims}
            cited |= {claim for conflict in conflicts for claim in conflict["claims"]}
        for s in sorted(
            self._asking(_CLAIMS, "claim", "GRAPH graph:claims { ?claim kg:document ?document }", cited),
            key=lambda s: (s["claim"].value, str(s["speaker"])),
        ):
            modality = self.short[s["modality"].value]
            claim = found.setdefault(
                self.short[s["claim"].value],
                {
                    "document": self.short[s["document"].value],
                    "locator": s["locator"].value,
                    "modality": self.concepts.get(modality, {"en": modality}),
                    "modality_id": modality,
                    "rank_id": self.short[s["rank"].value],
                    "speakers": [],
                },
            )
            if s["speaker"]:
                claim["speakers"].append(self.short[s["speaker"].value])
            claim["speaker"] = next(iter(claim["speakers"]), None)
        return found

    def _conflicts(self) -> list[dict[str, Any]]:
        found: dict[str, dict[str, list[Any]]] = {}
        for s in self.store.select(_CONFLICTS):
            found.setdefault(self.short[s["conflict"].value], {}).setdefault(self.short[s["property"].value], []).append(
                s["value"]
            )
        return [self._conflict(name, values) for name, values in sorted(found.items())]

    def _conflict(self, name: str, values: Mapping[str, list[Any]]) -> dict[str, Any]:
        def links(prop: str) -> list[str]:
            return sorted(self.short[v.value] for v in values.get(prop, ()))

        def text(prop: str) -> str | None:
            return "; ".join(sorted(v.value for v in values.get(prop, ()))) or None

        kind = self.concepts.get(links("kg:kind")[0], {"en": "conflict"}) if values.get("kg:kind") else {"en": "conflict"}
        return {
            "id": name,
            "label": {v.language or "": v.value for v in values.get("skos:prefLabel", ())} or kind,
            "kind": kind,
            "claims": links("kg:between"),
            "about": links("kg:about"),
            "prefer": links("kg:prefer"),
            "arithmetic": text("kg:arithmetic"),
            "remark": text("kg:remark"),
        }


def _in_order(times: set[str]) -> str | None:
    """Return times in words, the earliest first; None where nothing is known of any."""
    return "; ".join(sorted(times, key=lambda words: words.replace("?", "0"))) or None
