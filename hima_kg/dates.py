"""Dates as sources print them, and the days that they can mean.

A date's datatype is its precision: XSD for a day, a month, a year, a day without a year; EDTF (ISO 8601-2, as profiled
by the Library of Congress) for halves, quarters and open ranges.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from .errors import UsageError
from .terms import XSD

EDTF = "http://id.loc.gov/datatypes/edtf/EDTF"

_DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)", re.ASCII)
_MONTH = re.compile(r"(\d{4})-(\d\d)", re.ASCII)
_YEAR = re.compile(r"\d{4}", re.ASCII)
_MONTH_DAY = re.compile(r"--(\d\d)-(\d\d)", re.ASCII)
CLOCK = r"([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?|24:00:00(\.0+)?"
ZONE = r"Z|[+-](0\d|1[0-3]):[0-5]\d|[+-]14:00"
"""How XML Schema writes times of day and time zones (XSD 1.1, part 2)."""
_DATE_TIME = re.compile(rf"(\d{{4}}-\d\d-\d\d)T({CLOCK})({ZONE})?", re.ASCII)
_FAR = re.compile(r"-\d{4}|[-Y]*\d{5}", re.ASCII)
_ZONED = re.compile(rf"({ZONE})$", re.ASCII)
# EDTF level 2 sub-year groupings: first month and length in months. Seasons (21-24) have no agreed months.
_PARTS = {
    **{33 + n: (1 + 3 * n, 3) for n in range(4)},
    **{37 + n: (1 + 4 * n, 4) for n in range(3)},
    **{40 + n: (1 + 6 * n, 6) for n in range(2)},
}


@dataclass(frozen=True)
class Period:
    """The days from `earliest` to `latest`, both included; None where that side is open.

    >>> Period.parse("2023-06")
    Period(earliest=datetime.date(2023, 6, 1), latest=datetime.date(2023, 6, 30))
    >>> str(Period.parse("2024-07/.."))
    '2024-07-01/..'
    """

    earliest: date | None
    latest: date | None

    @classmethod
    def parse(cls, text: str, datatype: str = EDTF) -> Period:
        """Return the days that a written date can mean; raises ValueError if it is not a date of that datatype."""
        if datatype not in _READERS:
            raise ValueError(f"{datatype} is not a datatype of dates")
        return _READERS[datatype](text)

    def __str__(self) -> str:
        """Return the period as an EDTF interval."""
        return "/".join(day.isoformat() if day else ".." for day in (self.earliest, self.latest))

    def contains(self, day: date) -> bool:
        """Whether a day lies in the period.

        >>> Period.parse("2025-40").contains(date(2025, 6, 30))
        True
        """
        return (self.earliest is None or self.earliest <= day) and (self.latest is None or day <= self.latest)


def ends(text: str, datatype: str = EDTF) -> tuple[Period, Period]:
    """Return the days in which what a date dates can have begun, and those in which it can have ended.

    A date without two ends says when it began, and nothing of its end. Raises ValueError if it is not a date.

    >>> began, ended = ends("2021-12/2023")
    >>> str(began), str(ended)
    ('2021-12-01/2021-12-31', '2023-01-01/2023-12-31')
    """
    start, slash, end = text.partition("/")
    whole = Period.parse(text, datatype)
    if not slash:
        return whole, _UNKNOWN
    began, ended = (_UNKNOWN if part in ("..", "") else Period.parse(part) for part in (start, end))
    return began, ended


def between(earliest: str | None, latest: str | None) -> str:
    """Return the shortest way to write the days between two, given as text, with two dots for an open side.

    >>> between("2023-06-01", "2023-06-30"), between(None, "2024-12-31"), between("2025-01-01", "2025-06-30")
    ('2023-06', '..2024', '2025-01..2025-06')
    """
    if not earliest and not latest:
        return "undated"
    for length in (4, 7, 10):
        first, last = (earliest or "")[:length], (latest or "")[:length]
        if (not earliest or str(_edtf_date(first).earliest) == earliest) and (
            not latest or str(_edtf_date(last).latest) == latest
        ):
            break
    return first if first == last else f"{first}..{last}"


Edge: TypeAlias = "tuple[str | None, str | None]"
"""The earliest and the latest day on which something can have begun, or ended, as text; None where that is not known."""


def lasting(start: Edge, end: Edge, *, dash: str = "–", unknown: str = "…") -> str:
    """Return from when to when something holds, each end in words as short as what is known of it.

    >>> lasting(("2023-06-01", "2023-06-30"), (None, None)), lasting((None, None), (None, "2024-12-31"))
    ('2023-06 – …', '… – ..2024')
    """
    return f" {dash} ".join(between(*side) if any(side) else unknown for side in (start, end))


def disputed(since: str, until: str | None) -> str:
    """Return from when to when something is disputed, in words.

    >>> disputed("2024-07-01", None), disputed("2024-07-01", "2024-12-31")
    ('disputed from 2024-07-01', 'disputed from 2024-07-01 to 2024-12-31')
    """
    return f"disputed from {since}{f' to {until}' if until else ''}"


def period(value: str) -> Period:
    """Return what a date given by hand means: a day, a month, a year or an EDTF range; raises UsageError if it is none."""
    try:
        return Period.parse(value)
    except ValueError as error:
        dates = "2024-07-15, 2024-07, 2024 or 2023-06/2024-06"
        raise UsageError(f"{value!r} is not a date", hint=f"write a day, a month, a year or a range: {dates}") from error


def days(value: str) -> tuple[str, str]:
    """Return the first and the last day that a date given by hand means, the first and last that there are for an open end.

    `..` is any day.

    >>> days("2024-02"), days("..")
    (('2024-02-01', '2024-02-29'), ('0001-01-01', '9999-12-31'))
    """
    meant = period("../.." if value == ".." else value)
    return (
        meant.earliest.isoformat() if meant.earliest else "0001-01-01",
        meant.latest.isoformat() if meant.latest else "9999-12-31",
    )


def by_months(text: str) -> str:
    """Return a date in EDTF as people read it: a part of a year, which EDTF writes by a number, is told by its months.

    >>> by_months("2025-40"), by_months("2024-33/2024-36"), by_months("2023-06")
    ('2025-01..2025-06', '2024-01..2024-03/2024-10..2024-12', '2023-06')
    """

    def months(found: re.Match[str]) -> str:
        return "..".join(day[:7] for day in str(_edtf_date(found[0])).split("/"))

    return _PART.sub(months, text)


def datatype(text: str) -> str | None:
    """Return the datatype of dates that a text is written in, or None if it is no date.

    >>> datatype("2023-06") == XSD + "gYearMonth"
    True
    """
    for kind, read in _READERS.items():
        try:
            read(text)
        except ValueError:
            continue
        return kind
    return None


NO_DAY = "9999-99-99"
"""Later than the last day that there is: what an end that is not known is compared as."""
_UNKNOWN = Period(None, None)
_PART = re.compile(rf"\b\d{{4}}-(?:{'|'.join(map(str, _PARTS))})\b(?!-)", re.ASCII)


def _months(year: int, month: int, count: int = 1) -> Period:
    last = month + count - 1
    return Period(date(year, month, 1), date(year, last, monthrange(year, last)[1]))


def _match(pattern: re.Pattern[str], text: str, kind: str) -> re.Match[str]:
    found = pattern.fullmatch(text)
    if found and not text.startswith("0000"):
        return found
    if found or _FAR.match(text):
        raise ValueError(f"{text!r} is before year 0001 or after 9999, the first and the last that dates have here")
    if (zone := _ZONED.search(text)) and pattern.fullmatch(text[: zone.start()]):
        raise ValueError(f"{text!r} has a time zone, and dates are days of the calendar: write {text[: zone.start()]}")
    raise ValueError(f"{text!r} is not {kind}")


def _day(text: str, kind: str = "a day written YYYY-MM-DD") -> Period:
    year, month, day = map(int, _match(_DAY, text, kind).groups())
    only = _of_calendar(text, year, month, day)
    return Period(only, only)


def _of_calendar(text: str, year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError as error:
        raise ValueError(f"{text!r} is no day of the calendar") from error


def _month(text: str) -> Period:
    year, month = map(int, _match(_MONTH, text, "a month written YYYY-MM").groups())
    if not 1 <= month <= 12:
        raise ValueError(f"{text!r} has no month {month:02}")
    return _months(year, month)


def _year(text: str) -> Period:
    return _months(int(_match(_YEAR, text, "a year written YYYY").group()), 1, 12)


def _month_day(text: str) -> Period:
    month, day = map(int, _match(_MONTH_DAY, text, "a day of a year not given, written --MM-DD").groups())
    _of_calendar(text, 2000, month, day)  # a leap year, so that --02-29 is allowed
    return Period(None, None)


def _date_time(text: str) -> Period:
    return _day(_match(_DATE_TIME, text, "a moment written YYYY-MM-DDThh:mm:ss").group(1))


def _edtf(text: str) -> Period:
    start, slash, end = text.partition("/")
    if not slash:
        return _edtf_date(text)
    period = Period(
        None if start in ("..", "") else _edtf_date(start).earliest,
        None if end in ("..", "") else _edtf_date(end).latest,
    )
    if period.earliest and period.latest and period.latest < period.earliest:
        raise ValueError(f"{text!r} ends before it starts")
    return period


def _vague(text: str, why: str, instead: str) -> ValueError:
    return ValueError(f"{text!r} {why}: write the range that it may mean, such as {instead}")


def _edtf_date(text: str) -> Period:
    grouping = _MONTH.fullmatch(text)
    if text.endswith(("?", "~", "%")):
        raise _vague(text, "is a guess, and of how many days is not said", "1925/1929")
    if "X" in text:
        raise _vague(text, "leaves digits open", "1920/1929")
    if grouping and grouping[2] in ("21", "22", "23", "24"):
        raise _vague(text, "is a season, of which no calendar gives the days", "1927-06/1927-08")
    if grouping and int(grouping[2]) in _PARTS:
        return _months(int(grouping[1]), *_PARTS[int(grouping[2])])
    if _YEAR.fullmatch(text):
        return _year(text)
    return (
        _month(text) if grouping else _day(text, "a date written YYYY, YYYY-MM or YYYY-MM-DD, or two of them with a / between")
    )


_READERS: dict[str, Callable[[str], Period]] = {
    XSD + "date": _day,
    XSD + "gYearMonth": _month,
    XSD + "gYear": _year,
    XSD + "gMonthDay": _month_day,
    XSD + "dateTime": _date_time,
    EDTF: _edtf,
}
DATATYPES = frozenset(_READERS)
