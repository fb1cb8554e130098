"""A wrong clock must not make retention remove for real, and a right one must not be doubted for ever."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.errors import ClockAhead, ClockBehind, NotAllowed
from app.history import clock, retention
from app.history.ephemeral import open_ephemeral
from app.history.keeper import Keeper
from app.history.retention import Swept
from app.history.store import History
from app.history.vault import BEFORE_MIGRATION, Vault
from tests.history.conftest import CODE, note
from tests.history.stores import FolderKeyring

DAY = 86_400.0
KEEP = 30
START = datetime(2026, 3, 2, 9, tzinfo=UTC).timestamp()


class Computer:
    """A history on a computer whose clock may be wrong; memory only, as only its trail matters here."""

    def __init__(self, folder: Path, off_days: float = 0.0) -> None:
        self.now, self.off = START, DAY * off_days
        self.history: History = open_ephemeral()
        self.history._clock = lambda: self.now + self.off
        self._vault = cast("Vault", SimpleNamespace(history=self.history, folder=folder))
        self.history.record("created")

    def open(self, after_days: float = 0.0, off_days: float | None = None) -> Swept:
        self.now += DAY * after_days
        if off_days is not None:
            self.off = DAY * off_days
        self.history.record("opened")
        return retention.sweep(self._vault, KEEP)

    def keep(self) -> str:
        return self.history.add_case("a", note("Chest pain.")).id

    def left(self) -> set[str]:
        return {one.id for one in self.history.cases() if not one.is_purged}


@pytest.fixture
def computer(tmp_path: Path) -> Computer:
    return Computer(tmp_path)


def test_everyday_use_is_never_doubted(computer: Computer) -> None:
    first = computer.keep()
    for day in range(1, 100):
        swept = computer.open(1)
        assert swept.doubt is None
        assert (first in swept.purged) == (day == KEEP + 1), day
        computer.keep()
    assert len(computer.left()) == KEEP + 1


@pytest.mark.parametrize("ahead", [15, 31, 365, 3650, 365 * 7000])
def test_a_clock_set_ahead_removes_nothing(computer: Computer, ahead: float) -> None:
    computer.keep()
    case = computer.keep()
    for _ in range(5):  # an idle lock opens it again and again
        doubt = computer.open(0.01, ahead).doubt
        if ahead > KEEP:
            assert isinstance(doubt, ClockAhead)
            assert doubt.facts["cases"] == 2
            assert doubt.facts["known"] == "2026-03-02"
            assert "all were kept" in str(doubt)
    assert isinstance(computer.open(1).doubt, ClockAhead) or ahead < KEEP
    assert case in computer.left()
    assert computer.open(0, 0) == Swept()
    for _ in range(3):
        assert computer.open(9).purged == ()
    assert case in computer.open(4).purged


def test_a_year_in_a_cupboard_keeps_nobody_out(computer: Computer) -> None:
    old = computer.keep()
    assert isinstance(computer.open(365).doubt, ClockAhead)
    new = computer.keep()
    assert isinstance(computer.open(1).doubt, ClockAhead)
    assert computer.open(1).purged == (old,), "the third day agrees"
    assert computer.left() == {new}


def test_a_person_confirms_the_date(computer: Computer) -> None:
    old = computer.keep()
    assert computer.open(60).purged == ()
    clock.confirm(computer.history)
    swept = computer.open()
    assert (swept.purged, swept.doubt) == ((old,), None)
    assert [one.event for one in computer.history.trail()][-2:] == ["opened", "purged"]


def test_three_openings_of_three_different_times_agree_on_nothing(computer: Computer) -> None:
    computer.keep()
    for off in (100, 4000, 900, 2000, 300, 8000):
        assert isinstance(computer.open(1, off).doubt, ClockAhead)
    assert len(computer.left()) == 1


def test_a_clock_set_back_removes_nothing_when_it_is_right_again(computer: Computer) -> None:
    """An empty battery starts a computer decades ago: what is kept then looks decades old a day later."""
    before = computer.keep()
    swept = computer.open(1, -20_000)
    assert isinstance(swept.doubt, ClockBehind)
    assert "cannot be earlier than 2026-03-02" in str(swept.doubt)
    during = computer.keep()
    assert computer.open(1, 0) == Swept(), "one case is of 1970 by its own date"
    assert computer.left() == {before, during}
    assert computer.open(10) == Swept()
    assert computer.open(10) == Swept()
    assert computer.open(9).purged == (before,)
    assert computer.open(2).purged == (during,)


def test_a_history_set_up_with_a_dead_battery(tmp_path: Path) -> None:
    computer = Computer(tmp_path, -20_000)
    with pytest.raises(NotAllowed, match="earlier than this program"):
        clock.confirm(computer.history)
    case = computer.keep()
    assert isinstance(computer.open(1).doubt, ClockBehind)
    assert computer.open(1, 0) == Swept()
    assert computer.open(14) == Swept()
    assert computer.open(14) == Swept()
    assert computer.open(3).purged == (case,)


def test_what_was_kept_while_the_clock_was_ahead_goes_in_due_time(computer: Computer) -> None:
    computer.open(0, 3650)
    case = computer.keep()
    computer.open(1, 0)
    for _ in range(3):
        assert computer.open(9).purged == ()
    assert computer.open(4).purged == (case,)


def test_a_believed_wrong_date_is_taken_back_by_a_person_only(computer: Computer) -> None:
    for _ in range(4):
        computer.open(1, 365)
    case = computer.keep()
    for _ in range(5):
        assert isinstance(computer.open(1, 0).doubt, ClockBehind)
    clock.confirm(computer.history)
    assert computer.open(1) == Swept()
    for _ in range(3):
        computer.open(9)
    assert computer.open(4).purged == (case,)


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    gaps=st.lists(st.floats(0, 5), min_size=1, max_size=12),
    off=st.floats(-20_000, 20_000),
    wrong=st.integers(1, 6),
    later=st.lists(st.floats(0, 5), max_size=12),
)
def test_no_single_slip_of_the_clock_takes_a_young_case(
    tmp_path: Path, gaps: list[float], off: float, wrong: int, later: list[float]
) -> None:
    """Right, then wrong for a day, then right: nothing goes before half its time, and all goes in the end."""
    computer = Computer(tmp_path)
    made: dict[str, float] = {}
    steps = [(gap, 0.0) for gap in gaps] + [(0.9 / wrong, off)] * wrong + [(gap, 0.0) for gap in later]
    for gap, offset in steps:
        for case in computer.open(gap, offset).purged:
            assert computer.now - made.pop(case) >= DAY * KEEP / 2
        made[computer.keep()] = computer.now
    for _ in range(KEEP + 15):
        computer.open(1, 0)
    assert computer.left() == set()


def test_the_window_hears_of_it_and_can_confirm(folder: Path) -> None:
    """End to end through the keeper's process, whose clock is right: the history was last used long ago."""
    past = Vault(folder, FolderKeyring, lambda: START - 365 * DAY)
    past.create(CODE).add_case("old", note("Chest pain."))
    past.close()
    keeper = Keeper(folder, FolderKeyring, retention_days=KEEP)
    try:
        for _ in range(2):
            opened = keeper.unlock()
            assert opened.purged == 0
            assert [type(one) for one in opened.errors] == [ClockAhead]
            keeper.call("new_case", "while in doubt")
        keeper.call("confirm_clock")
        assert len([one for one in keeper.call("cases") if not one.is_purged]) == 3
        opened = keeper.unlock()
        assert (opened.purged, opened.problems) == (1, ())
        assert {one.title for one in keeper.call("cases") if not one.is_purged} == {"while in doubt"}
    finally:
        keeper.lock()


def test_old_copies_from_before_migrations_go_with_the_rule(folder: Path) -> None:
    now = [START]
    vault = Vault(folder, FolderKeyring, lambda: now[0])
    vault.create(CODE)
    names = [f"epicrisis-backup-2026-0{month}-01-120000-abcd" for month in (1, 2, 3)]
    for name in (*names, "a folder of the user"):
        (folder / BEFORE_MIGRATION / name).mkdir(parents=True)
        (folder / BEFORE_MIGRATION / name / "history.db").write_bytes(b"old")
    assert vault.history is not None
    assert retention.sweep(vault, 0) == Swept()
    assert retention.sweep(vault, KEEP).copies == 1
    assert vault.history.trail()[-1].details == {"reason": "retention", "copies": 1}
    vault.close()
    now[0] += 365 * DAY
    vault.open()
    assert retention.sweep(vault, KEEP).copies == 0, "the clock jumped"
    left = {one.name for one in (folder / BEFORE_MIGRATION).iterdir()}
    assert left == {*names[1:], "a folder of the user"}
    vault.close()
