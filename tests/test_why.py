"""Why a statement is in the graph: rules and premises, down to the passages; and what is near to one that is not."""

import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import hima_kg
from hima_kg.accounts import Account
from hima_kg.clauses import IS_A, Triple
from hima_kg.errors import ProjectError
from hima_kg.grammar import BeyondError, canonical, distinct, read, term
from hima_kg.proofs import Proof, Proofs, Told
from hima_kg.reports.proof import report, table
from hima_kg.rules import derive
from hima_kg.store import Store
from hima_kg.terms import CLAIMS, COMMON, DERIVED, KG, Prefixes
from hima_kg.why import Why
from tests.conftest import LAWS, TINY, copied
from tests.test_patterns import Rules

DERIVED_STATEMENTS = f"SELECT ?s ?p ?o WHERE {{ GRAPH <{DERIVED}> {{ ?s ?p ?o }} }}"


@pytest.fixture(scope="module")
def kg(tmp_path_factory: pytest.TempPathFactory) -> hima_kg.KnowledgeGraph:
    """The tiny project, built once: nothing here changes it."""
    return hima_kg.build(copied(TINY, tmp_path_factory.mktemp("tiny")))


def said(kg: hima_kg.KnowledgeGraph, *words: str, lang: str = "en") -> str:
    """Return the answer as a person reads it."""
    return report(kg.why(*words), lambda iris: kg.labels(lang, of=iris), kg.prefixes)


def test_down_to_the_passage(kg: hima_kg.KnowledgeGraph) -> None:
    """A derived statement comes with the rules and premises that give it, down to passages and lines of files."""
    assert said(kg, ":amber", "l:memberOf", ":guild").splitlines() == [
        "Amber  member of  Lamp Guild   :amber l:memberOf :guild",
        "stands",
        "├─ it holds for a time",
        "│  └─ Lamp Guild: has member Amber   ..2020-01-01 – …  (stated)",
        "└─ by rule inverses: What stands in a property stands, turned round, in its inverse.",
        "   ├─ Lamp Guild  has member  Amber",
        "   │  └─ by rule state-stated: A state that a document reports holds.",
        "   │     ├─ Amber in the guild  type  seat; in guild  Lamp Guild; sitter  Amber",
        "   │     │  └─ Chronicle of Lamps, ¶2 s1   c:s3   facts/chronicle.trig:27",
        "   │     └─ by the ontology: l:Seat kg:yields l:hasMember; kg:yieldsSubject l:inGuild; kg:yieldsObject l:sitter;"
        " rdfs:subClassOf kg:State   ontology/lamps.ttl:13, 14",
        "   └─ by the ontology: l:hasMember owl:inverseOf l:memberOf   ontology/lamps.ttl:19",
    ]


def test_other_languages(kg: hima_kg.KnowledgeGraph) -> None:
    """Things and properties are called as they are in the language that was asked for."""
    assert said(kg, ":amber", "a", "l:Workshop", lang="ko").startswith("호박  ")


def test_said_by_several(kg: hima_kg.KnowledgeGraph) -> None:
    """What several claims say comes with all of them; a claim that is an opinion is no reason."""
    found = kg.why(":amber", "l:lamps", "12")
    assert isinstance(found, Why)
    (proof,) = found.told.proofs
    assert [str(p.place).partition(".trig")[0] for p in proof.passages] == ["facts/chronicle", "facts/letter"]
    opinion = kg.why(":beryl", "a", "l:Workshop")
    assert isinstance(opinion, Why)
    assert [p.citation.locator for p in opinion.told.proofs[0].passages] == ["¶1 s1"]


def test_the_calendar_and_defaults(kg: hima_kg.KnowledgeGraph) -> None:
    """What the days of a date are is known by the calendar; what a claim does not say of itself holds by default."""
    bounds = said(kg, ":moth-to-guild", "kg:earliest", "2021-06-01")
    assert "by the calendar: 2021-06 is 2021-06-01 to 2021-06-30" in bounds
    assert "by default" in said(kg, "c:s1", "kg:rank", "kg:Normal")
    assert "said about the source   facts/chronicle.trig:32" in said(kg, "c:s4", "kg:modality", "kg:Opinion")
    assert "by the ontology   ontology/lamps.ttl" in said(kg, "l:Workshop", "rdfs:subClassOf", "l:Body")


