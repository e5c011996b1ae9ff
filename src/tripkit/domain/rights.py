"""Who may do what: roles, named permissions with levels, and what follows from them for one person; no accounts, no rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum

from tripkit.domain.sentences import Sentence, sentence


class Role(StrEnum):
    """What somebody is in an organisation, or for one of its trips only."""

    OWNER = "owner"
    ORGANISER = "organiser"
    FINANCE = "finance"
    TOUR_LEADER = "tour_leader"
    READER = "reader"


TITLES = {
    Role.OWNER: sentence("owner"),
    Role.ORGANISER: sentence("organiser"),
    Role.FINANCE: sentence("finance officer"),
    Role.TOUR_LEADER: sentence("tour leader"),
    Role.READER: sentence("reader"),
}
"""What each role is called, as part of a sentence."""


class Level(IntEnum):
    """How far a permission goes; each level includes those below it."""

    NONE = 0
    SEE = 1
    CHANGE = 2


class Reach(StrEnum):
    """What a permission is about."""

    ORGANISATION = "organisation"
    """The organisation itself: a role for one trip only gives none of it."""
    TRIP = "trip"
    """One trip and who comes: a role for that trip gives it as well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Permission:
    """Something that not everybody may see or change.

    ``key``: its name in code and in the log. ``title``: what it is called on pages, as part of a sentence. ``levels``: what
    each role has of it; a role that is not named has none.
    """

    key: str
    title: Sentence
    reach: Reach
    levels: Mapping[Role, Level] = field(hash=False)


_SEE, _CHANGE = Level.SEE, Level.CHANGE
_OWNER, _ORGANISER, _FINANCE, _LEADER, _READER = Role

ORGANISATION = Permission(
    key="organisation",
    title=sentence("the organisation's settings"),
    reach=Reach.ORGANISATION,
    levels={_OWNER: _CHANGE, _ORGANISER: _SEE, _FINANCE: _SEE},
)
MEMBERS = Permission(
    key="members",
    title=sentence("members and invitations"),
    reach=Reach.ORGANISATION,
    levels={_OWNER: _CHANGE, _ORGANISER: _SEE},
)
LOG = Permission(
    key="log",
    title=sentence("the log of who did what"),
    reach=Reach.TRIP,
    levels={_OWNER: _SEE, _ORGANISER: _SEE},
)
TRIP = Permission(
    key="trip",
    title=sentence("trips and their programmes"),
    reach=Reach.TRIP,
    levels={_OWNER: _CHANGE, _ORGANISER: _CHANGE, _FINANCE: _SEE, _LEADER: _SEE, _READER: _SEE},
)
PARTICIPANTS = Permission(
    key="participants",
    title=sentence("participants and bookings"),
    reach=Reach.TRIP,
    levels={_OWNER: _CHANGE, _ORGANISER: _CHANGE, _FINANCE: _SEE, _LEADER: _SEE, _READER: _SEE},
)
SENSITIVE = Permission(
    key="sensitive",
    title=sentence("answers about health and diet"),
    reach=Reach.TRIP,
    levels={_OWNER: _SEE, _ORGANISER: _SEE, _LEADER: _SEE},
)
MESSAGES = Permission(
    key="messages",
    title=sentence("messages to participants"),
    reach=Reach.TRIP,
    levels={_OWNER: _CHANGE, _ORGANISER: _CHANGE, _LEADER: _SEE},
)
MONEY = Permission(
    key="money",
    title=sentence("prices and invoices"),
    reach=Reach.TRIP,
    levels={_OWNER: _CHANGE, _ORGANISER: _SEE, _FINANCE: _CHANGE},
)

PERMISSIONS = (ORGANISATION, MEMBERS, LOG, TRIP, PARTICIPANTS, SENSITIVE, MESSAGES, MONEY)
"""tripkit's own; a plugin brings its own, declared in the same way."""


@dataclass(frozen=True, slots=True)
class Rights:
    """What one person may do in one organisation, or for one of its trips.

    ``whole``: their roles in the organisation; ``here``: those they have for the trip that is looked at only.
    ``looks_on``: they see what an owner sees, and change no more than their roles give.
    """

    whole: frozenset[Role] = frozenset()
    here: frozenset[Role] = frozenset()
    looks_on: bool = False

    def level(self, permission: Permission) -> Level:
        """How far they may go."""
        roles = self.whole if permission.reach is Reach.ORGANISATION else self.whole | self.here
        seen = min(permission.levels.get(Role.OWNER, Level.NONE), Level.SEE) if self.looks_on else Level.NONE
        return max((seen, *(permission.levels.get(role, Level.NONE) for role in roles)))

    def may(self, permission: Permission, level: Level) -> bool:
        """Whether they may go that far."""
        return self.level(permission) >= level

    def may_everywhere(self, permission: Permission, level: Level) -> bool:
        """Whether they may go that far in the whole organisation, not for the trip that is looked at only."""
        return Rights(whole=self.whole, looks_on=self.looks_on).may(permission, level)

    @property
    def are_none(self) -> bool:
        """Whether this is a stranger."""
        return not self.whole and not self.here and not self.looks_on


def roles_that_may(permission: Permission, level: Level) -> tuple[Role, ...]:
    """Which roles have a permission this far, in the order they are listed in."""
    return tuple(role for role in Role if permission.levels.get(role, Level.NONE) >= level)


def roles_to_give(*, whole: bool) -> tuple[Role, ...]:
    """Which roles there are in an organisation as a whole, or for one trip: nobody owns a trip alone."""
    return tuple(role for role in Role if whole or role is not Role.OWNER)


def leaves_an_owner(owners: Iterable[int], leaving: int) -> bool:
    """Whether an organisation still has an owner when this account is none any more."""
    return any(owner != leaving for owner in owners)
