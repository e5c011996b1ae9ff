"""What people would lose if a trip were written anew: every reason, in words; nothing is changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator

from sqlalchemy import func, select

from tripkit.actions.recording import WITHOUT_PLACE
from tripkit.actions.sealed_answers import opened
from tripkit.domain.bookings import ParticipantStatus
from tripkit.domain.seats import PoolKind
from tripkit.domain.sentences import Sentence, sentence, sentences
from tripkit.domain.trips import Trip, TripStatus
from tripkit.reads.trip_plan import AnySession
from tripkit.storage.bookings import (
    AnswerRow,
    BookingRow,
    ClaimRow,
    ParticipantRow,
    PoolRow,
    WaitingRow,
)
from tripkit.storage.lottery import LotteryRow
from tripkit.storage.sealing import Locked


def what_would_be_lost(session: AnySession, trip_id: int, before: Trip, after: Trip) -> tuple[Sentence, ...]:
    """Every reason not to change the trip from ``before`` to ``after``; empty when nothing is lost."""
    return (
        *_hidden(session, trip_id, before, after),
        *_admission(session, trip_id, before, after),
        *_segments(session, trip_id, before, after),
        *_items(session, trip_id, before, after),
        *_narrowed(session, trip_id, before, after),
        *_questions(session, trip_id, before, after),
        *_options(session, trip_id, before, after),
        *_terms(session, trip_id, before, after),
    )


def _hidden(session: AnySession, trip_id: int, before: Trip, after: Trip) -> Iterator[Sentence]:
    if after.status is TripStatus.DRAFT and before.status is not TripStatus.DRAFT:
        booked = select(BookingRow.id).where(BookingRow.trip_id == trip_id).limit(1)
        if session.scalar(booked) is not None:
            yield sentence("People have signed up, so the trip cannot be a draft again. Postpone or cancel it.")


def _removed(before: Iterable[str], after: Iterable[str]) -> set[str]:
    return set(before) - set(after)


def _admission(session: AnySession, trip_id: int, before: Trip, after: Trip) -> Iterator[Sentence]:
    if before.admission is after.admission:
        return
    if session.scalar(select(LotteryRow.drawn_at).where(LotteryRow.trip_id == trip_id)) is not None:
        yield sentence("Places have been drawn, so how they are given stays as it is.")
        return
    here = (ParticipantRow.trip_id == trip_id, ParticipantRow.status != ParticipantStatus.CANCELLED)
    if people := session.scalar(select(func.count()).where(*here)):
        yield sentences(
            "How places are given stays as it is: one person has signed up for it.",
            "How places are given stays as it is: {count} people have signed up for it.",
            people,
        )


def _segments(session: AnySession, trip_id: int, before: Trip, after: Trip) -> Iterator[Sentence]:
    names = {segment.key: segment.name for segment in before.segments}
    removed = _removed(names, (segment.key for segment in after.segments))
    if removed:
        for row in session.execute(
            select(ParticipantRow.segment, func.count().label("people"))
            .where(
                ParticipantRow.trip_id == trip_id,
                ParticipantRow.segment.in_(removed),
                ParticipantRow.status != ParticipantStatus.CANCELLED,
            )
            .group_by(ParticipantRow.segment)
            .order_by(ParticipantRow.segment)
        ):
            yield sentences(
                "The group “{segment}” cannot go: one person in it has signed up.",
                "The group “{segment}” cannot go: {count} people in it have signed up.",
                row.people,
                segment=names[row.segment],
            )


def _items(session: AnySession, trip_id: int, before: Trip, after: Trip) -> Iterator[Sentence]:
    titles = {item.key: item.title for item in before.programme if item.choice is not None}
    removed = _removed(titles, (item.key for item in after.programme if item.choice is not None))
    if not removed:
        return
    held = session.execute(
        select(PoolRow.key, func.count(ClaimRow.id).label("people"))
        .join(ClaimRow, ClaimRow.pool_id == PoolRow.id)
        .where(PoolRow.trip_id == trip_id, PoolRow.kind == PoolKind.ITEM, PoolRow.key.in_(removed))
        .group_by(PoolRow.key)
    ).all()
    queued = session.execute(
        select(WaitingRow.item.label("key"), func.count().label("people"))
        .where(WaitingRow.trip_id == trip_id, WaitingRow.item.in_(removed))
        .group_by(WaitingRow.item)
    ).all()
    people: dict[str, int] = {}
    for row in (*held, *queued):
        people[row.key] = people.get(row.key, 0) + row.people
    for wished in session.scalars(
        select(ParticipantRow.wished).where(ParticipantRow.trip_id == trip_id, ParticipantRow.status.in_(WITHOUT_PLACE))
    ):
        for key in removed.intersection(wished):
            people[key] = people.get(key, 0) + 1
    for key in sorted(people):
        yield sentences(
            "“{item}” cannot go, or stop being chosen: one person has chosen it or waits for it.",
            "“{item}” cannot go, or stop being chosen: {count} people have chosen it or wait for it.",
            people[key],
            item=titles[key],
        )


def _narrowed(session: AnySession, trip_id: int, before: Trip, after: Trip) -> Iterator[Sentence]:
    """Visits that are no longer meant for a group of which somebody goes there, or wants to."""
    known = {item.key: item for item in before.programme if item.choice is not None}
    groups = [segment.key for segment in before.segments]
    shut = {
        (item.key, group)
        for item in after.programme
        if item.key in known
        for group in groups
        if known[item.key].is_meant_for(group) and not item.is_meant_for(group)
    }
    if not shut:
        return
    items = {key for key, _ in shut}
    people: Counter[str] = Counter()
    for query in (
        select(PoolRow.key, ParticipantRow.segment)
        .join(ClaimRow, ClaimRow.pool_id == PoolRow.id)
        .join(ParticipantRow, ParticipantRow.id == ClaimRow.participant_id)
        .where(PoolRow.trip_id == trip_id, PoolRow.kind == PoolKind.ITEM, PoolRow.key.in_(items)),
        select(WaitingRow.item, WaitingRow.segment).where(WaitingRow.trip_id == trip_id, WaitingRow.item.in_(items)),
    ):
        people.update(key for key, group in session.execute(query).all() if (key, group) in shut)
    wishes = select(ParticipantRow.wished, ParticipantRow.segment).where(
        ParticipantRow.trip_id == trip_id, ParticipantRow.status.in_(WITHOUT_PLACE)
    )
    for row in session.execute(wishes):
        people.update(key for key in row.wished if (key, row.segment) in shut)
    for key in sorted(people):
        yield sentences(
            "“{item}” cannot be for these groups only: one person of another group has chosen it or waits for it.",
            "“{item}” cannot be for these groups only: {count} people of other groups have chosen it or wait for it.",
            people[key],
            item=known[key].title,
        )


def _questions(session: AnySession, trip_id: int, before: Trip, after: Trip) -> Iterator[Sentence]:
    known = {question.key: question for question in before.questions}
    now = {question.key: question for question in after.questions}
    touched = {key for key in known if key not in now or now[key].kind is not known[key].kind}
    if touched:
        for row in session.execute(
            select(AnswerRow.question, func.count().label("people"))
            .join(ParticipantRow, ParticipantRow.id == AnswerRow.participant_id)
            .where(ParticipantRow.trip_id == trip_id, AnswerRow.question.in_(touched))
            .group_by(AnswerRow.question)
            .order_by(AnswerRow.question)
        ):
            yield sentences(
                "The question “{question}” cannot go or change its kind: one person has answered it.",
                "The question “{question}” cannot go or change its kind: {count} people have answered it.",
                row.people,
                question=known[row.question].name,
            )


def _options(session: AnySession, trip_id: int, before: Trip, after: Trip) -> Iterator[Sentence]:
    """Answers to choose that are gone, and were given."""
    now = {question.key: {option.key for option in question.options} for question in after.questions}
    gone = {
        (question.key, option.key): (question.name, option.name)
        for question in before.questions
        if question.key in now
        for option in question.options
        if option.key not in now[question.key]
    }
    if not gone:
        return
    given, locked = _given(session, trip_id, {question for question, _ in gone})
    names = {question.key: question.name for question in before.questions}
    for shut in sorted(locked):
        yield sentence(
            "No answer to “{question}” can go: some are sealed with a key that is not here, so nobody can say what was"
            " answered.",
            question=names[shut],
        )
    for key, (question, option) in gone.items():
        if given[key]:
            yield sentences(
                "The answer “{answer}” to “{question}” cannot go: one person has given it.",
                "The answer “{answer}” to “{question}” cannot go: {count} people have given it.",
                given[key],
                answer=option,
                question=question,
            )


def _given(session: AnySession, trip_id: int, questions: Collection[str]) -> tuple[Counter[tuple[str, str]], set[str]]:
    """How many gave each answer to choose, by question and answer; and questions of which some cannot be opened."""
    given: Counter[tuple[str, str]] = Counter()
    locked: set[str] = set()
    columns = AnswerRow.participant_id, AnswerRow.question, AnswerRow.value, AnswerRow.sealed
    for row in session.execute(
        select(*columns)
        .join(ParticipantRow, ParticipantRow.id == AnswerRow.participant_id)
        .where(ParticipantRow.trip_id == trip_id, AnswerRow.question.in_(questions))
    ):
        try:
            answer = opened(session, row)
        except Locked:
            locked.add(row.question)
            continue
        chosen = (answer,) if isinstance(answer, str) else answer
        if isinstance(chosen, tuple):
            given.update((row.question, option) for option in chosen)
    return given, locked


def _terms(session: AnySession, trip_id: int, before: Trip, after: Trip) -> Iterator[Sentence]:
    if before.terms.version == after.terms.version and before.terms.text != after.terms.text:
        accepted = session.scalar(
            select(func.count())
            .select_from(BookingRow)
            .where(BookingRow.trip_id == trip_id, BookingRow.terms_version == before.terms.version)
        )
        if accepted:
            yield sentence(
                "The terms “{version}” were accepted by people who have signed up, so their text cannot change."
                " Give the new text a new version.",
                version=before.terms.version,
            )
