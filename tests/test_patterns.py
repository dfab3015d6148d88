"""A rule runs again only after something that it reads was written, and all that follows is still there."""

from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import hima_kg
from hima_kg import reader
from hima_kg.agenda import STAGES, Rule, Step
from hima_kg.errors import FactError, ProjectError, QueryError
from hima_kg.patterns import Reading, Touched
from hima_kg.project import Project
from hima_kg.rules import derive
from hima_kg.store import Store
from hima_kg.terms import CLAIMS, COMMON, DERIVED, ONTOLOGY, Prefixes
from tests.conftest import LAWS, ROOT

PREFIXES = {**COMMON, "": "urn:x:"}


def reads(where: str) -> set[str]:
    """Return what a rule with this WHERE clause reads, in a world where :p is below :q and :A below :B."""
    store = Store.memory(PREFIXES)
    store.update(f"INSERT DATA {{ GRAPH <{ONTOLOGY}> {{ :p rdfs:subPropertyOf :q . :A rdfs:subClassOf :B }} }}")
    step = Step.of(Rule("r", "", STAGES[0], f"CONSTRUCT {{ ?s :r ?o }} WHERE {{ {where} }}", "r.rq"), store)
    if step.reads.anything:
        return {"anything"}
    return {
        name.strip("<>").removeprefix("urn:x:") if name else "any class" for name in step.reads.properties | step.reads.classes
    }


@pytest.mark.parametrize(
    ("where", "what"),
    [
        ("?s :p ?o", {"p"}),
        ("?s a :A ; :p ?o , ?x . ?o <urn:x:q> 5", {"A", "p", "q"}),
        ("?s (:p|^:q)/:r* ?o", {"p", "q", "r"}),
        ("OPTIONAL { ?s :p ?o } FILTER NOT EXISTS { ?s :q ?o } MINUS { ?s :r ?o }", {"p", "q", "r"}),
        ("{ SELECT ?s (MIN(?x) AS ?o) WHERE { ?s :p ?x } GROUP BY ?s HAVING(MIN(?x) > 1) }", {"p"}),
        ("GRAPH ?claim { ?s :p ?o } BIND(STR(?o) AS ?t) VALUES ?o { 1 2 }", {"p"}),
        ("GRAPH graph:ontology { ?p rdfs:subPropertyOf ?q } ?s ?p ?o", {"p"}),
        ("{ SELECT DISTINCT ?c WHERE { GRAPH graph:ontology { ?c rdfs:subClassOf ?d } } } ?s a ?c", {"A"}),
        ("?s ?p ?o", {"anything"}),
        ("?s a ?c", {"any class"}),
        ("?s a/rdfs:subClassOf* ?o", {"any class", "http://www.w3.org/2000/01/rdf-schema#subClassOf"}),
        ("OPTIONAL { GRAPH graph:ontology { ?p rdfs:subPropertyOf ?q } } ?s ?p ?o", {"anything"}),
        ("{ GRAPH graph:ontology { ?p rdfs:subPropertyOf ?q } } UNION { ?s :p ?o } ?s ?p ?o", {"anything"}),
        ("{ SELECT ?q WHERE { GRAPH graph:ontology { ?p rdfs:subPropertyOf ?q } } } ?s ?p ?o", {"anything"}),
        ("FILTER(!BOUND(?x) || EXISTS { ?s :p ?o })", {"anything"}),
        ("?s :p [ :q ?o ]", {"anything"}),
        ("?s !:p ?o", {"anything"}),
        ("?s :z* ?o", {"anything"}),
        ("GRAPH graph:ontology { ?p rdfs:subPropertyOf :q OPTIONAL { :q rdfs:subPropertyOf ?r } } ?s ?r ?o", {"anything"}),
        ("GRAPH graph:ontology { ?p rdfs:subPropertyOf ?q } { SELECT ?s WHERE { ?s ?p :b } }", {"anything"}),
        ("{ SELECT ?s WHERE { ?s :p ?y } ORDER BY ?y VALUES ?y { 1 } } ?s :q ?o", {"anything"}),
        ("GRAPH graph:claims { ?claim :p ?o } GRAPH ?claim { ?s :q ?o }", {"q"}),
        ("GRAPH graph:claims { ?claim :p ?o GRAPH ?g { ?s :q ?o } }", {"q"}),
        ("?d kg:written ?x OPTIONAL { ?d kg:latest ?o } ?s :q ?x", {"q"}),
        ("{ SELECT ?s (MIN(?o) AS ?x) WHERE { ?s :q ?x . ?d kg:written ?x ; kg:latest ?o } GROUP BY ?s } ?d :r ?s", {"q", "r"}),
        ("OPTIONAL { ?d kg:written ?x } ?d kg:latest ?x", {f"{COMMON['kg']}written", f"{COMMON['kg']}latest"}),
        ("?d kg:written ?x ; ^:p ?s ; a :A ; :q ?o", {"p", "A", "q"}),
        ("?d ^kg:written ?w ; kg:latest ?x", {f"{COMMON['kg']}written", f"{COMMON['kg']}latest"}),
    ],
)
def test_what_is_read(where: str, what: set[str]) -> None:
    """A rule reads the properties and classes of its patterns; where the text does not tell which, it may read anything."""
    assert reads(where) == what


