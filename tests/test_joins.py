"""Joins that look first at what fits least: the engine's solutions, and no more work than what is near."""

from __future__ import annotations

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hima_kg.clauses import Path, Reach, Triple
from hima_kg.errors import TooFarError
from hima_kg.joins import MOST, Join
from hima_kg.store import Store
from tests.conftest import LAWS

NODES = [f"<urn:{name}>" for name in "abcd"]
WAYS = [f"<urn:p{number}>" for number in range(3)]
TEXTS = ['"a"', '"7"^^<http://www.w3.org/2001/XMLSchema#integer>', '"a"@ko']
GRAPHS = ["", "<urn:g1>", "<urn:g2>"]
NAMES = ["?x", "?y", "?z"]
quads = st.tuples(st.sampled_from(NODES), st.sampled_from(WAYS), st.sampled_from(NODES + TEXTS), st.sampled_from(GRAPHS))
triples = st.builds(
    Triple,
    st.sampled_from(NODES + NAMES),
    st.sampled_from(WAYS + NAMES),
    st.sampled_from(NODES + TEXTS + NAMES),
    st.sampled_from([*GRAPHS, "?x", "?g"]),
)
steps = [Path("", name=way) for way in WAYS]
ways = st.sampled_from(
    [Path("|", (steps[0], steps[1])), Path("/", (steps[0], steps[2])), Path("*", (steps[1],)), Path("^", (steps[2],))]
)
paths = st.builds(
    Reach, st.sampled_from(NODES + NAMES), ways, st.sampled_from(NODES + TEXTS + NAMES), st.sampled_from(["", "<urn:g1>"])
)


def filled(said: list[tuple[str, str, str, str]]) -> Store:
    """Return a store that holds some quads."""
    store = Store.memory({})
    lines = "".join(f"{s} {p} {o} {g} .\n" for s, p, o, g in said)
    store.extend(ox.parse(lines, format=ox.RdfFormat.N_QUADS))
    return store


@given(st.lists(quads, max_size=25), st.lists(triples, max_size=4), st.lists(paths, max_size=1), st.data())
@settings(max_examples=300 * LAWS)
def test_engine_agrees(
    said: list[tuple[str, str, str, str]], asked: list[Triple], along: list[Reach], data: st.DataObject
) -> None:
    """The solutions are those of the engine, each once, whatever is known before."""
    store = filled(said)
    known = data.draw(st.dictionaries(st.sampled_from(NAMES), st.sampled_from(NODES), max_size=2))
    found = [{**known, **row} for row in Join(store, 10_000).rows(asked, along, [known])]
    patterns = [*(triple.filled(known) for triple in asked), *(reach.statement.filled(known) for reach in along)]
    shown, rows = store.rows(f"SELECT DISTINCT * WHERE {{ {' . '.join(pattern.text for pattern in patterns)} }}")
    expected = [{**known, **{f"?{name}": str(row[name]) for name in shown if row[name] is not None}} for row in rows]
    assert sorted(map(sorted, (row.items() for row in found))) == sorted(map(sorted, (row.items() for row in expected)))


def test_far_end_is_left_alone() -> None:
    """What is near to a known thing is found with a few looks, however much there is of what the other patterns ask for."""
    crowd = [(f"<urn:s{number}>", "<urn:in>", "<urn:book>", "<urn:g1>") for number in range(5_000)]
    store = filled([*crowd, ("<urn:a>", "<urn:of>", "<urn:s7>", "<urn:g2>")])
    asked = [
        Triple("?other", "<urn:in>", "?book", "?g"),
        Triple("?one", "<urn:in>", "?book", "?h"),
        Triple("<urn:a>", "<urn:of>", "?one", "?k"),
    ]
    join = Join(store, 100)
    assert next(join.rows(asked, [], [{"?other": "<urn:s9>"}]))["?one"] == "<urn:s7>"
    assert join.met < 50


def test_too_much() -> None:
    """A question about everything is given up, by what it finds or by what it looks at."""
    store = filled([(f"<urn:s{number}>", "<urn:in>", "<urn:book>", "") for number in range(MOST + 1)])
    for asked, along in (
        ([Triple("?a", "<urn:in>", "?b")], []),
        ([], [Reach("?a", Path("|", (Path("", name="<urn:in>"), Path("", name="<urn:of>"))), "?b")]),
    ):
        with pytest.raises(TooFarError):
            list(Join(store, 10**9).rows(asked, along, [{}]))
    with pytest.raises(TooFarError, match="looked at"):
        list(Join(store, 1_000).rows([Triple("?a", "<urn:in>", "?b")], [], [{}]))
