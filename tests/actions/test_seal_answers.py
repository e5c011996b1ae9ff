"""Sensitive answers in the database: no copy of it holds one in clear, none can be moved, and keys can be changed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace
from io import BytesIO
from zipfile import ZipFile

import pytest
from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from tests.conftest import in_files
from tests.statements import count_statements
from tests.storage.test_backup import saved
from tripkit.actions import seal_answers as module
from tripkit.actions.correct_booking import correct_participant
from tripkit.actions.seal_answers import seal_answers, seal_open_answers
from tripkit.actions.sealed_answers import opened
from tripkit.domain.bookings import BookingRequest
from tripkit.domain.questions import Question, QuestionKind
from tripkit.domain.refusals import ChangeRefused, FormSentAlready, PlanRefused
from tripkit.domain.trips import Trip
from tripkit.reads.booking_page import booking_page_of
from tripkit.reads.sealed_counts import sealed_counts
from tripkit.storage import sessions
from tripkit.storage.bookings import AnswerRow, BookingRow
from tripkit.storage.outbox import AuditRow
from tripkit.storage.sealing import SEALED, Locked, is_sealed, name_of
from tripkit.testing import (
    NOW,
    applied,
    booked,
    both,
    make_moment,
    make_participant,
    make_request,
    make_trip,
    make_vault,
)

OLD, NEW = "a1" * 32, "b2" * 32
ALLERGY = "Krampanfall av jordnötter"
QUESTIONS = (
    *make_trip().questions,
    Question(key="allergy", kind=QuestionKind.TEXT, name=both("Allergi", "Allergy"), help={}, sensitive=True),
)
TRIP = make_trip(questions=QUESTIONS)
ANSWERS = {"diet": "vegan", "allergy": ALLERGY, "arrives": "buss"}


class Site:
    """One database seen with these keys or those, as by processes that have them."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.sessions: list[Session] = []

    def with_keys(self, *keys: str) -> Session:
        seen = self.engine.execution_options(tripkit_vault=make_vault(*keys) if keys else None)
        self.sessions.append(sessions(seen)())
        return self.sessions[-1]


@pytest.fixture
def site(engine: Engine) -> Iterator[Site]:
    made = Site(engine)
    yield made
    for session in made.sessions:
        session.close()


def sign_up(session: Session, trip: Trip = TRIP, people: int = 1) -> int:
    made = booked(session, applied(session, trip), [make_participant(answers=ANSWERS) for _ in range(people)])
    return made.booking_id


def answers(session: Session) -> dict[str, object]:
    session.rollback()
    return {row.question: opened(session, row) for row in session.scalars(select(AnswerRow))}


def dump(engine: Engine) -> str:
    """All that a backup holds; on SQLite, its files besides."""
    with ZipFile(BytesIO(saved(engine))) as packed:
        text = "".join(packed.read(name).decode() for name in packed.namelist())
    return text + (in_files(engine).decode("utf-8", "replace") if engine.dialect.name == "sqlite" else "")


def test_no_copy_of_the_database_holds_a_sensitive_answer_in_clear(site: Site) -> None:
    session = site.with_keys(OLD)
    sign_up(session)
    session.close()
    found = dump(site.engine)
    assert ALLERGY not in found
    # The word stands in the trip as an answer to choose, so of these only the table is looked at.
    assert "vegan" not in str(session.execute(select(AnswerRow.value, AnswerRow.sealed)).all())
    assert "buss" in found, "what is not sensitive is kept as it is"
    assert answers(session) == ANSWERS


def test_without_keys_every_copy_holds_it(site: Site) -> None:
    session = site.with_keys()
    sign_up(session)
    session.close()
    assert ALLERGY in dump(site.engine)


def guessed(session: Session, request: BookingRequest) -> str | None:
    """What a thief of the database learns by trying out each diet with all else that is in the digest of the form."""
    digest = session.scalars(select(BookingRow.form_digest)).one()
    for diet in ("any", "vegan"):
        person = replace(request.participants[0], answers={**request.participants[0].answers, "diet": diet})
        form = json.dumps(asdict(replace(request, participants=(person,))), sort_keys=True, default=str)
        if hashlib.sha256(form.encode()).hexdigest() == digest:
            return diet
    return None