def test_meeting() -> None:
    """What one rule writes concerns another if it is something that it reads, of a class or of any."""
    written = Touched(properties=frozenset({"<urn:p>"}), classes=frozenset({"<urn:A>"}))
    assert Touched(properties=frozenset({"<urn:p>"})).meets(written)
    assert Touched(classes=frozenset({None})).meets(written)
    assert Touched(anything=True).meets(written)
    assert not Touched(properties=frozenset({"<urn:q>"}), classes=frozenset({"<urn:B>"})).meets(written)


def test_half_a_text() -> None:
    """A text that breaks off may read anything."""
    assert not Reading.of("?s :p", Prefixes(PREFIXES).expand).whole


PARTS = st.sampled_from(
    [
        *("?s :p ?o", "?s :q ?o", "?s :r ?o", "?s a :A . ?s :p ?o", "?o :q ?s", "?s :p ?x . ?x :r ?o", "?s ?v ?o . ?v a :A"),
        *(
            "?s :on ?d . ?o kg:written ?d",
            "?w kg:written ?d ; ^:q ?s . ?o :on ?d",
            "?s kg:written ?d ; kg:earliest ?day ; :p ?o",
        ),
        *(
            "GRAPH graph:claims { ?s :on ?o }",
            "GRAPH graph:claims { ?s :on ?x GRAPH ?g { ?s :q ?o } }",
            "?s a time:ProperInterval ; :r ?o",
        ),
    ]
)
GIVEN = st.sampled_from(["?s :p ?o", "?s :q ?o", "?o :r ?s", "?s a :A", "?s a :B . ?o a :B", "?s :q ?o . ?o :p ?s"])
MOVING = st.sampled_from(
    [
        ("?s ?w ?o", "GRAPH graph:ontology { ?v rdfs:subPropertyOf ?w } ?s ?v ?o"),
        ("?o ?w ?s", "{ SELECT DISTINCT ?v ?w WHERE { GRAPH graph:ontology { ?v owl:inverseOf ?w } } } ?s ?v ?o"),
        ("?s a ?w", "GRAPH graph:ontology { ?v rdfs:subClassOf+ ?w } ?s a ?v"),
        ("?s :r ?w", "GRAPH graph:ontology { ?v rdfs:subClassOf ?w } ?s a ?v"),
    ]
)
STAGED = st.sampled_from(["entailment", "states", "ends"])
RULES = st.lists(
    st.one_of(st.tuples(STAGED, GIVEN, PARTS), st.tuples(STAGED, MOVING).map(lambda two: (two[0], *two[1]))),
    min_size=1,
    max_size=5,
)
WORDS = f"""INSERT DATA {{ GRAPH <{ONTOLOGY}> {{
  kg:Period rdfs:subClassOf time:ProperInterval . :p rdfs:subPropertyOf :q . :q rdfs:subPropertyOf :r . :r owl:inverseOf :p . :A rdfs:subClassOf :B . :B rdfs:subClassOf :C
}} }}"""
DATA = st.lists(st.tuples(*[st.sampled_from("abc")] * 2, st.sampled_from("pqr")), min_size=1, max_size=5)


class Rules:
    """A project of rules alone."""

    def __init__(self, folder: Path, texts: list[tuple[str, str, str]]) -> None:
        self.rules = [folder / f"rule{n}.rq" for n in range(len(texts))]
        for path, (stage, template, where) in zip(self.rules, texts, strict=True):
            path.write_text(f"# stage: {stage}\nCONSTRUCT {{ {template} }} WHERE {{ {where} }}\n", "utf-8")

    def shown(self, path: Path) -> str:
        """Return the path as messages print it."""
        return path.name


def over_and_over(steps: list[Step], store: Store) -> None:
    """Run the rules of each stage, and those that always run, until none adds anything."""
    for stage in STAGES:
        before = -1
        while store.size() > before:
            before = store.size()
            for step in steps:
                if step.rule.stage in (stage, "entailment"):
                    store.update(step.form.into(DERIVED, None))


def told(store: Store) -> set[bytes]:
    """Return what a store holds, but for what it says of rules and words."""
    return {line for line in store.lines() if ONTOLOGY.encode() not in line and b"/rule/" not in line}


