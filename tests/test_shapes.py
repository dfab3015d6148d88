"""Shapes compiled to SPARQL find what pySHACL finds, constraint kind by constraint kind."""

import logging
from pathlib import Path

import pyoxigraph as ox
import pyshacl
import pytest
import rdflib
from rdflib import SH

import hima_kg
from hima_kg.looks import suspects
from hima_kg.shapes import Compiled, compile_shapes
from hima_kg.store import Store
from hima_kg.terms import CLAIMS, Prefixes
from tests.conftest import ROOT

HEAD = """@prefix ex: <http://e/> . @prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> . @prefix kg: <https://w3id.org/hima-kg/core#> .
"""
DATA = f"""{HEAD}
ex:Sub rdfs:subClassOf ex:C .
ex:a a ex:C ; ex:p 1, 2, 3 ; ex:q "x"@en, "y"@en, "z"@ko ; ex:r ex:b ; ex:d "2023-01-01"^^xsd:date ; ex:e "2022-01-01"^^xsd:date .
ex:b a ex:Sub ; ex:p 5 ; ex:q "long text" ; ex:r ex:a, "lit" ; ex:d "2021-01-01"^^xsd:date ; ex:e "2022-01-01"^^xsd:date ;
    ex:s ex:a, "lit" .
ex:c a ex:C ; ex:p "abc" ; ex:bad "1x"^^xsd:integer ; ex:r ex:zz .
ex:d a ex:C .
ex:zz a ex:Other ; ex:r ex:c .
"""
WHOLE = {"closed", "equals", "mincount", "maxcount", "uniquelang", "hasvalue", "qualified"}
"""Components whose results have no value of their own to compare."""


def node(body: str) -> str:
    """Return a node shape of ex:C."""
    return f"ex:S a sh:NodeShape ; sh:targetClass ex:C ; {body} ."


def prop(path: str, body: str) -> str:
    """Return a node shape of ex:C with one property shape."""
    return node(f"sh:property [ sh:path {path} ; {body} ]")


