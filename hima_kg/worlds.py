"""What a query gives as of a day, and how surely: worlds, one inside the other, that hold what is so on the day.

The first world holds only what bears no date, the next one also the statements that are certain on the day, and each one
after that takes in a weaker kind. A row is as sure as the narrowest world from which on it is always there, so that what
speaks of absence, or counts, is not called certain where a statement that is merely possible would change it. Of a row that
is there in all worlds the day tells nothing, so it is not called certain either.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, NamedTuple, TypeAlias, TypeVar

import pyoxigraph as ox

from .asof import STATE, STATEMENT, Rewritten
from .states import Certainty, Day, Term, Timed
from .store import Functions, Store, guarded

Terms: TypeAlias = "tuple[Term | None, ...]"
Row = TypeVar("Row")
_NUMBERS = [ox.Literal(int(one)) for one in Certainty]
_WIDEST = Certainty.UNKNOWN
"""The world that takes in all that holds on a day, if only it may."""
_YES, _NO = ox.Literal(True), ox.Literal(False)
_STATEMENT, _STATE = ox.NamedNode(STATEMENT), ox.NamedNode(STATE)
_PLAIN = 3
"""Of so many terms is a statement that is met by itself, and not at a state."""
_MOST = 100
"""How many statements that do not hold are looked at for claims that make them."""


class Graded(NamedTuple):
    """What a query gives as of a day, each row with how sure it is, and the claims, by IRI, that say more than holds then.

    A row has None where the day says nothing about it. The claims are those that bear no date, while what is dated says
    otherwise.
    """

    rows: list[tuple[Terms, str | None]]
    overruled: list[str]


def graded(store: Store, query: Rewritten, day: Day) -> Graded:
    """Return what a query gives as of a day: rows, triples, or a row of yes or no.

    Rows that stand by themselves say how sure they are; for what does not, the query is asked in each world that can differ.
    A no is not certain where a claim says yes.
    """
    world = _World(store, query, day)
    widest = world.rows(_WIDEST)
    return Graded(_rows(world, query, widest), world.overruled())


def _rows(world: _World, query: Rewritten, widest: list[Terms]) -> list[tuple[Terms, str | None]]:
    if not query.levels:
        rows = worlds(world.rows)
        if world.is_question:
            no = (Certainty.UNKNOWN if world.overruled() else Certainty.CERTAIN) if world.has_met else Certainty.DATELESS
            return [((_YES,), sure) for _, sure in rows] or [((_NO,), no.word)]
        if len(rows) > len(widest):  # those of narrower worlds come last
            rows = _ordered(rows, query)
        wanted = rows[query.offset :][: query.limit]
        return [(row[: len(query.columns) or None], sure) for row, sure in wanted]
    told = [(row[query.levels :], _weakest(row[: query.levels])) for row in widest]
    if query.is_distinct:
        surest: dict[Terms, Certainty] = {}
        for row, level in told:
            surest[row] = min(level, surest.get(row, level))
        told = list(surest.items())
    return [(row, level.word) for row, level in told]


def _ordered(rows: list[tuple[Terms, str | None]], query: Rewritten) -> list[tuple[Terms, str | None]]:
    """Return rows in the order that a query asks for, which is the engine's: it knows how terms of all kinds compare."""
    columns = [*query.columns, *(name for name, _ in query.order if name not in query.columns)]
    places = [(columns.index(name), down) for name, down in query.order]
    if not places:
        return rows
    keys = " ".join(f"?k{number}" for number in range(len(places)))
    values = (" ".join(str(row[place] or "UNDEF") for place, _ in places) for row, _ in rows)
    given = " ".join(f"({number} {value})" for number, value in enumerate(values))
    order = " ".join(f"{'DESC' if down else 'ASC'}(?k{number})" for number, (_, down) in enumerate(places))
    text = f"SELECT ?row {{ VALUES (?row {keys}) {{ {given} }} }} ORDER BY {order} ?row"
    return [rows[int(row["row"].value)] for row in Store.memory({}).select(text)]


