"""Telling who organises a trip that sign-up has opened or ended, and how it stands; once for each moment."""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import and_, insert, or_, select

from tripkit.actions.apply_moments import CLOSES, OPENS, signup_moments
from tripkit.actions.recording import audit
from tripkit.actions.seating import lock_pools
from tripkit.actions.sweeping import sweep
from tripkit.domain.bookings import Moment
from tripkit.domain.reminders import LATEST, is_too_late
from tripkit.domain.signup_figures import SignupFigures
from tripkit.domain.trips import Organisation, Trip, TripStatus
from tripkit.i18n import LANGUAGES
from tripkit.mailing.signup_news import signup_news
from tripkit.reads.signup_figures import signup_figures
from tripkit.reads.trip_plan import AnySession, trip_plan
from tripkit.storage import note_told, write
from tripkit.storage.outbox import OutboxRow
from tripkit.storage.trips import OccasionRow, TripRow

_A_DAY = timedelta(days=1)
_AUDITED = {OPENS: "signup_opened", CLOSES: "signup_ended"}


def announce_signup(session: AnySession, *, moment: Moment) -> int:
    """Note each opening and end of sign-up that has come, and write to the trip's contact; how many.

    Safe to run twice and by two at once. Not for moments more than two days past, nor for those that were past when
    the organiser wrote them; a moment that was moved comes when it comes.

    Raises: ExceptionGroup when some could not be, after all the others.
    """
    due = [*_due(session, moment)]
    session.rollback()
    return sweep("openings and ends of sign-up", [partial(_announce, session, *one, moment) for one in due])


def _due(session: AnySession, moment: Moment) -> Iterator[tuple[int, str, datetime]]:
    """(trip, kind, moment) of what looks as if it were to be announced."""
    since, until = moment.at - LATEST, moment.at
    trips = session.scalars(
        select(TripRow).where(
            TripRow.status == TripStatus.PLANNED,
            # Nothing opens or ends on a trip that is over: those of former years are not even looked at.
            TripRow.erased_at.is_(None),
            TripRow.ends_on >= since.date() - _A_DAY,
            or_(
                TripRow.signup_opens_at.between(since, until),
                TripRow.signup_closes_at.between(since, until),
                # Sign-up ends when the trip begins, at the latest; the day is another one in some other zone.
                and_(TripRow.starts_on >= since.date() - _A_DAY, TripRow.starts_on <= until.date() + _A_DAY),
            ),
        )
    ).all()
    noted = _noted(session, [row.id for row in trips]) if trips else {}
    for row in sorted(trips, key=lambda trip: trip.id):
        for kind, at in signup_moments(row):
            if _has_come(at, moment) and (kind, at) not in noted[row.id]:
                yield row.id, kind, at


def _noted(session: AnySession, trips: Iterable[int]) -> dict[int, set[tuple[str, datetime]]]:
    found: dict[int, set[tuple[str, datetime]]] = defaultdict(set)
    noted = select(OccasionRow.trip_id, OccasionRow.kind, OccasionRow.at).where(OccasionRow.trip_id.in_(trips))
    for row in session.execute(noted):
        found[row.trip_id].add((row.kind, row.at))
    return found


def _has_come(at: datetime, moment: Moment) -> bool:
    return at <= moment.at and not is_too_late(at, moment.at)


def _announce(session: AnySession, trip_id: int, kind: str, at: datetime, moment: Moment) -> bool:
    with write(session):
        lock_pools(session, trip_id)  # Whoever writes this trip anew, or announces the same, holds it.
        plan = trip_plan(session, trip_id)
        if plan is None or plan[2].status is not TripStatus.PLANNED:
            return False
        _, host, trip = plan
        if (kind, at) not in set(signup_moments(trip)) or (kind, at) in _noted(session, [trip_id])[trip_id]:
            return False  # It has moved since it was listed, or another worker was here.
        noted = {"trip_id": trip_id, "kind": kind, "key": "", "at": at, "noted_at": moment.at}
        session.execute(insert(OccasionRow), noted)
        figures = signup_figures(session, trip_id, trip)
        room = figures.trip
        audit(
            session,
            _AUDITED[kind],
            moment=moment,
            trip_id=trip_id,
            at=at.isoformat(),
            taken=room.taken,
            offered=room.offered,
            waiting=room.waiting,
        )
        session.add(_letter(trip_id, host, trip, figures, kind, moment))
        session.flush()
        note_told(session)
    return True


def _letter(
    trip_id: int, host: Organisation, trip: Trip, figures: SignupFigures, kind: str, moment: Moment
) -> OutboxRow:
    language = next((one for one in trip.languages if one in LANGUAGES), LANGUAGES[0])
    subject, text = signup_news(figures, opened=kind == OPENS, language=language, fallback=trip.languages)
    return OutboxRow(
        trip_id=trip_id,
        kind="letter",
        recipient=trip.contact.email or host.email,
        language=language,
        payload={"subject": subject, "text": text},
        message_id=secrets.token_hex(16),
        created_at=moment.at,
        next_at=moment.at,
    )
