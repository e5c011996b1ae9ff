"""Which steps can be taken with a trip as a whole, and what each makes of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tripkit.domain.trip_steps import Step, after_step, is_open, steps, wrong_with
from tripkit.domain.trips import Admission, Trip, TripStatus
from tripkit.testing import NOW, make_trip

LATER = NOW + timedelta(days=3)
TRIP = make_trip()


@pytest.mark.parametrize(
    ("trip", "now", "can"),
    [
        (TRIP, NOW, ["close", "open", "postpone", "cancel"]),
        (replace(TRIP, signup_closes_at=NOW), NOW, ["open", "postpone", "cancel"]),
        (replace(TRIP, signup_opens_at=LATER), NOW, ["open", "postpone", "cancel"]),
        (TRIP, datetime(2027, 5, 5, 8, tzinfo=UTC), ["postpone", "cancel"]),
        (TRIP, datetime(2027, 6, 5, tzinfo=UTC), []),
        (replace(TRIP, status=TripStatus.DRAFT), NOW, []),
        (replace(TRIP, status=TripStatus.POSTPONED), NOW, ["plan", "cancel"]),
        (replace(TRIP, status=TripStatus.CANCELLED), NOW, ["plan"]),
    ],
)
def test_what_can_be_done_follows_from_how_it_stands(trip: Trip, now: datetime, can: list[str]) -> None:
    assert list(steps(trip, now)) == can


def test_sign_up_closes_at_once_and_opens_again_until_a_moment() -> None:
    closed = after_step(TRIP, Step.CLOSE, until=None, note={}, now=NOW)
    assert is_open(TRIP, NOW)
    assert not is_open(closed, NOW)
    opened = after_step(replace(closed, signup_opens_at=LATER), Step.OPEN, until=LATER, note={}, now=NOW)
    assert (opened.signup_opens_at, opened.signup_closes_at) == (None, LATER)
    assert is_open(opened, NOW)


def test_a_trip_that_is_called_off_and_planned_again_is_as_it_was() -> None:
    off = after_step(TRIP, Step.CANCEL, until=None, note={"sv": "Snö.", "en": ""}, now=NOW)
    assert (off.status, off.status_note) == (TripStatus.CANCELLED, {"sv": "Snö."})
    assert after_step(off, Step.PLAN, until=None, note={}, now=NOW) == TRIP


@pytest.mark.parametrize(
    ("trip", "step", "until", "note", "at"),
    [
        (TRIP, Step.CANCEL, None, {"en": "Snow."}, ["note-sv"]),
        (TRIP, Step.POSTPONE, None, {"sv": "x" * 2001}, ["note-sv"]),
        (TRIP, Step.POSTPONE, None, {"sv": "Snö."}, []),
        (TRIP, Step.OPEN, NOW, {}, ["until"]),
        (TRIP, Step.OPEN, datetime(2028, 1, 1, tzinfo=UTC), {}, ["until"]),
        (replace(TRIP, admission=Admission.DRAW), Step.OPEN, None, {}, ["until"]),
        (TRIP, Step.OPEN, None, {}, []),
    ],
)
def test_what_is_wrong_is_said_at_its_field(
    trip: Trip, step: Step, until: datetime | None, note: dict[str, str], at: list[str]
) -> None:
    assert [one.at for one in wrong_with(trip, step, until=until, note=note, now=NOW)] == at
