"""A story as it is written in story.yaml: fictional bookings that fill the trip, and what happens to them."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from tripkit.eventfile.format.entry import Entry
from tripkit.eventfile.format.scalars import Line, LocalMoment, Reference


class StoryContactEntry(Entry):
    """Who signs up."""

    name: Line = Field(description="The contact person.")
    email: Line = Field(description="Where messages go.")
    phone: Line | None = Field(None, description="A telephone number, in quotes.")


class StoryInvoiceEntry(Entry):
    """Where the invoice goes."""

    address: Annotated[str, Field(max_length=600)] = Field("", description="The address, in one or several lines.")
    reference: Annotated[str, Field(max_length=120)] = Field("", description="The reference the payer wants to see.")


class StoryParticipantEntry(Entry):
    """One person who travels."""

    name: Line = Field(description="The person's name.")
    email: Line | None = Field(None, description="Left out: the contact person is asked.")
    segment: Reference = Field(description="The key of the person's group.")
    items: list[Reference] = Field([], description="The keys of the chosen programme items.")
    answers: dict[str, Any] = Field(
        {},
        description="Key of a question to the answer: text, number, true or false, the key of an option, a list of them, a day.",
    )


class StoryBookingEntry(Entry):
    """One sign-up."""

    label: Line | None = Field(None, description="What later steps call it. Left out: its number in the list.")
    at: LocalMoment = Field(description="When the form is sent, by the clock in the trip's time zone.")
    contact: StoryContactEntry = Field(description="Who signs up.")
    organisation: Line = Field(description="Where they come from.")
    invoice: StoryInvoiceEntry | None = Field(None, description="Where the invoice goes.")
    language: Reference = Field(description="The language of messages to them.")
    together: bool = Field(False, description="true: the party waits until all of it fits.")
    participants: Annotated[list[StoryParticipantEntry], Field(min_length=1)] = Field(description="Who travels.")


class StoryStepEntry(Entry):
    """Something that happens to a booking later: one of cancel, accept and decline."""

    at: LocalMoment = Field(description="When, by the clock in the trip's time zone.")
    cancel: Line | None = Field(None, description="The label of a booking that is cancelled.")
    accept: Line | None = Field(None, description="The label of a booking whose offer is accepted.")
    decline: Line | None = Field(None, description="The label of a booking whose offer is declined.")
    participants: list[Line] = Field([], description="Names as in the booking. Left out: all of them.")
    reason: Annotated[str, Field(max_length=500)] = Field("", description="Why, for cancel.")


class ExpectEntry(Entry):
    """How it stands when all is played."""

    taken: Annotated[int, Field(ge=0)] | None = Field(None, description="People with a place.")
    waiting: Annotated[int, Field(ge=0)] | None = Field(None, description="People in the trip's queue.")


class StoryEntry(Entry):
    """Fictional bookings, played for demos and tests."""

    bookings: list[StoryBookingEntry] = Field(description="Sign-ups, in the order they are sent.")
    then: list[StoryStepEntry] = Field([], description="What happens later.")
    expect: ExpectEntry | None = Field(None, description="How it stands in the end.")