@pytest.mark.parametrize(("keys", "learnt"), [((), "vegan"), ((OLD,), None)])
def test_the_digest_of_the_form_does_not_give_it_away(site: Site, keys: tuple[str, ...], learnt: str | None) -> None:
    from tripkit.actions.book_places import book_places  # noqa: PLC0415 (of this test alone)

    session = site.with_keys(*keys)
    request = make_request([make_participant(answers={"diet": "vegan"})])
    trip_id = applied(session)
    made = book_places(session, trip_id=trip_id, request=request, moment=make_moment())
    assert guessed(session, request) == learnt
    session.rollback()
    # And a form sent twice is one booking all the same, also with a key that came between.
    again = book_places(site.with_keys(NEW, *keys), trip_id=trip_id, request=request, moment=make_moment())
    assert again.booking_id == made.booking_id
    other = replace(request, contact_name="Somebody else")
    with pytest.raises(FormSentAlready):
        book_places(session, trip_id=trip_id, request=other, moment=make_moment())
    if keys:
        with pytest.raises(FormSentAlready):  # With the key lost nobody can say whether it is the same.
            book_places(site.with_keys(NEW), trip_id=trip_id, request=request, moment=make_moment())


def test_a_sealed_answer_moved_to_another_row_does_not_open(site: Site) -> None:
    session = site.with_keys(OLD)
    sign_up(session, people=2)
    mine, other = session.scalars(select(AnswerRow).where(AnswerRow.question == "diet").order_by(AnswerRow.id)).all()
    other.sealed = mine.sealed
    with pytest.raises(Locked):
        opened(session, other)
    assert opened(session, mine) == "vegan"


def test_keys_are_changed_while_all_goes_on_and_the_old_one_is_needed_no_more(site: Site) -> None:
    booking_id = sign_up(site.with_keys(OLD), people=3)
    both_keys = site.with_keys(NEW, OLD)
    assert sealed_counts(both_keys).by_key == {name_of(OLD): 7}
    through: list[int] = []
    done = seal_answers(both_keys, moment=make_moment(), advance=through.append)
    assert (done.rows, sum(through)) == (7, 7)
    assert sealed_counts(both_keys).by_key == {name_of(NEW): 7}
    assert answers(site.with_keys(NEW)) == ANSWERS
    assert seal_answers(both_keys, moment=make_moment()).rows == 0, "a second time there is nothing to do"
    noted = both_keys.scalars(select(AuditRow.details).where(AuditRow.action == "seal_answers")).all()
    assert noted == [{"rows": 7}]
    assert booking_page_of(both_keys, booking_id=booking_id, now=NOW) is not None


def test_what_lay_open_before_there_was_a_key_is_sealed_and_gone_from_the_file(site: Site) -> None:
    sign_up(site.with_keys())
    session = site.with_keys(OLD)
    assert sealed_counts(session).lying_open == 2
    assert ALLERGY in dump(site.engine)
    for open_one in site.sessions:
        open_one.close()
    done = seal_answers(session, moment=make_moment())
    assert (done.rows, done.file_is_clean) == (3, True)
    session.close()
    assert ALLERGY not in dump(site.engine)
    assert (sealed_counts(session).lying_open, answers(session)) == (0, ANSWERS)
    assert is_sealed(session.scalars(select(BookingRow.form_digest)).one())


def test_what_becomes_sensitive_later_is_sealed_later(site: Site) -> None:
    session = site.with_keys(OLD)
    open_question = replace(QUESTIONS[-1], sensitive=False)
    booking_id = sign_up(session, make_trip(questions=(*QUESTIONS[:-1], open_question)))
    assert sealed_counts(session).lying_open == 0
    applied(session, TRIP)
    assert sealed_counts(session).lying_open == 1
    assert seal_answers(session, moment=make_moment()).rows == 1
    # And it stays so when the question is an ordinary one again, for it was answered as a sensitive one.
    applied(session, make_trip(questions=(*QUESTIONS[:-1], open_question)))
    page = booking_page_of(session, booking_id=booking_id, now=NOW)
    assert page is not None
    (person,) = page.participants
    assert person.answers == {"arrives": "buss"} and set(person.sensitive_answered) == {"diet", "allergy"}
    correct(session, booking_id, {"arrives": "tåg"})
    sealed = select(AnswerRow.question).where(AnswerRow.sealed.like(SEALED)).order_by(AnswerRow.question)
    assert session.scalars(sealed).all() == ["allergy", "diet"]
    correct(session, booking_id, {"arrives": "tåg", "allergy": "Inga"})
    assert (session.scalars(sealed).all(), answers(session)["allergy"]) == (["diet"], "Inga")


def correct(session: Session, booking_id: int, given: dict[str, object]) -> None:
    page = booking_page_of(session, booking_id=booking_id, now=NOW)
    assert page is not None
    correct_participant(
        session,
        booking_id=booking_id,
        participant_id=page.participants[0].id,
        name="Åsa Ek",
        email=None,
        answers=given,  # type: ignore[arg-type]
        moment=make_moment(),
    )


