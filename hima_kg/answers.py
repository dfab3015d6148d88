"""Questions and their answers: a query run with its parameters, and the rows, triples or truth value that come back."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, cached_property
from typing import TYPE_CHECKING, TypeAlias

import pyoxigraph as ox

from . import sparql
from .errors import ProjectError, QueryError, UsageError, counted, meant
from .queries import NamedQuery
from .store import Store, failed, guarded
from .terms import XSD, Prefixes

if TYPE_CHECKING:
    from datetime import date
    from decimal import Decimal

    import pandas

Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple
_Result: TypeAlias = "ox.QuerySolutions | ox.QueryTriples | ox.QueryBoolean"
Value: TypeAlias = "str | int | Decimal | float | bool | date | None"

_RESULTS = {
    "csv": ox.QueryResultsFormat.CSV,
    "tsv": ox.QueryResultsFormat.TSV,
    "json": ox.QueryResultsFormat.JSON,
    "xml": ox.QueryResultsFormat.XML,
}
_GRAPHS = {
    "ttl": ox.RdfFormat.TURTLE,
    "nt": ox.RdfFormat.N_TRIPLES,
    "jsonld": ox.RdfFormat.JSON_LD,
    "rdf": ox.RdfFormat.RDF_XML,
}
_NAMED = 3
"""How many claims a remark names; of more it says how many there are."""


class Answer:
    """What a query gives: `rows` of Python values, `terms` as they are, or the W3C formats by `serialize`.

    IRIs come as CURIEs, numbers as int or Decimal, days as `datetime.date`; None is an unbound variable.
    """

    def __init__(self, evaluate: Callable[[], _Result], prefixes: Prefixes, text: str, *, kind: str = "") -> None:
        """Evaluate a query now; or, if it is told which kind of answer there will be, only when somebody asks for it."""
        self.text = text
        self._prefixes = prefixes
        self._evaluate = evaluate
        self._result = None if kind else evaluate()
        self._read = bool(kind)
        self._nothing: bool | None = None
        self.kind = kind or _kind(self._result)
        self.truth = bool(self._result) if self.kind == "truth" else None
        """The answer to ASK, as of a day also one that is not certain; None to a query of another form."""
        self.remarks: list[str] = []
        """What to know about the answer as a whole, in sentences."""

    @classmethod
    def to(cls, store: Store, text: str, prefixes: Prefixes) -> Answer:
        """Run a query, whose parameters are bound already."""
        return cls(lambda: store.query(text), prefixes, text)

    @classmethod
    def of(cls, columns: Sequence[str], rows: Sequence[tuple[Term | None, ...]], prefixes: Prefixes, text: str) -> Answer:
        """Return an answer that has been worked out already, to a query of some text."""
        answer = cls(lambda: _solutions(columns, rows), prefixes, text, kind="rows")
        answer.columns, answer.terms = list(columns), list(rows)
        return answer

    @classmethod
    def of_graph(cls, triples: Sequence[tuple[Term | None, ...]], prefixes: Prefixes, text: str) -> Answer:
        """Return an answer of triples that have been worked out already, to a query of some text."""
        store = Store.memory({})
        store.extend(ox.Quad(*triple) for triple in triples)  # type: ignore[arg-type]
        return cls(lambda: store.query("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"), prefixes, text)

    def __repr__(self) -> str:
        read = f"; {counted(len(self), 'row')}" if "terms" in vars(self) else ""
        return f"<Answer: {', '.join(self.columns)}{read}>"

    def __bool__(self) -> bool:
        """Whether the answer to ASK is yes, or whether there is any row or triple."""
        if self.truth is not None:
            return self.truth
        return not self._nothing if self._nothing is not None else bool(self.terms)

    @cached_property
    def columns(self) -> list[str]:
        """The names of the columns: the selected variables, or subject, predicate and object."""
        if isinstance(self._result, ox.QuerySolutions):
            return [variable.value for variable in self._result.variables]
        return ["answer"] if self.kind == "truth" else ["subject", "predicate", "object"]

    @cached_property
    def terms(self) -> list[tuple[Term | None, ...]]:
        """The rows as RDF terms."""
        if isinstance(self._result, ox.QueryBoolean):
            return [(ox.Literal(bool(self._result)),)]
        result = self._once()
        if isinstance(result, ox.QueryTriples):
            return sorted(((t.subject, t.predicate, t.object) for t in guarded(result)), key=str)
        assert isinstance(result, ox.QuerySolutions), "what is no truth value and no graph is rows"
        return list(guarded(map(tuple, result)))

    @cached_property
    def rows(self) -> list[dict[str, Value]]:
        """The rows as Python values, by column."""
        return [dict(zip(self.columns, map(self.value, row), strict=True)) for row in self.terms]

    def __iter__(self) -> Iterator[dict[str, Value]]:
        """Go through the rows."""
        return iter(self.rows)

    def __len__(self) -> int:
        """Return how many rows there are."""
        return len(self.terms)

    def values(self, column: str) -> list[Value]:
        """Return the values of one column, in the order of the rows.

        Raises UsageError for a column that the answer does not have.
        """
        if column not in self.columns:
            hint = meant(column, self.columns, f"it has: {', '.join(self.columns)}")
            raise UsageError(f"the answer has no column {column!r}", hint=hint)
        return [row[column] for row in self.rows]

    def value(self, term: Term | None) -> Value:
        """Return a term as a Python value."""
        if term is None:
            return None
        if isinstance(term, ox.NamedNode):
            return self._prefixes.compact(term.value)
        return _python(term) if isinstance(term, ox.Literal) else str(term)

    def cell(self, term: Term | None) -> str:
        """Return a term as tables and expected rows write it: a CURIE, or a literal's text."""
        if term is None:
            return ""
        if isinstance(term, ox.NamedNode):
            return self._prefixes.compact(term.value)
        return term.value if isinstance(term, ox.Literal) else str(term)

    def cells(self) -> list[list[str]]:
        """Return the rows as text."""
        return [[self.cell(term) for term in row] for row in self.terms]

    def serialize(self, format: str) -> bytes:
        """Return the answer in a W3C format (csv, tsv, json, xml; for graphs ttl, nt, jsonld, rdf), by the engine.

        Raises ProjectError for a format that does not suit the query's form, or cannot hold its answer.
        """
        known = _GRAPHS if self.kind == "graph" else _RESULTS
        if format not in known:
            hint = f"its answer can be had as {', '.join(known)}, and printed as table or md"
            raise ProjectError(f"{format} does not suit this query", hint=hint)
        result = self._once()
        try:
            if isinstance(result, ox.QueryTriples):
                ordered = sorted(result, key=str)
                self._nothing = not ordered
                return _graph(format, ordered, self._used(ordered))
            data = result.serialize(format=_RESULTS[format]) or b""
        except (OSError, RuntimeError) as error:
            raise failed(error) from error
        self._nothing = _is_empty(format, data)
        if format == "xml":
            from .characters import for_xml  # only for this

            return for_xml(data)
        return self._quoted() if format == "csv" and self.kind == "rows" and _is_torn(data, len(self.columns)) else data

    def _quoted(self) -> bytes:
        """Return the rows in SPARQL's CSV, with IRIs in quotes where they have a comma, which the engine leaves out."""
        import csv  # hardly ever
        from io import StringIO

        out = StringIO()
        rows = csv.writer(out)
        rows.writerow(self.columns)
        named = (ox.NamedNode, ox.Literal)
        rows.writerows([term.value if isinstance(term, named) else str(term or "") for term in row] for row in self.terms)
        return out.getvalue().encode()

    def _once(self) -> _Result:
        """Return the result, which the engine lets be read once; a second reader makes it evaluate again."""
        result = self._evaluate() if self._read or self._result is None else self._result
        self._read = True
        return result

    def to_pandas(self) -> pandas.DataFrame:
        """Return the rows as a pandas DataFrame; pandas must be installed."""
        try:
            import pandas
        except ImportError as error:
            raise ProjectError("pandas is not installed", hint="pip install pandas") from error
        return pandas.DataFrame(self.rows, columns=self.columns)

    def _repr_html_(self) -> str:
        from .tables import html  # notebooks only

        return html(self.columns, self.cells())

    def _used(self, triples: list[ox.Triple]) -> dict[str, str]:
        return self._prefixes.used("\n".join(map(str, triples)))