@settings(max_examples=300 * LAWS)
@example([("entailment", "?s :p ?o", "?s :r ?o"), ("states", "?o :r ?s", "?s :p ?o")], [("a", "b", "p")])
@example(
    [("states", "?s :q ?o", "?s :p ?o"), ("states", "?s a :A", "?s :r ?o"), ("entailment", "?s :r ?o", "?s :q ?o")],
    [("a", "b", "p")],
)
@given(RULES, DATA)
def test_nothing_is_missed(
    tmp_path_factory: pytest.TempPathFactory, texts: list[tuple[str, str, str]], data: list[tuple[str, str, str]]
) -> None:
    """Running rules only when they are due gives what running all of them over and over gives."""
    project = Rules(tmp_path_factory.mktemp("rules"), texts)
    facts = [ox.Quad(*(ox.NamedNode(f"urn:x:{name}") for name in (s, p, o))) for s, o, p in data]
    year = ox.Literal("2020", datatype=ox.NamedNode(COMMON["xsd"] + "gYear"))
    a, on = ox.NamedNode("urn:x:a"), ox.NamedNode("urn:x:on")
    facts += [ox.Quad(a, on, year), ox.Quad(a, on, year, ox.NamedNode(CLAIMS))]
    quick, plain = Store.memory(PREFIXES), Store.memory(PREFIXES)
    for store in (quick, plain):
        store.extend(facts)
        store.update(WORDS)
    derive(quick, project, [year])  # type: ignore[arg-type]
    derive(plain, Rules(Path(), []), [year])  # type: ignore[arg-type]
    over_and_over([Step.of(Rule.read(path, path.name), plain) for path in project.rules], plain)

    assert told(quick) == told(plain)


def test_shipped_rules(tmp_path: Path) -> None:
    """The rules that ship, and this repository's own, give what they give if all of them are run over and over."""
    project = Project.find(ROOT)
    seen = reader.scan(project)
    quick, plain = Store.memory(seen.prefixes), Store.memory(seen.prefixes)
    for store in (quick, plain):
        store.load(reader.stored(project, reader.scan(project)))
    derive(quick, project, seen.literals)
    rules = [Rule.read(path, path.name) for path in project.rules]
    assert {rule.name for rule in rules if not rule.recursive} == {
        "state-before",
        "state-gap",
        "state-lost",
        "state-may-lapse",
        "state-reported",
        "state-return",
        "state-settled",
        "state-since",
        "conflict-labels",
    }
    derive(plain, Rules(tmp_path, []), seen.literals)  # type: ignore[arg-type]
    over_and_over([Step.of(rule, plain) for rule in rules], plain)
    assert told(quick) == told(plain)


def test_rules_about_dates() -> None:
    """A rule does not date a date as written, or make one, since others rely on what is said of it."""
    where = "{ SELECT ?thing ?period ?date { ?thing kg:date ?date . ?period kg:written ?date } }"
    for template in ("?period kg:latest ?thing", "?thing kg:written ?date"):
        text = f"CONSTRUCT {{ {template} }} WHERE {{ {where} }}"
        with pytest.raises(FactError, match=r"r\.rq: error\[period\] a rule does not date a date as written"):
            Step.of(Rule("r", "", STAGES[0], text, "r.rq"), Store.memory(PREFIXES))


def test_claims_about_dates(say: Callable[..., Path]) -> None:
    """Nor does a claim."""
    problems = hima_kg.check(say(':d kg:written "2020" .'))
    assert "what a date means is told by the engine, and no claim says kg:written" in "\n".join(map(str, problems))


@pytest.mark.parametrize(
    ("header", "hint"), [("recursive: sometimes", "it is one of yes, no"), ("stage: state", "did you mean states?")]
)
def test_a_header_that_is_none(tmp_path: Path, header: str, hint: str) -> None:
    """A rule says that it is recursive or that it is not, and names a stage that there is; else its line is told."""
    path = tmp_path / "r.rq"
    path.write_text(f"# What follows.\n# {header}\nCONSTRUCT {{ ?s :q ?o }} WHERE {{ ?s :p ?o }}", "utf-8")
    with pytest.raises(QueryError) as caught:
        Rule.read(path, "r.rq")
    assert (str(caught.value.place), caught.value.hint) == ("r.rq:2", hint)


def test_a_rule_is_held_to_its_word(tmp_path: Path) -> None:
    """A rule that says that it is not recursive, and is, is told so, where trying it is quick."""
    project = Rules(tmp_path, [("states", "?y :p ?o", "?x :p ?o . ?y :q ?x")])
    (path,) = project.rules
    path.write_text(f"# recursive: no\n{path.read_text('utf-8')}", "utf-8")
    store = Store.memory(PREFIXES)
    store.update("INSERT DATA { :a :p 1 . :b :q :a . :c :q :b . :d :q :c }")
    with pytest.raises(ProjectError, match=r"rule0\.rq gives more when it runs again, and says that it does not"):
        derive(store, project, [])  # type: ignore[arg-type]
