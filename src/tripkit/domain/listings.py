"""A list of participants as somebody wants to see it: who is in it, in which order, with which columns; nobody is found here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from tripkit.domain.questions import Question
from tripkit.domain.sought import EVERYBODY, Sought

ANSWER = "answer."
"""What the name of a column begins with that holds the answers to a question; its key follows."""


class Order(StrEnum):
    """What a list of participants is sorted by."""

    NAME = "name"
    CAME = "came"
    LATEST = "latest"
    WORKPLACE = "workplace"


class Column(StrEnum):
    """What is told of each participant beside the name and the booking, in the order it is told."""

    EMAIL = "email"
    PHONE = "phone"
    WORKPLACE = "workplace"
    SEGMENT = "segment"
    VISITS = "visits"
    PARTY = "party"
    PRICE = "price"
    BOOKED = "booked"
    MAIL = "mail"
    STATE = "state"


USUAL = (Column.EMAIL, Column.WORKPLACE, Column.SEGMENT, Column.VISITS, Column.STATE)
"""The columns of a list that nobody has chosen any for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """``columns``: each a `Column`, or ``answer.`` and the key of a question."""

    sought: Sought = EVERYBODY
    order: Order = Order.NAME
    columns: tuple[str, ...] = USUAL

    @property
    def questions(self) -> tuple[str, ...]:
        """Keys of the questions whose answers are told."""
        return tuple(one.removeprefix(ANSWER) for one in self.columns if one.startswith(ANSWER))


def columns_there_are(questions: Iterable[Question], *, with_money: bool) -> tuple[str, ...]:
    """Every column to choose, in order: answers about health, diet or belief are none. ``with_money``: prices too."""
    plain = [one for one in Column if with_money or one is not Column.PRICE]
    answers = [f"{ANSWER}{question.key}" for question in questions if not question.sensitive]
    return (*plain[:-1], *answers, plain[-1])


def in_order(columns: Iterable[str], there_are: Iterable[str]) -> tuple[str, ...]:
    """Those of the columns that there are, in their order."""
    wanted = set(columns)
    return tuple(one for one in there_are if one in wanted)


def without_words(listing: Listing) -> Listing:
    """The list as it is kept: words that were searched for may be a name, which would outlive whoever bears it."""
    return replace(listing, sought=replace(listing.sought, words=""))
