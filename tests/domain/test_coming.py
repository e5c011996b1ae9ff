"""What happens to a trip by itself, and what needs doing before it does."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from tripkit.domain.coming import Fate, Happening, Happens, fate_of, happenings
from tripkit.domain.lottery import Lottery
from tripkit.domain.places import Places, Room
from tripkit.domain.questions import Question, QuestionKind
from tripkit.domain.reminders import Anchor, Reminder, Side
from tripkit.domain.to_do import Known, Task, nobody_hosts, to_do
from tripkit.domain.trips import Admission, Contact, Speaker, Trip, TripStatus
from tripkit.testing import NOW, both, make_item, make_segment, make_site, make_trip

REMINDER = Reminder(
    key="soon",
    days=3,
    side=Side.BEFORE,
    anchor=Anchor.TRIP_STARTS,
    clock=time(9),
    subject=both("Snart", "Soon"),
    text={},
)
CLOSES = datetime(2027, 4, 20, 15, 0, tzinfo=UTC)
TRIP = make_trip(
    signup_opens_at=datetime(2027, 2, 1, 8, 0, tzinfo=UTC),
    signup_closes_at=CLOSES,
    changes_until=datetime(2027, 4, 25, 15, 0, tzinfo=UTC),
    free_cancel_until=date(2027, 4, 10),
    segments=(
        make_segment("city"),
        make_segment("police", guaranteed=2, guaranteed_until=datetime(2027, 4, 1, 22, 0, tzinfo=UTC)),
    ),
    questions=(Question(key="diet", kind=QuestionKind.TEXT, name=both("Kost", "Diet"), help={}, kept_days=14),),
    reminders=(REMINDER,),
    sites=(
        make_site("port", host_contact=Contact(name="Vakten")),
        make_site("hill"),
        make_site("mill", partner="city"),
    ),
)
EMPTY = Places(trip=Room(size=10, taken=4), segments={}, guaranteed={}, items={})


def coming(trip: Trip = TRIP, now: datetime = NOW) -> tuple[Happening, ...]:
    return happenings(trip, sent=(), now=now)


def tasks(trip: Trip, known: Known, now: datetime) -> list[tuple[Task, int, str]]:
    return [(one.task, one.count, one.key) for one in to_do(trip, known, coming(trip, now), now)]


def test_everything_comes_in_order_of_time_by_the_clock_of_the_trip() -> None:
    assert [(one.what, one.on.isoformat(), one.timed) for one in coming()] == [
        (Happens.SIGNUP_OPENS, "2027-02-01", True),
        (Happens.GUARANTEE_ENDS, "2027-04-02", True),
        (Happens.FREE_CANCEL_ENDS, "2027-04-10", False),
        (Happens.SIGNUP_ENDS, "2027-04-20", True),
        (Happens.CHANGES_END, "2027-04-25", True),
        (Happens.REMINDER, "2027-05-02", True),
        (Happens.TRIP_BEGINS, "2027-05-05", False),
        (Happens.TRIP_ENDS, "2027-05-06", False),
        (Happens.ANSWERS_ERASED, "2027-05-21", False),
        (Happens.ALL_ERASED, "2028-05-06", False),
    ]
    assert [one.what for one in coming() if one.is_over(NOW)] == [Happens.SIGNUP_OPENS]


@pytest.mark.parametrize("status", [TripStatus.POSTPONED, TripStatus.CANCELLED])
def test_of_a_trip_that_does_not_happen_only_what_is_done_in_any_case(status: TripStatus) -> None:
    found = [one.what for one in coming(replace(TRIP, status=status))]
    assert found == [Happens.GUARANTEE_ENDS, Happens.ANSWERS_ERASED, Happens.ALL_ERASED]


def test_what_becomes_of_a_reminder() -> None:
    due = datetime(2027, 5, 2, 7, 0, tzinfo=UTC)
    for now, fate in (
        (NOW, Fate.AHEAD),
        (due, Fate.AT_ONCE),
        (due + timedelta(days=2), Fate.AT_ONCE),
        (due + timedelta(days=2, seconds=1), Fate.TOO_LATE),
    ):
        assert fate_of(TRIP, REMINDER, sent=False, now=now) == (fate, due)
    assert fate_of(TRIP, REMINDER, sent=True, now=NOW)[0] is Fate.SENT
    assert fate_of(replace(TRIP, status=TripStatus.CANCELLED), REMINDER, sent=False, now=NOW)[0] is Fate.NOT_PLANNED


def test_nothing_needs_doing_while_all_is_well() -> None:
    hosted = replace(TRIP, programme=())
    assert to_do(hosted, Known(places=EMPTY), coming(hosted), NOW) == ()


def test_each_thing_is_said_when_its_time_is_close() -> None:
    hosted = replace(TRIP, programme=())
    keeping = replace(EMPTY, guaranteed={"police": Room(size=2, taken=1)})
    released = datetime(2027, 4, 1, 22, 0, tzinfo=UTC)
    assert tasks(hosted, Known(places=keeping), released - timedelta(days=14)) == [(Task.GUARANTEE_ENDS, 1, "police")]
    assert tasks(hosted, Known(places=keeping), released) == []
    used = replace(EMPTY, guaranteed={"police": Room(size=2, taken=2)})
    assert tasks(hosted, Known(places=used), released - timedelta(days=1)) == []
    assert tasks(hosted, Known(places=EMPTY), CLOSES - timedelta(days=7)) == [(Task.SIGNUP_ENDS, 6, "")]
    full = replace(EMPTY, trip=Room(size=10, taken=10))
    assert tasks(hosted, Known(places=full), CLOSES - timedelta(days=7)) == []
    assert tasks(hosted, Known(places=EMPTY), datetime(2027, 4, 26, tzinfo=UTC)) == [(Task.REMINDER, 1, "soon")]


def test_what_waits_comes_first_and_stays_after_the_trip() -> None:
    hosted = replace(TRIP, programme=())
    offers = {"": (2, NOW), "port": (1, NOW)}
    known = Known(places=EMPTY, undelivered=3, first_undelivered="ABC", offers=offers, missing={"size": 4}, sensitive=5)
    assert tasks(hosted, known, NOW) == [
        (Task.UNDELIVERED, 3, "ABC"),
        (Task.OFFERS, 2, ""),
        (Task.OFFERS, 1, "port"),
        (Task.UNANSWERED, 4, "size"),
        (Task.SENSITIVE, 5, ""),
    ]
    after = datetime(2027, 5, 7, 12, tzinfo=UTC)
    over = Known(places=EMPTY, undelivered=1, first_undelivered="ABC", missing={"size": 4}, sensitive=5)
    assert tasks(hosted, over, after) == [(Task.UNDELIVERED, 1, "ABC"), (Task.ERASED, 4, "")]
    assert tasks(hosted, replace(over, erased=True), after) == []


def test_a_visit_is_hosted_by_whoever_is_named() -> None:
    speaker = Speaker(key="vera", name="Vera Ek", title={}, biography={})
    trip = replace(TRIP, speakers=(speaker,))
    programme = {item.key: item for item in trip.programme}
    assert [key for key, item in programme.items() if nobody_hosts(trip, item)] == ["hill", "late", "watch"]
    later = make_item("more", NOW, NOW, speakers=("vera",))
    assert not nobody_hosts(trip, later)
    assert tasks(trip, Known(places=EMPTY), NOW) == [(Task.NO_HOST, 3, "hill")]


def test_a_draw_comes_by_itself_or_is_to_be_done_when_sign_up_has_closed() -> None:
    drawn = replace(TRIP, programme=(), admission=Admission.DRAW)
    known = Known(places=EMPTY, applied=7)
    assert tasks(drawn, known, CLOSES - timedelta(days=8)) == []
    assert tasks(drawn, known, CLOSES) == [(Task.DRAW, 7, "")]
    by_itself = replace(drawn, draws_at=CLOSES + timedelta(hours=1))
    assert tasks(by_itself, known, CLOSES) == []
    assert [one.at for one in coming(by_itself) if one.what is Happens.DRAW] == [CLOSES + timedelta(hours=1)]
    done = replace(EMPTY, lottery=Lottery(promise="0" * 64, drawn_at=CLOSES))
    assert tasks(drawn, replace(known, places=done), CLOSES) == []
