"""Which participants are meant: a value by which lists, files and letters choose people; nobody is found here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from tripkit.domain.bookings import ParticipantStatus

LONGEST_SEARCH = 100
"""Characters; the longest name anybody types."""


class VisitHow(StrEnum):
    """How somebody stands to a visit."""

    EITHER = "either"
    """They have a place on it, for good or on offer, or wait for one."""
    PLACE = "place"
    """A place on it is theirs."""
    WAITS = "waits"
    NONE = "none"
    """Neither a place nor a wait."""


class AnswerHow(StrEnum):
    """How somebody stands to a question."""

    IS = "is"
    """They chose this answer."""
    GIVEN = "given"
    MISSING = "missing"
    """They were asked, and have not answered."""


class MailFate(StrEnum):
    """What has become of the latest message about somebody's booking."""

    WAITING = "waiting"
    """Not gone yet: on its way, held back, or paused with its letter."""
    SENT = "sent"
    UNDELIVERED = "undelivered"
    BOUNCED = "bounced"


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitSought:
    """``visits``: keys; one of these, empty = any that is chosen among others."""

    visits: tuple[str, ...] = ()
    how: VisitHow = VisitHow.EITHER


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerSought:
    """``questions``: keys; one of these, empty = all that have to be answered. ``answer``: an option's key, "yes" or "no"."""

    questions: tuple[str, ...] = ()
    how: AnswerHow = AnswerHow.MISSING
    answer: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """Participants who are all of this; as it stands, all participants of a trip.

    ``words``: each is found in the name, an address, the workplace or the code; ``workplace``: is part of its name.
    ``states``, ``segments``: one of these, empty = any. ``since``: signed up on this day of the trip's zone or later;
    ``before``: on an earlier day than this. ``in_company``: signed up together with others.
    """

    words: str = ""
    states: tuple[ParticipantStatus, ...] = ()
    segments: tuple[str, ...] = ()
    visits: tuple[VisitSought, ...] = ()
    answers: tuple[AnswerSought, ...] = ()
    workplace: str = ""
    mail: MailFate | None = None
    since: date | None = None
    before: date | None = None
    in_company: bool = False

    @property
    def is_all(self) -> bool:
        """Whether nobody is left out."""
        return self == EVERYBODY


EVERYBODY = Sought()
"""All participants of a trip."""