SELECT = "SELECT $this ?value WHERE { $this <http://e/p> ?value FILTER(isNumeric(?value) && ?value > 2) }"
PREBOUND = [  # true of a focus node only where $this is bound from the start
    "FILTER NOT EXISTS { $this <http://e/s> ?v }",
    "FILTER(STR($this) = 'http://e/a')",
    "OPTIONAL { $this <http://e/q> ?v } FILTER(!BOUND(?v))",
]
SHAPES = [
    *(prop("ex:p", f"sh:{c}") for c in ("minCount 1", "minCount 2", "maxCount 2", "maxCount 0", "datatype xsd:integer")),
    *(prop("ex:p", f"sh:{c}") for c in ("minInclusive 2", "minExclusive 2", "maxInclusive 2", "maxExclusive 3")),
    *(prop("ex:p", f"sh:{c}") for c in ("nodeKind sh:IRI", "hasValue 2", "in ( 1 2 3 )", "minLength 2", "maxLength 1")),
    prop("ex:p", 'sh:pattern "^[0-9]"'),
    prop("ex:p", "sh:not [ sh:datatype xsd:integer ]"),
    prop("ex:p", "sh:or ( [ sh:minInclusive 3 ] [ sh:datatype xsd:string ] )"),
    prop("ex:p", "sh:and ( [ sh:minInclusive 2 ] [ sh:datatype xsd:integer ] )"),
    prop("ex:p", "sh:xone ( [ sh:minInclusive 2 ] [ sh:maxInclusive 2 ] )"),
    prop("ex:p", "sh:qualifiedValueShape [ sh:minInclusive 2 ] ; sh:qualifiedMinCount 2"),
    prop("ex:p", "sh:qualifiedValueShape [ sh:minInclusive 2 ] ; sh:qualifiedMaxCount 1"),
    prop("ex:p", "sh:deactivated true ; sh:minCount 9"),
    prop("ex:q", "sh:uniqueLang true"),
    prop("ex:q", "sh:uniqueLang false"),
    prop("( ex:r ex:q )", "sh:uniqueLang true"),
    prop("ex:r", "sh:property [ sh:path ex:q ; sh:uniqueLang true ]"),
    "ex:S a sh:NodeShape ; sh:targetSubjectsOf ex:r ; sh:property [ sh:path ex:p ; sh:maxCount 1 ; sh:maxInclusive 3 ] .",
    "ex:S a sh:NodeShape ; sh:targetNode ex:a, ex:zz ; sh:property [ sh:path ex:p ; sh:maxCount 2 ; sh:minLength 2 ] .",
    "ex:S a sh:NodeShape ; sh:targetObjectsOf ex:r ; sh:property [ sh:path ex:q ; sh:uniqueLang true ; sh:maxCount 2 ] .",
    prop("ex:q", 'sh:languageIn ( "en" "ko" )'),
    prop("ex:q", "sh:datatype rdf:langString"),
    prop("ex:q", 'sh:pattern "LONG" ; sh:flags "i"'),
    prop("ex:r", "sh:class ex:C"),
    prop("ex:r", "sh:node [ sh:property [ sh:path ex:p ; sh:minCount 1 ; sh:maxCount 2 ] ]"),
    prop("ex:r", "sh:equals ex:s"),
    prop("ex:r", "sh:disjoint ex:s"),
    prop("ex:r", "sh:node [ sh:closed true ; sh:ignoredProperties ( rdf:type ex:p ex:q ex:r ex:d ex:e ) ]"),
    prop("ex:r", "sh:nodeKind sh:BlankNodeOrIRI"),
    prop("ex:r", "sh:property [ sh:path ex:p ; sh:minCount 1 ; sh:minInclusive 4 ]"),
    prop("ex:r", "sh:hasValue ex:b ; sh:nodeKind sh:IRI"),
    prop("ex:d", "sh:lessThan ex:e"),
    prop("ex:d", "sh:lessThanOrEquals ex:e"),
    prop("ex:bad", "sh:datatype xsd:integer"),
    prop("[ sh:inversePath ex:r ]", "sh:minCount 1"),
    prop("( ex:r ex:p )", "sh:minCount 1"),
    prop("[ sh:alternativePath ( ex:p ex:q ) ]", "sh:minCount 4"),
    prop("[ sh:zeroOrMorePath ex:r ]", "sh:class ex:C"),
    prop("[ sh:oneOrMorePath ex:r ]", "sh:maxCount 2"),
    prop("[ sh:zeroOrOnePath ex:r ]", "sh:nodeKind sh:IRI"),
    node("sh:closed true ; sh:ignoredProperties ( rdf:type ) ; sh:property [ sh:path ex:p ]"),
    node("sh:nodeKind sh:Literal"),
    node("sh:not [ sh:property [ sh:path ex:p ; sh:minCount 1 ] ]"),
    node("sh:or ( [ sh:property [ sh:path ex:p ; sh:maxCount 1 ] ] [ sh:property [ sh:path ex:q ; sh:minCount 3 ] ] )"),
    node("sh:in ( ex:a ex:b )"),
    node('sh:pattern "a$"'),
    node("sh:hasValue ex:a"),
    node("sh:class ex:Sub"),
    node("sh:equals ex:r"),
    node("sh:disjoint ex:r"),
    node(f'sh:sparql [ sh:select "{SELECT}" ]'),
    *(node(f'sh:sparql [ sh:select "SELECT $this WHERE {{ {body} }}" ]') for body in PREBOUND),
    prop("ex:p", "sh:sparql [ sh:select 'SELECT $this ?value WHERE { $this $PATH ?value FILTER(?value = 2) }' ]"),
    node("sh:sparql [ sh:select 'SELECT $this ?v1 WHERE { $this ?v2 ?v1 . ?kg_v2 ?kg_v1 $this FILTER(?v1 = 2) }' ]"),
    node("sh:or ( [ sh:nodeKind sh:Literal ] ) ; sh:severity sh:Warning"),
    prop("ex:r", "sh:node [ sh:property [ sh:path ex:q ; sh:hasValue '?this' ] ]"),
    "ex:S a sh:NodeShape ; sh:targetNode ex:a, ex:zz ; sh:class ex:C .",
    "ex:S a sh:NodeShape ; sh:targetSubjectsOf ex:r ; sh:class ex:C .",
    "ex:S a sh:NodeShape ; sh:targetObjectsOf ex:r ; sh:class ex:C .",
    "ex:C a sh:NodeShape, rdfs:Class ; sh:property [ sh:path ex:p ; sh:minCount 2 ] .",
    "ex:S a sh:PropertyShape ; sh:targetClass ex:C ; sh:path ex:p ; sh:minCount 1 ; sh:datatype xsd:integer .",
    prop("ex:p", "sh:datatype xsd:integer ; sh:minInclusive 2 ; sh:maxCount 2"),
    prop("ex:q", 'sh:uniqueLang true ; sh:languageIn ( "en" ) ; sh:maxCount 2 ; sh:minLength 3 ; sh:nodeKind sh:Literal'),
    prop("ex:r", "sh:class ex:C, ex:Sub ; sh:nodeKind sh:IRI ; sh:disjoint ex:s ; sh:maxCount 1"),
    prop("ex:nobody", "sh:minCount 1 ; sh:maxCount 0 ; sh:class ex:C"),
    "ex:S a sh:NodeShape ; sh:targetObjectsOf ex:nobody ; sh:targetClass ex:Other ; sh:property [ sh:path ex:p ; sh:minCount 1 ] .",
]
SEVERAL = """ex:S a sh:NodeShape ; sh:targetSubjectsOf ex:p, ex:q ; kg:scope SCOPE ; sh:property
    [ sh:path ex:p ; sh:datatype xsd:integer ; sh:minInclusive 0 ; sh:maxCount 1 ] ,
    [ sh:path ex:q ; sh:uniqueLang true ; sh:languageIn ( "en" "ko" ) ] , [ sh:path ex:r ; sh:class ex:C ] ."""
