"""What is wrong is said with file, line and column, what it is, and what to do."""

import os
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

import hima_kg
from hima_kg import literals as kept_literals
from hima_kg import places, trig
from hima_kg.errors import FactError, Problem, ProjectError
from hima_kg.places import Source
from hima_kg.terms import COMMON


def only(folder: Path, code: str) -> Problem:
    """Return the one problem of a kind that a check of a folder finds."""
    (found,) = [p for p in hima_kg.check(folder) if p.code == code]
    return found


@pytest.mark.parametrize(
    ("statement", "code", "spot", "says", "hint"),
    [
        (":moth l:sealOff :amber .", "unknown-term", ":13:7", "l:sealOff is not in the ontology", "did you mean l:sealOf? (ontology/lamps.ttl:"),
        (':m a "Seal" .', "unknown-term", ":13:6", '"Seal" is not in the ontology', "declare it"),
        (":m a l:Sael ; l:sealOf :amber .", "unknown-term", ":13:6", "l:Sael is not in the ontology", "did you mean l:Seal?"),
        (":m a l:Seal ; l:sealOf :ambre .", "unknown-thing", ":13:24", ":ambre is named", "did you mean :amber?"),
        (':f a l:Feast ; kg:date "2023-13"^^xsd:gYearMonth .', "ill-typed", ":13:24", "has no month 13", ""),
        (':f a l:Feast ; kg:date "2023-06"^^xsd:date .', "ill-typed", ":13:24", "not a day", 'write "2023-06"^^xsd:gYearMonth'),
        (':f a l:Feast ; kg:date "2023"^^xsd:gYearMonth .', "ill-typed", ":13:24", "not a month", 'write "2023"^^xsd:gYear'),
        (':f a l:Feast ; kg:date "2023-02-30"^^xsd:date .', "ill-typed", ":13:24", "is no day of the calendar", ""),
        (':f a l:Feast ; kg:date "-0044-03-15"^^xsd:date .', "ill-typed", ":13:24", "is before year 0001 or after 9999", ""),
        (':f a l:Feast ; kg:date "0000"^^xsd:gYear .', "ill-typed", ":13:24", "is before year 0001 or after 9999", ""),
        (':f a l:Feast ; kg:date "12024-06"^^xsd:gYearMonth .', "ill-typed", ":13:24", "is before year 0001 or after 9999", ""),
        (':f a l:Feast ; kg:date "2024-06+09:00"^^xsd:gYearMonth .', "ill-typed", ":13:24", "has a time zone", ""),
        (':f a l:Feast ; kg:date "June 2023" .', "ill-typed", ":13:24", "no date that can be understood", "gYearMonth"),
        (':amber a l:Workshop ; l:lamps "5"^^xsd:int .', "ill-typed", ":13:31", "whole numbers as xsd:integer", ""),
        (':f a l:Feast ; kg:date "2024-06-01T25:00:00"^^xsd:dateTime .', "ill-typed", ":13:24", "is not a moment", ""),
        (':amber a l:Workshop ; l:lamps "25:00:00"^^xsd:time .', "ill-typed", ":13:31", "not written as such", ""),
        (":amber a l:Workshop ; l:lamps 9223372036854775808 .", "ill-typed", ":13:31", "larger than sums", ""),
        (":amber a l:Workshop ; l:lamps 170141183460469231732.5 .", "ill-typed", ":13:31", "larger than sums", ""),
        (":amber a l:Workshop ; l:lamps 0.3333333333333333333 .", "ill-typed", ":13:31", "19 digits after the point", ""),
        (':amber a l:Workshop ; l:lamps "P"^^xsd:duration .', "ill-typed", ":13:31", "not written as such", ""),
        (':f a l:Feast ; kg:remark "a  b"^^xsd:token .', "ill-typed", ":13:26", "not written as such", ""),
        (':f a l:Feast ; kg:remark "1a"^^xsd:NCName .', "ill-typed", ":13:26", "not written as such", ""),
        (':f a l:Feast ; kg:remark "{\'a\': 1, 2}"^^<http://www.w3.org/1999/02/22-rdf-syntax-ns#JSON> .', "ill-typed", ":13:26", "not written as such", ""),
        (':f a l:Feast ; kg:remark "[NaN]"^^<http://www.w3.org/1999/02/22-rdf-syntax-ns#JSON> .', "ill-typed", ":13:26", "not written as such", ""),
        (':f a l:Feast ; kg:remark "<b>a</i>"^^<http://www.w3.org/1999/02/22-rdf-syntax-ns#XMLLiteral> .', "ill-typed", ":13:26", "not written as such", ""),
        (':amber a l:Workshop ; l:lamps "7"^^xsd:integr .', "ill-typed", ":13:31", "is xsd:integer meant?", ""),
        (':amber a l:Workshop ; skos:prefLabel "x"@en--ltr .', "language-tag", ":13:41", "a direction is RDF 1.2", "leave the direction out"),
        (':amber a l:Workshop ; l:lamps "٣"^^xsd:integer .', "ill-typed", ":13:31", "not written as such", ""),
        (':moth kg:remark <<( :moth l:sealOf :beryl )>> .', "quoted-triple", ":13:17", "is not kept", "a claim of its own"),
        (":moth kg:remark [] .", "blank-node", ":13:17", "no name to cite", ""),
        (':amber a l:Workshop ; l:lamps "12,000"^^xsd:integer .', "ill-typed", ":13:31", "without separators", ""),
        (':amber a l:Workshop ; l:lamps 07 .', "not-canonical", ":13:31", '"07"^^xsd:integer would be kept as 7', "write 7"),
        (':f a l:Feast ; kg:remark 2.50 .', "not-canonical", ":13:26", "would be kept as 2.5", "say it in a text"),
        (':f a l:Feast ; kg:remark 12.0 .', "not-canonical", ":13:26", "would be kept as 12", 'write "12"^^xsd:decimal'),
        (':f a l:Feast ; kg:remark "2.50"@en, 2.50 .', "not-canonical", ":13:37", "would be kept as 2.5", ""),
        (':f a l:Feast ; kg:remark "2.50", "2.50"^^xsd:double .', "not-canonical", ":13:34", "be kept as 2.5", "^^xsd:double"),
        (':f a l:Feast ; kg:remark 2.50e+0, "2.5e0"^^xsd:decimal .', "ill-typed", ":13:35", "it is not written", ""),
        (':f a l:Feast ; kg:remark "1"^^xsd:boolean .', "not-canonical", ":13:26", "would be kept as true", "write true"),
        (':f a l:Feast ; kg:remark "a\u202eb" .', "hidden-character", ":13:28", "U+202E (right-to-left override) cannot be seen", "take it out"),
        (':f a l:Feast ; kg:remark "a\\u0000b" .', "hidden-character", ":13:28", "U+0000 (null) ends a text", "take it out"),
        (':f a l:Feast ; kg:remark "l\u0430mp" .', "mixed-scripts", ":13:27", "U+0430 (cyrillic small letter a)", "that the source prints?"),
        (':moth l:sealOf "Beryl" .', "wrong-kind", ":13:16", "l:sealOf of :moth is the text 'Beryl', and it takes a thing", "name the thing"),
        (":amber a l:Workshop ; l:lamps :beryl .", "wrong-kind", ":13:31", "l:lamps of :amber is :beryl, and it takes a text, a number or a date", "in quotes"),
        (":moth kg:rank kg:Deprecated .", "misplaced", ":13:7", "kg:rank of :moth stands in a claim, where it weighs nothing", "outside the braces"),
        (':f a l:Feast ; kg:remark "a\u034fb" .', "hidden-character", ":13:28", "U+034F (combining grapheme joiner) cannot be seen", "take it out"),
        (':f a l:Feast ; kg:remark "a\u2028b" .', "hidden-character", ":13:28", "U+2028 (line separator) cannot be seen", "take it out"),
        (":m a l:Seal .", "shape", ":13:1", "a seal belongs to a body", "by s:Seal of l:sealOf (ontology/shapes.ttl:6)"),
        (":m a l:Workshop ; skos:prefLabel <http://x/> .", "shape", ":13:34", "a name is a text, not a thing", "Name of skos:prefLabel"),
        (":moth skos:altLabel :amber .", "shape", ":13:21", "a name is a text, not a thing", "Name of skos:altLabel"),
        (":moth kg:locator :amber .", "shape", ":13:18", "a place in a document is a text", "Name of kg:locator"),
        (":amber a l:Workshop ; l:lamps -3 .", "shape", ":13:31", "lamps are counted", "by s:Lamps of l:lamps (ontology/shapes.ttl:8)"),
    ],
)  # fmt: skip
def test_places(say: Callable[..., Path], statement: str, code: str, spot: str, says: str, hint: str) -> None:
    """Each kind of mistake is found in its line and column, with a hint."""
    found = only(say(statement), code)
    assert str(found.place) == "facts/new.trig" + spot
    assert says in found.message
    assert hint in found.hint


