"""What can go wrong, said for the person at the keyboard."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Literal, NamedTuple

Severity = Literal["error", "warning"]


_WIDEST = 240
"""How many characters of a line are shown."""


class Place(NamedTuple):
    """A spot in a file: path as the user knows it, line and column counted from 1.

    >>> str(Place("facts/bikes.trig", 41, 9))
    'facts/bikes.trig:41:9'
    """

    path: str
    line: int = 0
    column: int = 0
    width: int = 1
    text: str = ""

    @classmethod
    def of(cls, path: str, text: str, start: int, end: int, *, line: int = 0) -> Place:
        r"""Return the place of a stretch of a file's text, whose line need not be counted where it is known.

        >>> Place.of("a.ttl", "x\ny z", 4, 5)
        Place(path='a.ttl', line=2, column=3, width=1, text='y z')
        """
        opening = text.rfind("\n", 0, start) + 1
        closing = text.find("\n", start)
        closing = len(text) if closing < 0 else closing
        line = line or text.count("\n", 0, start) + 1
        return cls(path, line, start - opening + 1, min(end, closing) - start, text[opening:closing])

    def __str__(self) -> str:
        """Return `path:line:column`, as compilers print it; a whole file has no line."""
        return ":".join([self.path, *(str(n) for n in (self.line, self.column) if n)])

    def excerpt(self) -> str:
        """Return the line with a caret under the spot, or nothing where there is no text; of a long line, what is around it."""
        if not self.text:
            return ""
        number, text, start = str(self.line), self.text.rstrip(), self.column - 1
        if len(text) > _WIDEST:
            cut = max(0, start - _WIDEST // 4)
            text, start = ("… " if cut else "") + text[cut : cut + _WIDEST] + " …", start - cut + 2 * bool(cut)
        before, marked, after = text[:start], text[start : start + self.width], text[start + self.width :]
        gutter, lead = " " * len(number), " " * columns(printable(before))
        carets, text = "^" * max(1, columns(printable(marked))), printable(before + marked + after)
        return f"   {number} | {text}\n   {gutter} | {lead}{carets}"


class Problem(NamedTuple):
    """Something wrong with the data: collected, sorted and shown with all others."""

    place: Place
    severity: Severity
    code: str
    message: str
    hint: str = ""

    def __str__(self) -> str:
        """Return the report in the shape of a compiler's message."""
        head = f"{self.place}: {self.severity}[{self.code}] {printable(self.message)}"
        parts = [head, self.place.excerpt(), f"  {printable(self.hint)}" if self.hint else ""]
        return "\n".join(part for part in parts if part)


class KgError(Exception):
    """The root of what this package raises; carries a hint, a place, and an exit code."""

    exit_code = 1

    def __init__(self, message: str, *, hint: str = "", place: Place | None = None) -> None:
        """Say what is wrong, what to do about it, and where."""
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.place = place

    def problem(self, shown: str) -> Problem:
        """Return it as a problem of a file that does not parse, shown under a name, which other problems may stand beside."""
        return Problem((self.place or Place(shown))._replace(path=shown), "error", "syntax", self.message, self.hint)

    def __str__(self) -> str:
        """Return the message with its place before it and its hint below."""
        head = f"{self.place}: error: {self.message}" if self.place else f"error: {self.message}"
        parts = [printable(head), self.place.excerpt() if self.place else "", f"  {printable(self.hint)}" if self.hint else ""]
        return "\n".join(part for part in parts if part)


class ProjectError(KgError):
    """The project folder, its settings, or the way a command was used is wrong."""

    exit_code = 2


class StoreError(KgError):
    """The built graph is missing, damaged, locked, or from another version."""


class QueryError(KgError):
    """A query or a parameter is wrong."""

    exit_code = 3


class UsageError(QueryError):
    """A value that a query is asked with is wrong, or its name is."""

    exit_code = 2


class SlowError(KgError):
    """An answer took longer than it was allowed to."""

    exit_code = 4


class TooFarError(Exception):
    """The effect of an edit cannot be bounded, or is too much to be worth following: a whole build has to be made."""


class FactError(KgError):
    """The folder's data is wrong: holds every problem that was found, sorted."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        """Keep the problems; exit code 3 when a file does not parse, else 1."""
        self.problems = sorted(problems)
        self.exit_code = 3 if any(p.code == "syntax" for p in problems) else 1
        super().__init__(listed(self.problems))

    def __reduce__(self) -> tuple[type[FactError], tuple[list[Problem]]]:
        """Let it be handed to another process."""
        return type(self), (self.problems,)

    def __str__(self) -> str:
        """Return every problem, one below the other."""
        return self.message


def listed(problems: Iterable[Problem]) -> str:
    """Return problems as a compiler prints them, by place; the errors come last, where a terminal ends."""
    return "\n\n".join(map(str, sorted(problems, key=lambda problem: (problem.severity == "error", problem))))


def read(path: Path, shown: str, newline: str | None = None) -> str:
    """Return a text file's text without a byte order mark; raises ProjectError, naming it, if it is not to be had.

    Line ends are those of `open`: each a line feed, unless `newline` is "".
    """
    try:
        with path.open(encoding="utf-8-sig", newline=newline) as file:
            return file.read()
    except OSError as error:
        raise ProjectError(f"{shown} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ProjectError(f"{shown} is not UTF-8: {error.reason} at byte {error.start}", hint="save it as UTF-8") from error


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the known word that looks most like this one, or None if none does.

    >>> nearest("brandOff", ["brandOf", "markOf"])
    'brandOf'
    """
    from difflib import get_close_matches  # only a mistake needs it

    return next(iter(get_close_matches(word, list(known), n=1, cutoff=0.7)), None)


def meant(word: str, known: Iterable[str], otherwise: str) -> str:
    """Return the hint that asks whether the nearest known word was meant, or another hint where none is near.

    >>> meant("brandOff", ["brandOf", "markOf"], "look it up"), meant("colour", ["brandOf"], "look it up")
    ('did you mean brandOf?', 'look it up')
    """
    close = nearest(word, known)
    return f"did you mean {close}?" if close else otherwise


def counted(number: int, noun: str) -> str:
    """Return a number with its noun, in the plural where there is not one of it.

    >>> counted(1, "claim"), counted(1_200, "claim")
    ('1 claim', '1,200 claims')
    """
    return f"{number:,} {noun}" + "s" * (number != 1)


def printable(text: str) -> str:
    r"""Return the text with control and invisible direction characters spelled out, so that no message can steer a terminal.

    >>> printable("a\x1b[31mb")
    'a\\x1b[31mb'
    """
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or c in _HARMLESS else c.encode("unicode_escape").decode() for c in text)


_HARMLESS = "\n\t\u00a0\u2002\u2003\u2009\u200c\u200d\u202f\u3000"
"""Spaces, and the joiners that some scripts are written with."""


def columns(text: str) -> int:
    """Return how many terminal columns the text takes: two for a wide character, none for a combining mark.

    >>> columns("lamp 琥珀")
    9
    """
    if text.isascii():
        return len(text)
    from unicodedata import combining, east_asian_width  # only texts beyond ASCII pay for the tables

    return sum(0 if combining(c) else 2 if east_asian_width(c) in "WF" else 1 for c in text)
