"""Which times of the trail can be believed. Retention removes for good, and a computer's clock can be wrong.

Every event of the trail carries the clock's time in an order that no clock changes, so the trail itself tells when
the clock jumped. Nothing here keeps anybody out of a history: a doubt only lets retention wait.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import Connection, select

from app.errors import ClockAhead, ClockBehind, NotAllowed
from app.history import tables
from app.history.store import History

CONFIRMED = "clock confirmed"
# No history is older than the program. An empty clock battery starts a computer in 1970, 2000 or the year it was built.
_BORN = datetime(2025, 1, 1, tzinfo=UTC)
# A jump counts as right once the history was opened on so many days of the new time. A machine that lay in a cupboard
# for a year has no other witness than its clock; three days show the doubt three times to a person who can see a
# calendar, and a rule that removes three days late harms nobody.
_DAYS_TO_AGREE = 3
# How far the clock may fall back unremarked: a time zone taken for another is at most 26 hours, most are far less.
_BACK = timedelta(days=1)


@dataclass(slots=True)
class Reading:
    """What the trail says of the clock.

    Attributes:
        allowance: Longest believable time from one use to the next.
        known: Newest time that is believed; None before the first.
        doubted: Time of the last event, if it is not believed.
        made: Since when each case is there: its own time where that is believed, else the next believed time; None
            while there is none.
    """

    allowance: timedelta
    known: datetime | None = None
    doubted: datetime | None = None
    made: dict[str, datetime | None] = field(default_factory=dict)
    _ahead: datetime | None = None
    _openings: set[date] = field(default_factory=set)
    _undated: set[str] = field(default_factory=set)

    @property
    def is_ahead(self) -> bool:
        """Whether the clock has jumped further than is believable."""
        return self.doubted is not None and self.doubted >= _BORN and self.doubted > (self.known or _BORN)

    def doubt(self, due: int) -> ClockAhead | ClockBehind | None:
        """What a person must hear of the clock.

        Args:
            due: Cases that retention would empty by the clock's date.
        """
        if self.doubted is None:
            return None
        known, today = (self.known or _BORN), f"{self.doubted:%Y-%m-%d}"
        if self.is_ahead:
            return ClockAhead(known=f"{known:%Y-%m-%d}", today=today, cases=due) if due else None
        return ClockBehind(known=f"{known:%Y-%m-%d}", today=today) if known - self.doubted > self.allowance else None

    def follow(self, event: str, subject: str, at: datetime) -> None:
        """Read the next event of the trail."""
        if event == CONFIRMED:
            self._undated |= {case for case, made in self.made.items() if made and made > at}
            self._believe(at)  # only a person can take a believed time back
        elif self._is_believed(event, at):
            self._believe(max(at, self.known or at))
        else:
            self.doubted = at
        if event == "saved":
            self.made[subject] = None if self.doubted else at
            self._undated |= {subject} if self.doubted else set()

    def _believe(self, now: datetime) -> None:
        self.known, self.doubted, self._ahead = now, None, None
        self._openings.clear()
        self.made |= dict.fromkeys(self._undated, now)
        self._undated.clear()

    def _is_believed(self, event: str, at: datetime) -> bool:
        if at < _BORN:
            return False
        if self.known is None:
            return True
        if at - self.known <= self.allowance:
            return self.known - at <= _BACK
        if self._ahead is None or not -_BACK <= at - self._ahead <= self.allowance:
            self._openings.clear()  # another jump: the days before say nothing for it
        self._ahead = at
        if event == "opened":
            self._openings.add(at.date())
        return len(self._openings) >= _DAYS_TO_AGREE


def allowance(days: int) -> timedelta:
    """Longest believable time from one use to the next: half of what retention keeps, between 3 and 14 days.

    Half, so that a clock a little ahead never takes a case that is younger than half its time. At most a fortnight,
    below a month and a year, which are the slips when a date is set by hand. A longer holiday only makes retention
    wait for a few days; at least three, or every weekend would.

    Args:
        days: What retention keeps.
    """
    return timedelta(days=min(max(days / 2, 3), 14))


def read(connection: Connection, days: int) -> Reading:
    """Follow the whole trail.

    Args:
        connection: Any.
        days: What retention keeps.
    """
    reading = Reading(allowance(days))
    audit = tables.audit
    rows = connection.execute(select(audit.c.event, audit.c.subject, audit.c.at).order_by(audit.c.number))
    for event, subject, at in rows:
        reading.follow(event, subject, datetime.fromisoformat(at))
    return reading


def confirm(history: History) -> None:
    """Take a person's word that the clock is right; the trail tells it, and retention works from the next opening.

    Args:
        history: The open history.

    Raises:
        NotAllowed: It cannot be right.
    """
    with history._change() as (connection, at):
        if datetime.fromisoformat(at) < _BORN:
            raise NotAllowed(why="The computer's date is earlier than this program; correct it first.")
        history._record(connection, CONFIRMED, "", {}, at)
