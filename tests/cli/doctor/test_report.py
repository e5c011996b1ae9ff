"""What the doctor says as a whole: to people, to monitors, and when it cannot look at something."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, delete, func, select, update
from sqlalchemy.orm import Session

from tests.cli.conftest import Shell
from tests.cli.doctor.conftest import Doctor
from tripkit.cli import doctor as doctor_module
from tripkit.cli.doctor.findings import MANY
from tripkit.domain.bookings import ParticipantStatus
from tripkit.domain.seats import PoolKind
from tripkit.storage import sessions
from tripkit.storage.bookings import ClaimRow, ParticipantRow, PoolRow
from tripkit.testing import applied, booked, make_trip

WELL = "All is well: every place is counted right, and no message is lost.\n"


@pytest.fixture
def well(shell: Shell, sqlite_engine: Engine) -> Shell:
    """A shell with a database in which nothing is wrong. SQLite's: a PostgreSQL server of tests may be set up otherwise."""
    shell.environment["TRIPKIT_DATABASE"] = sqlite_engine.url.render_as_string(hide_password=False)
    return shell


@pytest.fixture
def sqlite_session(sqlite_engine: Engine) -> Iterator[Session]:
    with sessions(sqlite_engine)() as session:
        yield session


def test_where_all_is_well_it_says_so_a_line_each(well: Shell, sqlite_session: Session) -> None:
    booked(sqlite_session, applied(sqlite_session), 3)
    done = well("doctor")
    assert done.exit_code == 0 and done.output.endswith(f"\n\n{WELL}")
    groups = [line for line in done.output.splitlines() if line and not line.startswith(" ")]
    assert groups[:-1] == ["Settings", "Files", "Database", "Places", "Sealed answers", "Messages", "Background work"]
    lines = [line for line in done.output.splitlines() if line.startswith(" ")]
    assert all(line.startswith("  fine     ") and line.endswith(".") for line in lines), lines


def test_a_warning_is_counted_and_is_no_reason_to_end_with_1(well: Shell) -> None:
    done = well("doctor", TRIPKIT_URL="http://trips.example", TRIPKIT_CLOCK="", TRIPKIT_MAIL="files:mail")
    assert done.exit_code == 0
    assert done.output.endswith(f"\n\nWarnings: 1.\n{WELL}")


def test_a_pool_that_is_counted_wrong_is_named_and_ends_with_1(well: Shell, sqlite_session: Session) -> None:
    trip_id = applied(sqlite_session)
    booked(sqlite_session, trip_id, 3)
    sqlite_session.execute(update(PoolRow).where(PoolRow.kind == PoolKind.OPEN).values(taken=2))
    sqlite_session.commit()
    done = well("doctor")
    assert done.exit_code == 1
    assert f"\n  wrong    Trip {trip_id}, open: counted 2, held 3, at most 10. Should never be: " in done.output
    assert done.output.endswith("\n\nWrong: 1.\n")


def test_somebody_with_a_place_who_holds_none_is_wrong(well: Shell, sqlite_session: Session) -> None:
    trip_id = applied(sqlite_session)
    booked(sqlite_session, trip_id, 3)
    sqlite_session.execute(update(ParticipantRow).values(status=ParticipantStatus.WAITING))
    sqlite_session.commit()
    assert well("doctor").exit_code == 0, "who waits may hold one, while it is decided"
    sqlite_session.execute(update(ParticipantRow).values(status=ParticipantStatus.CONFIRMED))
    sqlite_session.execute(delete(ClaimRow).where(ClaimRow.id == select(func.min(ClaimRow.id)).scalar_subquery()))
    sqlite_session.execute(update(PoolRow).where(PoolRow.kind == PoolKind.OPEN).values(taken=2))
    sqlite_session.commit()
    done = well("doctor")
    assert done.exit_code == 1
    assert (
        f"\n  wrong    Trip {trip_id}: 1 with a place, or offered one, do not hold exactly one. Should " in done.output
    )


def test_much_of_the_same_is_counted_and_not_listed(doctor: Doctor, session: Session) -> None:
    for number in range(MANY + 2):
        applied(session, make_trip(key=f"trip-{number}"))
    session.execute(update(PoolRow).where(PoolRow.kind == PoolKind.OPEN).values(taken=1))
    session.commit()
    places = doctor().about("Places")
    assert len(places) == MANY + 1
    assert places[-1] == ("wrong", "And 2 more pools that are counted wrong.")


def test_what_cannot_be_looked_at_is_said_and_the_rest_is_looked_at(
    doctor: Doctor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def ill(_patient: object) -> list[object]:
        raise ZeroDivisionError("division by zero")

    monkeypatch.setattr(doctor_module, "IN_ITS_TABLES", (("Places", ill), *doctor_module.IN_ITS_TABLES[1:]))
    said = doctor()
    assert said.bad == [("Places", "wrong", "This could not be looked at: ZeroDivisionError: division by zero")]
    assert said.about("Messages") == [("fine", "No message waits, and none is lost.")]


def test_wrong_settings_are_said_before_anything_is_looked_at(shell: Shell) -> None:
    done = shell("doctor", TRIPKIT_PROXIES="many")
    assert (done.exit_code, done.output) == (
        1,
        "Error: TRIPKIT_PROXIES is “many”; write a whole number from 0 to 9.\n",
    )