WRITTEN = st.one_of(
    st.tuples(st.from_regex(r"[+-]?[0-9]{1,25}", fullmatch=True), st.just("integer")),
    st.tuples(st.from_regex(r"[+-]?[0-9]{0,12}\.[0-9]{1,22}", fullmatch=True), st.just("decimal")),
    st.tuples(st.from_regex(r"-?[0-9]{1,12}", fullmatch=True), st.just("decimal")),
    st.tuples(
        st.from_regex(r"[+-]?[0-9]{1,3}(\.[0-9]{1,3})?([eE][+-]?[0-9]{1,2})?", fullmatch=True),
        st.sampled_from(["double", "float"]),
    ),
    st.tuples(st.sampled_from(["true", "false", "1", "0"]), st.just("boolean")),
    st.tuples(st.dates().map(str), st.sampled_from(["date"])),
    st.tuples(st.datetimes().map(lambda d: d.isoformat()), st.just("dateTime")),
    st.tuples(st.from_regex(r"[0-9]{4}-(0[1-9]|1[0-2])", fullmatch=True), st.just("gYearMonth")),
    st.tuples(st.from_regex(r"[0-9]{4}", fullmatch=True), st.just("gYear")),
    st.tuples(st.from_regex(r"P[0-9]{1,3}D(T[0-9]{1,2}H)?", fullmatch=True), st.sampled_from(["duration", "dayTimeDuration"])),
)


@given(st.lists(WRITTEN, min_size=1, max_size=8))
def test_what_passes_is_kept(written: list[tuple[str, str]]) -> None:
    """Whatever number, date or truth value the door lets pass, the store gives back sign by sign."""
    literals = {ox.Literal(text, datatype=ox.NamedNode(COMMON["xsd"] + name)) for text, name in written}
    told = {literal for literal, _ in kept_literals.changed(literals)}
    store = ox.Store()
    store.extend(ox.Quad(ox.NamedNode("urn:x"), ox.NamedNode("urn:x"), literal) for literal in literals - told)
    assert {str(quad.object) for quad in store} == {str(literal) for literal in literals - told}


@pytest.mark.parametrize(
    "literal",
    [
        '"a b"^^xsd:token',
        '"b-1.x"^^xsd:NCName',
        '"{\\"a\\": [1, null]}"^^<http://www.w3.org/1999/02/22-rdf-syntax-ns#JSON>',
        '"a <b>b</b> &amp;"^^<http://www.w3.org/1999/02/22-rdf-syntax-ns#XMLLiteral>',
    ],
)
def test_rare_datatypes(say: Callable[..., Path], literal: str) -> None:
    """Tokens, names, JSON and XML are checked for their form, and pass where it is right."""
    assert "ill-typed" not in {p.code for p in hima_kg.check(say(f":f a l:Feast ; kg:remark {literal} ."))}


def test_escaped_backslash(say: Callable[..., Path]) -> None:
    """A backslash that is written as such, before a u, is no escape and no doubt."""
    said = ':f a l:Feast ; kg:remark "C:\\\\u0000" . # nor is it in a remark: \\u0000'
    assert not [p for p in hima_kg.check(say(said)) if p.code == "hidden-character"]


