"""Exports: deterministic to the byte, diffable, and read back as the same graph by anybody's parser."""

import csv
import difflib
import io
import json
import re
from collections.abc import Callable
from pathlib import Path

import networkx as nx
import pyoxigraph as ox
import pytest
import rdflib
from hypothesis import given
from hypothesis import strategies as st
from rdflib.compare import isomorphic

import hima_kg
from hima_kg import turtle
from hima_kg.dossier import dossier
from hima_kg.export import FORMATS, export
from hima_kg.terms import COMMON, DERIVED, Prefixes


def best(kg: hima_kg.KnowledgeGraph) -> set[ox.Triple]:
    """Return what the Turtle export must hold: the best graph, the claims, and a pointer from subjects to claims."""
    described = "CONSTRUCT { ?s ?p ?o } WHERE { { ?s ?p ?o } UNION { GRAPH graph:claims { ?s ?p ?o } } }"
    pointers = "CONSTRUCT { ?s prov:wasDerivedFrom ?c } WHERE { GRAPH graph:claims { ?c a kg:Claim } GRAPH ?c { ?s ?p ?o } }"
    return {triple for query in (described, pointers) for triple in kg.store.query(query)}


def test_turtle_is_the_best_graph(hima: hima_kg.KnowledgeGraph) -> None:
    """The Turtle export is the best graph with the way to the claims, by pyoxigraph's parser."""
    assert {q.triple for q in ox.parse(hima.turtle(), ox.RdfFormat.TURTLE)} == best(hima)


def test_turtle_by_rdflib(kg: hima_kg.KnowledgeGraph) -> None:
    """The Turtle export is the same graph by rdflib's parser."""
    text = "\n".join(f"{triple} ." for triple in best(kg))
    assert isomorphic(rdflib.Graph().parse(data=kg.turtle()), rdflib.Graph().parse(data=text, format="nt"))


def test_trig_is_everything(kg: hima_kg.KnowledgeGraph) -> None:
    """The TriG export holds every quad of the store, by both parsers."""
    text = kg.export("trig").decode()
    parsed = set(ox.parse(text, ox.RdfFormat.TRIG))
    assert parsed == set(ox.parse(b"".join(kg.lines), ox.RdfFormat.N_QUADS))
    assert len(list(rdflib.Dataset().parse(data=text, format="trig").quads())) == len(parsed)


def test_reads_well(kg: hima_kg.KnowledgeGraph) -> None:
    """Turtle is written for people: types first, then names, numbers bare, a subject a block."""
    assert ':amber\n    a l:Body ,\n        l:Workshop ;\n    skos:prefLabel "' in kg.turtle()
    assert "    l:lamps 12 ;\n" in kg.turtle()


def test_one_fact_changes_few_lines(tiny: Path, kg: hima_kg.KnowledgeGraph, say: Callable[..., Path]) -> None:
    """Adding one fact changes a few lines of the export."""
    hima_kg.build(say(":moth kg:remark 'old'@en ."))
    before = (tiny / "build" / "tiny.ttl").read_text("utf-8").splitlines()
    after = hima_kg.build(say(":moth kg:remark 'old'@en ; kg:remark 'worn'@en .")).turtle().splitlines()
    changed = [line for line in difflib.unified_diff(before, after, lineterm="", n=0) if line[:2] not in ("--", "++", "@@")]
    assert 1 <= len(changed) <= 6, changed


@pytest.mark.parametrize("format", FORMATS)
def test_same_bytes(kg: hima_kg.KnowledgeGraph, tiny: Path, format: str) -> None:
    """Every format gives the same bytes from the graph as built and as opened."""
    data = kg.export(format)
    assert data
    assert hima_kg.open(tiny).export(format) == data


def test_every_format_parses(kg: hima_kg.KnowledgeGraph) -> None:
    """Each format is read back, with as many statements or nodes as were written."""
    wanted = best(kg)
    assert {q.triple for q in ox.parse(kg.export("nt"), ox.RdfFormat.N_TRIPLES)} == wanted
    assert {q.triple for q in ox.parse(kg.export("rdf"), ox.RdfFormat.RDF_XML)} == wanted
    assert b"".join(kg.lines) == kg.export("nq")
    assert set(ox.parse(kg.export("jsonld"), ox.RdfFormat.JSON_LD)) == set(ox.parse(kg.export("nq"), ox.RdfFormat.N_QUADS))
    assert json.loads(kg.export("jsonld"))
    network = kg.network()
    assert len(nx.read_graphml(io.BytesIO(kg.export("graphml")))) == len(network)
    assert len(nx.read_gexf(io.BytesIO(kg.export("gexf")))) == len(network)