def test_what_nothing_says(kg: hima_kg.KnowledgeGraph) -> None:
    """A rule that needs that nothing is said says so, even where what it gave says it now."""
    assert "nothing else says: Moth to Beryl  status  …" in said(kg, ":moth-to-beryl", "kg:status", "kg:Occurred")


def leaves(told: Told, above: tuple[Triple, ...] = ()) -> Iterator[str]:
    """Go through what a proof ends in; nothing in it may be its own reason."""
    assert told.statement not in above
    if not told.proofs:
        yield "nothing"
    for proof in told.proofs:
        if proof.by != "rule":
            yield proof.by
        for premise in proof.premises:
            yield from leaves(premise, (*above, told.statement))


GROUNDS = {"claims", "ontology", "description", "default", "calendar", "transcription", "engine"}


@pytest.fixture(scope="module", params=["hima", "kg"])
def proved(request: pytest.FixtureRequest) -> tuple[Store, list[Told]]:
    """A graph's store, and all derived statements with their proofs, which take a while to find."""
    store: Store = request.getfixturevalue(request.param).store
    proofs = Proofs(store)
    return store, list(map(proofs.told, statements(store)))


def test_everything_is_proved(proved: tuple[Store, list[Told]]) -> None:
    """Every derived statement of a graph has a proof, and each ends in claims, the ontology or the calendar."""
    assert len(proved[1]) > 100
    for told in proved[1]:
        assert set(leaves(told)) - GROUNDS == set(), told.statement


def test_premises_suffice(proved: tuple[Store, list[Told]]) -> None:
    """A rule that sees the premises of a proof, and nothing else, gives the statement that is proved."""
    store, all_told = proved
    for told in all_told:
        for proof in told.proofs:
            assert proof.by != "rule" or proof.more or suffices(store, told.statement, proof), told.statement


def test_agrees_with_the_build(proved: tuple[Store, list[Told]]) -> None:
    """The rule and the premises that the build has written to a node are in the proof of that."""
    for told in proved[1]:
        if told.statement.predicate == f"<{KG}rule>":
            assert told.statement.object[1:-1] in {proof.rule for proof in told.proofs}
        if told.statement.predicate == f"<{KG}premise>":
            assert any(told.statement.object in text(proof) for proof in told.proofs)


def statements(store: Store) -> list[Triple]:
    """Return the derived statements of a store."""
    return sorted((Triple(*map(str, row)) for row in store.select(DERIVED_STATEMENTS)), key=str)


def suffices(store: Store, statement: Triple, proof: Proof) -> bool:
    """Whether a proof's rule gives a statement where only the proof's premises stand."""
    texts = {row["r"].value: row["t"].value for row in store.select("SELECT ?r ?t { GRAPH ?g { ?r kg:construct ?t } }")}
    alone = ox.Store()
    alone.load("".join(quad(told.statement) for told in proof.premises).encode(), ox.RdfFormat.N_QUADS)
    given = alone.query(texts[proof.rule], prefixes=store.prefixes)
    return (statement.subject, statement.predicate, statement.object) in {tuple(map(str, triple)) for triple in given}


def quad(s: Triple) -> str:
    """Return a statement as a line of N-Quads."""
    return f"{s.subject} {s.predicate} {s.object} {s.graph} .\n"


def text(proof: Proof) -> str:
    """Return the premises of a proof in a piece."""
    return "".join(quad(told.statement) for told in proof.premises)