def _kind(result: _Result | None) -> str:
    return {ox.QuerySolutions: "rows", ox.QueryBoolean: "truth"}.get(type(result), "graph")


def _solutions(columns: Sequence[str], rows: Sequence[tuple[Term | None, ...]]) -> _Result:
    """Return rows as the engine's own, which can write them in the W3C formats."""
    values = " ".join(f"({' '.join('UNDEF' if term is None else str(term) for term in row)})" for row in rows)
    shown = " ".join(f"?{column}" for column in columns)
    return Store.memory({}).query(f"SELECT {shown} WHERE {{ VALUES ({shown}) {{ {values} }} }}", bounded=False)


def _graph(format: str, triples: list[ox.Triple], prefixes: dict[str, str]) -> bytes:
    if format != "rdf":
        return ox.serialize(triples, format=_GRAPHS[format], prefixes=prefixes) or b""
    from .characters import rdf_xml  # only for this

    return rdf_xml(triples, prefixes)


def _is_torn(data: bytes, width: int) -> bool:
    """Whether some row of CSV has more cells than there are columns: it has a comma that stands in no quotes."""
    bare = _QUOTED.sub(b"", data) if b'"' in data else data
    return bare.count(b",") != bare.count(b"\n") * max(width - 1, 0)


_QUOTED = re.compile(rb'"[^"]*"')


