"""Letters to many at once: whom they are for, and what may be done with them when; no letter, no rows."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from enum import StrEnum

from tripkit.domain.bookings import ParticipantStatus
from tripkit.domain.sought import EVERYBODY, AnswerHow, AnswerSought, Sought, VisitHow, VisitSought
from tripkit.domain.texts import Text


class Who(StrEnum):
    """Bookings with somebody who has a place, with somebody who waits for one, or both."""

    WITH_PLACE = "with_place"
    WAITING = "waiting"
    EVERYBODY = "everybody"

    @property
    def statuses(self) -> tuple[ParticipantStatus, ...]:
        """Of whom there has to be one in the booking. Who has been offered a place has not said yes yet: they wait, as those in a draw do."""
        placed, waiting = (
            (ParticipantStatus.CONFIRMED,),
            (
                ParticipantStatus.APPLIED,
                ParticipantStatus.OFFERED,
                ParticipantStatus.WAITING,
            ),
        )
        return {Who.WITH_PLACE: placed, Who.WAITING: waiting, Who.EVERYBODY: placed + waiting}[self]


@dataclass(frozen=True, slots=True, kw_only=True)
class Audience:
    """Whom a campaign reaches: bookings in which one and the same person is all of this.

    ``segments``: in one of these; ``visits``: with a place on one of these items; ``missing``: who were asked one of these
    questions and have not answered it; empty = whatever they are. ``sought``: and all that a list of participants can be
    narrowed down to.
    """

    who: Who = Who.WITH_PLACE
    segments: tuple[str, ...] = ()
    visits: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    sought: Sought = EVERYBODY

    @property
    def wanted(self) -> tuple[Sought, ...]:
        """The one person is all of these."""
        by_keys = Sought(
            states=self.who.statuses,
            segments=self.segments,
            visits=(VisitSought(visits=self.visits, how=VisitHow.PLACE),) if self.visits else (),
            answers=(AnswerSought(questions=self.missing, how=AnswerHow.MISSING),) if self.missing else (),
        )
        return by_keys, self.sought


class CampaignState(StrEnum):
    """How it stands with a campaign."""

    DRAFT = "draft"
    """Written down; nothing goes out."""
    SCHEDULED = "scheduled"
    """Goes out by itself when its moment has come."""
    SENDING = "sending"
    PAUSED = "paused"
    """Nothing more goes out until it is resumed."""
    DONE = "done"
    CANCELLED = "cancelled"
    """What had not gone out never will."""


_MAY: dict[str, frozenset[CampaignState]] = {
    "write": frozenset({CampaignState.DRAFT}),
    "unschedule": frozenset({CampaignState.SCHEDULED}),
    "schedule": frozenset({CampaignState.DRAFT, CampaignState.SCHEDULED}),
    "start": frozenset({CampaignState.DRAFT, CampaignState.SCHEDULED}),
    "pause": frozenset({CampaignState.SCHEDULED, CampaignState.SENDING}),
    "resume": frozenset({CampaignState.PAUSED}),
    "cancel": frozenset(set(CampaignState) - {CampaignState.DONE, CampaignState.CANCELLED}),
}


def may(act: str, state: CampaignState) -> bool:
    """Whether a campaign in this state can be written, started, scheduled, taken back, paused, resumed or cancelled."""
    return state in _MAY[act]


def digest_of_letter(subject: Text, text: Text) -> str:
    """What a letter says, as a digest: whoever has read this one has not read another."""
    return hashlib.sha256(json.dumps([dict(subject), dict(text)], sort_keys=True).encode()).hexdigest()