@pytest.mark.parametrize(
    ("limit", "data", "spot", "says"),
    [
        ("file = 1", b"# " + b"x" * 1_000_000, "facts/big.trig", "1.0 MB, and the limit is 1 MB"),
        ("literal = 1", b'@prefix : <urn:x:> .\n:c { :a :b "' + b"x" * 1_000_001 + b'" }', "facts/big.trig:2:12", "longer than 1 MB"),
        ("literal = 16", b'@prefix : <urn:x:> .\n:c { :a :b "' + b"x" * 17_000_000 + b'" }', "facts/big.trig:2:12", "longer than 16 MB"),
        ("nesting = 3", b"@prefix : <urn:x:> .\n:c { :a :b [ :b [ :b 1 ] ] }", "", ""),
        ("nesting = 2", b"@prefix : <urn:x:> .\n:c { :a :b [ :b [ :b 1 ] ] }", "facts/big.trig:2:17", "more than 2 deep"),
        ("nesting = 1000", b":a :b " + b"[ :b " * 9_999, "facts/big.trig:1:5007", "more than 1,000 deep"),
    ],
)  # fmt: skip
def test_limits(tiny: Path, limit: str, data: bytes, spot: str, says: str) -> None:
    """Files, texts and nesting have limits, which are settings; each is one message with its place."""
    with (tiny / "hima-kg.toml").open("a", encoding="utf-8") as file:
        file.write(f"[limits]\n{limit}\n")
    (tiny / "facts" / "big.trig").write_bytes(data)
    found = [p for p in hima_kg.check(tiny) if p.code == "limit"]
    assert [str(p.place) for p in found] == [spot][: bool(spot)]
    assert all(says in p.message and len(str(p)) < 600 for p in found)


@pytest.mark.parametrize(
    ("limit", "says"),
    [("lines = 3", ":5:1: error: unknown limit 'lines'"), ("literal = 17", "at most 16"), ("file = 'x'", "whole number")],
)
def test_wrong_limits(tiny: Path, limit: str, says: str) -> None:
    """A limit that is not known, or cannot be, is named with the settings file."""
    with (tiny / "hima-kg.toml").open("a", encoding="utf-8") as file:
        file.write(f"[limits]\n{limit}\n")
    with pytest.raises(ProjectError) as caught:
        hima_kg.build(tiny)
    assert says in str(caught.value)
    assert "hima-kg.toml" in str(caught.value)


def test_undated_document(say: Callable[..., Path]) -> None:
    """A document says as of when it speaks by a date: a text is refused, or answers would not say how far it goes."""
    found = hima_kg.check(say(":moth a l:Seal ; l:sealOf :amber .", before=':new kg:asOf "soon" .'))
    (problem,) = (p for p in found if p.code == "ill-typed")
    assert problem.message == '"soon" is no date that can be understood'
    assert problem.place.text[problem.place.column - 1 :].startswith('"soon"')


def test_prefix_in_a_remark(tiny: Path) -> None:
    """What a remark says of a prefix declares none: a fact is found where it stands."""
    path = tiny / "facts" / "chronicle.trig"
    text = path.read_text("utf-8")
    at = text.index("\n", text.rindex("@prefix")) + 1
    path.write_text(f"{text[:at]}# @prefix l: <https://example.org/old#> .\n{text[at:]}", "utf-8")
    space = "https://example.org/lamps/"
    fact = {"graph": f"{space}claim/chronicle/s1", "subject": f"{space}moth", "predicate": f"{space}terms#sealOf"}
    found = places.exact([Source(path, "here")], **fact, object=f"{space}amber")
    assert found
    assert found.text.strip().startswith(":moth a l:Seal")


def test_report(say: Callable[..., Path]) -> None:
    """A problem reads like a compiler's message: place, words, line, caret, what to do."""
    assert str(only(say("    :moth l:sealOff :amber ;\n        l:lamps 1 ."), "unknown-term")).startswith(
        "facts/new.trig:13:11: error[unknown-term] l:sealOff is not in the ontology\n"
        "   13 |     :moth l:sealOff :amber ;\n"
        "      |           ^^^^^^^^^\n"
        "  did you mean l:sealOf? (ontology/lamps.ttl:"
    )


@pytest.mark.parametrize(
    ("statements", "spot", "hint"),
    [
        (':f a l:Feast\n kg:date "2023"^^xsd:gYear .', ":14:2", "is the ; or . before it missing?"),
        (':f skos:prefLabel "F"@en "반디"@ko .', ":13:26", "is a comma, a semicolon or a dot before it missing"),
    ],
)
def test_missing_sign(say: Callable[..., Path], statements: str, spot: str, hint: str) -> None:
    """A forgotten semicolon or comma is named, where it is missed."""
    with pytest.raises(FactError) as caught:
        hima_kg.build(say(statements))
    (found,) = [p for p in caught.value.problems if p.code == "syntax"]
    assert str(found.place) == "facts/new.trig" + spot
    assert hint in found.hint


def test_undeclared_prefix(tiny: Path) -> None:
    """A prefix that a file does not declare is told once, with the namespace that it has everywhere."""
    text = "@prefix : <https://example.org/> .\n:c { :a oa:start 1 .\n:b oa:start 2 . }\n"
    (tiny / "facts" / "new.trig").write_text(text, "utf-8")
    found = only(tiny, "syntax")
    assert found.hint == "declare it at the top of the file: @prefix oa: <http://www.w3.org/ns/oa#> ."