@pytest.mark.parametrize(
    ("words", "near"),
    [
        (":moth l:keeper :guild", "it holds for a time\n│  └─ Moth: keeper Lamp Guild   2021-06.. – …  (announced;"),
        (":guild l:memberOf :amber", "it stands the other way round\n│  └─ Amber  member of  Lamp Guild   by rule inverses"),
        (":guild l:sitter :amber", "the two are joined otherwise"),
        (":moth l:sealOf :guild", "instead there is\n   ├─ Moth  seal of  Amber   Chronicle of Lamps, ¶1 s1   c:s1"),
        (":guild l:lamps 12", "of others there is\n   ├─ Amber  lamps  12"),
        (":moon-feast a l:Feast", "said of what is planned or expected, and not done\n"),
        (":beryl kg:remark careless", "said, and not counted\n   └─ Chronicle of Lamps, ¶2 s2 (opinion) by Amber   c:s4"),
        (":ambre l:memberOf :guild", ":ambre does not occur in the graph; did you mean :amber?"),
        (":amber kg:openList :guild", "is said of claim only"),
        (":moth l:memberOf :letter", "is not in the graph: nothing comes near to it"),
    ],
)
def test_near_misses(kg: hima_kg.KnowledgeGraph, words: str, near: str) -> None:
    """A statement that is not in the graph comes with what is near to it: cited, dated, turned round, or of others."""
    told = said(kg, *words.split())
    assert "is not in the graph" in told
    assert near in told


HANDED = """
:dusk a l:Seal ; skos:prefLabel "Dusk"@en ; l:sealOf :amber .
:dusk-to-beryl a l:Handover ; kg:about :dusk ; l:giver :amber ; l:taker :beryl ; kg:date "2018"^^xsd:gYear .
"""


def test_implied(say: Callable[..., Path]) -> None:
    """What a thing must have been before an event took it away is told, and does not stand."""
    told = said(hima_kg.build(say(HANDED)), ":dusk", "l:keeper", ":amber")
    assert "is not in the graph\n├─ it holds for a time\n│  └─ Dusk: keeper Amber   … – 2018  (implied; " in told


@pytest.mark.parametrize("words", [":wenjie auto:owner :seres", ":seres auto:owns :wenjie"])
def test_held_turned(hima: hima_kg.KnowledgeGraph, words: str) -> None:
    """A statement of an inverse comes with the same times as the one that states are of."""
    told = said(hima, *words.split())
    assert "is not in the graph\n├─ it holds for a time\n│  ├─ Wenjie: owner Seres Group   … – 2023-06  (implied" in told
    assert "Wenjie: owner Seres Group   2024-07.. – …  (announced" in told


def test_held_name(hima: hima_kg.KnowledgeGraph) -> None:
    """A state whose value is a text has reasons too, and so has how a name is written in Hangul."""
    state = next(
        str(r[0].value) for r in hima.store.select("SELECT ?s { ?s kg:basis kg:Occurred ; rdf:object 'Huawei AITO'@en }")
    )
    assert "by rule state-begun: From an event on, the value that it gives holds" in said(hima, state)
    sound = next(str(r[0].value) for r in hima.store.select("SELECT ?s { ?s kg:hangul '샹제'@ko }"))
    assert "by transcription: Xiǎngjiè is written 샹제 in Hangul" in said(hima, sound)


def test_deprecated(say: Callable[..., Path]) -> None:
    """A claim that is deprecated is quoted for what it says, and proves nothing."""
    graph = hima_kg.build(say(":moth l:belongsTo :guild .", before="n:s1 kg:rank kg:Deprecated ."))
    assert "said, and not counted\n│  └─ New, s1 (deprecated)   n:s1   facts/new.trig:13" in said(
        graph, ":moth", "l:belongsTo", ":guild"
    )


