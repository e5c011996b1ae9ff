"""``tripkit booking erase``: refused in words, done once, and what it cannot reach is said."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.cli.conftest import Shell
from tripkit.storage.bookings import BookingRow
from tripkit.storage.outbox import AuditRow
from tripkit.testing import applied, booked


def test_a_booking_is_erased_when_its_places_are_given_up(served: Shell, session: Session) -> None:
    made = booked(session, applied(session), 2)
    refused = served("booking", "erase", made.code, "--reason", "Asked for it")
    assert refused.exit_code == 1
    assert "Cancel first, or say --cancel." in refused.output
    done = served("booking", "erase", made.code, "--reason", "Asked for it", "--cancel")
    assert (done.exit_code, done.output) == (
        0,
        (
            "Erased. People cancelled for it: 2.\n"
            "Backups made before still hold it, and so do the logs of the mail server.\n"
        ),
    )
    session.rollback()
    assert session.scalars(select(BookingRow.contact_email)).all() == [""]
    entry = session.scalars(select(AuditRow).where(AuditRow.action == "erase_booking")).one()
    assert (entry.actor, entry.origin, entry.reason) == ("organiser", "tripkit booking erase", "Asked for it")
    again = served("booking", "erase", made.code, "--reason", "Asked for it")
    assert (again.exit_code, "erased before" in again.output) == (1, True)


def test_a_file_that_others_read_all_the_while_is_said_to_hold_it_still(
    served: Shell, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = booked(session, applied(session))
    monkeypatch.setattr("tripkit.actions.erase_booking.rewrite", lambda _session: False)
    done = served("booking", "erase", made.code, "--reason", "Asked for it", "--cancel")
    assert (done.exit_code, "say VACUUM to it" in done.output) == (0, True)


def test_an_unknown_code_and_no_reason_are_refused(served: Shell) -> None:
    unknown = served("booking", "erase", "ABCD-2345", "--reason", "Asked for it")
    assert (unknown.exit_code, unknown.output) == (1, "Error: There is no booking with the code ABCD-2345.\n")
    assert served("booking", "erase", "ABCD-2345").exit_code == 2
    assert served("booking", "erase", "ABCD-2345", "--reason", " ").exit_code == 2