def test_csv(kg: hima_kg.KnowledgeGraph) -> None:
    """CSV has a row for each statement of the best graph: whole terms, and the claims that make the statement."""
    best = {quad.triple for quad in ox.parse(b"".join(kg.lines), ox.RdfFormat.N_QUADS) if quad.graph_name == ox.DefaultGraph()}
    rows = list(csv.DictReader(io.StringIO(kg.export("csv").decode(), newline="")))
    assert len(rows) == len(best)
    (named,) = (row for row in rows if row["object"] == "Moth to Beryl" and row["predicate"].endswith("prefLabel"))
    assert named["language"] == "en"
    assert {f"<{claim}>" for claim in named["claims"].split()} == {
        str(claim) for (claim,) in kg.ask('SELECT ?c { GRAPH ?c { ?s skos:prefLabel "Moth to Beryl"@en } }').terms
    }


def test_networks_for_other_programs(kg: hima_kg.KnowledgeGraph) -> None:
    """In the networks' formats an event's status is a word, as a name is, and each edge has an identifier of its own."""
    saved = nx.read_graphml(io.BytesIO(kg.export("graphml")))
    assert {data["status"] for _, data in saved.nodes(data=True) if "status" in data} == {"occurred", "announced", "planned"}
    ids = re.findall(rb'<edge [^>]*id="([^"]*)"', kg.export("graphml"))
    assert len(ids) == len({*ids}) == saved.number_of_edges()


@pytest.mark.parametrize("name", ["li", "Description", "aboutEach", "bagID"])
def test_what_rdf_xml_reserves(kg: hima_kg.KnowledgeGraph, name: str) -> None:
    """A property whose name RDF/XML keeps for itself is refused in that format, in exports and in answers."""
    line = f"<urn:a> <{COMMON['rdf']}{name}> <urn:b> .\n".encode()
    with pytest.raises(hima_kg.ProjectError, match=f"RDF/XML cannot hold the property rdf:{name}"):
        export("rdf", lambda: [line], Prefixes(COMMON), kg.network)
    with pytest.raises(hima_kg.ProjectError, match=f"RDF/XML cannot hold the property rdf:{name}"):
        kg.ask(f"CONSTRUCT {{ ?s rdf:{name} ?o }} WHERE {{ ?s rdf:type ?o }}").serialize("rdf")


@pytest.mark.parametrize(
    ("iri", "told"),
    [
        ("http://www.w3.org/2000/xmlns/a", False),
        ("https://e.org/a\U00010300", False),
        ("https://e.org/\u3400\u4e00", False),
        ("https://e.org/\u4e00-1", True),
        ("https://e.org/이름", True),
        ("https://xmlns.example/a", True),
    ],
)
def test_what_xml_can_name(kg: hima_kg.KnowledgeGraph, iri: str, told: bool) -> None:
    """A property whose name the common readers of XML refuse is refused in RDF/XML; what is written, they read."""
    line = f"<urn:a> <{iri}> <urn:b> .\n".encode()
    if told:
        found = rdflib.Graph().parse(data=export("rdf", lambda: [line], Prefixes(COMMON), kg.network), format="xml")
        assert [str(p) for p in found.predicates()] == [iri]
    else:
        with pytest.raises(hima_kg.ProjectError, match=f"RDF/XML cannot hold the property <{iri}>"):
            export("rdf", lambda: [line], Prefixes(COMMON), kg.network)


def test_a_comma_in_an_iri(kg: hima_kg.KnowledgeGraph) -> None:
    """An answer in CSV has a cell for each column: an IRI with a comma stands in quotes, as a text does."""
    rows = '(<tag:lamps,2024:x> "a, \\"b\\"\\nc") (<urn:z> 1) (UNDEF "d")'
    asked = kg.ask(f"SELECT ?thing ?said ?node {{ VALUES (?thing ?said) {{ {rows} }} BIND(BNODE() AS ?node) }}")
    told = [*csv.reader(io.StringIO(asked.serialize("csv").decode(), newline=""))]
    assert [row[:2] for row in told] == [["thing", "said"], ["tag:lamps,2024:x", 'a, "b"\nc'], ["urn:z", "1"], ["", "d"]]
    assert all(row[2].startswith("_:") for row in told[1:])
    assert kg.ask("SELECT * {}").serialize("csv") == b"\r\n\r\n"


@pytest.mark.parametrize("format", FORMATS)
def test_a_last_line_ends(kg: hima_kg.KnowledgeGraph, format: str) -> None:
    """Every format ends with the end of a line, so that a file has what standard output has."""
    assert kg.export(format).endswith(b"\n")


