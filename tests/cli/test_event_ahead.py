"""What plan and apply say of reminders and of erasing: when each comes, and why one does not."""

from __future__ import annotations

from datetime import time
from pathlib import Path

import pytest
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from tests.cli.conftest import Shell, edit
from tripkit.domain.reminders import Anchor, Reminder, Side
from tripkit.eventfile import write_event
from tripkit.reads.trip_plan import find_trip
from tripkit.storage.trip_parts import ReminderRow
from tripkit.storage.trips import OccasionRow
from tripkit.testing import NOW, at, both, make_organisation, make_trip

HEADING = "What happens by itself:"
SOON = Reminder(
    key="soon",
    days=3,
    side=Side.BEFORE,
    anchor=Anchor.TRIP_STARTS,
    clock=time(9),
    subject=both("Snart åker vi", "We leave soon"),
    text=both("Hej {name}!", "Hello {name}!"),
)


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """A trip from 5 May with a reminder three days before it."""
    write_event(tmp_path / "trip", make_organisation(), make_trip(reminders=(SOON,), retention_days=90), {})
    return Path("trip")


def said(output: str) -> list[str]:
    """What is said under the heading."""
    lines = output.splitlines()
    begin = lines.index(HEADING) + 1 if HEADING in lines else len(lines)
    return [line.strip() for line in lines[begin:] if line.startswith("  ")]


def test_a_new_trip_says_what_it_will_do_by_itself(served: Shell, directory: Path, session: Session) -> None:
    expected = [
        "The reminder “We leave soon” will be sent Sunday 2 May 2027 at\u00a009:00.",
        "What people write when they sign up is erased on 5 August 2027.",
    ]
    planned = served("event", "plan", directory)
    assert said(planned.output) == expected
    assert said(served("event", "apply", directory, "--language", "sv").output) == []
    session.rollback()
    assert session.scalars(select(ReminderRow.due_at)).all() == [at(2, 7)]


def test_a_trip_that_moves_says_so_of_its_reminder_and_keeps_quiet_of_the_rest(
    served: Shell, directory: Path, session: Session
) -> None:
    served("event", "apply", directory)
    edit(directory / "event.yaml", ("  size: 10\n", "  size: 11\n"))
    assert said(served("event", "apply", directory).output) == [], "nothing is said of what stays as it is"
    moved = served("event", "apply", directory, "--starting", "2027-05-12")
    assert said(moved.output) == [
        "The reminder “We leave soon” will be sent Sunday 9 May 2027 at\u00a009:00.",
        "What people write when they sign up is erased on 12 August 2027.",
    ]
    session.rollback()
    assert session.scalars(select(ReminderRow.due_at)).all() == [at(9, 7)]


@pytest.mark.parametrize(
    ("clock", "expected"),
    [
        ("2027-05-04T06:00:00+00:00", "is sent at once: its moment was Sunday 2 May 2027 at\u00a009:00."),
        (
            "2027-05-04T07:00:01+00:00",
            "is not sent: its moment was Sunday 2 May 2027 at\u00a009:00, more than two days ago.",
        ),
    ],
)
def test_a_trip_applied_late_says_whether_its_reminder_is_sent(
    served: Shell, directory: Path, clock: str, expected: str
) -> None:
    assert said(served("event", "plan", directory, TRIPKIT_CLOCK=clock).output)[0].endswith(expected)


def test_a_reminder_that_was_sent_says_so_when_the_trip_moves(served: Shell, directory: Path, session: Session) -> None:
    served("event", "apply", directory)
    trip_id = find_trip(session, "resebyran", "hamnstad")
    one = {"trip_id": trip_id, "kind": "reminder", "key": "soon", "at": at(2, 7), "noted_at": NOW}
    session.execute(insert(OccasionRow), one)
    session.commit()
    moved = served("event", "plan", directory, "--starting", "2027-05-12")
    assert said(moved.output)[0] == (
        "The reminder “We leave soon” was sent, and is not sent again; with another key it is another one."
    )


def test_a_trip_that_does_not_happen_reminds_nobody(served: Shell, directory: Path) -> None:
    served("event", "apply", directory)
    edit(directory / "event.yaml", ("  size: 10\n", "  size: 10\n  status: cancelled\n"))
    assert said(served("event", "plan", directory).output) == [
        "The reminder “We leave soon” is not sent, since the trip does not happen as planned."
    ]
