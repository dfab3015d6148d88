"""An edit is followed along whatever rules and shapes a project writes, however it writes them and its facts."""

from __future__ import annotations

from pathlib import Path

import pytest

import hima_kg
from hima_kg import renewals
from tests.conftest import HEAD, TINY, copied
from tests.test_renewals import built

WORDS = """
l:near a owl:ObjectProperty ; rdfs:label "near"@en . l:lonely a owl:ObjectProperty ; rdfs:label "lonely"@en .
l:given a owl:ObjectProperty ; rdfs:label "given"@en . l:odd a owl:DatatypeProperty ; rdfs:label "odd"@en .
l:lit a owl:DatatypeProperty ; rdfs:label "lit"@en . l:val a owl:DatatypeProperty ; rdfs:label "val"@en .
l:code a owl:DatatypeProperty ; rdfs:label "code"@en . l:when a owl:DatatypeProperty ; rdfs:label "when"@en .
l:Note a owl:Class ; rdfs:label "note"@en ; kg:lane 0 .
"""
OTHER = HEAD.replace("n:s1", "n:s2") + "n:s2 {{ {} }}\n"


@pytest.fixture
def twins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    """Two copies of the tiny project with more words, of which the second is always built anew."""
    monkeypatch.setattr(renewals, "WORTH", 0)
    folders = tmp_path / "edited", tmp_path / "anew"
    for folder in folders:
        copied(TINY, folder)
        (folder / "queries" / "lamps.csv").unlink()
        with (folder / "ontology" / "lamps.ttl").open("a", encoding="utf-8") as ontology:
            ontology.write(WORDS)
    return folders


def follows(twins: tuple[Path, Path], other: str, *stages: str) -> bool:
    """Whether a project leaves what a whole build leaves when its facts go through some stages; another file stays."""
    for folder in twins:
        (folder / "facts" / "other.trig").write_text(OTHER.format(other), "utf-8")
    same = []
    for stage in stages:
        for folder in twins:
            text = stage if stage.startswith(HEAD) else HEAD + f"n:s1 {{ {stage} }}\n"
            (folder / "facts" / "new.trig").write_text(text, "utf-8")
        edited, anew = built(twins[0]), built(twins[1], force=True)
        assert same or len(anew) > 1, "what it begins with can be built"
        same.append(edited == anew)
    return all(same)


@pytest.mark.parametrize(
    ("rules", "before", "after"),
    [
        (["{ ?x l:odd ?v } WHERE { ?x l:near ?y ; l:val ?v FILTER(!EXISTS { ?y l:lit ?z }) }"], ":y l:lit 3 .", ""),
        (
            ["{ ?x l:odd ?v } WHERE { ?x l:near ?y ; l:val ?v BIND(EXISTS { ?y l:lit ?z } AS ?e) FILTER(?e) }"],
            ":y l:lit 3 .",
            "",
        ),
        (
            ["{ ?x l:odd 1 } WHERE { ?x l:near ?y FILTER EXISTS { ?y l:lit ?z } FILTER EXISTS { ?y l:val ?z } }"],
            "",
            ":y l:lit 1 ; l:val 2 .",
        ),
        (
            ["{ ?x l:odd 1 } WHERE { ?x l:near ?y FILTER EXISTS { ?y l:lit ?z } FILTER NOT EXISTS { ?y l:val ?z } }"],
            ":y l:lit 1 .",
            ":y l:lit 1 ; l:val 2 .",
        ),
        (
            [
                "{ ?x l:odd ?v } WHERE { ?x a l:Workshop OPTIONAL { ?x l:near ?y . ?y l:lit ?v } "
                "OPTIONAL { ?x l:near ?y . ?y l:val ?v } FILTER(BOUND(?v)) }"
            ],
            ":y l:lit 1 .",
            ":y l:val 1 .",
        ),
        (
            ["{ ?x l:odd ?v } WHERE { ?x l:near ?y ; l:code ?v OPTIONAL { ?y l:lit ?v } FILTER(BOUND(?v)) }"],
            ":x l:code 1 .",
            "",
        ),
        (["{ ?x l:odd ?v } WHERE { ?x a l:Workshop OPTIONAL { ?x l:near/l:lit ?v } FILTER(BOUND(?v)) }"], ":y l:lit 1 .", ""),
        (["{ ?x l:given ?y } WHERE { ?x l:near ?y . ?y l:lit 1.50 }"], ":y l:lit 1.5 .", ":y l:lit 1.6 ."),
        (
            [
                "{ ?x l:lonely ?y } WHERE { ?x l:near ?y FILTER NOT EXISTS { ?y l:code ?z } }",
                "{ ?x l:odd ?v } WHERE { ?x l:val ?v FILTER NOT EXISTS { ?x l:lonely ?y } }",
            ],
            ":x l:val 1 .",
            ":x l:val 2 .",
        ),
        (
            [
                "{ ?n a l:Note ; ?p ?o } WHERE { ?x l:code ?c ; ?p ?o VALUES ?p { l:lit l:val } "
                'BIND(IRI(CONCAT("https://example.org/lamps/note/", STR(?c))) AS ?n) }'
            ],
            ":z a l:Workshop ; l:code 7 ; l:lit 1 .",
            ":z a l:Workshop ; l:code 7 .",
        ),
        (["{ ?y l:given ?z ; l:odd 1 } WHERE { ?x l:lonely ?y ; l:sealOf ?z }"], ":owl l:lonely :y .", ""),
    ],
)
def test_rules(twins: tuple[Path, Path], rules: list[str], before: str, after: str) -> None:
    """What a rule gives follows its premises, and what it must not find, from one claim and file to another."""
    for folder in twins:
        (folder / "ontology" / "rules").mkdir(exist_ok=True)
        for number, rule in enumerate(rules):
            text = f"# A rule.\n# stage: {('dates', 'notes')[number]}\nPREFIX l: <https://example.org/lamps/terms#>\nCONSTRUCT {rule}\n"
            (folder / "ontology" / "rules" / f"{number}.rq").write_text(text, "utf-8")
    other = ":x a l:Workshop ; l:near :y . :y a l:Workshop ; l:code 7 ; l:given :cedar . :cedar a l:Workshop ."
    always = ":owl a l:Seal ; l:sealOf :cedar . "
    assert follows(twins, other, always + before, always + after, always + before)


