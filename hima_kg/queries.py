"""Named queries: `.rq` files whose leading comments give the question, the parameters with their types, and defaults.

    # Who owned a trademark on a day?
    # param mark: iri auto:Trademark
    # param on: date

An optional parameter (`iri?`) without a value stays a free variable, so that it matches anything. A `date` binds two
variables, the first and the last day that the date can mean: `?on` and `?onEnd`. Where the query is a test, the rows that
it must give stand in a `.csv` file beside it; columns named like parameters are what it is asked with.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from .errors import Place, ProjectError, QueryError, UsageError, meant, read
from .terms import COMMON, TAG, XSD

TYPES = ("iri", "date", "string", "integer", "decimal", "boolean", "language")
_PROLOGUE = re.compile(r"\s*(prefix|base)\b", re.IGNORECASE)
HEADER = re.compile(r"param\s|(stage|recursive)\s*:")
"""How comments begin that say how a query is asked or a rule runs, and not what it says."""
PARAMETER = re.compile(
    r"param\s+(?P<name>\w+)\s*:\s*(?P<type>\w+)(?P<optional>\?)?(?:\s+(?P<of_class>[^\s=]+))?(?:\s*=\s*(?P<default>.+))?"
)
"""How a comment declares a parameter."""


class Parameter(NamedTuple):
    """A parameter: its name, its type, the class that an `iri` must have, and what it is without a value."""

    name: str
    type: str
    of_class: str = ""
    default: str | None = None
    optional: bool = False

    def __str__(self) -> str:
        """Return the parameter as its query declares it."""
        words = f"{self.name}: {self.type}{'?' * self.optional}{f' {self.of_class}' if self.of_class else ''}"
        return words if self.default is None else f"{words} = {self.default}"


class NamedQuery(NamedTuple):
    """A query with its question and its parameters."""

    name: str
    question: str
    parameters: tuple[Parameter, ...]
    text: str
    shown: str = ""

    @classmethod
    def parse(cls, name: str, text: str, shown: str = "") -> NamedQuery:
        r"""Return the query in a text; raises ProjectError for a parameter that is not declared as it should be.

        >>> NamedQuery.parse("n", "# Which bikes?\n# param of: iri\nSELECT ?x {}").parameters[0].name
        'of'
        """
        comments = list(leading(text))
        question = next((c for _, c in comments if c and not HEADER.match(c)), name)
        parameters = [_parameter(c, Place(shown or name, line)) for line, c in comments if c.split(None, 1)[:1] == ["param"]]
        return cls(name, question, tuple(parameters), text, shown)

    @classmethod
    def read(cls, path: Path, shown: str) -> NamedQuery:
        """Return the query in a file."""
        return cls.parse(path.stem, read(path, shown), shown)

    def bindings(self, values: Mapping[str, str], resolve: Callable[[str, str], str]) -> dict[str, str]:
        """Return the terms, in N-Triples syntax, that values given by hand stand for; `resolve` turns a name into an IRI.

        Raises UsageError for a parameter that the query does not have, or a value that is not of its type.
        """
        known = {parameter.name: parameter for parameter in self.parameters}
        for name in values:
            if name not in known:
                listed = ", ".join(map(str, self.parameters)) or "none"
                hint = meant(name, known, f"it has: {listed}")
                raise UsageError(f"{self.name} has no parameter {name!r}", hint=hint)
        bound: dict[str, str] = {}
        for parameter in self.parameters:
            value = values.get(parameter.name, parameter.default)
            if value is not None:
                bound |= _terms(parameter, value, resolve)
            elif not parameter.optional:
                hint = f"give it with -p {parameter.name}=…  ({parameter})"
                raise UsageError(f"{self.name} needs {parameter.name}", hint=hint)
        return bound


def pick(queries: Mapping[str, NamedQuery], name: str) -> NamedQuery:
    """Return a named query; raises ProjectError with a near name if there is none."""
    if name in queries:
        return queries[name]
    hint = meant(name, queries, "`hima-kg queries` lists them")
    raise ProjectError(f"there is no query named {name!r}", hint=hint)


def leading(text: str) -> Iterator[tuple[int, str]]:
    """Go through the comments before a query's form, each with the number of its line."""
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith("#") or not line.strip():
            yield number, line.removeprefix("#").strip()
        elif not _PROLOGUE.match(line):
            return


def _parameter(comment: str, place: Place) -> Parameter:
    found = PARAMETER.fullmatch(comment)
    if not found:
        hint = "write: # param name: type = default"
        raise QueryError(f"{comment!r} is not a parameter", hint=hint, place=place)
    name, kind, optional, of_class, default = found.groups()
    if kind not in TYPES:
        hint = meant(kind, TYPES, f"the types are {', '.join(TYPES)}")
        raise QueryError(f"{kind!r} is not a type of parameters", hint=hint, place=place)
    return Parameter(name, kind, of_class or "", default, optional=bool(optional))


def _terms(parameter: Parameter, value: str, resolve: Callable[[str, str], str]) -> dict[str, str]:
    if parameter.type == "iri":
        return {parameter.name: f"<{resolve(value, parameter.of_class)}>"}
    if parameter.type == "date":
        from .dates import days  # only a question about time needs it

        first, last = days(value)
        return {parameter.name: _literal(first, "date"), parameter.name + "End": _literal(last, "date")}
    if parameter.type in _PATTERNS:
        pattern, example = _PATTERNS[parameter.type]
        if not re.fullmatch(pattern, value, re.ASCII):
            message = f"{parameter.name} is of type {parameter.type}, and {value!r} is not"
            raise UsageError(message, hint=f"write it like {example}")
        if parameter.type in ("integer", "decimal"):
            from .literals import ill_typed  # only a question about numbers needs it

            if reason := ill_typed(value, COMMON["xsd"] + parameter.type):
                raise UsageError(f"{parameter.name} is {value}: {reason}", hint=f"write it like {example}")
        if parameter.type == "language":  # which the store keeps in lower case
            return {parameter.name: _literal(value.lower(), "string")}
        return {parameter.name: _literal(value, parameter.type)}
    return {parameter.name: _literal(value, "string")}


_PATTERNS = {
    "integer": (r"[+-]?\d+", "2024"),
    "decimal": (r"[+-]?\d+(\.\d+)?", "0.25"),
    "boolean": ("true|false", "true"),
    "language": (TAG, "zh-hans"),
}


def _literal(text: str, datatype: str) -> str:
    escaped = "".join(_ESCAPES.get(c, c) for c in text)
    return f'"{escaped}"' if datatype == "string" else f'"{escaped}"^^<{XSD}{datatype}>'


_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