def test_all_syntax_errors(tiny: Path) -> None:
    """All syntax errors of all files come in one run, and the exit code says that files do not parse."""
    for name in ("one", "two"):
        text = "@prefix : <https://example.org/> .\n:a foo:b :c .\n:a :b :c .\n:d bar:e :f .\n"
        (tiny / "facts" / f"{name}.trig").write_text(text, "utf-8")
    with pytest.raises(FactError) as caught:
        hima_kg.build(tiny)
    spots = [str(p.place) for p in caught.value.problems if p.code == "syntax"]
    assert spots == ["facts/one.trig:2:4", "facts/one.trig:4:4", "facts/two.trig:2:4", "facts/two.trig:4:4"]
    assert caught.value.exit_code == 3


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"<http://e/a> <http://e/b> <http://e/c d> .", "Invalid IRI"),
        (b'<http://e/a> <http://e/b> "x"@e_n .', ""),
        (b"<http://e/g> { <http://e/a> <http://e/b> 1 .", ""),
        ("<http://e/a> <http://e/b> '하' .".encode("euc-kr"), ""),
        (b"<http://e/a> <http://e/b> 'open .\n", ""),
    ],
)
def test_bad_syntax(tiny: Path, data: bytes, says: str) -> None:
    """Text that does not parse is reported at its line, never with a traceback."""
    (tiny / "facts" / "bad.trig").write_bytes(data)
    found = hima_kg.check(tiny)
    assert {(p.code, p.place.path, p.place.line) for p in found} == {("syntax", "facts/bad.trig", 1)}
    assert says in found[0].message


@pytest.mark.parametrize(
    ("data", "spot", "says"),
    [
        (b"@prefix : <urn:x:> .\n:c { :a foo:b :c }\n:d { :a :b :c }", "2:9", "foo: has not been declared"),
        (b"@prefix : <urn:x:> .\n:c { :a :b <urn:x y> .\n}\n", "2:12", "Invalid IRI"),
        (b"@prefix : <urn:x:> .\n:c { :a :b :c .\n", "3:1", "Unexpected end"),
        (b'@prefix : <urn:x:> .\n:c { :a :b "x"@e_n }\n', "2:16", "language"),
        ("@prefix : <urn:x:> .\n:c { :a :b 'x' }\n".encode("utf-16"), "1:1", "UTF-16"),
    ],
)
def test_one_mistake_is_one_message(tiny: Path, data: bytes, spot: str, says: str) -> None:
    """A mistake is told once, with what to do, and not again by all that the parser stumbles over after it."""
    (tiny / "facts" / "bad.trig").write_bytes(data)
    (found,) = [p for p in hima_kg.check(tiny) if p.severity == "error"]
    assert str(found.place) == f"facts/bad.trig:{spot}"
    assert says in found.message
    assert found.hint


def test_byte_order_mark(tiny: Path) -> None:
    """A byte order mark and Windows line ends are taken as they are meant."""
    letter = tiny / "facts" / "letter.trig"
    before = hima_kg.build(tiny).manifest.digest
    letter.write_bytes(b"\xef\xbb\xbf" + letter.read_bytes().replace(b"\n", b"\r\n"))
    assert hima_kg.build(tiny).manifest.digest == before


def test_broken_named_query(tiny: Path) -> None:
    """A named query that does not parse stops a build, at its line, whether or not it has expected rows."""
    (tiny / "queries" / "new.rq").write_text("# What?\nSELECT ?x WHERE { ?x a l:Seal ?y }\n", "utf-8")
    assert str(only(tiny, "syntax").place) == "queries/new.rq:2:31"


def test_uncited(say: Callable[..., Path]) -> None:
    """A fact outside any claim is refused."""
    found = only(say(":x a l:Seal ; l:sealOf :amber .", before=":moth l:sealOf :amber ."), "uncited")
    assert found.place.path == "facts/new.trig"
    assert "cites no passage" in found.message


def test_reserved_graph(tiny: Path) -> None:
    """A file cannot slip facts past their citation by writing into a graph of the engine's own."""
    fact = (
        "<https://w3id.org/hima-kg/graph/derived> { <https://example.org/lamps/moth> a <https://example.org/lamps/terms#Seal> }"
    )
    (tiny / "facts" / "new.trig").write_text(fact, "utf-8")
    assert "graph:derived is a graph of the engine's own" in only(tiny, "uncited").message


def test_graph_without_a_name(tiny: Path) -> None:
    """A graph that a blank node names is refused with its place, also where it holds nothing but texts."""
    skos, name = "http://www.w3.org/2004/02/skos/core#", "https://example.org/lamps/moth"
    (tiny / "facts" / "new.trig").write_text(f'_:g {{ <{name}> <{skos}altLabel> "M" . }}', "utf-8")
    assert str(only(tiny, "blank-node").place) == "facts/new.trig:1:1"


def test_no_passage(say: Callable[..., Path]) -> None:
    """A claim without a description, and one without a locator, are refused."""
    folder = say(":x a l:Seal ; l:sealOf :amber . } n:s9 { :y a l:Seal ; l:sealOf :amber .")
    assert "n:s9 names no document" in only(folder, "no-passage").message
    folder = say(
        ":x a l:Seal ; l:sealOf :amber .", before="n:s2 a kg:Claim ; kg:document :new . n:s2 { :y a l:Seal ; l:sealOf :amber }"
    )
    assert "names the passage" in only(folder, "shape").message


def test_attributed_to_nobody(say: Callable[..., Path]) -> None:
    """A claim that is attributed, and does not say to whom, is told with a warning."""
    said = 'n:s2 a kg:Claim ; kg:document :chronicle ; kg:locator "x" ; kg:modality kg:Attributed{} .\nn:s2 {{ :moth l:sealOf :beryl }}\n'
    found = only(say(":moth l:sealOf :amber .", before=said.format("")), "shape")
    assert (found.severity, found.message) == ("warning", "n:s2: an attributed claim names who says so: kg:speaker")
    named = say(":moth l:sealOf :amber .", before=said.format(" ; kg:speaker :amber"))
    assert "shape" not in {problem.code for problem in hima_kg.check(named)}


def test_empty_claim(say: Callable[..., Path]) -> None:
    """A claim that says nothing is doubted, and does not stop a build."""
    folder = say(":x a l:Seal ; l:sealOf :amber .", before='n:s3 a kg:Claim ; kg:document :new ; kg:locator "s3" .')
    assert only(folder, "empty-claim").severity == "warning"
    assert hima_kg.build(folder).fresh