@pytest.mark.parametrize(
    ("words", "asked"),
    [
        (("琥珀", "member of", "Lamp Guild"), ":amber l:memberOf :guild"),
        (("hobak", "memberof", "guild"), ":amber l:memberOf :guild"),
        (("Amber", "a", "Workshop"), ":amber rdf:type l:Workshop"),
        (("<https://example.org/lamps/amber>", "l:lamps", '"12"^^xsd:integer'), ':amber l:lamps "12"'),
        ((":amber", "skos:prefLabel", "hǔpò"), ':amber skos:prefLabel "Hǔpò"@zh-latn-pinyin'),
        ((":amber", "l:lamps", "13"), ':amber l:lamps "13"'),
        ((":amber", "skos:prefLabel", "'Umber'@en"), ':amber skos:prefLabel "Umber"@en'),
    ],
)
def test_words(kg: hima_kg.KnowledgeGraph, words: tuple[str, ...], asked: str) -> None:
    """A statement is given in CURIEs, IRIs, names in any script, and literals as people type them."""
    assert said(kg, *words).splitlines()[0].endswith(asked)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ((":amber", "membre of", ":guild"), "did you mean l:memberOf"),
        (("nobody at all", "l:memberOf", ":guild"), "nothing is called"),
        ((":amber", "l:lamps", '"12"^^nothing:integer'), "is no literal"),
        ((":amber", "l:memberOf", "the gild"), "nothing is called 'the gild'"),
        ((":amber", "zzz", ":guild"), "no property is called 'zzz'"),
    ],
)
def test_words_for_nothing(kg: hima_kg.KnowledgeGraph, words: tuple[str, ...], message: str) -> None:
    """A word that stands for nothing is an error that says what was perhaps meant."""
    with pytest.raises(ProjectError) as error:
        kg.why(*words)
    assert message in str(error.value)


def test_one_name_for_two(say: Callable[..., Path]) -> None:
    """Of two things with one name, the one of which the statement can be is meant; else it is asked which."""
    graph = hima_kg.build(say(HANDED + ":dawn a l:Guild ; skos:prefLabel 'Amber'@en ."))
    assert said(graph, "Amber", "l:lamps", "12").startswith("Amber  lamps  12   :amber")
    assert said(graph, ":moth", "l:sealOf", "Amber").startswith("Moth  seal of  Amber   :moth l:sealOf :amber")
    for words in (("Amber",), ("Amber", "a", "l:Body"), (":dusk", "l:keeper", "Amber")):
        with pytest.raises(ProjectError, match="the name of 2 things"):
            graph.why(*words)


def test_things(kg: hima_kg.KnowledgeGraph) -> None:
    """A node that rules made is told by rule, a claim by what it says, anything else by who speaks of it and what follows."""
    conflict = next(str(row[0].value) for row in kg.store.select("SELECT ?c { ?c kg:kind kg:ValueContradiction }"))
    told = said(kg, conflict)
    assert "by rule conflict-values: Two claims give two values" in told
    assert "Moth  seal of  Amber\n" in told
    assert "Moth  seal of  Beryl\n" in told
    assert "Moth  type  seal; name  Moth; seal of  Amber   facts/chronicle.trig:15" in said(kg, "c:s1")
    assert "2 claims of it" in said(kg, ":moth-to-beryl")
    assert "Moth  belongs to  Amber   by rule super-properties" in said(kg, ":moth")


def test_states(kg: hima_kg.KnowledgeGraph) -> None:
    """A state comes with the rule that began it, and with those that ended or dispute it."""
    state = next(str(r[0].value) for r in kg.store.select("SELECT ?s { ?s kg:disputedFrom ?d ; rdf:object :amber }"))
    told = said(kg, state)
    assert "subject  Moth" in told
    assert "disputed from  2021-06-01" in told
    account = kg.why(state)
    assert isinstance(account, Account)
    assert len(account.reasons) >= 2
    assert not account.passages


def test_without_files(tiny: Path) -> None:
    """A graph whose files are not at hand proves as much, and leaves out the lines."""
    graph = hima_kg.build(tiny)
    for file in [*tiny.glob("facts/*.trig"), *tiny.glob("ontology/*.ttl")]:
        file.unlink()
    told = said(hima_kg.open(tiny), ":amber", "l:memberOf", ":guild")
    assert "Chronicle of Lamps, ¶2 s1   c:s3\n" in told
    assert graph.store


