"""Giving a trip whose places are drawn its seed, sealed, and the promise that is published of it; nothing is drawn here."""

from __future__ import annotations

import secrets

from sqlalchemy import select

from tripkit.domain.bookings import Moment
from tripkit.domain.lottery import promise_of
from tripkit.domain.refusals import PlanRefused
from tripkit.domain.sentences import sentence
from tripkit.domain.trips import Admission, Trip
from tripkit.reads.trip_plan import AnySession
from tripkit.storage.lottery import LotteryRow
from tripkit.storage.sealing import vault_of


def seed_place(trip_id: int) -> str:
    """What a seed is sealed for: it opens for no other trip."""
    return f"draw of trip {trip_id}"


def prepare_lottery(session: AnySession, trip_id: int, trip: Trip, moment: Moment) -> None:
    """Choose the seed, 256 random bits, once and for all: a trip that has one keeps it. Nobody is told it until it is used.

    Raises: PlanRefused where there is no key to seal it with.
    """
    if trip.admission is not Admission.DRAW:
        return
    if session.scalar(select(LotteryRow.id).where(LotteryRow.trip_id == trip_id)) is not None:
        return
    vault = vault_of(session)
    if vault is None:
        raise PlanRefused(
            sentence("The trip was not changed, since its draw could be foreseen."),
            (
                sentence(
                    "There is no key to seal the draw's number with. Whoever looks after this site makes one by the"
                    " command “{command}”.",
                    command="tripkit keys new",
                ),
            ),
        )
    seed = secrets.token_hex(32)
    session.add(
        LotteryRow(
            trip_id=trip_id,
            promise=promise_of(seed),
            sealed=vault.seal(seed, seed_place(trip_id)),
            made_at=moment.at,
            rooms=[],
        )
    )
    session.flush()
