"""What a list of a trip is as forms: its words, and the fields of a thing in it; which lists there are, others say."""

from __future__ import annotations

from dataclasses import dataclass

from tripkit.domain.sentences import Sentence, sentence
from tripkit.web.organiser.editing.fields import Field

EMPTY_ALL = sentence("None chosen: everybody.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A list of the trip's. ``one``: what a new thing of it is called; ``name``: the field it is known by, ``empty``: when there is none."""

    key: str
    title: Sentence
    one: Sentence
    lead: Sentence
    empty: Sentence
    name: str
    fields: tuple[Field, ...]
    in_order: bool = True
    """Whether the order is the organiser's; else it follows from what is written."""
