"""Dates mean days: no more precise than they are written."""

import re
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hima_kg.dates import EDTF, Period, between
from hima_kg.terms import XSD

DAYS = st.dates(date(1000, 1, 1), date(9000, 1, 1))


@pytest.mark.parametrize(
    ("text", "datatype", "days"),
    [
        ("2023-06-15", XSD + "date", "2023-06-15/2023-06-15"),
        ("2024-02", XSD + "gYearMonth", "2024-02-01/2024-02-29"),
        ("2023", XSD + "gYear", "2023-01-01/2023-12-31"),
        ("--12-14", XSD + "gMonthDay", "../.."),
        ("2025-40", EDTF, "2025-01-01/2025-06-30"),
        ("2025-36", EDTF, "2025-10-01/2025-12-31"),
        ("2023-06/2024-07", EDTF, "2023-06-01/2024-07-31"),
        ("../2024", EDTF, "../2024-12-31"),
        ("2023-11/..", EDTF, "2023-11-01/.."),
    ],
)
def test_bounds(text: str, datatype: str, days: str) -> None:
    """A date as written gives the first and the last day that it can mean."""
    assert str(Period.parse(text, datatype)) == days


@pytest.mark.parametrize(
    ("text", "datatype", "says"),
    [
        ("2023-13", XSD + "gYearMonth", "'2023-13' has no month 13"),
        ("2023-02-30", XSD + "date", "'2023-02-30' is no day of the calendar"),
        ("2023-13-01", XSD + "date", "'2023-13-01' is no day of the calendar"),
        ("23", XSD + "gYear", "'23' is not a year written YYYY"),
        ("--02-30", XSD + "gMonthDay", "'--02-30' is no day of the calendar"),
        ("2023-6", EDTF, "'2023-6' is not a date written YYYY, YYYY-MM or YYYY-MM-DD"),
        ("1968-Q2", EDTF, "'1968-Q2' is not a date written YYYY, YYYY-MM or YYYY-MM-DD"),
        ("2024/2023", EDTF, "'2024/2023' ends before it starts"),
        ("soon", EDTF, "'soon' is not a date written YYYY"),
        ("2023?", EDTF, "'2023?' is a guess"),
        ("2023-06~", EDTF, "'2023-06~' is a guess"),
        ("2023/2024%", EDTF, "'2024%' is a guess"),
        ("192X", EDTF, "'192X' leaves digits open"),
        ("1927-22", EDTF, "'1927-22' is a season"),
        ("2023", XSD + "integer", "is not a datatype of dates"),
    ],
)
def test_not_a_date(text: str, datatype: str, says: str) -> None:
    """What is no date of its datatype is refused, with words on what is wrong about it."""
    with pytest.raises(ValueError, match=re.escape(says)):
        Period.parse(text, datatype)


@given(DAYS)
def test_contains(day: date) -> None:
    """A day lies in its own month and year, and in no other."""
    for precision in (4, 7, 10):
        period = Period.parse(day.isoformat()[:precision])
        assert period.contains(day)
        assert period.earliest is not None
        assert period.latest is not None
        assert not period.contains(period.earliest - timedelta(days=1))
        assert not period.contains(period.latest + timedelta(days=1))


@given(DAYS, st.integers(0, 4000))
def test_round_trip(start: date, length: int) -> None:
    """A period written and read again is the same, however it is abbreviated."""
    period = Period(start, start + timedelta(days=length))
    assert Period.parse(str(period)) == period
    short = between(str(period.earliest), str(period.latest))
    assert Period.parse(short.replace("..", "/")) == period
