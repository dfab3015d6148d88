"""What a rule reads and writes, told from its text: so that it runs again only after something that it reads was written.

What is told is never too little: where a text is beyond this reader, it says that anything may be read or written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from .sparql import Token, block, tokens
from .terms import CLAIMS, COMMON, KG

_CLAIMS = {"graph:claims", f"<{CLAIMS}>"}
_WRITTEN = {"kg:written", f"<{KG}written>"}
_ENDS = ("earliest", "latest", "startEarliest", "startLatest", "endEarliest", "endLatest")
_OF_PERIODS = {*_WRITTEN, *(written for name in _ENDS for written in (f"kg:{name}", f"<{KG}{name}>"))}
"""What is said of the nodes for dates as written, before the first rule, and by no rule."""
_TYPE = f"<{COMMON['rdf']}type>"
_MODIFIERS = {"GROUP", "ORDER", "HAVING", "LIMIT", "OFFSET"}
_JOINING = {"OPTIONAL", "UNION", "MINUS", "NOT", "EXISTS"}


Values = Callable[[str, str], set[str | None]]
"""What a term stands for, in angle brackets, where a clause holds, which may be empty; None is anything."""


@dataclass(frozen=True)
class Pattern:
    """A triple pattern: the terms that stand for its property (several in a path), its object, and whether it is data.

    What stands in the graphs of the ontology and of the claims' descriptions is no data: no rule changes it. Nor are the
    days between which a date as written lies: all of them are there before the first rule.
    """

    subject: str
    predicates: tuple[str, ...]
    object: str
    select: int = 0
    """The sub-select that it stands in, by number: one variable in two of them may be two; 0 where there is none."""
    data: bool = True
    sure: bool = True
    """Whether the subject is bound by it in every solution of the group, or sub-select, that it stands in."""
    plain: bool = True
    """Whether it is a single step forward, and no path."""

    @property
    def about(self) -> tuple[int, str]:
        """What it is about: its subject, which in another sub-select may be something else."""
        return self.select, self.subject

    def is_of(self, names: set[str]) -> bool:
        """Whether it is a step along one of some properties, as they are written."""
        return self.plain and self.predicates[0] in names


@dataclass
class Reading:
    """What a piece of SPARQL says: its patterns, the clauses on the ontology that bind variables, and whether it is all."""

    patterns: list[Pattern] = field(default_factory=list)
    bindings: list[tuple[str, frozenset[str]]] = field(default_factory=list)
    """Clauses on the ontology, and the variables that each leaves bound."""
    hidden: set[str] = field(default_factory=set)
    """Names of variables that a sub-select keeps to itself: the same name elsewhere is another variable."""
    whole: bool = True
    periods: set[tuple[int, str]] = field(default_factory=set)
    """What is a date as written, by the number of its sub-select and its name."""

    @classmethod
    def of(cls, text: str, ontology: set[str], *, fixed: bool = True) -> Reading:
        """Return what a group of patterns says; `ontology` holds the ways to write the name of the ontology's graph.

        Unless `fixed`, as where `kg:` or `graph:` are other prefixes than usual, all else may be changed by rules.
        """
        reader = _Reader(text, ontology, _CLAIMS if fixed else set())
        try:
            reader.group(_Scope())
        except _BeyondError:
            reader.reading.whole = False
        reader.reading.whole &= reader.at == len(reader.seen)
        patterns = reader.reading.patterns
        if fixed:
            periods = reader.reading.periods = {p.about for p in patterns if p.sure and p.is_of(_WRITTEN)}
            told = {p for p in patterns if p.about in periods and p.is_of(_OF_PERIODS)}
            reader.reading.patterns = [replace(p, data=p.data and p not in told) for p in patterns]
        return reader.reading

    def says_of_periods(self, periods: set[tuple[int, str]]) -> bool:
        """Whether the patterns, of a template, say between which days some dates as written lie, or make such."""
        named = {name for _, name in periods}
        about = [p for p in self.patterns if p.is_of(_OF_PERIODS)]
        return any(p.is_of(_WRITTEN) or p.subject in named for p in about)

    def touched(self, values: Values) -> Touched:
        """Return what the patterns touch; `values` tells what a term stands for where a clause on the ontology binds it."""
        if not self.whole:
            return Touched(anything=True)
        properties, classes = set[str | None](), set[str | None]()
        for pattern in (pattern for pattern in self.patterns if pattern.data):
            for predicate in pattern.predicates:
                named = self._named(predicate, values)
                properties |= named - {_TYPE}
                if _TYPE in named:
                    classes |= self._named(pattern.object, values) if pattern.predicates == (predicate,) else {None}
        return Touched(frozenset(filter(None, properties)), frozenset(classes), anything=None in properties)

    @property
    def moving(self) -> Moving | None:
        """The variable for the property or the class of the only data pattern, if the ontology binds it; None if none does.

        What such a rule gives for some of the values of the variable does not depend on statements with others.
        """
        data = [pattern for pattern in self.patterns if pattern.data]
        if not self.whole or len(data) != 1 or len(data[0].predicates) != 1:
            return None
        (predicate,) = data[0].predicates
        term = data[0].object if predicate in ("a", _TYPE) else predicate
        name = term[1:]
        if term[0] not in "?$" or name in self.hidden or not any(name in bound for _, bound in self.bindings):
            return None
        return Moving(name, is_class=term is not predicate)

    def bound_by(self, clause: str, variable: str) -> Reading:
        """Return the same with a clause that narrows a variable to some values, in all that the ontology says of it."""
        narrowed = [(f"{of}\n {clause}" if variable in bound else of, bound) for of, bound in self.bindings]
        return replace(self, bindings=narrowed)

    def _named(self, term: str, values: Values) -> set[str | None]:
        if term == "a":
            return {_TYPE}
        if term[0] not in "?$":
            return values(term, "")
        clauses = [clause for clause, bound in self.bindings if term[1:] in bound]
        if not clauses or term[1:] in self.hidden:
            return {None}
        return set.intersection(*(values(term, clause) for clause in clauses))


@dataclass(frozen=True)
class Moving:
    """A variable that stands for the property, or for the class, of a rule's only data pattern."""

    variable: str
    is_class: bool