def test_cli(tiny: Path, run: Callable[..., subprocess.CompletedProcess[str]]) -> None:
    """The command exits with 0 for what is in the graph, 1 for what is not, and 2 for words that say neither."""
    hima_kg.build(tiny)
    done = run("why", ":amber", "l:memberOf", ":guild", "--json", cwd=tiny)
    found = json.loads(done.stdout)
    assert (done.returncode, found["stands"], found["object"]) == (0, True, ":guild")
    assert found["proofs"][0]["rule"] == "rule:inverses"
    premises = {premise["property"]: premise["proofs"][0] for premise in found["proofs"][0]["premises"]}
    assert premises["owl:inverseOf"] == {"by": "ontology", "place": "ontology/lamps.ttl:19:79"}
    assert premises["l:hasMember"]["rule"] == "rule:state-stated"
    assert run("why", ":guild", "l:memberOf", ":amber", cwd=tiny).returncode == 1
    assert run("why", ":guild", cwd=tiny).returncode == 0
    assert run("why", ":nothing", cwd=tiny).returncode == 2
    wrong = run("why", ":guild", "l:memberOf", cwd=tiny)
    assert (wrong.returncode, wrong.stdout) == (2, "")
    shutil.rmtree(tiny / "build")
    assert run("why", ":guild", cwd=tiny).returncode == 1


@pytest.mark.parametrize(
    "words", [(":guild", "l:memberOf", ":amber"), (":moth",), ("c:s1",), (":beryl", "kg:remark", "careless")]
)
def test_tables(kg: hima_kg.KnowledgeGraph, words: tuple[str, ...]) -> None:
    """Every answer can be had as JSON."""
    assert json.loads(json.dumps(table(kg.why(*words), kg.prefixes)))


PREFIXES = {**COMMON, "": "urn:x:"}
PARTS = st.sampled_from(
    [
        "?s :p ?o", "?s :q ?o", "?s :p ?x . ?x :r ?o", "?s a :A . ?s :p ?o", "?s (:p|^:q)/:r ?o", "?s :p+ ?o", "?s :q* ?o . ?s :p ?y",
        "?s ?v ?o . ?v a :A", "{ ?s :p ?o } UNION { ?o :q ?s }", "{ SELECT DISTINCT ?s ?o WHERE { ?s :p ?x . ?x :q ?o } }",
        "?s :p ?x . ?x :p ?o", "?s (:p/:q?)+ ?o", "?s :p ?o MINUS { ?s :z ?o }",
        "?s :q ?o OPTIONAL { ?o :r ?z }", "OPTIONAL { ?s :r ?o } ?s :p ?x FILTER(BOUND(?o))", "?s :r ?x BIND(?x AS ?o)",
        "GRAPH ?c { ?s :p ?o } GRAPH graph:claims { ?c a kg:Claim }", "VALUES ?s { :a :b } ?s :q ?o", "?o :r ?s FILTER EXISTS { ?s :p ?w }",
    ]
)  # fmt: skip
GIVEN = st.sampled_from(["?s :p ?o", "?s :q ?o", "?o :r ?s", "?s a :A", "?s a :B . ?o a :B", "?s :q ?o . ?o :p ?s"])
RULES = st.lists(st.tuples(st.sampled_from(["entailment", "states", "ends"]), GIVEN, PARTS), min_size=1, max_size=5)
DATA = st.lists(st.tuples(*[st.sampled_from("abc")] * 2, st.sampled_from("pqr")), min_size=1, max_size=5)


@settings(max_examples=150 * LAWS)
@given(RULES, DATA)
def test_any_rules(
    tmp_path_factory: pytest.TempPathFactory, texts: list[tuple[str, str, str]], data: list[tuple[str, str, str]]
) -> None:
    """Whatever rules derive from whatever claims is proved, by premises that suffice, from claims alone."""
    store = world(data)
    derive(store, Rules(tmp_path_factory.mktemp("rules"), texts), [])  # type: ignore[arg-type]
    proofs = Proofs(store)
    for statement in statements(store):
        told = proofs.told(statement)
        assert set(leaves(told)) <= {"claims", "description"}, statement
        assert all(suffices(store, statement, proof) for proof in told.proofs if proof.by == "rule"), statement