def test_claims_are_checked_one_by_one(say: Callable[..., Path]) -> None:
    """A shape for each claim names the claim that breaks it, and two claims that differ break nothing together."""
    found = only(say(":f a kg:Event ; kg:status kg:Planned, kg:Occurred ."), "shape")
    assert found.place.path == "facts/new.trig"
    assert "a plan and its outcome are two events" in found.message


def test_a_thing_in_the_place_of_a_name(say: Callable[..., Path]) -> None:
    """A name is a text wherever it stands: in the description of a document, of a conflict, and in the ontology."""
    folder = say(
        ":moth a l:Seal ; l:sealOf :amber .",
        before=":new skos:prefLabel :amber . :odd a kg:Conflict ; kg:kind kg:OpenList ; kg:between n:s1 ; skos:prefLabel :moth .",
    )
    told = [problem for problem in hima_kg.check(folder) if problem.severity == "error"]
    assert [(problem.place.line, problem.message) for problem in told] == [
        (11, f"{thing}: a name is a text, not a thing") for thing in (":new", ":odd")
    ]
    terms = folder / "ontology" / "lamps.ttl"
    terms.write_text(f"{terms.read_text('utf-8')}\nl:Seal rdfs:label l:Body .\n", "utf-8")
    found = only(folder, "vocabulary")
    assert found.message == "rdfs:label of l:Seal is l:Body, and it takes a text"


def test_a_file_whose_name_is_no_text(tiny: Path) -> None:
    """A file whose name is no UTF-8 is told of before anything is built."""
    os.rename(tiny / "facts" / "letter.trig", os.fsencode(tiny / "facts") + b"/b\xff.trig")
    for look in (hima_kg.check, hima_kg.build):
        with pytest.raises(ProjectError, match="is no name in UTF-8"):
            look(tiny)


def test_places_under_a_base(say: Callable[..., Path]) -> None:
    """What is written relative to a base is found where it stands, whichever way the base and prefixes are declared."""
    head = "BASE <https://example.org/> @prefix l: <lamps/terms#> . @prefix kg: <https://w3id.org/hima-kg/core#> . "
    claim = "<lamps/claim/new/s1> a kg:Claim ; kg:document <lamps/chronicle> ; kg:locator 's1' .\n"
    folder = say("", head="")
    (folder / "facts" / "new.trig").write_text(
        f"{head}\n{claim}<lamps/claim/new/s1> {{ <lamps/owl> a l:Seal ; <lamps/terms#sealOff> <lamps/amber> }}\n", "utf-8"
    )
    found = only(folder, "unknown-term")
    assert (str(found.place), found.hint[:12]) == ("facts/new.trig:3:47", "did you mean")


@pytest.mark.parametrize(("said", "at"), [(":a a l:Seal ~ :r .", 18), ("<< :a a l:Seal >> l:lamps 1 .", 6)])
def test_places_of_statements_about_statements(say: Callable[..., Path], said: str, at: int) -> None:
    """What is said of a statement is told as that, where it stands."""
    assert str(only(say(f"     {said}"), "quoted-triple").place) == f"facts/new.trig:13:{at}"


def test_claim_that_is_described_twice(say: Callable[..., Path]) -> None:
    """What has more values than a shape allows is told with all of them and their places."""
    found = only(say(":owl a l:Seal ; l:sealOf :amber .", before="n:s1 kg:document :chronicle . "), "shape")
    assert found.hint.endswith("; it has :chronicle (facts/new.trig:11) and :new (facts/new.trig:10)")


@pytest.mark.parametrize("text", ["@prefix", "@base", "@prefix a:", '<urn:a> <urn:b> "\\UFFFFFFFF" .'])
def test_places_in_a_file_that_is_being_written(text: str) -> None:
    """Places are looked for in files as they are now, which need not parse."""
    assert [s.object.value for s in trig.statements(text)] in ([], ["\\UFFFFFFFF"])


def test_a_large_ontology(tiny: Path) -> None:
    """What the build asks by itself may be longer than what a user may ask: classes can have thousands below them."""
    classes = "\n".join(f"l:Kind{number} a owl:Class ; rdfs:subClassOf l:Seal ." for number in range(4_500))
    head = "@prefix owl: <http://www.w3.org/2002/07/owl#> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> ."
    (tiny / "ontology" / "kinds.ttl").write_text(f"{head} @prefix l: <https://example.org/lamps/terms#> .\n{classes}", "utf-8")
    assert {problem.code for problem in hima_kg.check(tiny)} == {"conflict"}


def test_vacuous_shape(tiny: Path) -> None:
    """A shape that finds nothing to check is doubted: its target may be misspelt."""
    with (tiny / "ontology" / "shapes.ttl").open("a", encoding="utf-8") as file:
        file.write("s:Nobody a sh:NodeShape ; sh:targetClass l:Nobody ; sh:property [ sh:path l:lamps ; sh:minCount 1 ] .")
    assert only(tiny, "vacuous-shape").message == "s:Nobody found nothing to check"


def test_nameless_shape(tiny: Path) -> None:
    """A shape without a name is told as such: the label that the parser gives it is another each time."""
    shapes = tiny / "ontology" / "shapes.ttl"
    shapes.write_text(
        f"{shapes.read_text('utf-8')}[] sh:targetClass l:Body ; sh:property [ sh:path l:lamps ; sh:maxCount 0 ] .", "utf-8"
    )
    said = [str(problem) for problem in hima_kg.check(tiny) if problem.code == "shape"]
    assert said
    assert all("by a shape without a name of l:lamps" in one for one in said)


def test_many_warnings(tiny: Path, say: Callable[..., Path]) -> None:
    """However many warnings a shape gives, they stay warnings: the first are listed, the rest is counted, the build goes on."""
    with (tiny / "ontology" / "shapes.ttl").open("a", encoding="utf-8") as file:
        file.write(
            "s:Few a sh:NodeShape ; sh:targetClass l:Workshop ; sh:property [ sh:path l:lamps ; sh:minCount 1 ; sh:severity sh:Warning ] ."
        )
    folder = say(" ".join(f":w{n} a l:Workshop ; skos:prefLabel 'W{n}'@en ." for n in range(60)))
    found = [p for p in hima_kg.build(folder).problems if p.code == "shape"]
    assert len(found) == 51
    assert {p.severity for p in found} == {"warning"}
    assert "s:Few: 10 more like these" in "".join(p.message for p in found)