@pytest.mark.parametrize(
    ("here", "shape"),
    [
        (":x a l:Workshop ; l:lit 1 .", "sh:property [ sh:path rdf:type ; sh:maxCount 2 ]"),
        (":x a l:Workshop ; l:lit 1 ; l:near :x .", "sh:property [ sh:path ( l:near rdf:type ) ; sh:maxCount 2 ]"),
        (":x a l:Note ; l:lit 1 .", "sh:node [ sh:property [ sh:path rdf:type ; sh:maxCount 1 ] ]"),
        (":x a l:Note ; l:lit 1 .", "sh:not [ sh:property [ sh:path rdf:type ; sh:minCount 2 ] ]"),
    ],
)
def test_shapes_along_types(twins: tuple[Path, Path], here: str, shape: str) -> None:
    """A shape that looks at the classes of things, whichever they are and however deep within, sees one more."""
    for folder in twins:
        with (folder / "ontology" / "shapes.ttl").open("a", encoding="utf-8") as shapes:
            shapes.write("@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .\n")
            shapes.write(f"s:T a sh:NodeShape ; sh:targetSubjectsOf l:lit ; {shape} .\n")
    assert follows(twins, ":amber a l:Workshop .", here, here + " :x a l:Seal ; l:sealOf :amber .")
    assert [p.code for p in hima_kg.check(twins[0])].count("shape") == 1


@pytest.mark.parametrize("worth", ["kg:modality kg:Opinion", "kg:rank kg:Deprecated"])
def test_more_of_what_does_not_count(twins: tuple[Path, Path], worth: str) -> None:
    """A fact that is added to a claim counts as the claim does, though nothing is said anew of the claim."""
    claim = HEAD + f"n:s1 {worth} .\nn:s1 {{ :x a l:Workshop . MORE }}\n"
    other = ":x a l:Workshop . :y a l:Workshop ."
    assert follows(twins, other, claim.replace("MORE", ""), claim.replace("MORE", ':y kg:remark "vain"@en .'))
    assert not hima_kg.open(twins[0]).ask("ASK { :y kg:remark ?any }")


def test_place_of_a_conflict(twins: tuple[Path, Path]) -> None:
    """A conflict is shown where a whole build shows it, though an edit writes a better place without a new fact."""
    doubt = HEAD + "# here\nn:s1 { :x a l:Seal ; l:sealOf :amber . }\n"
    other = ":x a l:Seal ; l:sealOf :beryl ."
    assert follows(twins, other, doubt, doubt.replace("# here", "n:s1 { :x a l:Seal . }"))


@pytest.mark.parametrize(
    "again",
    [
        "n:s1 { :y a l:Workshop }",
        "GRAPH<https://example.org/lamps/claim/new/s1>{ :y a l:Workshop }",
        "GRAPH # again\n n:s1 { :y a l:Workshop }",
        "n:s1#again\n{ :y a l:Workshop }",
        "<https://example.org/lamps/claim/new/\\u00731> { :y a l:Workshop }",
    ],
)
def test_said_twice(twins: tuple[Path, Path], again: str) -> None:
    """A fact that stands in two blocks of its claim is there until both are gone, however the claim is named."""
    rest = f"n:s1 {{ :x a l:Workshop }}\n{again}\n"
    assert follows(twins, "", HEAD + "n:s1 { :y a l:Workshop }\n" + rest, HEAD + rest, HEAD + "n:s1 { :x a l:Workshop }")


@pytest.mark.parametrize(
    ("other", "before"),
    [
        (':y a l:Workshop ; skos:altLabel "Lán Tǔ"@zh-latn-pinyin .', ' ; skos:altLabel "lan tu"@zh-latn-pinyin'),
        (
            ':y a l:Workshop ; l:when "2020-05"^^xsd:gYearMonth .',
            ' ; l:when "2020-05"^^<http://id.loc.gov/datatypes/edtf/EDTF>',
        ),
        (":y a l:Workshop .", " . } :new kg:modality kg:Stated . n:s1 { :x l:code 1"),
    ],
)
def test_told_alike(twins: tuple[Path, Path], other: str, before: str) -> None:
    """Two names of one spelling, two dates of one day, and what is said by default of claims and outright of others."""
    assert follows(twins, other, f":x a l:Workshop{before} .", ":x a l:Workshop .", f":x a l:Workshop{before} .")