def world(data: list[tuple[str, str, str]]) -> Store:
    """Return a store in which one claim says some statements."""
    store = Store.memory(PREFIXES)
    said = " ".join(f":{s} :{p} :{o} ." for s, o, p in data)
    weighed = "kg:modality kg:Stated ; kg:rank kg:Normal"
    store.update(
        f"INSERT DATA {{ {said} GRAPH :c {{ {said} }} GRAPH <{CLAIMS}> {{ :c a kg:Claim ; kg:document :d ; kg:locator 's1' ; {weighed} }} }}"
    )
    return store


def steps(where: str, *data: str) -> list[list[str]]:
    """Return the premises by which a rule with this WHERE clause gives `:a :is :b`, in a world of a few statements."""
    store, given = world([(s, o, p) for s, p, o in (one.split() for one in data)]), ":a :is :b"
    rule = f"GRAPH graph:ontology {{ rule:r kg:construct '''CONSTRUCT {{ ?s :is ?o }} WHERE {{ {where} }}''' }}"
    store.update(f"INSERT DATA {{ {rule} GRAPH graph:derived {{ {given} }} {given} }}")
    told = Proofs(store).told(Triple("<urn:x:a>", "<urn:x:is>", "<urn:x:b>"))
    return [[written(premise.statement) for premise in proof.premises] for proof in told.proofs]


def written(s: Triple) -> str:
    """Return a statement as CURIEs."""
    return " ".join(Prefixes(PREFIXES).compact(iri[1:-1]) for iri in (s.subject, s.predicate, s.object))


@pytest.mark.parametrize(
    ("where", "data", "premises"),
    [
        ("?s :p+ ?o", ["a p x", "x p b", "a p y"], [[":a :p :x", ":x :p :b"]]),
        ("?s :p* ?o", ["a p b"], [[":a :p :b"]]),
        ("?s :p? ?o", ["a p b"], [[":a :p :b"]]),
        ("?s :p/^:q ?o", ["a p x", "b q x"], [[":a :p :x", ":b :q :x"]]),
        ("?s (:p|:q) ?o", ["a q b"], [[":a :q :b"]]),
        ("?s (:p/:q)+ ?o", ["a p x", "x q y", "y p z", "z q b"], [[":a :p :x", ":x :q :y", ":y :p :z", ":z :q :b"]]),
        ("?s :p ?x . ?x :q ?o", ["a p x", "x q b", "a p y", "y q b"], [[":a :p :x", ":x :q :b"], [":a :p :y", ":y :q :b"]]),
        ("{ ?s :p ?o } UNION { ?s :q ?o }", ["a q b"], [[":a :q :b"]]),
        ("?s :p ?o OPTIONAL { ?s :q ?x }", ["a p b", "a q c"], [[":a :p :b"]]),
        ("?s :p ?y OPTIONAL { ?s :q ?o }", ["a p c", "a q b"], [[":a :p :c", ":a :q :b"]]),
        ("?s :p ?o FILTER EXISTS { ?o :q ?x }", ["a p b", "b q c"], [[":a :p :b", ":b :q :c"]]),
        ("?s :p ?o OPTIONAL { ?s :q ?x }", ["a p b"], [[":a :p :b"]]),
        ("{ SELECT ?s (MAX(?x) AS ?o) WHERE { ?s :p ?x } GROUP BY ?s }", ["a p b", "a p a"], [[":a :p :a", ":a :p :b"]]),
        ("{ SELECT ?s WHERE { ?s :q ?o } LIMIT 1 } ?s :p ?o", ["a q x", "a p b"], [[":a :q :x", ":a :p :b"]]),
        ("{ SELECT * WHERE { ?s :p ?o } }", ["a p b"], [[":a :p :b"]]),
        ("?s :p ?o MINUS { ?s :q ?x }", ["a p b", "a q x"], []),
        ("?s :p ?o FILTER NOT EXISTS { ?s :q ?x }", ["a p b"], [[":a :p :b"]]),
        ("?s :p ?o OPTIONAL { ?s :is ?x } FILTER(!BOUND(?x))", ["a p b"], [[":a :p :b"]]),
        ("?s :p ?o OPTIONAL { ?s :is ?x } FILTER(!BOUND(?x))", ["a p b", "a is c"], []),
        ("?s :p ?o OPTIONAL { ?s :is ?x } OPTIONAL { ?s :q ?y } FILTER(!BOUND(?x)) FILTER(!BOUND(?y))", ["a p b", "a q c"], []),
        ("?s :p ?o . ?o :r ?z OPTIONAL { ?s :is ?x } FILTER(!BOUND(?x))", ["a p b", "b r c"], [[":a :p :b", ":b :r :c"]]),
        ("{ SELECT ?s ?o WHERE { ?s :p ?o OPTIONAL { ?s :is ?x } FILTER(!BOUND(?x)) } }", ["a p b"], [[":a :p :b"]]),
        ("{ SELECT ?s ?o WHERE { ?s :p ?o OPTIONAL { ?s :is ?x } FILTER(!BOUND(?x)) } }", ["a p b", "a is c"], []),
        ("{ SELECT ?s ?o WHERE { ?s :p ?o OPTIONAL { ?s :is ?x } FILTER(!BOUND(?x)) } }", ["a p b", "a p c", "a is c"], []),
        ("?s :p ?o FILTER EXISTS { ?z :q ?o FILTER(?z != ?s) }", ["a p b", "a q b", "c q b"], [[":a :p :b", ":c :q :b"]]),
        ("?s :p [ :q ?o ]", ["a p x", "x q b"], []),
        ("?s !:p ?o", ["a q b"], []),
    ],
)
def test_backward(where: str, data: list[str], premises: list[list[str]]) -> None:
    """A rule tells from which statements it gave one, whatever its clauses; what cannot be followed gives nothing."""
    assert steps(where, *data) == premises