def _is_empty(format: str, data: bytes) -> bool:
    """Whether an answer's W3C format holds no rows: told from its edges, for an answer can be large."""
    if format in ("csv", "tsv"):
        return data.find(b"\n") in (-1, len(data) - 1)
    ending = data[-40:].replace(b" ", b"").replace(b"\n", b"")
    return any(sign in ending for sign in (b'"bindings":[]', b"<results></results>", b"<results/>"))


def ask(store: Store, query: NamedQuery, values: Mapping[str, str] | None = None, *, prefixes: Prefixes) -> Answer:
    """Return the answer to a query, asked with values for its parameters.

    With a value for `on`, a query that has no such parameter is asked as of that day: it gets what holds then, with a
    column `certainty`. Raises QueryError where the query does not parse or a value does not fit.
    """
    given = dict(values or {})
    on = given.pop("on", None) if all(parameter.name != "on" for parameter in query.parameters) else None

    def resolved(name: str, of_class: str) -> str:
        from .entities import resolve  # only where a parameter asks for an entity

        return resolve(store, name, prefixes, of_class=of_class)

    text = sparql.bind(query.text, query.bindings(given, resolved))
    try:
        text = sparql.spelled_out(text, lambda: _variables(text, store.prefixes))
        if on is None:
            return Answer.to(store, text, prefixes)
        return _as_of(store, text, on, prefixes)
    except QueryError as error:
        flaw = store.flaw(query.text, query.shown or "query")  # where it stands in the query as written
        raise (QueryError(flaw.message, hint=flaw.hint, place=flaw.place) if flaw else error) from error


def _variables(text: str, prefixes: Mapping[str, str]) -> list[str]:
    found = Store.memory(prefixes).query(text)  # which has nothing to do but to read it
    assert isinstance(found, ox.QuerySolutions), "it is a SELECT"
    return [variable.value for variable in found.variables]


