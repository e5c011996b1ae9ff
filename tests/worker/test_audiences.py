"""Whom a letter to many at once is for: the database's condition, and the rule told in plain words beside it."""

from __future__ import annotations

import itertools
import random
from typing import Any

import pytest
from sqlalchemy import select

from tests.worker.outbox import Outbox
from tests.worker.test_campaigns import fill, letters, make
from tripkit.actions.cancel_participants import cancel_participants
from tripkit.actions.steer_campaign import start_campaign
from tripkit.domain.bookings import ParticipantStatus
from tripkit.domain.campaigns import Audience, Who
from tripkit.domain.questions import Condition, Question, QuestionKind
from tripkit.domain.refusals import BookingRefused, ChangeRefused
from tripkit.reads.audience import is_reached
from tripkit.storage.bookings import BookingRow, ParticipantRow
from tripkit.testing import applied, booked, make_moment, make_participant, make_trip


@pytest.mark.parametrize(
    ("audience", "who"),
    [
        (Audience(), {"placed", "mill", "two"}),
        (Audience(who=Who.WAITING), {"waits", "two"}),
        (Audience(who=Who.EVERYBODY), {"placed", "mill", "two", "waits"}),
        (Audience(segments=("police",)), {"two"}),
        (Audience(who=Who.WAITING, segments=("police",)), set()),
        (Audience(visits=("late",)), {"mill"}),
        (Audience(visits=("mill",)), {"placed", "mill", "two"}),
    ],
)
def test_it_reaches_those_it_is_for(outbox: Outbox, audience: Audience, who: set[str]) -> None:
    outbox.trip = applied(outbox.session, make_trip(key="small", size=4))
    outbox.sign_up("placed")
    gone = outbox.sign_up("gone")
    cancel_participants(outbox.session, booking_id=gone.booking_id, moment=make_moment())
    _sign_up(outbox, "mill", make_participant("mill", items=("mill", "late")))
    _sign_up(
        outbox, "two", make_participant("a", "police"), make_participant("b"), make_participant("c"), together=False
    )
    _sign_up(outbox, "waits", make_participant("waits"))
    campaign = make(outbox, audience=audience)
    start_campaign(outbox.session, campaign_id=campaign, moment=make_moment())
    fill(outbox)
    assert {row.recipient.split("@")[0] for row in letters(outbox)} == who


def test_the_condition_says_of_every_audience_what_the_rule_says(outbox: Outbox) -> None:
    """The rule on values, told once more in plain words, against the database's answer."""
    questions = (
        make_question("arrives"),
        make_question("badge", segments=("police",)),
    )
    trip = make_trip(key="mixed", size=6, questions=questions)
    outbox.trip = applied(outbox.session, trip)
    chance = random.Random(4)
    people: dict[str, list[dict[str, Any]]] = {}
    for number in range(14):
        party = [
            {
                "segment": chance.choice(["city", "police"]),
                "items": ("mill", *chance.choice([(), ("late",)])),
                "answers": dict.fromkeys(chance.sample(["arrives", "badge"], chance.randint(0, 2)), "yes"),
            }
            for _ in range(chance.randint(1, 2))
        ]
        name = f"b{number}"
        guests = [make_participant(f"{name} {i}", **one) for i, one in enumerate(party)]
        try:
            _sign_up(outbox, name, *guests)
        except BookingRefused:  # A visit that is full already.
            continue
        people[name] = party
    rows = outbox.session.execute(
        select(BookingRow.contact_name, ParticipantRow.status)
        .join(ParticipantRow, ParticipantRow.booking_id == BookingRow.id)
        .where(BookingRow.trip_id == outbox.trip)
        .order_by(ParticipantRow.id)
    ).all()
    statuses: dict[str, list[ParticipantStatus]] = {}
    for row in rows:
        statuses.setdefault(row.contact_name, []).append(row.status)
    assert len({one for several in statuses.values() for one in several}) > 1, "some have a place, some wait"

    def is_for(audience: Audience, one: dict[str, Any], status: ParticipantStatus) -> bool:
        held = one["items"] if status is ParticipantStatus.CONFIRMED else ()
        asked = ("arrives", "badge") if one["segment"] == "police" else ("arrives",)
        return (
            status in audience.who.statuses
            and (not audience.segments or one["segment"] in audience.segments)
            and (not audience.visits or bool(set(held) & set(audience.visits)))
            and (not audience.missing or any(key in asked and key not in one["answers"] for key in audience.missing))
        )

    for who, segments, visits, missing in itertools.product(
        Who,
        [(), ("city",), ("city", "police")],
        [(), ("late",), ("mill", "late")],
        [(), ("badge",), ("arrives", "badge")],
    ):
        audience = Audience(who=who, segments=segments, visits=visits, missing=missing)
        expected = {
            name
            for name, party in people.items()
            if any(is_for(audience, one, status) for one, status in zip(party, statuses[name], strict=True))
        }
        found = outbox.session.scalars(
            select(BookingRow.contact_name).where(BookingRow.trip_id == outbox.trip, is_reached(audience, trip))
        )
        assert set(found) == expected, audience


def make_question(key: str, **changes: Any) -> Question:
    return Question(key=key, kind=QuestionKind.TEXT, name={"sv": key, "en": key}, help={}, **changes)


def test_who_is_asked_only_after_another_answer_cannot_be_chosen_by_it(outbox: Outbox) -> None:
    when = Condition(question="arrives", answers=("x",))
    trip = make_trip(key="asking", questions=(make_question("arrives"), make_question("why", when=when)))
    outbox.trip = applied(outbox.session, trip)
    with pytest.raises(ChangeRefused, match="depends on another answer"):
        make(outbox, audience=Audience(missing=("why",)))


def _sign_up(outbox: Outbox, name: str, *people: Any, **changes: Any) -> None:
    booked(
        outbox.session, outbox.trip, list(people), contact_name=name, contact_email=f"{name}@tripkit.example", **changes
    )