@pytest.mark.parametrize(
    ("written", "misspelt", "meant"),
    [("kg:document :chronicle", "kg:document :chronicel", ":chronicle"), ("kg:Planned ", "kg:Planed ", "kg:Planned")],
)
def test_a_value_that_is_misspelt(tiny: Path, written: str, misspelt: str, meant: str) -> None:
    """Where a shape is violated by the name of nothing, the hint ends with the near one."""
    facts = tiny / "facts" / "chronicle.trig"
    facts.write_text(facts.read_text("utf-8").replace(written, misspelt, 1), "utf-8")
    assert only(tiny, "shape").hint.endswith(f"; did you mean {meant}?")


def test_stray_term_in_a_query(tiny: Path) -> None:
    """A named query that asks for a term that nothing has is doubted at the term, with the near one."""
    (tiny / "queries" / "new.rq").write_text("# What?\nSELECT ?x { ?x l:sealOff ?y }\n", "utf-8")
    found = only(tiny, "unknown-term")
    assert (str(found.place), found.severity) == ("queries/new.rq:2:16", "warning")
    assert found.message == "l:sealOff does not occur in the graph; did you mean l:sealOf?"


def test_a_direction_beside_a_long_text(tiny: Path) -> None:
    """A text that is too long is told with its place, also in a file that speaks of a direction."""
    with (tiny / "facts" / "letter.trig").open("a", encoding="utf-8") as file:
        file.write(f"# 'x'@en--ltr\n<urn:c> {{ <urn:a> <urn:b> '{'y' * 17_000_000}' . }}\n")
    assert only(tiny, "limit").message == "a text is longer than 16 MB, which is the limit"


def test_errors_come_last(tiny: Path) -> None:
    """An error in the first file is told after all doubts, where a terminal ends."""
    facts = tiny / "facts" / "chronicle.trig"
    facts.write_text(facts.read_text("utf-8").replace("l:lamps 12", "l:lampz 12", 1), "utf-8")
    with pytest.raises(hima_kg.FactError) as caught:
        hima_kg.build(tiny)
    told = [line for line in str(caught.value).splitlines() if line.startswith(("facts/", "queries/", "ontology/"))]
    severities = ["error[" in line for line in told]
    assert severities == sorted(severities)
    assert set(severities) == {False, True}


def test_digits_in_groups(say: Callable[..., Path]) -> None:
    """A number with its digits in groups, which Turtle takes for several, is doubted; in a text or a comment it is none."""
    said = ":amber a l:Workshop ; l:lamps 12,345 ; skos:altLabel '12,345'@en, 'x'@en ; l:lamps 1, 234 . # 12,345"
    found = [p for p in hima_kg.check(say(said)) if p.code == "digits"]
    assert [(str(p.place), p.severity, p.message, p.hint) for p in found] == [
        (
            "facts/new.trig:13:31",
            "warning",
            "12,345 is 2 numbers",
            "write 12345; if 2 numbers are meant, put spaces between them",
        )
    ]


def test_facts_in_the_ontology(tiny: Path) -> None:
    """A thing of one of the ontology's classes is a fact, which stands in a claim and not in the ontology."""
    with (tiny / "ontology" / "lamps.ttl").open("a", encoding="utf-8") as file:
        file.write("<https://example.org/lamps/ghost> a l:Workshop .\n")
    with pytest.raises(hima_kg.FactError) as caught:
        hima_kg.build(tiny)
    (found,) = caught.value.problems
    assert (found.code, found.message) == ("uncited", "a fact about :ghost, a l:Workshop, cites no passage")
    assert found.place.path == "ontology/lamps.ttl"
    assert found.place.line


def test_a_bound_that_is_no_number(tiny: Path) -> None:
    """What a range allows is told in numbers: one in quotes would never be compared."""
    with (tiny / "ontology" / "lamps.ttl").open("a", encoding="utf-8") as file:
        file.write("l:few a kg:Range ; kg:ofClass l:Workshop ; kg:ofProperty l:lamps ; kg:most '100' .\n")
    with pytest.raises(hima_kg.FactError, match="kg:most of l:few is '100', and it takes a number"):
        hima_kg.build(tiny)


def test_endings_in_capitals(tiny: Path) -> None:
    """A file is read whatever the case of its ending."""
    (tiny / "facts" / "letter.trig").rename(tiny / "facts" / "letter.TRIG")
    assert [p for p in hima_kg.check(tiny) if p.severity == "error"] == []


def test_stray_parameter(tiny: Path) -> None:
    """A parameter that no variable takes is an error: the answer would not depend on it."""
    (tiny / "queries" / "new.rq").write_text("# What?\n# param saal: iri?\nSELECT ?x { ?x l:sealOf ?seal }\n", "utf-8")
    found = only(tiny, "parameter")
    assert (str(found.place), found.message) == ("queries/new.rq:2:9", "no variable of the query is called ?saal")


@pytest.mark.parametrize(
    ("rule", "at", "hint"),
    [
        ("CONSTRUCT { ?a l:keeper ?b } WHERE { ?e l:takr ?a ; l:giver ?b }", "3:41", "did you mean l:taker?"),
        ("CONSTRUCT { ?a l:rival ?b } WHERE { ?e l:taker ?a ; l:giver ?b }", "3:16", "declare it in ontology/, or take it out"),
        ("PREFIX x: <urn:x:>\nCONSTRUCT { ?a l:keeper ?b } WHERE { ?a l:sealOf x:y , ?b }", "4:50", "declare it in ontology/, or take it out"),
    ],
)  # fmt: skip
def test_stray_term_in_a_rule(tiny: Path, rule: str, at: str, hint: str) -> None:
    """A rule that looks for what is not there, or gives what nobody declares, is doubted at the term."""
    (tiny / "ontology" / "rules").mkdir(exist_ok=True)
    (tiny / "ontology" / "rules" / "new.rq").write_text(f"# Who had it.\n# stage: states\n{rule}\n", "utf-8")
    found = only(tiny, "unknown-term")
    assert (str(found.place), found.severity, found.hint) == (f"ontology/rules/new.rq:{at}", "warning", hint)


