"""What the page on which a letter to many is written shows: the trip it is about, whom it would reach, what is left to do."""

from __future__ import annotations

from dataclasses import dataclass

from tripkit.domain.campaigns import Audience, Who
from tripkit.domain.letters import wrong_letter
from tripkit.domain.refusals import Problem
from tripkit.domain.sought import EVERYBODY, Sought
from tripkit.domain.texts import Text
from tripkit.domain.trips import Organisation, Trip
from tripkit.mailing.ready_letters import READY_LETTERS
from tripkit.reads.audience import Reach, whom_it_reaches
from tripkit.reads.campaign_list import Campaign, campaign_list, campaign_of_trip
from tripkit.reads.trip_plan import AnySession, trip_plan

EARLIER = 20
"""How many earlier letters may be begun from; older ones are opened first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Writing:
    """A letter that is written. ``revision``: what is changed, 0 for a new one."""

    subject: Text
    text: Text
    audience: Audience
    essential: bool
    revision: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class WritingPage:
    """The page. ``campaign``: as it is stored, None = not yet; ``writing``: what stands in the form; ``left``: to be done."""

    trip: Trip
    host: Organisation
    campaign: Campaign | None
    writing: Writing
    reach: Reach
    left: tuple[Problem, ...]


def writing_page(
    session: AnySession,
    *,
    trip_id: int,
    campaign_id: int | None = None,
    begin: str = "",
    sought: Sought = EVERYBODY,
    typed: Writing | None = None,
) -> WritingPage | None:
    """The page, None when there is no such letter; seven queries at most.

    ``begin``: what a new one is begun from: the name of a ready letter, or the id of an earlier one; ``sought``:
    and whom of a list of participants it is for. ``typed``: what was
    sent, and is not stored.
    """
    plan = trip_plan(session, trip_id)
    campaign = None if campaign_id is None else campaign_of_trip(session, trip_id, campaign_id)
    if plan is None or (campaign is None and campaign_id is not None):
        return None
    _, host, trip = plan
    writing = typed or (_begun(session, trip_id, trip, begin, sought) if campaign is None else _stored(campaign))
    if writing is None:
        return None
    return WritingPage(
        trip=trip,
        host=host,
        campaign=campaign,
        writing=writing,
        reach=whom_it_reaches(session, trip_id, trip, writing.audience),
        left=tuple(wrong_letter(writing.subject, writing.text, writing.audience, trip)),
    )


def _stored(campaign: Campaign) -> Writing:
    return Writing(
        subject=campaign.subject,
        text=campaign.text,
        audience=campaign.audience,
        essential=campaign.essential,
        revision=campaign.revision,
    )


def _begun(session: AnySession, trip_id: int, trip: Trip, begin: str, sought: Sought) -> Writing | None:
    if begin in READY_LETTERS:
        ready = READY_LETTERS[begin]
        subject, text = ready.said_in(trip.languages)
        return Writing(subject=subject, text=text, audience=Audience(who=ready.who), essential=ready.is_essential)
    if not begin:
        return Writing(subject={}, text={}, audience=_of_list(sought), essential=True)
    number = int(begin) if begin.isascii() and begin.isdecimal() and len(begin) < 10 else 0
    earlier = campaign_of_trip(session, trip_id, number)
    if earlier is None:
        return None
    return Writing(subject=earlier.subject, text=earlier.text, audience=earlier.audience, essential=earlier.essential)


def _of_list(sought: Sought) -> Audience:
    """Those who were looked for in a list of participants. Where it says how they stand, that alone counts."""
    return Audience(who=Who.EVERYBODY if sought.states else Who.WITH_PLACE, sought=sought)


@dataclass(frozen=True, slots=True, kw_only=True)
class LettersPage:
    """The letters of a trip, newest first. ``older``: ask for those before this one, None = these are all."""

    trip: Trip
    letters: tuple[Campaign, ...]
    older: int | None


def letters_page(
    session: AnySession, *, trip_id: int, before: int | None = None, limit: int = 100
) -> LettersPage | None:
    """A page of the letters of a trip, None when there is no such trip; three queries."""
    plan = trip_plan(session, trip_id)
    if plan is None:
        return None
    found = campaign_list(session, trip_id=trip_id, before=before, limit=limit + 1)
    return LettersPage(trip=plan[2], letters=found[:limit], older=found[limit - 1].id if len(found) > limit else None)