@dataclass(frozen=True)
class Touched:
    """Properties and classes that a rule reads or writes, by IRI in angle brackets; the class None is any class."""

    properties: frozenset[str] = frozenset()
    classes: frozenset[str | None] = frozenset()
    anything: bool = False

    def __or__(self, other: Touched) -> Touched:
        """Return what either touches."""
        return Touched(self.properties | other.properties, self.classes | other.classes, self.anything or other.anything)

    def meets(self, other: Touched) -> bool:
        """Whether what one writes is something that the other reads."""
        if self.anything or other.anything:
            return True
        if self.properties & other.properties:
            return True
        return bool(self.classes and other.classes) and (
            None in self.classes | other.classes or bool(self.classes & other.classes)
        )


class _BeyondError(Exception):
    """The text has something that this reader does not follow."""


@dataclass(frozen=True)
class _Scope:
    """Where in the nested groups the reader is: in the ontology's graph or not, and whether all of it binds."""

    ontology: bool = False
    fixed: bool = False
    """Whether no rule changes what is read."""
    select: int = 0
    """The sub-select around, by number; 0 where there is none."""
    binds: bool = True
    visible: frozenset[str] | None = None
    """The variables that the sub-select around shows; None where there is none around, or it shows all."""


class _Reader:
    def __init__(self, text: str, ontology: set[str], fixed: set[str]) -> None:
        self.text = text
        self.fixed = fixed
        self.seen = [token for token in tokens(text) if token.kind != "space"]
        self.at = 0
        self.ontology = ontology
        self.reading = Reading()
        self.selects = 0

    def group(self, scope: _Scope) -> None:
        """Read up to the closing brace of a group, or the end."""
        binds = scope.binds and not any(token.upper == "UNION" for token in self._level())
        scope = replace(scope, binds=binds)
        joined = False
        while (token := self._next()) and token.text != "}":
            word = token.upper if token.kind == "word" else ""
            if token.text == "{":
                self.group(replace(scope, binds=scope.binds and not joined))
                joined = False
            elif word == "GRAPH":
                self._graph(scope, joined)
                joined = False
            elif word in _JOINING:
                joined = True
            elif word == "SELECT":
                shown = self._projection()
                if shown is not None:
                    named = {token.text[1:] for token in self._level(deep=True) if token.kind == "variable"}
                    self.reading.hidden |= named - shown
                both = shown if scope.visible is None or shown is None else shown & scope.visible
                self.selects += 1
                scope = replace(scope, visible=scope.visible if both is None else both, select=self.selects)
            elif word in _MODIFIERS:
                self._modifiers()
            elif word in ("FILTER", "BIND"):
                self._expression()
            elif word == "VALUES":
                self._values()
            elif token.text != ".":
                self._triples(token, scope)

    def _graph(self, scope: _Scope, joined: bool) -> None:
        name, brace = self._next(), self._next()
        if name is None or brace is None or brace.text != "{":
            raise _BeyondError
        if name.text not in self.ontology:
            binds = scope.binds and not joined
            self.group(replace(scope, binds=binds, ontology=False, fixed=name.text in self.fixed))
            return
        inside, _ = block(self.text, self.seen, self.at - 1)  # what it leaves unbound is found when it is asked
        bound = frozenset(token.text[1:] for token in tokens(inside) if token.kind == "variable")
        if scope.binds and not joined:
            self.reading.bindings.append((inside, bound if scope.visible is None else bound & scope.visible))
        self.group(replace(scope, ontology=True, fixed=True, binds=scope.binds and not joined))

    def _triples(self, subject: Token, scope: _Scope) -> None:
        """Read what is said of a subject: properties, objects, and more of both after ; and , signs."""
        if subject.text in "[(" or subject.kind not in ("variable", "iri", "name"):
            raise _BeyondError
        while True:
            start, predicates = self.at, tuple(self._path(scope))
            plain = self.at == start + 1
            while True:
                value = self._next()
                if value is None or value.text in "[({":
                    raise _BeyondError
                said = subject.text, predicates, value.text
                self.reading.patterns.append(Pattern(*said, scope.select, not scope.fixed, scope.binds, plain))
                while self._peek() == "^^" or (self._token() and self.seen[self.at].kind == "lang"):
                    self.at += 2 if self._peek() == "^^" else 1
                if self._peek() != ",":
                    break
                self.at += 1
            if self._peek() != ";":
                return
            while self._peek() == ";":
                self.at += 1
            if self._peek() in (".", "}", "") or self._peek().upper() in (*_JOINING, "FILTER", "BIND", "GRAPH", "VALUES"):
                return

    def _path(self, scope: _Scope) -> Iterator[str]:
        """Read a property, or a path of several; one that may have no step at all reaches what no property leads to."""
        depth = 0
        after_step = led = False
        while True:
            text = self._peek()
            if text in ("^", "(") and not after_step:
                depth += text == "("
            elif after_step and (text in ("/", "|", "+", "*") or (text == ")" and depth)):
                if text == "*" and not led and not scope.ontology:
                    raise _BeyondError
                led |= text == "/"
                depth -= text == ")"
                after_step = text not in ("/", "|")
            elif after_step and text == "?":
                raise _BeyondError
            elif after_step:
                return
            elif (token := self._token()) and (token.kind in ("variable", "iri", "name") or token.text == "a"):
                after_step = True
                yield token.text
            else:
                raise _BeyondError
            self.at += 1

    def _projection(self) -> frozenset[str] | None:
        """Read what a sub-select shows, up to its opening brace: its plain variables, or None for all."""
        shown: set[str] = set()
        while (token := self._token()) and token.text != "{":
            if token.text == "*":
                shown.add("*")
            if token.text == "(":
                self._parentheses()
                continue
            if token.kind == "variable":
                shown.add(token.text[1:])
            self.at += 1
        return None if "*" in shown else frozenset(shown)

    def _modifiers(self) -> None:
        depth = 0
        while self._peek() and (depth or self._peek() != "}"):
            depth += {"{": 1, "}": -1}.get(self._peek(), 0)
            self.at += 1

    def _expression(self) -> None:
        while self._peek() not in ("(", "{", ""):
            if self._peek().upper() in ("NOT", "EXISTS"):
                return
            self.at += 1
        if self._peek() == "(":
            self._parentheses()

    def _values(self) -> None:
        while self._peek() not in ("{", ""):
            self.at += 1
        _, self.at = block(self.text, self.seen, self.at)

    def _parentheses(self) -> None:
        depth = 0
        while token := self._next():
            if token.text == "{":
                raise _BeyondError  # EXISTS within an expression
            depth += {"(": 1, ")": -1}.get(token.text, 0)
            if depth == 0:
                return
        raise _BeyondError

    def _level(self, *, deep: bool = False) -> Iterator[Token]:
        """Go through what stands in the group that begins here; what stands in groups within it, only if asked."""
        depth = 0
        for token in self.seen[self.at :]:
            depth += {"{": 1, "}": -1}.get(token.text, 0) if token.kind == "sign" else 0
            if depth < 0:
                return
            if deep or depth == 0:
                yield token

    def _token(self) -> Token | None:
        return self.seen[self.at] if self.at < len(self.seen) else None

    def _peek(self) -> str:
        token = self._token()
        return token.text if token else ""

    def _next(self) -> Token | None:
        token = self._token()
        self.at += token is not None
        return token