FINE = "ex:a a ex:C ; ex:p 1 ; ex:q 'x'@en, 'y'@ko ; ex:r ex:a ."
WRONG = {
    "ex:a ex:p 2 .": {"maxCount"},
    "ex:b ex:p -1 .": {"minInclusive"},
    "ex:b ex:p 'one' .": {"datatype", "minInclusive"},
    "ex:a ex:q 'z'@EN .": {"uniqueLang"},
    "ex:b ex:q 'z'@fr, ex:a .": {"languageIn"},
    "ex:a ex:r ex:b .": {"class"},
}

Found = set[tuple[str, str, str | None]]


def compiled(shape: str) -> Compiled:
    """Return a shape compiled."""
    graph = ox.Store()
    graph.load(f"{HEAD}{shape}".encode(), ox.RdfFormat.TURTLE)
    return compile_shapes(graph, {"http://e/C": {"http://e/Sub"}}, Prefixes({"ex": "http://e/"}))


def ours(shape: str) -> Found:
    """Return what the compiled shape finds: focus node, component, value."""
    checks = compiled(shape)
    assert checks.left == {}
    data = Store.memory({})
    data.extend(ox.parse(DATA.encode(), ox.RdfFormat.TURTLE))
    found: Found = set()
    for check in suspects(data, checks.checks):
        for row in data.select(check.query):
            value = row["value"] if "?value" in check.query.split("WHERE")[0] or "*" in check.query else None
            found.add(plain(str(row["this"]), check.component, str(value) if value else None))
    return found


def theirs(shape: str) -> Found:
    """Return what pySHACL finds."""
    logging.disable(logging.CRITICAL)  # rdflib prints a traceback for the ill-typed literal
    data, rules = (rdflib.Graph().parse(data=text, format="turtle") for text in (DATA, HEAD + shape))
    report = pyshacl.validate(data, shacl_graph=rules)[1]
    logging.disable(logging.NOTSET)
    found: Found = set()
    for result in set(report.objects(None, SH.result)):
        component = str(report.value(result, SH.sourceConstraintComponent)).split("#")[1].removesuffix("ConstraintComponent")
        found.add(plain(report.value(result, SH.focusNode).n3(), component, written(report.value(result, SH.value))))
    return found


def written(term: rdflib.term.Node | None) -> str | None:
    """Return a term of rdflib as pyoxigraph writes it."""
    if isinstance(term, rdflib.Literal):
        datatype = ox.NamedNode(str(term.datatype)) if term.datatype else None
        return str(ox.Literal(str(term), language=term.language) if term.language else ox.Literal(str(term), datatype=datatype))
    return f"<{term}>" if term else None


def plain(focus: str, component: str, value: str | None) -> tuple[str, str, str | None]:
    """Return a result so that both can be compared: a node shape's value is its focus node."""
    name = component.lower() if not component.lower().startswith("qualified") else "qualified"
    return focus, name, None if name in WHOLE or value == focus else value


@pytest.mark.parametrize("shape", SHAPES)
def test_same_as_pyshacl(shape: str) -> None:
    """The compiled shape finds the same focus nodes, components and values as pySHACL."""
    assert ours(shape) == theirs(shape)