def test_distinct_names() -> None:
    """A name that a sub-select keeps to itself is another variable than the same name outside."""
    assert distinct("{ SELECT ?a { ?a :p ?b { SELECT ?b { ?b :q ?c } } } } ?a :q ?b , ?c") == (
        "{ SELECT ?a { ?a :p ?b_1 { SELECT ?b_1 { ?b_1 :q ?c_1_2 } } } } ?a :q ?b , ?c"
    )
    assert steps("{ SELECT ?s WHERE { ?s :q ?o } } ?s :p ?o", "a q x", "a p b") == [[":a :q :x", ":a :p :b"]]


@pytest.mark.parametrize("text", ["[] :p ?o", "?s :p (1 2)", "?s :p ?o }", "SERVICE <urn:x> { ?s :p ?o }", "GRAPH ?g { { SELECT ?s { ?s :p 1 } } }", "?s no:p 1", "?s :p"])  # fmt: skip
def test_beyond(text: str) -> None:
    """A text that proofs cannot follow is told apart from one that they can."""
    with pytest.raises(BeyondError):
        read(text, Prefixes(PREFIXES).expand)


def test_terms() -> None:
    """Terms are compared as N-Triples writes them, however a rule does."""
    expand = Prefixes(PREFIXES).expand
    assert [term(text, expand) for text in ("-5", "'x'@EN", "true", '"1"^^xsd:date', ":a")] == [
        '"-5"^^<http://www.w3.org/2001/XMLSchema#integer>', '"x"@en', '"true"^^<http://www.w3.org/2001/XMLSchema#boolean>',
        '"1"^^<http://www.w3.org/2001/XMLSchema#date>', "<urn:x:a>",
    ]  # fmt: skip
    with pytest.raises(BeyondError):
        canonical("'open")
    with pytest.raises(BeyondError):
        term(":a :b", expand)
    assert read("?s a :A", expand).parts == (Triple("?s", IS_A, "<urn:x:A>"),)