def _as_of(store: Store, text: str, on: str, prefixes: Prefixes) -> Answer:
    """Return the answer to a query that does not mention time, as of a day: rows with how sure each is, or what is certain."""
    from .asof import rewritten  # only for questions as of a day
    from .states import Certainty, Day, Timed
    from .worlds import graded

    query, day = rewritten(store, text), Day.parse(on)
    if query.text == text:
        answer = Answer.to(store, text, prefixes)
        answer.remarks.append("the day changes nothing: the query names nothing that holds for a time, or reads claims")
        return answer
    found = graded(store, query, day)
    rows = found.rows
    if any(sure is None for _, sure in rows) and not query.levels and query.limit is None and not query.offset:
        always = Answer.to(store, text, prefixes)
        settled = (Certainty.UNKNOWN if found.overruled else Certainty.CERTAIN).word
        width, ever = len(always.columns), {*always.terms}
        rows = [(row, sure or (None if row[:width] in ever else settled)) for row, sure in rows]  # what only the day makes so
    answer = _told(rows, query.form, query.columns, prefixes)
    answer.text = text
    if found.overruled:
        named = [prefixes.compact(claim) for claim in found.overruled]
        some = ", ".join(named[:_NAMED]) + (f" and {len(named) - _NAMED} more" if len(named) > _NAMED else "")
        answer.remarks.append(f"dated events go before {some}, which would have it otherwise")
    if query.is_counted and any(sure == "possible" for _, sure in rows):
        answer.remarks.append("what may hold is counted all at once or not at all: what lies between may be so, too")
    is_denied = answer.truth is False
    if (is_denied or not (answer or rows)) and Answer.to(store, text, prefixes):
        yes = "the answer is yes" if is_denied else "there is an answer"
        answer.remarks.append(f"nothing of it may be so on {on}; without a day {yes}")
    known = Timed.of(store)
    if known.horizon and known.horizon < day.last:
        answer.remarks.append(f"no document speaks of a day after {known.horizon}; what held then is taken to hold on")
    if known.dawn and day.last < known.dawn and answer and not is_denied:
        answer.remarks.append(f"no document gives a date before {known.dawn}; what is implied is taken to reach back for ever")
    return answer


def _told(
    rows: list[tuple[tuple[Term | None, ...], str | None]], form: str, columns: Sequence[str], prefixes: Prefixes
) -> Answer:
    """Return rows with a column on how sure each is; of a graph, which has no room for that, what is certain or undated."""
    if form == "CONSTRUCT":
        certain = [row for row, sure in rows if sure in ("certain", None)]
        answer = Answer.of_graph(certain, prefixes, "")
        if more := len(rows) - len(certain):
            answer.remarks.append(f"a graph holds what is certain; {more:,} more may be so")
        return answer
    if form == "ASK":
        columns = ["answer"]
    named = "certainty"
    while named in columns:
        named += "AsOf"
    if any(isinstance(term, ox.BlankNode) for row, _ in rows for term in row):
        raise QueryError("a query that makes blank nodes cannot be asked as of a day", hint="leave BNODE out")
    told = ((row[: len(columns)], ox.Literal(sure) if sure else None) for row, sure in rows)
    answer = Answer.of([*columns, named], [(*row, sure) for row, sure in told], prefixes, "")
    answer.truth = answer.values("answer") == [True] if form == "ASK" else None
    return answer


def _python(literal: ox.Literal) -> Value:
    convert = _converters().get(literal.datatype.value.removeprefix(XSD))
    try:
        return convert(literal.value) if convert else literal.value
    except (ValueError, ArithmeticError):
        return literal.value


@cache
def _converters() -> dict[str, Callable[[str], Value]]:
    from datetime import date  # a query that is printed as it is converts nothing
    from decimal import Decimal

    return {
        "integer": int,
        "decimal": Decimal,
        "double": float,
        "float": float,
        "boolean": lambda text: text in ("true", "1"),
        "date": date.fromisoformat,
    }
