"""What tells a claim's sentence from others: the names, numbers and dates of the claim, and which of them a sentence holds."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from . import sources
from .dates import EDTF
from .store import Store
from .terms import XSD

_MONTHS = "January February March April May June July August September October November December".split()
_DATE = re.compile(r"(?:(\d{4})|-)(?:-(0[1-9]|1[0-2])(?!\d))?(?:-(\d\d))?")
_NUMERIC = {XSD + kind for kind in ("integer", "decimal", "double", "float")}
_DATES = {EDTF, *(XSD + kind for kind in ("date", "gYear", "gYearMonth", "gMonthDay"))}


@dataclass(frozen=True, order=True)
class Clue:
    """A name, number or date of a claim: how it is shown, and the ways in which a sentence may write it."""

    shown: str
    names: tuple[str, ...] = ()
    number: str = ""


def of(store: Store, claims: Iterable[str]) -> list[Clue]:
    """Return the clues of claims, each once: the things of which they speak by name, their numbers and dates."""
    found: set[Clue] = set()
    for claim in claims:
        for known in sources.names(store, claim).values():
            found.add(Clue(known[0], tuple(name.casefold() for name in known if len(name) > 1)))
        for _, _, value in sources.statements(store, claim):
            found.update(_figures(value))
    return sorted(found, key=lambda clue: (bool(clue.number), clue))


def held(clues: Sequence[Clue], sentence: str) -> list[str]:
    """Return which clues a sentence holds, as they are shown.

    >>> held([Clue("Amber", ("amber",)), Clue("36000", number="36000"), Clue("moth", ("moth",))], "Amber sold 36,000.")
    ['Amber', '36000']
    """
    folded, figures = sentence.casefold(), numbers(sentence)
    return [clue.shown for clue in clues if clue.number in figures or any(name in folded for name in clue.names)]


def numbers(sentence: str) -> set[str]:
    """Return the numbers of a sentence, without the commas that group their digits and the noughts that lead them.

    >>> sorted(numbers("36,000 on 2024.06.09, 0.50"))
    ['0', '0.5', '2024', '2024.06', '36000', '50', '6', '9']
    """
    plain = re.sub(r"(?<=\d),(?=\d{3})", "", sentence)
    return {_bare(number) for number in (*re.findall(r"\d+", plain), *re.findall(r"\d+\.\d+", plain))}


def _bare(number: str) -> str:
    """Return a number without its sign, and without noughts that say nothing: `-2.50` is 2.5."""
    whole, point, part = number.lstrip("+-").partition(".")
    part = part.rstrip("0")
    return (whole.lstrip("0") or "0") + (point + part if part else "")


def _figures(value: Any) -> list[Clue]:
    """Return the number, or the year, month and day, that a value is."""
    kind = value.datatype.value if hasattr(value, "datatype") else ""
    if kind in _NUMERIC:
        return [Clue(value.value, number=_bare(value.value))]
    return [clue for found in _DATE.findall(value.value) for clue in _parts(*found)] if kind in _DATES else []


def _parts(year: str, month: str, day: str) -> list[Clue]:
    days = [Clue(part, number=part) for part in (year, day.lstrip("0")) if part]
    name = _MONTHS[int(month) - 1] if month else ""
    return [*days, Clue(name, (name.casefold(),), month.lstrip("0"))] if name else days
