"""A letter tells the time of its signature by the clock on the wall, with its distance from UTC."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator

import pytest

from app.drafts import standards
from app.export import ccda, fhir, html, layout, markdown, plain, times
from app.letter.letter import Letter, Signature, compose
from tests.checks.cases import draft_of
from tests.letter import cases

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the zone of the process cannot be changed here")
Zone = Callable[[str], None]


@pytest.fixture
def zone(monkeypatch: pytest.MonkeyPatch) -> Iterator[Zone]:
    """Sets the zone of this process."""

    def put(name: str) -> None:
        monkeypatch.setenv("TZ", name)
        time.tzset()

    yield put
    monkeypatch.undo()
    time.tzset()


def letter() -> Letter:
    signature = Signature("Dr Ada Stone", "", "2026-11-24T18:30:00+00:00")
    draft = draft_of(("course", "She improved."))
    return compose(cases.stay(), draft, standards.load("prsb"), signature=signature, made_at=cases.MADE_AT)


@pytest.mark.parametrize(
    ("name", "said", "instant", "stamp"),
    [
        ("UTC0", "24 November 2026 18:30 UTC", "2026-11-24T18:30:00Z", "20261124183000+0000"),
        ("CST-8", "25 November 2026 02:30 UTC+08:00", "2026-11-25T02:30:00+08:00", "20261125023000+0800"),
        ("EST5", "24 November 2026 13:30 UTC-05:00", "2026-11-24T13:30:00-05:00", "20261124133000-0500"),
    ],
)
def test_every_format_gives_local_time(zone: Zone, name: str, said: str, instant: str, stamp: str) -> None:
    zone(name)
    made = letter()
    assert layout.stamp(made) == f"Signed by Dr Ada Stone, {said}"
    for text in (plain.render(made), html.render(made), markdown.render(made)):
        assert said in text.replace("\\", "").replace("\xa0", " ")
    document = json.loads(fhir.render(made))
    composition = document["entry"][0]["resource"]
    assert document["timestamp"] == composition["date"] == composition["attester"][0]["time"] == instant
    assert stamp in ccda.render(made)


def test_a_time_with_its_own_zone_keeps_it(zone: Zone) -> None:
    zone("EST5")
    assert times.said("2026-11-24T18:30:00+05:30", "en") == "24 November 2026 18:30 UTC+05:30"
    assert times.said("2026-11-24T18:30:00Z", "zh-CN") == "2026年11月24日 13:30 UTC-05:00"
    assert times.said("2026-11-24", "en") == "2026-11-24"
