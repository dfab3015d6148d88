"""The repository's own vocabulary: small, labelled in three languages, defined, and mapped to the well-known ones."""

import hima_kg
from hima_kg.dossier import dossier

OWN = "https://w3id.org/hima-kg/auto#"


def own(hima: hima_kg.KnowledgeGraph, kind: str) -> list[object]:
    """Return the terms of a kind in the project's own namespace."""
    query = f"SELECT DISTINCT ?t {{ GRAPH graph:ontology {{ ?t a {kind} }} FILTER(STRSTARTS(STR(?t), '{OWN}')) }} ORDER BY ?t"
    return hima.ask(query).values("t")


def test_small(hima: hima_kg.KnowledgeGraph) -> None:
    """The ontology has 20 to 30 classes and 30 to 45 properties."""
    assert 20 <= len(own(hima, "owl:Class")) <= 30
    assert 30 <= len(own(hima, "?kind . FILTER(?kind IN (owl:ObjectProperty, owl:DatatypeProperty))")) <= 45


def test_labelled(hima: hima_kg.KnowledgeGraph) -> None:
    """Every class and property has a label in English, Chinese and Korean, and a definition of one line."""
    terms = hima.ask("""SELECT ?t (GROUP_CONCAT(DISTINCT lang(?l); SEPARATOR=" ") AS ?langs) (SAMPLE(?c) AS ?comment) {
        GRAPH graph:ontology { ?t a ?k ; rdfs:label ?l . OPTIONAL { ?t rdfs:comment ?c }
          FILTER(?k IN (owl:Class, owl:ObjectProperty, owl:DatatypeProperty) && STRSTARTS(STR(?t), "https://w3id.org/hima-kg/")) }
    } GROUP BY ?t""").rows
    assert len(terms) > 80
    for row in terms:
        assert set(str(row["langs"]).split()) == {"en", "zh-hans", "ko"}, row["t"]
        assert row["comment"], row["t"]
        assert "\n" not in str(row["comment"])


def test_mapped(hima: hima_kg.KnowledgeGraph) -> None:
    """PROV-O, ORG, SKOS, schema.org, the Data Cube and OWL-Time are all reached, so standard queries work."""
    for term in ("prov:Agent", "org:Organization", "sdo:Brand", "qb:Observation", "time:ProperInterval", "skos:Concept"):
        assert hima.ask(f"ASK {{ ?thing a {term} }}"), term


def test_drawn(hima: hima_kg.KnowledgeGraph) -> None:
    """How a class is drawn is said in Turtle, and reaches the page."""
    classes = dossier(hima.store, hima.prefixes)["classes"]
    assert classes["auto:Trademark"]["shape"] == "diamond"
    assert classes["auto:Launch"]["lane"] == 6  # from kg:Event


def test_looks(hima: hima_kg.KnowledgeGraph) -> None:
    """No two classes whose things are drawn look the same."""
    data = dossier(hima.store, hima.prefixes)
    classes = {cls: data["classes"][cls] for cls in {about["cls"] for about in data["things"].values()}}
    looks = [(about["shape"], about["color"]) for about in classes.values() if about["lane"]]
    assert len(looks) > 15
    assert len(looks) == len(set(looks))