def test_networks_tell_times(kg: hima_kg.KnowledgeGraph) -> None:
    """The networks' formats keep what networkx has: when a link holds, how surely on a day, and the bounds of events."""
    for format, read in (("graphml", nx.read_graphml), ("gexf", nx.read_gexf)):
        network, saved = kg.network(on="2023-07"), read(io.BytesIO(kg.export(format, on="2023-07")))
        told = {(s, o, data["property"]): data for s, o, data in saved.edges(data=True)}
        for s, o, p, data in network.edges(keys=True, data=True):
            assert told[s, o, p].get("validity") == data["validity"]
            assert told[s, o, p].get("certainty") == data["certainty"]
        assert any(data["certainty"] for *_, data in network.edges(data=True))
        assert {node for node, data in saved.nodes(data=True) if data.get("status")} == {
            node for node, data in network.nodes(data=True) if data["status"]
        }


def test_returns_in_xml(say: Callable[..., Path]) -> None:
    """A carriage return stays one in XML, which would read a bare one as the end of a line."""
    kg = hima_kg.build(say(r':moth kg:remark "one\rtwo"@en .'))
    written = {t.object.value for t in ox.parse(kg.export("rdf"), ox.RdfFormat.RDF_XML) if isinstance(t.object, ox.Literal)}
    assert "one\rtwo" in written
    assert b"one&#13;two" in kg.ask("SELECT ?r { :moth kg:remark ?r }").serialize("xml")


def test_no_xml_for_all(say: Callable[..., Path]) -> None:
    """What XML cannot hold is not written as XML that nobody can read: the message names it, and other formats keep it."""
    kg = hima_kg.build(
        say(':moth kg:remark "ding\\u0007"@en . :moth-two a l:Seal ; l:sealOf :amber ; skos:prefLabel "M\\u0007"@en .')
    )
    for format in ("rdf", "graphml", "gexf"):
        with pytest.raises(hima_kg.ProjectError, match=r"XML cannot hold U\+0007"):
            kg.export(format)
    assert "ding\x07" in {quad.object.value for quad in ox.parse(kg.export("nq"), ox.RdfFormat.N_QUADS)}
    with pytest.raises(hima_kg.ProjectError, match=r"XML cannot hold U\+0007"):
        kg.ask('SELECT ("\\u0007" AS ?x) {}').serialize("xml")
    with pytest.raises(hima_kg.ProjectError, match="does not end with a name"):
        kg.ask("CONSTRUCT { ?s <urn:a:1> ?o } WHERE { ?s l:sealOf ?o }").serialize("rdf")


def test_graphs_as_things(say: Callable[..., Path]) -> None:
    """A fact about one of the engine's graphs is a fact like others, and is not lost from the Turtle."""
    kg = hima_kg.build(say(f":fair a l:Feast ; kg:about <{DERIVED}> ."))
    said = {quad.triple for quad in ox.parse(kg.export("ttl"), ox.RdfFormat.TURTLE)}
    assert [triple for triple in best(kg) if triple.object == ox.NamedNode(DERIVED)] == [
        triple for triple in said if triple.object == ox.NamedNode(DERIVED)
    ]


def test_unknown_format(kg: hima_kg.KnowledgeGraph) -> None:
    """A format that is not known is answered with the near one."""
    with pytest.raises(hima_kg.ProjectError, match="'trigg' is not a format") as caught:
        kg.export("trigg")
    assert caught.value.hint == "did you mean trig?"


DERIVED_FROM = ox.NamedNode("http://www.w3.org/ns/prov#wasDerivedFrom")
IRIS = st.sampled_from(["urn:x:a", "https://example.org/b", "https://example.org/lamps/c.d", "https://example.org/lamps/e-f"])
LITERALS = st.one_of(
    st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"])).map(ox.Literal),
    st.tuples(st.text(max_size=5), st.sampled_from(["en", "zh-hans", "zh-latn-pinyin", "ar"])).map(
        lambda pair: ox.Literal(pair[0], language=pair[1])
    ),
    st.integers().map(ox.Literal),
    st.booleans().map(ox.Literal),
    st.decimals(allow_nan=False, allow_infinity=False, places=3).map(
        lambda d: ox.Literal(f"{d:f}", datatype=ox.NamedNode("http://www.w3.org/2001/XMLSchema#decimal"))
    ),
)
TRIPLES = st.tuples(IRIS, IRIS, st.one_of(IRIS.map(ox.NamedNode), LITERALS))