def test_rule_under_another_name(tiny: Path) -> None:
    """A conflict that names a rule which there is not would pass for the curator's own."""
    rule = "CONSTRUCT { <urn:odd> a kg:Conflict ; kg:kind kg:OpenList ; kg:about ?s ; kg:between ?g ; kg:rule rule:od } WHERE { GRAPH ?g { ?s l:sealOf ?o } }"
    (tiny / "ontology" / "rules" / "odd.rq").write_text(f"# Odd.\n# stage: conflicts\n{rule}\n", "utf-8")
    found = only(tiny, "unknown-term")
    assert (str(found.place), found.severity) == ("ontology/rules/odd.rq:3:99", "error")
    assert (found.message, found.hint) == ("there is no rule rule:od", "this file's own is rule:odd")


def test_uncited_where_no_claim_can_be(tiny: Path) -> None:
    """A fact in a file that has no graphs is told to go into one that has."""
    (tiny / "facts" / "plain.ttl").write_text(
        "<https://example.org/lamps/x> a <https://example.org/lamps/terms#Seal> .\n", "utf-8"
    )
    hints = [p.hint for p in hima_kg.check(tiny) if p.code == "uncited"]
    assert hints == ["call the file .trig, and put it into the graph of a claim: name:claim { … }"]


@pytest.mark.parametrize(
    ("declared", "code", "at", "says"),
    [
        ("seal: iri? l:Seel", "unknown-term", 20, "l:Seel does not occur in the graph, so nothing can be given for seal"),
        ("seal: iri? q:Seal", "unknown-term", 20, "q:Seal does not occur in the graph, so nothing can be given for seal"),
        ("seal: date = 2024-13", "parameter", 22, "'2024-13' is not a date"),
        ("seal: integer = many", "parameter", 25, "seal is of type integer, and 'many' is not"),
    ],
)
def test_parameter_that_fits_nothing(tiny: Path, declared: str, code: str, at: int, says: str) -> None:
    """A parameter's class is one that there is, and its default is of its type: else a check tells, before anybody asks."""
    (tiny / "queries" / "new.rq").write_text(f"# What?\n# param {declared}\nSELECT ?x {{ ?x l:sealOf ?seal }}\n", "utf-8")
    found = only(tiny, code)
    assert (str(found.place), found.message) == (f"queries/new.rq:2:{at}", says)


@pytest.mark.parametrize(
    ("declared", "hint"),
    [("seal iri", "write: # param name: type = default"), ("seal: dat", "did you mean date?")],
)
def test_parameter_that_is_none(tiny: Path, declared: str, hint: str) -> None:
    """A comment that means to declare a parameter and does not is told of with its line."""
    (tiny / "queries" / "new.rq").write_text(f"# What?\n# param {declared}\nSELECT ?x {{ ?x l:sealOf ?seal }}\n", "utf-8")
    (tiny / "queries" / "other.rq").write_text("# What?\n# param x: iry\nSELECT ?x {}\n", "utf-8")
    (tiny / "queries" / "lamps.csv").write_text('lamps\n"24\n', "utf-8")
    found = {str(p.place): p for p in hima_kg.check(tiny)}  # one mistake hides no other
    assert [(at, p.code) for at, p in found.items() if p.severity == "error"] == [
        ("queries/lamps.csv:2", "syntax"),
        ("queries/new.rq:2", "syntax"),
        ("queries/other.rq:2", "syntax"),
    ]
    assert found["queries/new.rq:2"].hint == hint


@pytest.mark.parametrize("said", ['kg:color "reddish"', 'kg:shape "blob"', "kg:lane 77"])
def test_undrawable(tiny: Path, said: str) -> None:
    """What cannot be drawn is found in the vocabulary, at its line, before anything is written."""
    with (tiny / "ontology" / "lamps.ttl").open("a", encoding="utf-8") as file:
        file.write(f"l:Lamp a owl:Class ; rdfs:label 'lamp'@en ; {said} .\n")
    assert only(tiny, "drawing").place.path == "ontology/lamps.ttl"


def test_not_utf8(tiny: Path) -> None:
    """A rule, a query or expected rows in another encoding are named, not a traceback."""
    for name in ("ontology/rules/r.rq", "queries/lamps.rq", "queries/lamps.csv"):
        path = tiny / name
        path.parent.mkdir(exist_ok=True)
        before = path.read_bytes() if path.is_file() else None
        path.write_bytes("# 하\n".encode("euc-kr"))
        with pytest.raises(hima_kg.ProjectError, match=f"{name} is not UTF-8"):
            hima_kg.check(tiny)
        path.write_bytes(before) if before is not None else path.unlink()


def test_a_rule_that_says_too_little(tiny: Path) -> None:
    """A rule that builds a conflict and does not say of what kind, by which rule, or between what is an error with its place."""
    rule = tiny / "ontology" / "rules" / "r.rq"
    rule.parent.mkdir(exist_ok=True)
    where = "WHERE { ?a l:sealOf ?o . GRAPH ?g { ?a l:sealOf ?o } FILTER EXISTS { GRAPH graph:claims { ?g a kg:Claim } } }"
    rule.write_text(
        f"# Two.\n# stage: conflicts\nCONSTRUCT {{ ?a a kg:Conflict ; kg:about ?o ; kg:kind l:Odd }} {where}\n", "utf-8"
    )
    found = [problem for problem in hima_kg.check(tiny) if problem.code == "rule"]
    assert [(problem.message.rpartition(" ")[2], str(problem.place)) for problem in found] == [
        ("kg:between", "ontology/rules/r.rq:3:18"),
        ("kg:rule", "ontology/rules/r.rq:3:18"),
    ]
    assert "say kg:rule rule:NAME" in found[1].hint