def test_with_a_key_lost_nothing_breaks_and_nothing_is_lost_besides(site: Site) -> None:
    booking_id = sign_up(site.with_keys(OLD))
    lost = site.with_keys(NEW)
    assert booking_page_of(lost, booking_id=booking_id, now=NOW) is not None
    with pytest.raises(ChangeRefused, match="its key is not in its place"):
        correct(lost, booking_id, {"arrives": "tåg"})
    assert seal_answers(lost, moment=make_moment()).rows == 0
    fewer = replace(QUESTIONS[0], options=QUESTIONS[0].options[1:])
    with pytest.raises(PlanRefused) as refused:
        applied(lost, make_trip(questions=(fewer, *QUESTIONS[1:])))
    assert "nobody can say what was answered" in str(refused.value.reasons[0])
    assert answers(site.with_keys(NEW, OLD)) == ANSWERS


def test_an_answer_somebody_has_given_cannot_go_sealed_or_not(site: Site) -> None:
    session = site.with_keys(OLD)
    sign_up(session)
    diet = QUESTIONS[0]
    assert [option.key for option in diet.options] == ["any", "vegan"]
    with pytest.raises(PlanRefused) as refused:
        applied(session, make_trip(questions=(replace(diet, options=diet.options[:1]), *QUESTIONS[1:])))
    assert "one person has given it" in str(refused.value.reasons[0])
    applied(session, make_trip(questions=(replace(diet, options=diet.options[1:]), *QUESTIONS[1:])))


def test_a_run_that_is_cut_short_is_taken_up_again(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    sign_up(site.with_keys(OLD), people=4)
    session = site.with_keys(NEW, OLD)
    monkeypatch.setattr(module, "AT_ONCE", 3)

    def stop(_: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        seal_answers(session, moment=make_moment(), advance=stop)
    session.rollback()
    assert sealed_counts(session).by_key == {name_of(NEW): 3, name_of(OLD): 6}
    assert seal_answers(session, moment=make_moment()).rows == 6
    assert answers(site.with_keys(NEW)) == ANSWERS


def test_several_seal_at_once_while_people_sign_up_and_put_right(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "AT_ONCE", 2)
    booking_id = sign_up(site.with_keys(OLD), make_trip(questions=QUESTIONS, size=100), people=6)
    trip_id = site.with_keys().scalars(select(BookingRow.trip_id)).one()
    site.sessions[-1].rollback()
    hands = [site.with_keys(NEW, OLD) for _ in range(4)]

    def seal(session: Session) -> None:
        for _ in range(3):
            seal_answers(session, moment=make_moment())

    def take_part(session: Session) -> None:
        for number in range(8):
            booked(session, trip_id, [make_participant(answers=ANSWERS)])
            correct(session, booking_id, {"arrives": f"tåg {number}"})

    with ThreadPoolExecutor(4) as pool:
        work = [pool.submit(seal, one) for one in hands[:2]] + [pool.submit(take_part, one) for one in hands[2:]]
        for one in work:
            one.result(60)
    session = hands[0]
    seal_answers(session, moment=make_moment())
    assert set(sealed_counts(session).by_key) == {name_of(NEW)}
    rows = session.scalars(select(AnswerRow)).all()
    assert {opened(session, row) for row in rows if row.question == "diet"} == {"vegan"}
    assert {opened(session, row) for row in rows if row.question == "allergy"} == {ALLERGY}
    assert len(rows) == 3 * (6 + 16)


def test_signing_up_sends_as_many_statements_with_keys_as_without(site: Site) -> None:
    counted = []
    trip_id = applied(site.with_keys(), TRIP)
    for session in (site.with_keys(), site.with_keys(NEW)):
        with count_statements(site.engine) as statements:
            booked(session, trip_id, [make_participant(answers=ANSWERS)])
        counted.append(len(statements))
    assert counted[0] == counted[1]


def test_with_nothing_to_seal_it_asks_eight_questions(site: Site) -> None:
    session = site.with_keys(OLD)
    sign_up(session, people=3)
    with count_statements(site.engine) as statements:
        assert seal_answers(session, moment=make_moment()).rows == 0
    assert len(statements) == 8


def test_a_database_of_the_version_before_is_brought_along(site: Site) -> None:
    """Its rows have an answer and no seal, and a plain digest."""
    session = site.with_keys()
    sign_up(session)
    session.execute(update(AnswerRow).values(sealed=None))
    session.commit()
    holder = site.with_keys(OLD)
    seal_answers(holder, moment=make_moment())
    assert answers(holder) == ANSWERS


def test_scheduled_work_seals_what_lies_open_and_looks_with_one_statement(site: Site) -> None:
    sign_up(site.with_keys())
    session = site.with_keys(OLD)
    assert seal_open_answers(session, moment=make_moment()) == 3
    with count_statements(site.engine) as statements:
        assert seal_open_answers(session, moment=make_moment()) == 0
        assert seal_open_answers(site.with_keys(), moment=make_moment()) == 0, "without keys it is left alone"
    assert len(statements) == 1
