"""Letters to many that were under way when a backup was made: after a restore nobody gets one until somebody says so."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from tests.emptying import empty
from tests.storage.test_backup import put, saved
from tripkit.actions.create_campaign import create_campaign
from tripkit.actions.fill_campaigns import fill_campaigns
from tripkit.actions.steer_campaign import resume_campaign, start_campaign
from tripkit.domain.campaigns import Audience, CampaignState
from tripkit.storage.campaigns import CampaignRow
from tripkit.storage.outbox import OutboxRow
from tripkit.testing import NOW, applied, booked, make_moment, make_participant, make_trip

TEXT = {"sv": "Hej {name}!", "en": "Hi {name}!"}
SOON, LATER = NOW + timedelta(hours=1), NOW + timedelta(days=9)


def campaign(session: Session, trip: int, key: str, send_at: datetime | None = None) -> int:
    return create_campaign(
        session, trip_id=trip, key=key, subject=TEXT, text=TEXT, audience=Audience(), essential=True, send_at=send_at,
        moment=make_moment(),
    )  # fmt: skip


@pytest.fixture
def under_way(session: Session) -> dict[str, int]:
    """Campaigns by key: one with a letter gone, one in a worker's hand, one to come and a booking it has not looked at."""
    trip = applied(session, make_trip(size=9))
    for name in ("Leyla", "Jonas", "Åsa"):
        booked(session, trip, [make_participant(name)])
    session.execute(update(OutboxRow).values(state="sent"))  # What was confirmed was told.
    session.commit()
    keys = {key: campaign(session, trip, key) for key in ("sending", "draft")}
    keys |= {key: campaign(session, trip, key, at) for key, at in (("soon", SOON), ("later", LATER))}
    start_campaign(session, campaign_id=keys["sending"], moment=make_moment())
    fill_campaigns(session, moment=make_moment())
    session.execute(update(CampaignRow).values(filled_at=None))  # As if it had been killed before it had looked at all.
    gone, in_hand, _ = session.scalars(select(OutboxRow).where(OutboxRow.kind == "letter").order_by(OutboxRow.id))
    gone.state, in_hand.leased_by, in_hand.leased_until = "sent", "w1", NOW
    session.commit()
    booked(session, trip, [make_participant("Ny")])
    return keys


def states(session: Session) -> dict[str, CampaignState]:
    session.rollback()
    session.expire_all()
    return {row.key: row.state for row in session.scalars(select(CampaignRow))}


def letters(session: Session) -> list[str]:
    return list(session.scalars(select(OutboxRow.state).where(OutboxRow.kind == "letter").order_by(OutboxRow.id)))


def restored(engine: Engine, session: Session, now: datetime, *, send_waiting: bool = False) -> tuple[int, ...]:
    backup = saved(engine)
    session.rollback()
    empty(engine)
    return put(engine, backup, send_waiting=send_waiting, now=now).paused


def test_campaigns_that_were_under_way_wait_until_somebody_resumes_them(
    session: Session, engine: Engine, under_way: dict[str, int]
) -> None:
    now = NOW + timedelta(days=1)  # The moment of “soon” is past: it may have been sent since.
    assert restored(engine, session, now) == (under_way["sending"], under_way["soon"])
    paused, scheduled, draft = CampaignState.PAUSED, CampaignState.SCHEDULED, CampaignState.DRAFT
    assert states(session) == {"sending": paused, "soon": paused, "later": scheduled, "draft": draft}
    assert letters(session) == ["sent", "paused", "paused"]
    confirmation = select(OutboxRow.state).where(OutboxRow.kind != "letter", OutboxRow.state != "sent")
    assert session.scalars(confirmation).all() == ["held"]  # A matter of its own, as ever.
    assert fill_campaigns(session, moment=make_moment(now)) == 0

    resume_campaign(session, campaign_id=under_way["sending"], moment=make_moment(now))
    assert letters(session) == ["sent", "waiting", "waiting"]
    assert fill_campaigns(session, moment=make_moment(now)) == 1
    assert letters(session) == ["sent", "waiting", "waiting", "waiting"]
    assert states(session)["soon"] is paused


def test_campaigns_go_on_where_one_says_that_nothing_was_sent_since(
    session: Session, engine: Engine, under_way: dict[str, int]
) -> None:
    before = states(session)
    assert restored(engine, session, LATER, send_waiting=True) == ()
    assert states(session) == before
    assert letters(session) == ["sent", "waiting", "waiting"]
