"""The store as a network: entities and events as nodes, statements between them as edges, each with its citations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import networkx as nx

from .store import Store
from .terms import KG, Prefixes, label, search_keys

_DRAWN = """
SELECT ?class ?super ?property ?value WHERE {
  GRAPH graph:ontology { ?class rdfs:subClassOf* ?super . ?super ?property ?value }
  VALUES ?property { kg:shape kg:color kg:lane kg:importance }
}"""
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
SELECT ?s ?p ?o ?claim ?derived WHERE {
  { GRAPH graph:claims { ?claim a kg:Claim } GRAPH ?claim { ?s ?p ?o } }
  UNION
  { GRAPH graph:derived { ?s ?p ?o } BIND(true AS ?derived) }
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

Names = dict[str, dict[str, str]]


def network(store: Store, prefixes: Prefixes, *, title: str, digest: str, languages: tuple[str, ...]) -> nx.MultiDiGraph:
    """Return the graph as networkx has it: a node per entity and event, an edge per statement between two of them.

    Nodes carry names, class, dates and all statements with citations; edges are keyed by property. What is planned or
    expected is there too, with its status. Things whose class is drawn in lane 0 are left out.
    """
    builder = _Builder(store, prefixes)
    graph = nx.MultiDiGraph(title=title, digest=digest, languages=list(languages))
    graph.graph.update(builder.about())
    graph.add_nodes_from(builder.nodes())
    graph.add_edges_from(builder.edges(graph))
    return graph


class _Builder:
    def __init__(self, store: Store, prefixes: Prefixes) -> None:
        self.store = store
        self.short = _Shortener(prefixes)
        self.drawing = self._drawing()
        self.concepts = self._names(_CONCEPTS)
        self.cls = self._classes_of_things()
        self.statements = self._statements()

    def about(self) -> dict[str, Any]:
        used = set(self.cls.values())
        return {
            "classes": {c: d for c, d in self._classes().items() if c in used},
            "properties": self._properties(),
            "documents": self._documents(),
            "claims": self._claims(),
            "rules": {self.short[s["rule"].value]: s["name"].value for s in self.store.select(_RULES)},
            "conflicts": self._conflicts(),
        }

    def nodes(self) -> list[tuple[str, dict[str, Any]]]:
        events = self._events()
        return [(thing, self._node(thing, events.get(thing))) for thing in sorted(self.cls) if self._drawn(thing)]

    def edges(self, graph: nx.MultiDiGraph) -> list[tuple[str, str, str, dict[str, Any]]]:
        return [
            (s, o, p, {"claims": claims, "rule": "derived" if derived else None, "status_id": None, "validity": None})
            for s, rows in sorted(self.statements.items())
            if s in graph
            for (p, o, _, link), (claims, derived) in sorted(rows.items())
            if link and o in graph
        ]

    def _drawn(self, thing: str) -> bool:
        return bool(self.drawing.get(self.cls[thing], _PLAIN_DRAWING).get("lane", 3))

    def _node(self, thing: str, event: dict[str, Any] | None) -> dict[str, Any]:
        rows = self.statements.get(thing, {})
        names = sorted({(o, lang or "") for (p, o, lang, _) in rows if p in ("skos:prefLabel", "skos:altLabel")})
        preferred = {lang or "": o for (p, o, lang, _) in sorted(rows, reverse=True) if p == "skos:prefLabel"}
        return {
            "iri": self.short.back[thing],
            "label": preferred or {"en": thing},
            "names": [list(name) for name in names],
            "keys": search_keys(names),
            "cls": self.cls[thing],
            "event": event is not None,
            **(event or {"earliest": None, "latest": None, "status": None, "status_id": None}),
            "statements": [
                {
                    "property": p,
                    "value": o,
                    "link": link,
                    "lang": lang,
                    "claims": claims,
                    "rule": "derived" if derived else None,
                }
                for (p, o, lang, link), (claims, derived) in sorted(
                    rows.items(), key=lambda item: (item[0][0], item[0][1], item[0][2] or "")
                )
            ],
        }

    # Reading the store, a query a kind

    def _names(self, query: str) -> Names:
        names: Names = {}
        for s in self.store.select(query):
            names.setdefault(self.short[s["term"].value], {})[s["name"].language or ""] = s["name"].value
        return {term: dict(sorted(by_lang.items())) for term, by_lang in sorted(names.items())}

    def _drawing(self) -> dict[str, dict[str, Any]]:
        drawn: dict[str, dict[str, Any]] = {}
        rows = sorted(
            (s["class"].value, s["class"] != s["super"], s["super"].value, s["property"].value, s["value"].value)
            for s in self.store.select(_DRAWN)
        )
        for cls, _, _, prop, value in rows:
            name = prop.removeprefix(KG)
            drawn.setdefault(self.short[cls], {}).setdefault(name, int(value) if name in ("lane", "importance") else value)
        return {cls: {**_PLAIN_DRAWING, **d} for cls, d in drawn.items()}

    def _classes(self) -> dict[str, dict[str, Any]]:
        comments = {self.short[s["term"].value]: s["comment"].value for s in self.store.select(_CLASSES) if s["comment"]}
        return {
            c: {"label": names, "comment": comments.get(c, ""), **self.drawing.get(c, _PLAIN_DRAWING)}
            for c, names in self._names(_CLASSES).items()
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
        return {
            self.short[s["event"].value]: {
                "earliest": s["earliest"].value if s["earliest"] else None,
                "latest": s["latest"].value if s["latest"] else None,
                "status": self.concepts.get(self.short[s["status"].value]),
                "status_id": self.short[s["status"].value],
            }
            for s in self.store.select(_EVENTS)
        }

    def _statements(self) -> dict[str, dict[tuple[str, str, str | None, bool], tuple[list[str], bool]]]:
        found: dict[str, dict[tuple[str, str, str | None, bool], tuple[list[str], bool]]] = {}
        for subject, predicate, value, claim, derived in self.store.select(_STATEMENTS):
            s, p = self.short[subject.value], self.short[predicate.value]
            if p == "rdf:type" or (derived and p not in self._shown_when_derived):
                continue
            link = not hasattr(value, "language")
            o = self.short[value.value] if link else value.value
            lang = None if link else value.language
            claims, was_derived = found.setdefault(s, {}).setdefault((p, o, lang, link), ([], derived is not None))
            if claim is not None:
                claims.append(self.short[claim.value])
            found[s][(p, o, lang, link)] = (sorted(claims), was_derived and not claims)
        return found

    @property
    def _shown_when_derived(self) -> frozenset[str]:
        if not hasattr(self, "_yielded"):
            query = "SELECT DISTINCT ?p WHERE { GRAPH graph:ontology { ?c kg:yields ?p } }"
            self._yielded = frozenset(self.short[s["p"].value] for s in self.store.select(query))
        return self._yielded

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

    def _claims(self) -> dict[str, dict[str, Any]]:
        found: dict[str, dict[str, Any]] = {}
        for s in sorted(self.store.select(_CLAIMS), key=lambda s: (s["claim"].value, str(s["speaker"]))):
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
            return min((v.value for v in values.get(prop, ())), default=None)

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


class _Shortener(dict[str, str]):
    """IRI → CURIE, each worked out once, and the way back."""

    def __init__(self, prefixes: Prefixes) -> None:
        super().__init__()
        self._prefixes = prefixes
        self.back: dict[str, str] = {}

    def __missing__(self, iri: str) -> str:
        self[iri] = short = self._prefixes.compact(iri)
        self.back[short] = iri
        return short
