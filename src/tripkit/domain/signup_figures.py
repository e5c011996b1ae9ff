"""How a trip's sign-up stands in figures, as its organiser is told; nobody is named, nothing is counted here."""

from __future__ import annotations

from dataclasses import dataclass

from tripkit.domain.places import Room
from tripkit.domain.texts import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupFigures:
    """People of one segment. ``placed``: with a place, those on offer among them; ``waiting``: for one; ``applied``: in the draw."""

    name: Text
    placed: int
    waiting: int
    applied: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SignupFigures:
    """How a sign-up stands.

    ``before_draw``: whether places are still to be drawn.
    ``trip``: how full it is. ``groups``: in the order of the trip. ``missing``: questions that must be answered by
    everybody they are put to, and how many people with a place have not.
    """

    trip: Room
    groups: tuple[GroupFigures, ...]
    missing: tuple[tuple[Text, int], ...]
    before_draw: bool = False

    @property
    def applied(self) -> int:
        """People in the draw."""
        return sum(group.applied for group in self.groups)