@given(st.lists(TRIPLES, max_size=20))
def test_any_graph_round_trips(triples: list[tuple[str, str, ox.NamedNode | ox.Literal]]) -> None:
    """Whatever stands in a graph, in any language or direction, with any escape, the Turtle export gives it back."""
    store = ox.Store()
    store.extend(ox.Quad(ox.NamedNode(s), ox.NamedNode(p), o) for s, p, o in triples)
    lines = sorted((store.dump(format=ox.RdfFormat.N_QUADS) or b"").splitlines(keepends=True))
    prefixes = Prefixes({"": "https://example.org/lamps/"})
    text = turtle.turtle(lines, prefixes)
    assert {q.triple for q in ox.parse(text, ox.RdfFormat.TURTLE)} == {q.triple for q in store}
    assert turtle.turtle(sorted(lines, reverse=True), prefixes) == text


NAMED = st.tuples(
    IRIS, IRIS, st.one_of(IRIS.map(ox.NamedNode), LITERALS), st.sampled_from([None, "urn:x:g", "https://example.org/lamps/h"])
)
PARSED = {
    "ttl": ox.RdfFormat.TURTLE,
    "trig": ox.RdfFormat.TRIG,
    "nt": ox.RdfFormat.N_TRIPLES,
    "nq": ox.RdfFormat.N_QUADS,
    "jsonld": ox.RdfFormat.JSON_LD,
}


@given(st.lists(NAMED, max_size=12), st.sampled_from(sorted(PARSED)))
def test_every_format_round_trips(quads: list[tuple[str, str, ox.NamedNode | ox.Literal, str | None]], format: str) -> None:
    """Every format gives back what stands in the graph, down to the last escape: all of it, or what the best graph has."""
    store = ox.Store()
    for s, p, o, g in quads:
        store.add(ox.Quad(ox.NamedNode(s), ox.NamedNode(p), o, ox.NamedNode(g) if g else ox.DefaultGraph()))
    lines = sorted((store.dump(format=ox.RdfFormat.N_QUADS) or b"").splitlines(keepends=True))
    data = export(format, lambda: lines, Prefixes({"": "https://example.org/lamps/"}), nx.MultiDiGraph)
    given_back = set(ox.parse(data, PARSED[format]))
    pointers = {ox.Quad(q.subject, DERIVED_FROM, q.graph_name) for q in store if q.graph_name != ox.DefaultGraph()}
    best = {q for q in store if q.graph_name == ox.DefaultGraph()} | pointers
    assert given_back == (set(store) if format in ("trig", "nq", "jsonld") else best)


def test_cited_twice(say: Callable[..., Path]) -> None:
    """A fact that two claims cite stands once in the best graph: sums and counts are exact, and both claims are cited."""
    again = 'n:s2 a kg:Claim ; kg:document :new ; kg:locator "s2" . n:s2 { :cedar a l:Workshop ; l:lamps 5 }'
    folder = say(":cedar a l:Workshop ; skos:prefLabel 'Cedar'@en ; l:lamps 5 .", before=again)
    (folder / "queries" / "lamps.csv").unlink()
    graph = hima_kg.build(folder)
    assert graph.ask("lamps").values("lamps") == [29]
    assert graph.ask("SELECT (COUNT(*) AS ?n) { :cedar l:lamps ?x }").values("n") == [1]
    assert graph.ask("SELECT (COUNT(?c) AS ?n) { GRAPH ?c { :cedar l:lamps ?x } FILTER(?c != graph:derived) }").values("n") == [
        2
    ]
    assert len(graph.network().nodes) == len(hima_kg.open(folder).network().nodes)


def test_dataset(kg: hima_kg.KnowledgeGraph) -> None:
    """The rdflib Dataset has the best graph as its default graph, and every claim as a named graph."""
    dataset = kg.dataset()
    lamps = rdflib.Namespace("https://example.org/lamps/")
    terms = rdflib.Namespace("https://example.org/lamps/terms#")
    assert (lamps.moth, terms.sealOf, lamps.amber) in dataset.default_graph
    claim = dataset.graph(rdflib.URIRef("https://example.org/lamps/claim/chronicle/s1"))
    assert (lamps.moth, terms.sealOf, lamps.amber) in claim
    rows = dataset.query("SELECT (SUM(?n) AS ?all) { ?w l:lamps ?n }", initNs={"l": terms})
    assert [int(row[0]) for row in rows] == [24]


