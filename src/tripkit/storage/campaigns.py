"""Tables of letters to many at once, and of who wants none; the letters themselves are in the outbox."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tripkit.domain.campaigns import Audience, CampaignState
from tripkit.domain.reminders import Timing
from tripkit.domain.texts import Text
from tripkit.storage.columns import AsJson, Row, UtcMoment, Word

_TEXT = AsJson(dict[str, str])


class CampaignRow(Row):
    """A letter to many at once.

    ``key``: its name within the trip. ``subject`` and ``text`` (Markdown) per language, never changed once it has begun.
    ``essential``: about something one takes part in, so nobody can have unsubscribed from it. ``cursor``: the last
    booking that was looked at for it; ``filled_at``: when the last one was; ``ended_at``: when the last letter was gone.
    ``revision``: counts how often it was written. ``timing``: how ``send_at`` follows from the trip's days, None = it does not.
    """

    __tablename__ = "campaign"
    __table_args__ = (UniqueConstraint("trip_id", "key"), Index("ix_campaign_state_send_at", "state", "send_at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    trip_id: Mapped[int] = mapped_column(ForeignKey("trip.id"))
    key: Mapped[str]
    subject: Mapped[Text] = mapped_column(_TEXT)
    text: Mapped[Text] = mapped_column(_TEXT)
    audience: Mapped[Audience] = mapped_column(AsJson(Audience))
    essential: Mapped[bool]
    state: Mapped[CampaignState] = mapped_column(Word(CampaignState))
    made_at: Mapped[datetime] = mapped_column(UtcMoment)
    send_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    started_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    cursor: Mapped[int] = mapped_column(default=0, server_default="0")
    filled_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    ended_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    revision: Mapped[int] = mapped_column(default=0, server_default="0")
    timing: Mapped[Timing | None] = mapped_column(AsJson(Timing))


class LetterSeenRow(Row):
    """That a member has read a letter to many as it is sent. ``digest``: of what it said then, see `digest_of_letter`.

    ``account_id``: who; it outlives the account, so no key of another table binds it.
    """

    __tablename__ = "letter_seen"
    __table_args__ = (UniqueConstraint("campaign_id", "account_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    trip_id: Mapped[int] = mapped_column(ForeignKey("trip.id"))
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    account_id: Mapped[int]
    digest: Mapped[str]
    at: Mapped[datetime] = mapped_column(UtcMoment)


class UnsubscribedRow(Row):
    """An address that wants no more letters from an organisation than it has to get. ``digest``: see `digest_of_address`."""

    __tablename__ = "unsubscribed"
    __table_args__ = (UniqueConstraint("organisation_id", "digest"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    digest: Mapped[str]
    at: Mapped[datetime] = mapped_column(UtcMoment)
