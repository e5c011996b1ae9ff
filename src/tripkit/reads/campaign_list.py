"""Campaigns and how far they are; a fixed number of queries, whatever their size."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, func, select, true

from tripkit.domain.campaigns import Audience, CampaignState, may
from tripkit.domain.reminders import CAMPAIGN, Timing
from tripkit.domain.texts import Text
from tripkit.domain.trips import Trip
from tripkit.reads.audience import is_reached
from tripkit.reads.trip_plan import AnySession
from tripkit.storage.bookings import BookingRow
from tripkit.storage.campaigns import CampaignRow
from tripkit.storage.outbox import OutboxRow
from tripkit.storage.trips import OrganisationRow, TripRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Campaign:
    """A campaign and how far it is.

    ``address``: organisation and trip; ``letters``: how many there are in each state of the outbox; ``bounced``: sent
    ones that came back.
    """

    id: int
    trip_id: int
    address: str
    key: str
    subject: Text
    text: Text
    audience: Audience
    essential: bool
    state: CampaignState
    send_at: datetime | None
    started_at: datetime | None
    ended_at: datetime | None
    is_filled: bool
    letters: Mapping[str, int]
    bounced: int
    made_at: datetime
    revision: int
    timing: Timing | None

    @property
    def is_reminder(self) -> bool:
        """Whether it was made of a reminder in the trip's files."""
        return self.key.startswith(CAMPAIGN)

    def may(self, act: str) -> bool:
        """Whether this can be done with it now; see `tripkit.domain.campaigns.may`."""
        return may(act, self.state)

    @property
    def written(self) -> int:
        """Letters there are so far."""
        return sum(self.letters.values())


def campaign_list(
    session: AnySession, *, trip_id: int | None = None, before: int | None = None, limit: int = 100
) -> tuple[Campaign, ...]:
    """The newest campaigns first, of one trip or of all, those older than ``before``; two queries."""
    wanted = [] if trip_id is None else [CampaignRow.trip_id == trip_id]
    if before is not None:
        wanted.append(CampaignRow.id < before)
    return _campaigns(session, *wanted, limit=limit)


def campaign_of_trip(session: AnySession, trip_id: int, campaign_id: int) -> Campaign | None:
    """One campaign of this trip, None when it has no such; two queries."""
    found = _campaigns(session, CampaignRow.trip_id == trip_id, CampaignRow.id == campaign_id, limit=1)
    return found[0] if found else None


def campaign_by_id(session: AnySession, campaign_id: int) -> Campaign | None:
    """One campaign, None when there is no such; two queries."""
    found = _campaigns(session, CampaignRow.id == campaign_id, limit=1)
    return found[0] if found else None


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignProgress:
    """How far a campaign is, in letters. ``unwritten``: bookings whose letter is still to be written.

    ``waiting``: to be sent, paused and held ones among them; ``failed``: given up; ``left_out``: dropped or erased;
    ``bounced``: of the sent ones, those that came back.
    """

    state: CampaignState
    unwritten: int
    waiting: int
    sent: int
    failed: int
    left_out: int
    bounced: int

    @property
    def written(self) -> int:
        """Letters there are so far."""
        return self.waiting + self.sent + self.failed + self.left_out

    @property
    def total(self) -> int:
        """Letters there will be."""
        return self.written + self.unwritten


def campaign_progress(session: AnySession, campaign: Campaign, trip: Trip) -> CampaignProgress:
    """How far it is now; one query, however many letters. Raises: LookupError when it is gone."""
    letters = (
        select(*(func.count(case((OutboxRow.state.in_(states), 1))).label(name) for name, states in _FIGURES.items()))
        .add_columns(func.count(OutboxRow.bounced_at).label("bounced"))
        .where(OutboxRow.campaign_id == campaign.id)
        .subquery()
    )
    to_write = (
        select(func.count())
        .select_from(BookingRow)
        .where(
            BookingRow.trip_id == campaign.trip_id,
            BookingRow.id > CampaignRow.cursor,
            CampaignRow.filled_at.is_(None),
            is_reached(campaign.audience, trip),
        )
        .correlate(CampaignRow)
        .scalar_subquery()
    )
    row = session.execute(
        select(CampaignRow.state, to_write.label("unwritten"), letters)
        .join(letters, true())
        .where(CampaignRow.id == campaign.id)
    ).one_or_none()
    if row is None:
        raise LookupError(campaign.id)
    return CampaignProgress(**row._mapping)


_FIGURES = {
    "waiting": ("waiting", "paused", "held"),
    "sent": ("sent",),
    "failed": ("dead",),
    "left_out": ("dropped", "erased"),
}


def _campaigns(session: AnySession, *wanted: object, limit: int) -> tuple[Campaign, ...]:
    rows = session.execute(
        select(CampaignRow, OrganisationRow.key, TripRow.key)
        .join(TripRow, TripRow.id == CampaignRow.trip_id)
        .join(OrganisationRow, OrganisationRow.id == TripRow.organisation_id)
        .where(*wanted)  # type: ignore[arg-type]  # conditions, made above
        .order_by(CampaignRow.id.desc())
        .limit(limit)
    ).all()
    counts: dict[int, dict[str, int]] = {}
    bounced: dict[int, int] = {}
    for row in session.execute(
        select(
            OutboxRow.campaign_id,
            OutboxRow.state,
            func.count().label("number"),
            func.count(OutboxRow.bounced_at).label("back"),
        )
        .where(OutboxRow.campaign_id.in_([campaign.id for campaign, _, _ in rows]))
        .group_by(OutboxRow.campaign_id, OutboxRow.state)
    ):
        counts.setdefault(row.campaign_id, {})[row.state] = row.number
        bounced[row.campaign_id] = bounced.get(row.campaign_id, 0) + row.back
    return tuple(
        Campaign(
            id=row.id,
            trip_id=row.trip_id,
            address=f"{organisation}/{trip}",
            key=row.key,
            subject=row.subject,
            text=row.text,
            audience=row.audience,
            essential=row.essential,
            state=row.state,
            send_at=row.send_at,
            started_at=row.started_at,
            ended_at=row.ended_at,
            is_filled=row.filled_at is not None,
            letters=counts.get(row.id, {}),
            bounced=bounced.get(row.id, 0),
            made_at=row.made_at,
            revision=row.revision,
            timing=row.timing,
        )
        for row, organisation, trip in rows
    )