def test_a_kind_of_ones_own(tiny: Path, run: Callable[..., CompletedProcess[str]]) -> None:
    """A kind of conflict that a project declares is called by its label, and asked for by its name."""
    ontology = tiny / "ontology" / "lamps.ttl"
    ontology.write_text(f'{ontology.read_text("utf-8")}\nl:OddSeal rdfs:label "odd seal"@en .\n', "utf-8")
    rule = tiny / "ontology" / "rules" / "odd.rq"
    rule.parent.mkdir(exist_ok=True)
    rule.write_text(
        "# Odd.\n# stage: conflicts\nCONSTRUCT { <urn:odd> a kg:Conflict ; kg:kind l:OddSeal ; kg:about :moth ; kg:between ?g ; kg:rule rule:odd }"
        "WHERE { GRAPH ?g { :moth l:sealOf ?o } FILTER EXISTS { GRAPH graph:claims { ?g a kg:Claim } } }",
        "utf-8",
    )
    assert "warning[conflict] odd seal about :moth: Odd." in run("build", cwd=tiny).stderr
    done = run("conflicts", "--kind", "odd-seal", cwd=tiny)
    assert "ODD SEAL  1\n\n  Moth  <urn:odd>" in done.stdout


def test_same_local_names(say: Callable[..., Path]) -> None:
    """Two values that only end alike are two values."""
    other = "n:s2 a kg:Claim ; kg:document :new ; kg:locator 's2' . n:s2 { :owl l:sealOf <https://example.org/other/amber> . <https://example.org/other/amber> a l:Workshop }"
    found = [p.message for p in hima_kg.check(say(":owl a l:Seal ; l:sealOf :amber .", before=other)) if ":owl" in p.message]
    assert found == ["value contradiction about :owl: :amber / <https://example.org/other/amber>"]


def test_the_place_of_a_conflict_speaks_of_it(say: Callable[..., Path]) -> None:
    """A conflict is shown where one of its claims speaks of what is in doubt, not merely at the first of its claims."""
    others = "n:s3 a kg:Claim ; kg:document :new ; kg:locator 's3' . n:s3 { :owl a l:Seal ; l:sealOf :amber } "
    others += "n:s2 a kg:Claim ; kg:document :new ; kg:locator 's2' .\nn:s2 { :owl l:fee 7 }\n"
    folder = say(":moth a l:Seal ; l:sealOf :amber .", before=others)
    (folder / "ontology" / "fees.ttl").write_text(
        "@prefix owl: <http://www.w3.org/2002/07/owl#> . <https://example.org/lamps/terms#fee> a owl:DatatypeProperty ; "
        "<http://www.w3.org/2000/01/rdf-schema#label> 'fee'@en .",
        "utf-8",
    )
    (folder / "ontology" / "rivals.rq").write_text(
        "# An owl and a moth are rivals.\n# stage: conflicts\n"
        "PREFIX : <https://example.org/lamps/> PREFIX l: <https://example.org/lamps/terms#>\n"
        "CONSTRUCT { <urn:rivals> a kg:Conflict ; kg:kind kg:ValueContradiction ; kg:between ?one, ?other ; kg:about :owl ;"
        " kg:rule rule:rivals } WHERE { GRAPH ?one { :moth l:sealOf ?maker } GRAPH ?other { :owl l:fee ?fee } }",
        "utf-8",
    )
    (found,) = [problem for problem in hima_kg.check(folder) if "rivals" in problem.message or "An owl" in problem.message]
    assert "l:fee 7" in found.place.text


def test_doubts_do_not_fail(tiny: Path) -> None:
    """Conflicts between sources are warnings: the sources are in doubt, not the graph."""
    built = hima_kg.build(tiny)
    assert [p.severity for p in built.problems] == ["warning"] * 3
    assert {p.code for p in built.problems} == {"conflict"}


def test_the_2024_sum(home: Path) -> None:
    """The total of 2024 that does not add up is worked out, at its row."""
    found = [p for p in hima_kg.check(home) if "sales-hima-2024" in p.message]
    assert [p.message.partition(": ")[2] for p in found] == [
        "386,907 + 57,956 + 4,232 = 449,095; stated 444,956; difference 4,139"
    ]
    assert found[0].place.path == "facts/wikipedia.trig"


def test_no_facts(tmp_path: Path) -> None:
    """A folder that is no project, and one without facts, are named as such."""
    with pytest.raises(hima_kg.ProjectError, match="no ontology/ and facts/"):
        hima_kg.build(tmp_path)
    for name in ("ontology", "facts"):
        (tmp_path / name).mkdir()
    with pytest.raises(hima_kg.ProjectError, match="has no files to read"):
        hima_kg.build(tmp_path)
    with pytest.raises(hima_kg.ProjectError, match="is not a folder"):
        hima_kg.build(tmp_path / "nowhere")


def test_many_unknown_things(say: Callable[..., Path]) -> None:
    """Of very many names that nothing describes, some are shown at their places, and the rest is counted."""
    folder = say(":moth l:sealOf " + ", ".join(f":nobody{number}" for number in range(60)) + " .")
    told = [problem for problem in hima_kg.check(folder) if problem.code == "unknown-thing"]
    assert [problem.message for problem in told if not problem.place.line] == [
        "10 more are named, and no claim says what they are"
    ]
    assert len(told) == 51


@pytest.mark.parametrize("property", ["fulfils", "reverses", "after", "during"])
def test_events_are_linked_to_events(say: Callable[..., Path], property: str) -> None:
    """What an event fulfils, reverses, follows or is part of is an event; a thing is an error at its place."""
    (found,) = [p for p in hima_kg.check(say(f":fair a l:Feast ; kg:{property} :moth .")) if p.code == "shape"]
    assert (str(found.place), "an event" in found.message) == (f"facts/new.trig:13:{23 + len(property)}", True)
    assert not [p for p in hima_kg.check(say(f":fair a l:Feast ; kg:{property} :moon-feast .")) if p.code == "shape"]
