"""What an act would lead to, told before it is done: it is done, looked at and taken back; nothing of it stays."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import ColumnElement, func, select

from tripkit.domain.bookings import Moment, ParticipantStatus
from tripkit.reads.trip_plan import AnySession
from tripkit.reads.visits_held import visits_held
from tripkit.storage import undone, undone_together
from tripkit.storage.bookings import BookingRow, OfferRow, ParticipantRow, QueueMoveRow
from tripkit.storage.outbox import OutboxRow

Result = TypeVar("Result")
_PLACED = {ParticipantStatus.CONFIRMED, ParticipantStatus.OFFERED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailed:
    """A message that would be sent. ``kind``: see `tripkit.mailing.verdict.KINDS`; ``code``: of the booking it is about."""

    to: str
    kind: str
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """Somebody of another booking who would be offered a place, or given one. ``item``: of a visit, empty = on the trip."""

    name: str
    code: str
    item: str
    is_offer: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How it stands with one participant. ``visits``: keys of those they have a place on, or wish for while they wait."""

    id: int
    name: str
    status: ParticipantStatus
    visits: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Consequences:
    """What an act leads to: who gets mail, who moves up, how it stands with the booking's people before and after.

    ``passed``: how many who had waited longer are passed by an organiser's decision.
    """

    mails: tuple[Mailed, ...] = ()
    moved: tuple[Moved, ...] = ()
    before: tuple[Standing, ...] = ()
    after: tuple[Standing, ...] = ()
    passed: int = 0

    @property
    def lost(self) -> tuple[Standing, ...]:
        """Those of the booking who lose their place on the trip, as they stood before."""
        now = {one.id: one.status for one in self.after}
        return tuple(one for one in self.before if one.status in _PLACED and now.get(one.id) not in _PLACED)

    @property
    def changed(self) -> tuple[tuple[Standing | None, Standing], ...]:
        """Those of the booking with whom it stands otherwise afterwards: (before, after); before is None of who is new."""
        was = {one.id: one for one in self.before}
        return tuple((was.get(one.id), one) for one in self.after if was.get(one.id) != one)


def foresee(
    session: AnySession, *, trip_id: int, booking_id: int | None, moment: Moment, do: Callable[[], object]
) -> Consequences:
    """What ``do`` would lead to. It calls actions as they are, with the same ``moment``, each of whose transactions is taken back.

    ``booking_id``: the booking it is about, None = one that it makes. Raises: what ``do`` raises.
    """
    found: list[Consequences] = []
    before = _people(session, booking_id)
    mail, offer, move = _last(session)

    def look() -> None:
        found.append(
            Consequences(
                mails=tuple(_mails(session, trip_id, mail, moment)),
                moved=tuple(_moved(session, trip_id, booking_id, (offer, move), moment)),
                before=before,
                after=_people(session, booking_id),
                passed=_passed(session, trip_id, move, moment),
            )
        )

    with undone(session, look):
        do()
    return found[-1] if found else Consequences(before=before, after=before)


def foresee_together(
    session: AnySession, *, trip_id: int, people: Sequence[int], moment: Moment, do: Callable[[], Result]
) -> tuple[Consequences, Result]:
    """What many acts in a row would lead to, each after those before it, and what ``do`` says of them.

    ``people``: ids of those they are about.
    """
    these = ParticipantRow.id.in_(people)
    before = _standing(session, these)
    mail, offer, move = _last(session)
    with undone_together(session):
        result = do()
        found = Consequences(
            mails=tuple(_mails(session, trip_id, mail, moment)),
            moved=tuple(_moved(session, trip_id, None, (offer, move), moment)),
            before=before,
            after=_standing(session, these),
            passed=_passed(session, trip_id, move, moment),
        )
    return found, result


def _last(session: AnySession) -> tuple[int, int, int]:
    """The latest message, offer and move there is, before anything is done."""
    mail, offer, move = (
        session.scalar(select(func.max(table.id))) or 0 for table in (OutboxRow, OfferRow, QueueMoveRow)
    )
    return mail, offer, move


def _people(session: AnySession, booking_id: int | None) -> tuple[Standing, ...]:
    if booking_id is None:
        return ()
    return _standing(session, ParticipantRow.booking_id == booking_id)


def _standing(session: AnySession, which: ColumnElement[bool]) -> tuple[Standing, ...]:
    people = session.scalars(select(ParticipantRow).where(which).order_by(ParticipantRow.id)).all()
    held = visits_held(session, [person.id for person in people])
    return tuple(
        Standing(
            id=person.id,
            name=person.name,
            status=person.status,
            visits=tuple(sorted(held.get(person.id, ()) or person.wished)),
        )
        for person in people
    )


def _mails(session: AnySession, trip_id: int, after: int, moment: Moment) -> Iterator[Mailed]:
    """Those of this very moment: others may write theirs meanwhile, until the trip is locked."""
    rows = session.execute(
        select(OutboxRow.recipient, OutboxRow.kind, BookingRow.code)
        .join(BookingRow, BookingRow.id == OutboxRow.booking_id)
        .where(OutboxRow.id > after, OutboxRow.created_at == moment.at, BookingRow.trip_id == trip_id)
        .order_by(OutboxRow.id)
    )
    for row in rows:
        yield Mailed(to=row.recipient, kind=row.kind, code=row.code)


def _moved(
    session: AnySession, trip_id: int, booking_id: int | None, after: tuple[int, int], moment: Moment
) -> Iterator[Moved]:
    offers = session.scalars(
        select(OfferRow)
        .where(OfferRow.id > after[0], OfferRow.trip_id == trip_id, OfferRow.made_at == moment.at)
        .order_by(OfferRow.id)
    ).all()
    given = session.execute(
        select(QueueMoveRow.participant_id, QueueMoveRow.item)
        .where(QueueMoveRow.id > after[1], QueueMoveRow.trip_id == trip_id, QueueMoveRow.what == "promoted")
        .order_by(QueueMoveRow.id)
    ).all()
    of_offers = [(person, offer.item, True) for offer in offers for person in offer.participant_ids]
    moves = [*((row.participant_id, row.item, False) for row in given), *of_offers]
    names = _names(session, [person for person, _, _ in moves])
    for person, item, is_offer in moves:
        name, code, of_booking = names[person]
        if of_booking != booking_id or is_offer:
            yield Moved(name=name, code=code, item=item, is_offer=is_offer)


def _names(session: AnySession, people: Sequence[int]) -> dict[int, tuple[str, str, int]]:
    if not people:
        return {}
    rows = session.execute(
        select(ParticipantRow.id, ParticipantRow.name, BookingRow.code, BookingRow.id.label("booking_id"))
        .join(BookingRow, BookingRow.id == ParticipantRow.booking_id)
        .where(ParticipantRow.id.in_(people))
    )
    return {row.id: (row.name, row.code, row.booking_id) for row in rows}


def _passed(session: AnySession, trip_id: int, after: int, moment: Moment) -> int:
    moves = session.scalars(
        select(QueueMoveRow.passed).where(
            QueueMoveRow.id > after,
            QueueMoveRow.trip_id == trip_id,
            QueueMoveRow.at == moment.at,
            QueueMoveRow.because == "organiser",
        )
    )
    return len({person for passed in moves for person in passed})