@pytest.mark.parametrize("scope", ["kg:BestGraph", "kg:AboutClaims", "kg:EachClaim"])
@pytest.mark.parametrize("more", [*WRONG, ""])
def test_looks(more: str, scope: str) -> None:
    """One look tells that nothing is wrong with the values of a property, and only if it does not are they checked one by one."""
    graphs = {"kg:BestGraph": "", "kg:AboutClaims": f"GRAPH <{CLAIMS}>", "kg:EachClaim": "GRAPH ex:claim"}
    claim = f"GRAPH <{CLAIMS}> {{ ex:claim a kg:Claim }}"
    store = Store.memory({})
    store.extend(ox.parse(f"{HEAD} {claim} {graphs[scope]} {{ {FINE} {more} }}".encode(), ox.RdfFormat.TRIG))
    checks = compiled(SEVERAL.replace("SCOPE", scope)).checks
    suspected, violated = [*suspects(store, checks)], [check for check in checks if [*store.select(check.query)]]
    assert {check.component for check in violated} == WRONG.get(more, set())
    assert set(violated) <= set(suspected)
    assert {check.path for check in suspected if check.look} == {check.path for check in violated if check.look}


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ('sh:languageIn ( "en" "ko" )', "ex:p: sh:languageIn (en ko)"),
        ("sh:node [ sh:minLength 3 ; sh:class ex:C ]", "ex:p: sh:node [sh:class ex:C ; sh:minLength 3]"),
        (
            "sh:not [ sh:or ( [ sh:in ( 1 2 ) ] [ sh:not [ sh:in ( 3 ) ] ] ) ]",
            "ex:p: sh:not [sh:or ([sh:in (1 2)] [sh:not […]])]",
        ),
    ],
)
def test_message(body: str, words: str) -> None:
    """A constraint without a message tells of what has no name by what it is, in the same words each time."""
    (check,) = compiled(prop("ex:p", body)).checks
    assert check.message == words


def test_nothing_to_look_at() -> None:
    """What nobody tells of is not looked for: a shape asks nothing of a graph that knows none of its words."""
    assert [*suspects(Store.memory({}), compiled(SEVERAL.replace("SCOPE", "kg:BestGraph")).checks)] == []


@pytest.mark.parametrize(
    ("shape", "reason"),
    [
        (node("kg:scope kg:Eachclaim ; sh:nodeKind sh:IRI"), "Eachclaim is not a kg:scope"),
        (node("kg:scope kg:EachClaim ; sh:sparql [ sh:select 'SELECT $this { }' ]"), "in the best graph only"),
        (node("sh:sparql [ sh:select 'PREFIX x: <urn:x> SELECT $this { }' ]"), "PREFIX"),
        (node("sh:property 'x'"), "leads to a literal"),
        (prop("'x'", "sh:minCount 1"), "not one of SHACL's"),
        (node("sh:in ( [] )"), "blank node"),
    ],
)
def test_refused(shape: str, reason: str) -> None:
    """A shape that is wrong, or that pySHACL could not be asked about alone, is named and fails the build."""
    assert reason in compiled(shape).refused["ex:S"]


@pytest.mark.parametrize(
    ("shape", "reason"),
    [
        (prop("ex:p", "sh:node ex:S"), "leads back to itself"),
        (node("sh:property [ sh:path ex:p ; sh:expression 4 ]"), "sh:expression is not compiled"),
        (prop("ex:r", "sh:node [ sh:property [ sh:path ex:p ; sh:minCount 99 ] ]"), "a count above 8"),
        (prop("ex:p", 'sh:pattern "^a(?!b)"'), "no such pattern"),
    ],
)
def test_left_to_pyshacl(shape: str, reason: str) -> None:
    """A construct that is not compiled is never skipped: the shape is named, with the reason, and left to pySHACL."""
    left = compiled(shape).left
    assert reason in left["ex:S"]


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ('sh:path l:sealOf ; sh:minCount "x"', "sh:minCount must be a literal with datatype xsd:integer"),
        ("sh:minCount 1", "must include one `sh:path` property"),
    ],
)
def test_pyshacl_refuses(tiny: Path, body: str, says: str) -> None:
    """What pySHACL does not take is told at the shape, in its words: nobody sees its traceback."""
    with (tiny / "ontology" / "shapes.ttl").open("a", encoding="utf-8") as file:
        file.write(f"s:Odd a sh:NodeShape ; sh:targetClass l:Seal ; sh:property [ {body} ] .")
    (found,) = (p for p in hima_kg.check(tiny) if p.code == "not-checked")
    assert found.message.startswith("s:Odd cannot be checked: pySHACL does not take it: ")
    assert says in found.message
    assert found.place.path == "ontology/shapes.ttl"