@pytest.mark.parametrize("most", [1, 3, 5])
def test_part_of_a_network(kg: hima_kg.KnowledgeGraph, most: int) -> None:
    """Of a large network one gets the most important things, with all that is said of them and between them, and no less."""
    whole, part = kg.network(), kg.network(most=most)
    assert len(part) == most < len(whole) == part.graph["total"]
    assert dict(part.nodes(data=True)) == {name: about for name, about in whole.nodes(data=True) if name in part}
    assert list(part.edges(keys=True, data=True)) == list(whole.subgraph(part).edges(keys=True, data=True))
    drawn = dossier(kg.store, kg.prefixes)["classes"]
    least = min(drawn[cls]["importance"] for _, cls in part.nodes(data="cls"))
    assert all(drawn[cls]["importance"] <= least for name, cls in whole.nodes(data="cls") if name not in part)


def test_part_of_what_is_said(kg: hima_kg.KnowledgeGraph) -> None:
    """What is said of some things is all that is said of them, and of what stands beside them, with every claim that it cites."""
    whole, part = dossier(kg.store, kg.prefixes), dossier(kg.store, kg.prefixes, [":moth", ":amber"])
    assert {":moth", ":amber"} <= part["things"].keys() < whole["things"].keys()
    assert part["statements"] == [row for row in whole["statements"] if row["s"] in part["things"]]
    cited = {claim for row in part["statements"] for claim in row["claims"]}
    assert cited <= part["claims"].keys() <= whole["claims"].keys()
    assert all(
        {":moth", ":amber"} & {*conflict["about"]} or part["things"].keys() & {*conflict["about"]}
        for conflict in part["conflicts"]
    )


def test_derived_statements_know_their_rule(hima: hima_kg.KnowledgeGraph) -> None:
    """Each statement that a rule gave is told with that rule and what it followed from, as its proof has it."""
    expand = hima.prefixes.expand
    rows = [row for row in dossier(hima.store, hima.prefixes)["statements"] if row["derived"] and not row["states"]]
    assert len(rows) > 40
    for row in rows:
        [proof] = hima.why(row["s"], row["p"], row["o"]).told.proofs
        said = [told.statement for told in proof.premises if not told.statement.graph]
        assert proof.rule == expand(row["rule"])
        assert [(f"<{expand(one['s'])}>", f"<{expand(one['p'])}>", f"<{expand(one['o'])}>") for one in row["from"]] == [
            (one.subject, one.predicate, one.object) for one in said
        ]


def test_a_part_may_be_long_to_list(say: Callable[..., Path]) -> None:
    """A part of a network is found however long the list of its things and claims is, in letters."""
    name = "long" * 40
    project = say("\n".join(f':{name}{i} a l:Workshop ; skos:prefLabel "W{i}"@en ; kg:remark "{i}" .' for i in range(1800)))
    kg = hima_kg.build(project)
    things = {f":{name}{i}" for i in range(1790)}
    part = dossier(kg.store, kg.prefixes, things)
    assert things <= part["things"].keys() < dossier(kg.store, kg.prefixes)["things"].keys()
    assert len([row for row in part["statements"] if row["p"] == "kg:remark" and row["s"] in things]) == 1790


def test_network(kg: hima_kg.KnowledgeGraph) -> None:
    """The network has a node for every thing that is drawn, and an edge, keyed by property, for every link, with its claims."""
    network = kg.network()
    assert isinstance(network, nx.MultiDiGraph)
    assert network.nodes[":amber"]["label"] == {"en": "Amber", "ko": "호박", "zh-hans": "琥珀", "zh-latn-pinyin": "Hǔpò"}
    assert network[":moth"][":amber"]["l:sealOf"]["claims"] == ["c:s1"]
    assert network.nodes[":moon-feast"]["status_id"] == "kg:Planned"
    assert (network.nodes[":moth-to-amber"]["earliest"], network.nodes[":moth-to-amber"]["latest"]) == (
        "2020-05-02",
        "2020-05-02",
    )
    assert ":amber-seat" not in network  # its class is drawn in lane 0
    assert network[":guild"][":amber"]["l:hasMember"]["rule"]


def test_class_without_a_label(say: Callable[..., Path]) -> None:
    """A class that has no name is drawn with its CURIE for one."""
    folder = say(":lily a l:Lily ; skos:prefLabel 'Lily'@en .")
    (folder / "ontology" / "lily.ttl").write_text(
        "@prefix l: <https://example.org/lamps/terms#> . @prefix owl: <http://www.w3.org/2002/07/owl#> . l:Lily a owl:Class .",
        "utf-8",
    )
    graph = hima_kg.build(folder)
    assert graph.network().nodes[":lily"]["cls"] == "l:Lily"
    assert dossier(graph.store, graph.prefixes)["classes"]["l:Lily"]["label"] == {"en": "l:Lily"}
