"""What happens when, what is asked of participants, and the whole file as it is written."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from tripkit.domain.programme import ItemKind
from tripkit.domain.questions import QuestionKind
from tripkit.eventfile.format.entry import Entry
from tripkit.eventfile.format.reminders import ReminderEntry
from tripkit.eventfile.format.scalars import Day, Key, Line, LineText, LongText, People, Reference, WallTime
from tripkit.eventfile.format.trip import (
    NoteEntry,
    OrganisationEntry,
    PartnerEntry,
    SegmentEntry,
    SiteEntry,
    SpeakerEntry,
    TopicEntry,
    TripEntry,
)


class TravelEntry(Entry):
    """How long it takes between two sites, either way."""

    between: Annotated[list[Reference], Field(min_length=2, max_length=2)] = Field(
        description="The keys of the two sites."
    )
    minutes: Annotated[int, Field(ge=1, le=1440)] = Field(description="Whole minutes from door to door.")


class ChoiceEntry(Entry):
    """A place in the programme where each participant chooses one of several items."""

    key: Key = Field(description="What programme items call it.", examples=["thursday-morning"])
    title: LineText = Field(description="What one chooses, as in “Site visit on Thursday morning”.")
    required: bool = Field(True, description="false: one may also choose none of them.")


class ItemEntry(Entry):
    """Something at a time. Times are by the clock on the wall there."""

    key: Key = Field(description="Its place in the address, and what sign-ups call it.", examples=["harbour-walk"])
    kind: Annotated[ItemKind, Field(strict=False)] = Field(description="What sort of thing happens.")
    title: LineText = Field(description="What it is called.")
    summary: LongText = Field({}, description="What it is, in a sentence or two.")
    description: LongText = Field(
        {}, description="More about it. Markdown; also in texts/programme/<key>.<language>.md."
    )
    day: Day = Field(description="The day it starts on.", examples=["2019-01-24"])
    starts: WallTime = Field(
        alias="from",
        description="When it starts. A time that happens twice, when the clocks go back, says which one with its offset: 02:30+02:00.",
        examples=["10:45"],
    )
    ends: WallTime = Field(alias="to", description="When it ends.", examples=["12:00"])
    to_day: Day | None = Field(None, description="The day it ends on, when it is another one.")
    time_zone: Line | None = Field(None, description="Left out: its site's, or else the trip's.")
    site: Reference | None = Field(
        None, description="The key of the site it happens at; of a transfer, where it starts."
    )
    topics: list[Reference] = Field([], description="The keys of the topics it is about.")
    speakers: list[Reference] = Field([], description="The keys of those who speak or receive.")
    partners: list[Reference] = Field([], description="The keys of the partners behind it.")
    segments: list[Reference] = Field([], description="The keys of the groups it is meant for. Left out: everyone.")
    choice: Reference | None = Field(
        None, description="The key of the choice it belongs to. Left out: all it is meant for take part."
    )
    size: People | None = Field(None, description="How many can take part. Left out: no limit of its own.")


class ConditionEntry(Entry):
    """Asked only after one of these answers to an earlier question."""

    question: Reference = Field(description="The key of an earlier question of kind yes_no, one_of or many_of.")
    answers: Annotated[list[Reference], Field(min_length=1)] = Field(
        description="Keys of its options; yes or no for yes_no."
    )


class OptionEntry(Entry):
    """One answer to choose."""

    key: Key = Field(description="What it is called in exports.")
    name: LineText = Field(description="What people read.")


class QuestionEntry(Entry):
    """One question to each participant."""

    key: Key = Field(description="What it is called in exports.")
    kind: Annotated[QuestionKind, Field(strict=False)] = Field(description="What sort of answer is wanted.")
    name: LineText = Field(description="The question.")
    help: LongText = Field({}, description="What helps to answer it.")
    required: bool = Field(False, description="Whether it must be answered.")
    sensitive: bool = Field(False, description="Health, diet or belief: never shown back on a page or in a mail.")
    segments: list[Reference] = Field([], description="The keys of the groups it is put to. Left out: everyone.")
    when: ConditionEntry | None = Field(None, description="Asked only after certain answers.")
    options: list[OptionEntry] = Field([], description="What one can choose, for one_of and many_of.")
    at_least: int | None = Field(None, description="The smallest number allowed, for number.")
    at_most: int | None = Field(None, description="The largest number allowed, for number.")
    kept_days: Annotated[int, Field(ge=0, le=3650)] | None = Field(
        None,
        description="How many days after the trip's last day its answers are kept. Left out: as long as what else people wrote.",
        examples=[14],
    )


class EventEntry(Entry):
    """A trip as its organiser writes it down: event.yaml, with any list in a file of its own name."""

    organisation: OrganisationEntry = Field(description="Who hosts the trip.")
    trip: TripEntry = Field(description="The trip.")
    segments: list[SegmentEntry] = Field(
        [], description="The groups of people the trip is for; a participant belongs to one. Also in segments.yaml."
    )
    topics: list[TopicEntry] = Field([], description="The themes of the trip. Also in topics.yaml.")
    partners: list[PartnerEntry] = Field([], description="Those who host or support it. Also in partners.yaml.")
    sites: list[SiteEntry] = Field([], description="The places that are visited. Also in sites.yaml.")
    travel: list[TravelEntry] = Field([], description="How long it takes between sites. Also in travel.yaml.")
    speakers: list[SpeakerEntry] = Field([], description="Those who speak or receive visitors. Also in speakers.yaml.")
    choices: list[ChoiceEntry] = Field([], description="Where participants choose among items. Also in choices.yaml.")
    programme: list[ItemEntry] = Field([], description="What happens when. Also in programme.yaml.")
    questions: list[QuestionEntry] = Field([], description="What participants are asked. Also in questions.yaml.")
    practical: list[NoteEntry] = Field([], description="Practical information. Also in practical.yaml.")
    reminders: list[ReminderEntry] = Field(
        [], description="Letters that are sent by themselves on certain days. Also in reminders.yaml."
    )


SECTIONS = tuple(name for name in EventEntry.model_fields if name not in {"organisation", "trip"})
"""The lists that may stand in a file of their own name."""
