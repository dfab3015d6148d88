"""Questions that do not mention time, rewritten so that they can be asked as of a day.

Where a query names what holds for a time, the rewritten one looks for the states that give it, too, and asks for each
how surely it holds: by a function, which `worlds` answers. So the text is the same for all days.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

import pyoxigraph as ox

from . import sparql
from .errors import KgError, QueryError
from .modifiers import Modifiers
from .sparql import Token, closing, tokens
from .states import Timed
from .store import Store, refuse
from .terms import COMMON, KG

_RDF = COMMON["rdf"]
_TYPE = _RDF + "type"
_MODIFIERS = {"GROUP", "ORDER", "HAVING", "LIMIT", "OFFSET"}
_COUNTING = {"COUNT", "SUM", "MIN", "MAX", "AVG", "SAMPLE", "GROUP_CONCAT"}
_JOINING = _MODIFIERS - {"ORDER"} | _COUNTING | {"OPTIONAL", "MINUS", "NOT", "EXISTS"}
"""Words with which a row can rest on more than the statements that it is made of: on others, or on their absence."""
STATEMENT, STATE = f"{KG}levelOfStatement", f"{KG}levelOfState"
"""The functions that tell how surely a statement or a state holds: a number, or nothing where it does not."""


@dataclass(frozen=True)
class Rewritten:
    """A query as it is asked as of a day: its text, form and columns, its `FROM` clauses, and the prefixes that it uses.

    Where each row can be graded by itself, `levels` tells how many columns, the first ones, do so: each has the number of a
    Certainty. It is 0 where a row hangs on more than it is made of, such as an absence or a count.
    """

    text: str
    form: str
    columns: tuple[str, ...]
    dataset: str = ""
    prefixes: dict[str, str] = field(default_factory=dict)
    levels: int = 0
    is_distinct: bool = False
    is_counted: bool = False
    """Whether rows are made of several others."""
    order: tuple[tuple[str, bool], ...] = ()
    """The columns by which rows are ordered, each with whether it goes down; some are not wanted and come last."""
    limit: int | None = None
    """How many rows there may be at most; None if there may be any number."""
    offset: int = 0


def rewritten(store: Store, text: str) -> Rewritten:
    """Return a query of a store as it is asked as of a day; it is rewritten once.

    What is said in `GRAPH` is left as it is: a claim says what it says. So is a query that names nothing that holds for a
    time. Raises QueryError for what does not parse, and for what cannot be asked as of a day: paths of any length, or of
    any other property, where something of them holds for a time.
    """
    known = _REWRITTEN.setdefault(store, {})
    if (found := known.get(text)) is None:
        found = _Rewriter(store, sparql.spelt_out(text)).rewrite()
        if len(known) >= _KEPT:
            known.clear()
        known[text] = found
    return found


_REWRITTEN: WeakKeyDictionary[Store, dict[str, Rewritten]] = WeakKeyDictionary()
_KEPT = 1_000


@dataclass(frozen=True)
class _Path:
    """A property path: its sign (a term, or / | ^ or what repeats), and its parts, or its text if it is a term."""

    sign: str
    text: str
    parts: tuple[_Path, ...] = ()

    def leaves(self) -> Iterator[str]:
        """Go through the terms of the path."""
        if self.sign == "term":
            yield self.text
        for part in self.parts:
            yield from part.leaves()

    @property
    def excludes(self) -> bool:
        """Whether the path goes along any property but some, anywhere."""
        return self.sign == "!" or any(part.excludes for part in self.parts)


_Said = tuple[str, _Path, str]
"""Subject, path and object of a pattern."""


class _Rewriter:
    def __init__(self, store: Store, text: str) -> None:
        refuse(text, store.prefixes)
        self.store = store
        empty = Store.memory(store.prefixes).query(text)  # where nothing is there to be evaluated
        self.columns = tuple(v.value for v in empty.variables) if isinstance(empty, ox.QuerySolutions) else ()
        self.form, self.prefixes = sparql.form(text), sparql.names(text, store.prefixes)
        self.timed, self.text = Timed.of(store), text
        self.seen = [token for token in tokens(text) if token.kind != "space"]
        self.at = self.done = self.fresh = self.head = self.tail = 0
        self.out: list[str] = []
        self.blank: dict[str, str] = {}
        self.is_distinct = self.is_nameless = False
        self.levels: list[str] = []
        self.modifiers = Modifiers.of(text, self.seen) if self.form == "SELECT" else Modifiers()
        self.dataset = ""
        self.words = [token.upper for token in self.seen if token.kind == "word"]
        self.has_single_rows = bool(self.columns) and self.words.count("SELECT") == 1 and _JOINING.isdisjoint(self.words)
        self.mark = "asOf"
        while self.mark in text:
            self.mark += "_"

    def rewrite(self) -> Rewritten:
        if not self.timed.properties:
            return Rewritten(self.text, self.form, self.columns)
        while self.at < len(self.seen):
            self._clause(self._word())
        if not self.levels:
            return Rewritten(self.text, self.form, self.columns)
        if self.is_nameless:
            message = "a thing without a name cannot be made as of a day: it is another one in each world"
            raise QueryError(message, hint="give it a name: IRI(…), or a variable of the WHERE clause")
        levels = self.levels if self.has_single_rows else []
        order = () if self.has_single_rows else self._keys()
        self.out.insert(self.head, "".join(f" {level}" for level in levels))
        text = "".join(self.out) + self.text[self.done :]
        return Rewritten(
            text,
            self.form,
            self.columns,
            self.dataset,
            self.store.used(text),
            len(levels),
            self.is_distinct,
            not _COUNTING.isdisjoint(self.words),
            order,
            self.modifiers.limit,
            self.modifiers.offset,
        )

    def _clause(self, word: str) -> None:
        """Go on with what stands outside all braces, or with a group, from a word or a sign."""
        if self.head and not self.tail and (word in ("FROM", "WHERE") or self._sign() == "{"):
            self.tail = len(self.out)
        if word == "DESCRIBE":
            raise QueryError("DESCRIBE tells all that is said, at any time", hint="hima-kg show --on tells what held then")
        if word == "CONSTRUCT":
            self._template()
        elif word == "VALUES":
            self._values()
        elif word == "FROM":
            self._from()
        elif word in ("LIMIT", "OFFSET") and self.form == "SELECT":
            self._portion()
        elif word == "SELECT":
            self._copy()
            self.is_distinct = self._word() == "DISTINCT"
            self._copy(self._word() in ("DISTINCT", "REDUCED"))
            self.head = len(self.out)
        elif self._sign() == "{":
            self._group()
        elif self._sign() == "*" and self._before() in ("SELECT", "DISTINCT", "REDUCED"):
            shown = " ".join(f"?{column}" for column in self.columns)
            self._replace(shown or f"(true AS {self._variable('met')})")
        else:
            self._copy()

    def _portion(self) -> None:
        """Ask for all rows up to the last one wanted: what is left out before is told when those of all worlds are there."""
        self._flush(self.at)
        while self._word() in ("LIMIT", "OFFSET"):
            self.at += 2
        self.out.append(self.modifiers.most)
        self.done = self._end(self.at - 1)

    def _keys(self) -> tuple[tuple[str, bool], ...]:
        """Return the columns by which rows are ordered; what is ordered by and not selected becomes a column."""
        keys, added = [], []
        for key, down in self.modifiers.order:
            name = key.strip("() ?$")
            if name not in self.columns:
                if self.is_distinct or "{" in key:
                    return ()  # another column would make other rows
                name = self._variable("key")[1:]
                added.append(f" ({key} AS ?{name})")
            keys.append((name, down))
        self.out.insert(self.tail, "".join(added))
        return tuple(keys)

    # Going through the text

    def _from(self) -> None:
        self._copy()
        named = "NAMED " if self._word() == "NAMED" else ""
        self._copy(bool(named))
        if token := self._token():
            self.dataset += f"FROM {named}<{self._iri(token.text)}> "
            self._copy()

    def _template(self) -> None:
        """Copy the template of CONSTRUCT; of the short form, which has none, what stands in WHERE is one."""
        self._copy()
        end = next((i for i in range(self.at, len(self.seen)) if self.seen[i].text == "}"), self.at)
        self.is_nameless = any(token.text in ("[", "(") or token.text.startswith("_:") for token in self.seen[self.at : end])
        if self._sign() == "{":
            self._block()
        elif self._word() == "WHERE":
            start = self.at + 1
            self.at = closing(self.seen, start) + 1
            self.out.append(f" {self._since(start)}")
            self.at = start - 1

    def _group(self) -> None:
        self._copy()
        while self._sign() != "}":
            word, sign = self._word(), self._sign()
            if sign == "":
                return
            if sign == "{":
                self._group()
            elif word == "GRAPH":
                self._copy(2)
                self._block()
            elif word == "VALUES":
                self._values()
            elif word in _MODIFIERS:
                while self._sign() not in ("}", ""):
                    self._inside() if self._sign() == "(" else self._copy()
            elif word == "SELECT":
                while self._sign() not in ("{", ""):
                    self._inside() if self._sign() == "(" else self._copy()
            elif word == "FILTER":
                self._copy(1 + (self._kind(1) in ("name", "iri")))
            elif sign == "(" and self._before_is_word():
                self._inside()
            elif sign == "." or self._is_keyword():
                self._copy()
            else:
                self._triples()
        self._copy()

    def _values(self) -> None:
        while self._sign() not in ("{", ""):
            self._copy()
        self._block()

    def _inside(self) -> None:
        """Copy what stands in parentheses; groups within, which EXISTS has, are rewritten."""
        depth = 0
        while self.at < len(self.seen):
            sign = self._sign()
            depth += {"(": 1, ")": -1}.get(sign, 0)
            self._group() if sign == "{" else self._copy()
            if depth == 0:
                return

    def _block(self) -> None:
        self._copy(closing(self.seen, self.at) + 1 - self.at)

    def _triples(self) -> None:
        """Rewrite what is said of a subject; where nothing of it holds for a time, it stays as it is."""
        start = self.at
        said: list[_Said] = []
        self._statements(self._term(said), said)
        names = {*self.blank.values()}  # a nameless thing may stand in other patterns, too
        if any({subject, value} & names or self._is_timed(path, value) for subject, path, value in said):
            self._flush(start)
            self.out.append(" ".join(self._said(*pattern) for pattern in said))
            self.at += self._sign() == "."
            self.done = self._end(self.at - 1)
        else:
            self._flush(self.at)

    def _statements(self, subject: str, said: list[_Said]) -> None:
        """Read what is said of a subject: properties, objects, and more of both after ; and , signs."""
        while self._sign() not in (".", "}", "]", "{", "~", "") and not self._is_keyword():
            path = self._path()
            said.append((subject, path, self._term(said)))
            while self._sign() == ",":
                self.at += 1
                said.append((subject, path, self._term(said)))
            while self._sign() == ";":
                self.at += 1
        if self._sign() == "~" or (self._sign() == "{" and self._sign(1) == "|"):
            raise QueryError("what is said of a statement cannot be asked as of a day", hint="ask for kg:State nodes instead")

    def _term(self, said: list[_Said]) -> str:
        """Read a term; what has no name, in brackets or as _:x, is a variable that nobody sees."""
        if self._sign() == "[":
            self.at += 1
            nameless = self._variable("thing")
            self._statements(nameless, said)
            self.at += 1
            return nameless
        if self._sign() in ("(", "<"):
            raise QueryError("lists and quoted triples cannot be asked as of a day", hint="facts have none")
        first = self.at
        self.at += 1 + (self._sign() in ("+", "-"))
        while self.at < len(self.seen) and (self.seen[self.at].kind == "lang" or self._sign() == "^^"):
            self.at += 2 if self._sign() == "^^" else 1
        text = self._since(first)
        if text.startswith("_:"):
            return self.blank.setdefault(text, self._variable("thing"))
        return text

    def _path(self) -> _Path:
        start = self.at
        parts = [self._sequence()]
        while self._sign() == "|":
            self.at += 1
            parts.append(self._sequence())
        return parts[0] if len(parts) == 1 else _Path("|", self._since(start), tuple(parts))

    def _sequence(self) -> _Path:
        start = self.at
        parts = [self._step()]
        while self._sign() == "/":
            self.at += 1
            parts.append(self._step())
        return parts[0] if len(parts) == 1 else _Path("/", self._since(start), tuple(parts))

    def _step(self) -> _Path:
        start = self.at
        sign = self._sign()
        if sign in ("^", "!"):
            self.at += 1
            inner = self._step()
            return _Path("^" if sign == "^" else "!", self._since(start), (inner,))
        if sign == "(":
            self.at += 1
            inner = self._path()
            self.at += 1
            step = _Path(inner.sign, self._since(start), inner.parts) if inner.parts else inner
        else:
            self.at += 1
            step = _Path("term", self._since(start))
        if self._sign() in ("*", "+", "?"):
            self.at += 1
            return _Path("repeated", self._since(start), (step,))
        return step

    # What stands in the place of a pattern

    def _is_timed(self, path: _Path, value: str) -> bool:
        """Whether something of a path holds for a time: a property, a class of states, or what may be either."""
        leaves = [self._iri(leaf) for leaf in path.leaves()]
        if path.sign == "term" and leaves == [_TYPE]:
            return self._iri(value) in (None, *self.timed.classes, *self.timed.above)
        return path.excludes or any(leaf in (None, _TYPE) or leaf in self.timed.properties for leaf in leaves)

    def _said(self, subject: str, path: _Path, value: str) -> str:
        """Return the patterns for a path between two terms."""
        if not self._is_timed(path, value):
            return f"{subject} {path.text} {value} ."
        if path.sign == "^":
            return self._said(value, path.parts[0], subject)
        if path.sign == "|":
            each = " UNION ".join(f"{{ {self._said(subject, part, value)} }}" for part in path.parts)
            return self._once(subject, value, each)
        if path.sign == "/":
            between = [self._variable("step") for _ in path.parts[1:]]
            ends = zip([subject, *between], path.parts, [*between, value], strict=True)
            return " ".join(self._said(*end) for end in ends)
        if path.sign in ("repeated", "!"):
            raise QueryError(
                f"{path.text} cannot be followed as of a day: something of it holds for a time",
                hint="write the steps one by one, or ?s ?p ?o with a FILTER on ?p",
            )
        iri, level = self._iri(path.text), self._level()
        if iri is None:
            return self._any(subject, path.text, value, level)
        if iri == _TYPE:
            return f"{{ {subject} {path.text} {value} . {self._only(self._of_state(subject), level)} }}"
        return self._timed(subject, iri, value, level)

    def _once(self, subject: str, value: str, patterns: str) -> str:
        """Return patterns of which each pair of a subject and a value matches once."""
        self.has_single_rows = False
        shown = " ".join(dict.fromkeys(term for term in (subject, value) if term[0] in "?$"))
        shown = shown or f"(1 AS {self._variable('one')})"
        return f"{{ SELECT DISTINCT {shown} WHERE {{ {patterns} }} }}"

    def _timed(self, subject: str, iri: str, value: str, level: str) -> str:
        """Return the patterns for a statement that a state may give; in the world that is asked, each matches once."""
        state = self._variable("state")
        ways = {turned for _, turned in self.timed.properties[iri]}
        each = []
        for turned in sorted(ways):
            s, o = (value, subject) if turned else (subject, value)
            other = f"FILTER(!sameTerm({s}, {o}))" if turned and len(ways) > 1 else ""  # else it matched already
            holds = self._only(f"<{STATEMENT}>({subject}, <{iri}>, {value}, {state})", level)
            each.append(f"{state} <{_RDF}subject> {s} ; <{_RDF}object> {o} . {other} {holds}")
        each.append(f"{subject} <{iri}> {value} . {self._only(f'<{STATEMENT}>({subject}, <{iri}>, {value})', level)}")
        return " UNION ".join(f"{{ {patterns} }}" for patterns in each)

    def _any(self, subject: str, written: str, value: str, level: str) -> str:
        """Return the patterns for a property that is not given: what holds for no time in particular, and what holds."""
        listed = ", ".join(f"<{iri}>" for iri in self.timed.properties)
        untimed = self._only(f"IF({written} = <{_TYPE}>, {self._of_state(subject)}, 0)", level)
        each = [f"{{ {subject} {written} {value} . FILTER({written} NOT IN ({listed})) {untimed} }}"]
        each += [
            f"{{ {self._timed(subject, iri, value, level)} VALUES {written} {{ <{iri}> }} }}" for iri in self.timed.properties
        ]
        return " UNION ".join(each)

    def _of_state(self, subject: str) -> str:
        """Return the expression for how surely a state holds; what is no state holds whatever the day."""
        return f"IF(EXISTS {{ {subject} <{KG}basis> {self._variable('basis')} }}, <{STATE}>({subject}), 0)"

    @staticmethod
    def _only(holds: str, level: str) -> str:
        return f"BIND({holds} AS {level}) FILTER(BOUND({level}))"

    def _level(self) -> str:
        self.levels.append(self._variable("level"))
        return self.levels[-1]

    # Small things

    def _iri(self, term: str) -> str | None:
        """Return the IRI that a term stands for; None for a variable, nothing for a literal."""
        if term[0] in "?$":
            return None
        if term == "a":
            return _TYPE
        try:
            return self.prefixes.expand(term)
        except KgError:
            return ""

    def _variable(self, name: str) -> str:
        self.fresh += 1
        return f"?{name}{self.mark}{self.fresh}"

    def _token(self, ahead: int = 0) -> Token | None:
        return self.seen[self.at + ahead] if 0 <= self.at + ahead < len(self.seen) else None

    def _sign(self, ahead: int = 0) -> str:
        token = self._token(ahead)
        return "" if token is None else token.text if token.kind == "sign" else " "

    def _kind(self, ahead: int = 0) -> str:
        token = self._token(ahead)
        return token.kind if token else ""

    def _word(self) -> str:
        token = self._token()
        return token.upper if token and token.kind == "word" else ""

    def _before(self) -> str:
        token = self._token(-1)
        return token.upper if token else ""

    def _before_is_word(self) -> bool:
        return self._kind(-1) in ("word", "name", "iri")

    def _is_keyword(self) -> bool:
        return self._kind() == "word" and self._word() not in ("A", "TRUE", "FALSE")

    def _end(self, at: int) -> int:
        token = self.seen[at]
        return token.start + len(token.text)

    def _since(self, start: int) -> str:
        return self.text[self.seen[start].start : self._end(self.at - 1)]

    def _copy(self, count: int = 1) -> None:
        self.at = min(self.at + count, len(self.seen))
        self._flush(self.at)

    def _replace(self, text: str) -> None:
        """Write a text in the place of a token."""
        self._flush(self.at)
        self.out.append(f" {text} ")
        self.done = self._end(self.at)
        self.at += 1

    def _flush(self, at: int) -> None:
        """Write out the text up to the end of the token before one."""
        end = self._end(at - 1) if at else 0
        self.out.append(self.text[self.done : end])
        self.done = end