def test_pyshacl_takes_over(tiny: Path) -> None:
    """A recursive shape is checked by pySHACL, which the build says, and what it finds has a place."""
    shape = (
        "s:Loop a sh:NodeShape ; sh:targetClass l:Seal ; sh:property [ sh:path l:sealOf ; sh:node s:Loop ; sh:maxCount 1 ] ."
    )
    with (tiny / "ontology" / "shapes.ttl").open("a", encoding="utf-8") as file:
        file.write(shape)
    problems = hima_kg.check(tiny)
    assert [p.severity for p in problems if p.code == "slow-shape"] == ["warning"]
    (found,) = [p for p in problems if p.hint == "by pySHACL"]
    assert found.severity == "error"
    assert str(found.place).startswith("facts/chronicle.trig:15:")


@pytest.mark.parametrize(
    ("shape", "spot", "says", "hint"),
    [
        ("sh:targetSubjectOf l:lamps .", "13:7", "sh:targetSubjectOf is no term of SHACL", "did you mean sh:targetSubjectsOf?"),
        ("sh:property [ sh:path l:lamps ; sh:minCout 1 ] .", "13:39", "sh:minCout is no term", "did you mean sh:minCount?"),
        ("sh:nodeKind sh:Iri .", "13:19", "sh:Iri is no term of SHACL", "did you mean sh:IRI?"),
        ("sh:property [ sh:path l:lamp ; sh:minCount 0 ] .", "13:29", "l:lamp is declared nowhere", "did you mean l:lamps?"),
        ("sh:property [ sh:path ( l:sealOf l:lamp ) ; sh:maxCount 9 ] .", "12:1", "l:lamp is declared nowhere", "l:lamps?"),
        ("sh:class l:Body, l:Bodie .", "13:24", "l:Bodie is declared nowhere, so no fact can have it", "l:Body?"),
        ("sh:property [ sh:path l:lamps ; sh:minCount 1, 2 ] .", "13:54", "stands once in a shape, not as 1 and 2", "two shapes"),
        ("sh:property [ sh:path l:lamps ; sh:minCount \"1\" ] .", "12:1", "sh:minCount takes a count, and the text \"1\" is none", "quotes"),
        ("sh:property [ sh:path l:lamps ; sh:qualifiedMinCount 1 ] .", "13:60", "conform to a shape, and none is given", "sh:minCount"),
        ("sh:property [ sh:path l:lamps ; sh:flags 'i' ] .", "13:48", "sh:flags is of a sh:pattern", "add the pattern"),
        ("sh:property [ sh:minCount 1 ] .", "13:7", "has no sh:path", "say of which values"),
        ("sh:node s:Nowhere .", "13:15", "sh:node takes a shape, and s:Nowhere is none", "describe the shape"),
        ("sh:property s:Nowhere .", "13:19", "sh:property takes a shape, and s:Nowhere is none", "describe the shape"),
        ("sh:or ( s:Seal s:Nowhere ) .", "13:7", "sh:or takes a list of shapes", "each of them described"),
        ("sh:in l:Body .", "13:13", "sh:in takes a list, and l:Body is none", "in parentheses"),
        ("sh:closed 'yes' .", "13:17", "sh:closed takes true or false, and the text \"yes\" is none", "without quotes"),
        ("sh:target [ a sh:SPARQLTarget ] .", "13:7", "sh:target is for targets by a query, which are not checked", "sh:sparql"),
        ("kg:scpoe kg:EachClaim .", "13:7", "kg:scpoe says nothing of a shape", "kg:scope"),
    ],
)  # fmt: skip
def test_checks_nothing(tiny: Path, shape: str, spot: str, says: str, hint: str) -> None:
    """What SHACL would ignore in a shape, so that it checks less than is written, is told with its place."""
    shapes = tiny / "ontology" / "shapes.ttl"
    head = "@prefix kg: <https://w3id.org/hima-kg/core#> .\n\n"
    shapes.write_text(
        f"{shapes.read_text('utf-8')}{head}s:New a sh:NodeShape ; sh:targetClass l:Body .\ns:New {shape}\n", "utf-8"
    )
    (found, *_) = [problem for problem in hima_kg.check(tiny) if problem.code == "malformed-shape"]
    assert (says in found.message, hint in found.hint) == (True, True), found
    assert str(found.place) == f"ontology/shapes.ttl:{spot}"


def test_nothing_is_malformed_in_what_ships() -> None:
    """The shapes of this repository, of the engine, and of the starter project say nothing in vain."""
    for folder in (ROOT, ROOT / "hima_kg" / "starter_project"):
        assert [problem for problem in hima_kg.check(folder) if problem.code == "malformed-shape"] == []