def _weakest(levels: Terms) -> Certainty:
    numbers = (int(level.value) for level in levels if isinstance(level, ox.Literal))
    return Certainty(max(numbers, default=Certainty.DATELESS))


def worlds(ask: Callable[[Certainty], Sequence[Row]]) -> list[tuple[Row, str | None]]:
    """Return rows with how sure each is, given what a query answers in the world of what is at least so sure.

    >>> worlds(lambda level: ["always", "then", "perhaps"][: 1 + (level >= Certainty.CERTAIN) + (level >= Certainty.POSSIBLE)])
    [('always', None), ('then', 'certain'), ('perhaps', 'possible')]
    """
    levels = [*Certainty][: _WIDEST + 1]
    answers = [ask(level) for level in reversed(levels)]
    widest = answers[0]
    counts = [Counter(answer) for answer in reversed(answers)]
    found: list[tuple[Row, str | None]] = []
    met: Counter[Row] = Counter()
    for row in widest:
        met[row] += 1
        missing = [level for level, count in zip(levels, counts, strict=True) if count[row] < met[row]]
        found.append((row, Certainty(missing[-1] + 1).word if missing else None))
    narrower: Counter[Row] = Counter()
    for count in reversed(counts[1:-1]):
        narrower |= count - counts[-1]
    return found + [(row, Certainty.POSSIBLE.word) for row in narrower.elements()]


class _World:
    """A world in which a query is asked: the source of the SPARQL functions that return how surely a statement holds.

    They leave unbound what is not of that world.
    What is met is noted: where nothing was as weak as the world allows, the next narrower world would answer the same.
    """

    def __init__(self, store: Store, query: Rewritten, day: Day) -> None:
        """Prepare to ask a query of a store as of a day."""
        self._timed = timed = Timed.of(store)
        self._store, self._query, self._day = store, query, day
        self._functions: Functions = {
            _STATEMENT: partial(self._told, partial(timed.statement_level, day, query.dataset)),
            _STATE: partial(self._told, partial(timed.state_level, day, query.dataset)),
        }
        self._rows: list[Terms] = []
        self._passed: list[Any] = []
        self._level = self._weakest = Certainty.NEVER
        self.is_question = self.has_met = False
        self._failure: BaseException | None = None

    def rows(self, level: Certainty) -> list[Terms]:
        """Return what the query gives in the world of what is at least so sure; worlds are asked for from the widest on."""
        if level < self._weakest:
            self._level, self._weakest = level, Certainty.DATELESS
            self._rows = self._ask()
        return self._rows

    def overruled(self) -> list[str]:
        """Return the claims, by IRI, that state what the engine met and what does not hold on the day."""
        if self._query.dataset:
            return []
        return sorted({claim for terms in self._passed for claim in self._timed.overruled(self._day, *terms)})

    def _ask(self) -> list[Terms]:
        result = self._store.query(self._query.text, bounded=False, prefixes=self._query.prefixes, functions=self._functions)
        rows: list[Terms]
        if isinstance(result, ox.QueryBoolean):
            self.is_question = True
            rows = [()] * bool(result)
        elif isinstance(result, ox.QueryTriples):
            rows = [(triple.subject, triple.predicate, triple.object) for triple in guarded(result)]
        else:
            rows = list(guarded(map(tuple, result)))
        if self._failure:
            raise self._failure
        return rows

    def _told(self, level_of: Callable[..., Certainty], *terms: Any) -> ox.Literal | None:
        try:
            level = level_of(*terms)
        except BaseException as error:  # the engine would take it for an unbound variable
            self._failure = error
            return None
        self.has_met = True
        if level > self._level:
            if level is Certainty.NEVER and len(terms) == _PLAIN and len(self._passed) < _MOST:
                self._passed.append(terms)
            return None
        self._weakest = max(level, self._weakest)
        return _NUMBERS[level]
