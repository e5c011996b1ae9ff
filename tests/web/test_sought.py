"""Whom a list of participants is narrowed down to: by visit, answer, message, day and company; a letter's audience by the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from tripkit.domain.bookings import ParticipantStatus
from tripkit.domain.campaigns import Audience, Who
from tripkit.domain.letters import wrong_letter
from tripkit.domain.questions import Condition, Option, Question, QuestionKind
from tripkit.domain.sought import AnswerHow, AnswerSought, MailFate, Sought, VisitHow, VisitSought
from tripkit.domain.trips import Trip
from tripkit.reads.audience import is_reached
from tripkit.reads.sought import are
from tripkit.reads.trip_plan import trip_plan
from tripkit.storage import sessions, write
from tripkit.storage.bookings import BookingRow, ParticipantRow
from tripkit.storage.outbox import OutboxRow
from tripkit.testing import NOW, applied, booked, both, make_participant, make_trip

Ask = Callable[..., list[str]]


def _question(key: str, kind: QuestionKind, *options: str, **more: Any) -> Question:
    chosen = tuple(Option(key=one, name=both(one, one)) for one in options)
    return Question(key=key, kind=kind, name=both(key, key), help={}, options=chosen, **more)


QUESTIONS = (
    _question("hotel", QuestionKind.YES_NO),
    _question("bed", QuestionKind.ONE_OF, "single", "shared", when=Condition(question="hotel", answers=("yes",))),
    _question("topics", QuestionKind.MANY_OF, "ports", "ports_2", "roads"),
    _question("arrives", QuestionKind.TEXT, segments=("police",)),
    _question("diet", QuestionKind.ONE_OF, "any", "vegan", sensitive=True),
)


@pytest.fixture
def ask(engine: Engine) -> Iterator[Ask]:
    """Names of those who are found, in the order they came. Ada and Bo came together, Cia and Dag alone; Ed waits."""
    with sessions(engine)() as session:
        trip_id = applied(session, make_trip(size=4, questions=QUESTIONS))
        _people(session, trip_id)
        found = trip_plan(session, trip_id)
        assert found is not None

        def names(**sought: Any) -> list[str]:
            conditions = are(Sought(**sought), trip_id, found[2])
            wanted = select(ParticipantRow.name).where(ParticipantRow.trip_id == trip_id, *conditions)
            return list(session.scalars(wanted.order_by(ParticipantRow.id)))

        yield names


def _people(session: Session, trip_id: int) -> None:
    ada = {"hotel": True, "bed": "single", "topics": ("ports", "roads")}
    booked(
        session,
        trip_id,
        [
            make_participant("Ada", items=("port",), answers=ada),
            make_participant("Bo", items=("mill", "late"), answers={"hotel": True, "topics": ("ports_2",)}),
        ],
        organisation="Växjö kommun",
    )
    booked(session, trip_id, [make_participant("Cia", "police", answers={"hotel": False, "diet": "vegan"})])

    arrives = {"arrives": "tåg"}
    booked(
        session,
        trip_id,
        [make_participant("Dag", "police", items=("port",), answers=arrives)],
        when=NOW + timedelta(days=3),
    )
    booked(session, trip_id, [make_participant("Ed", items=("port",))], when=NOW + timedelta(days=3))


def _visit(how: VisitHow, *visits: str) -> dict[str, Any]:
    return {"visits": (VisitSought(visits=visits, how=how),)}


def _answer(how: AnswerHow, *questions: str, answer: str = "") -> dict[str, Any]:
    return {"answers": (AnswerSought(questions=questions, how=how, answer=answer),)}


SOUGHT: tuple[tuple[dict[str, Any], str], ...] = (
    ({}, "Ada Bo Cia Dag Ed"),
    ({"states": (ParticipantStatus.WAITING,)}, "Ed"),
    (
        {"states": (ParticipantStatus.WAITING, ParticipantStatus.CONFIRMED), "segments": ("police", "city")},
        "Ada Bo Cia Dag Ed",
    ),
    ({"segments": ("police",)}, "Cia Dag"),
    (_visit(VisitHow.PLACE, "port"), "Ada Dag"),
    (_visit(VisitHow.PLACE, "port", "late"), "Ada Bo Dag"),
    (_visit(VisitHow.PLACE), "Ada Bo Cia Dag"),
    (_visit(VisitHow.NONE, "mill"), "Ada Dag Ed"),
    (_visit(VisitHow.NONE), "Ed"),
    (_visit(VisitHow.WAITS), ""),
    (_visit(VisitHow.EITHER, "nowhere"), ""),
    (_answer(AnswerHow.IS, "hotel", answer="yes"), "Ada Bo"),
    (_answer(AnswerHow.IS, "hotel", answer="no"), "Cia"),
    (_answer(AnswerHow.IS, "bed", answer="single"), "Ada"),
    (_answer(AnswerHow.IS, "topics", answer="ports"), "Ada"),
    (_answer(AnswerHow.IS, "topics", answer="ports_"), ""),
    (_answer(AnswerHow.IS, "topics", answer="%"), ""),
    (_answer(AnswerHow.IS, "arrives", answer="tåg"), ""),
    (_answer(AnswerHow.GIVEN, "arrives"), "Dag"),
    (_answer(AnswerHow.MISSING, "arrives"), "Cia"),
    (_answer(AnswerHow.MISSING, "bed"), "Bo"),
    (_answer(AnswerHow.MISSING, "hotel"), "Dag Ed"),
    (_answer(AnswerHow.MISSING), ""),
    ({"workplace": "vaxjo KOMMUN"}, "Ada Bo"),
    ({"workplace": "%"}, ""),
    ({"in_company": True}, "Ada Bo"),
    ({"since": NOW.date() + timedelta(days=1)}, "Dag Ed"),
    ({"before": NOW.date() + timedelta(days=1)}, "Ada Bo Cia"),
    ({"since": NOW.date(), "before": NOW.date()}, ""),
    ({"mail": MailFate.WAITING}, "Ada Bo Cia Dag Ed"),
    ({"mail": MailFate.BOUNCED}, ""),
    ({**_visit(VisitHow.PLACE, "mill"), "segments": ("police",), **_answer(AnswerHow.MISSING, "arrives")}, "Cia"),
)


def test_people_are_found_by_everything_they_can_be_narrowed_down_by(ask: Ask) -> None:
    assert {str(sought): " ".join(ask(**sought)) for sought, _ in SOUGHT} == {str(one): names for one, names in SOUGHT}


def test_nobody_is_found_by_what_they_answered_about_health(ask: Ask) -> None:
    assert ask(**_answer(AnswerHow.IS, "diet", answer="vegan")) == []
    assert ask(**_answer(AnswerHow.GIVEN, "diet")) == []
    assert ask(**_answer(AnswerHow.IS, "gone", answer="x")) == [], "a question that is not asked any more finds nobody"


def test_what_has_to_be_answered_counts_only_where_it_is_asked(engine: Engine) -> None:
    needed = (
        _question("diet", QuestionKind.ONE_OF, "any", "vegan", sensitive=True),
        _question("clinic", QuestionKind.TEXT, required=True, when=Condition(question="diet", answers=("vegan",))),
    )
    with sessions(engine)() as session:
        trip_id = applied(session, make_trip(questions=needed))
        booked(session, trip_id, [make_participant("Ada", answers={"diet": "any"})])
        asked = _question("badge", QuestionKind.TEXT, required=True, segments=("city",))
        trip = make_trip(questions=(*needed, asked))
        missing = are(Sought(answers=(AnswerSought(),)), trip_id, trip)
        found = select(ParticipantRow.name).where(ParticipantRow.trip_id == trip_id, *missing)
        assert session.scalars(found).all() == ["Ada"], "the new question only: who is asked the other one is sealed"


def test_a_day_begins_where_the_trip_is(engine: Engine) -> None:
    with sessions(engine)() as session:
        trip_id = applied(session)
        late = NOW.replace(hour=23, minute=30)
        booked(session, trip_id, [make_participant("Nattuggla")], when=late)
        next_day = Sought(since=date.fromordinal(late.date().toordinal() + 1))
        found = select(ParticipantRow.name).where(*are(next_day, trip_id, make_trip()))
        assert session.scalars(found).all() == ["Nattuggla"], "half past eleven in UTC is the next day in Stockholm"


def test_a_message_counts_by_what_became_of_the_latest_one(engine: Engine) -> None:
    with sessions(engine)() as session:
        trip_id = applied(session)
        made = [booked(session, trip_id, [make_participant(name)]) for name in ("Sänd", "Stupad", "Åter", "Ny")]
        fates: list[dict[str, Any]] = [{"state": "sent"}, {"state": "dead"}, {"state": "sent", "bounced_at": NOW}]
        with write(session):
            for booking, fate in zip(made, fates, strict=False):
                session.execute(update(OutboxRow).where(OutboxRow.booking_id == booking.booking_id).values(**fate))

        def names(mail: MailFate) -> list[str]:
            found = select(ParticipantRow.name).where(*are(Sought(mail=mail), trip_id, make_trip()))
            return list(session.scalars(found))

        assert names(MailFate.SENT) == ["Sänd"]
        assert names(MailFate.UNDELIVERED) == ["Stupad"]
        assert names(MailFate.BOUNCED) == ["Åter"]
        assert names(MailFate.WAITING) == ["Ny"]


def test_a_letter_reaches_those_a_list_was_narrowed_down_to(engine: Engine) -> None:
    with sessions(engine)() as session:
        trip: Trip = make_trip(size=4, questions=QUESTIONS)
        trip_id = applied(session, trip)
        _people(session, trip_id)
        wanted = Sought(**{**_visit(VisitHow.PLACE, "mill"), **_answer(AnswerHow.MISSING, "arrives")})
        police = Audience(who=Who.EVERYBODY, segments=("police",), sought=wanted)
        reached = select(BookingRow.id).where(BookingRow.trip_id == trip_id, is_reached(police, trip))
        of_cia = select(ParticipantRow.booking_id).where(ParticipantRow.name == "Cia")
        assert session.scalars(reached).all() == session.scalars(of_cia).all()
        together = Audience(who=Who.EVERYBODY, sought=Sought(**_visit(VisitHow.PLACE, "late"), segments=("police",)))
        both_in_one = select(BookingRow.id).where(BookingRow.trip_id == trip_id, is_reached(together, trip))
        assert session.scalars(both_in_one).all() == [], "one and the same person is all of it"


def test_no_letter_is_for_those_whose_latest_message_it_would_change() -> None:
    trip, words = make_trip(), both("Hej", "Hello")
    bounced = Audience(sought=Sought(mail=MailFate.BOUNCED))
    assert [one.at for one in wrong_letter(words, words, bounced, trip)] == [""]
    assert list(wrong_letter(words, words, Audience(sought=Sought(segments=("city",))), trip)) == []
