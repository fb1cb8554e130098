"""When something is due: as exact as the notes, never more."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.drafts import due

DAY = "2026-11-09"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("GP to repeat U&E in one week.", "in one week (about 16 November 2026)"),
        ("Clinic in 2 weeks.", "in 2 weeks (about 23 November 2026)"),
        ("Review in 6-8 weeks.", "in 6-8 weeks (about 21 December 2026 to 4 January 2027)"),
        ("Echo within 3 months.", "within 3 months (by about February 2027)"),
        ("Colonoscopy in a year.", "in a year (about November 2027)"),
        ("Two weeks after discharge: wound check.", "Two weeks after discharge (about 23 November 2026)"),
        ("Clinic on 12/01/2027 at 10:00.", "12 January 2027"),
        ("Telephone call tomorrow.", "tomorrow (about 10 November 2026)"),
        ("Home visit within 48 hours.", "within 48 hours"),
        ("Monitor renal function every 6 months.", "every 6 months"),
        ("Remove clips 10 days after surgery.", "10 days after surgery"),
        ("Ferritin sent 05/11/2026.", ""),
        ("Return if the pain is not better in 2 days.", ""),
        ("GP to review diabetes treatment.", ""),
        ("1个月后门诊复查。", "1个月后 (about December 2026)"),
        ("两周内复查血常规", "两周内 (by about 23 November 2026)"),
    ],
)
def test_a_time_is_told_as_written_and_reckoned_as_far_as_it_goes(text: str, said: str) -> None:
    assert due.read(text, DAY).said("en") == said


def test_without_a_day_to_count_from_nothing_is_reckoned() -> None:
    found = due.read("Clinic in 2 weeks.", "")
    assert (found.said("en"), found.reckoned("en")) == ("in 2 weeks", "")


def test_chinese_letters_have_chinese_dates() -> None:
    assert due.read("两周后复查", DAY).said("zh-CN") == "两周后（约2026年11月23日）"


@given(st.dates(min_value=datetime.date(1900, 1, 1)), st.integers(0, 999), st.sampled_from(["day", "week"]))
def test_days_are_counted_by_the_calendar(start: datetime.date, count: int, unit: str) -> None:
    found = due.read(f"Clinic in {count} {unit}s.", start.isoformat())
    try:
        end = (start + datetime.timedelta(days=count * (7 if unit == "week" else 1))).isoformat()
    except OverflowError:
        end = ""
    assert (found.first, found.last, found.is_exact) == (end, end, False)


@given(st.dates(), st.integers(0, 999), st.sampled_from(["month", "year"]))
def test_months_are_never_told_to_the_day(start: datetime.date, count: int, unit: str) -> None:
    found = due.read(f"Clinic in {count} {unit}s.", start.isoformat())
    assert len(found.first) in (0, len("2026-11"))


@given(st.text(max_size=60), st.sampled_from(["", DAY, "9999-12-31"]))
def test_any_text_is_read(text: str, anchor: str) -> None:
    found = due.read(text, anchor)
    assert found.written in text
