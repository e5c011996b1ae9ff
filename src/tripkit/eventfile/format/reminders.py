"""What people are reminded of, and how long what they wrote is kept, as it is written; when that is follows from the days."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, model_validator

from tripkit.domain.campaigns import Who
from tripkit.domain.reminders import Anchor
from tripkit.domain.sentences import sentence
from tripkit.eventfile.format.entry import Entry
from tripkit.eventfile.format.nearly_right import as_reminder_day
from tripkit.eventfile.format.scalars import Key, LineText, LongText, Reference, WallTime, refuse

_Day = Annotated[Anchor, Field(strict=False)]


class RetentionEntry(Entry):
    """How long what people wrote when they signed up is kept."""

    days: Annotated[int, Field(ge=1, le=3650)] = Field(
        description="How many days after the trip's last day. Then names, addresses, answers and messages are erased; figures stay.",
        examples=[90],
    )


class ReminderDayEntry(Entry):
    """When a reminder is sent: so many days before or after a day of the trip."""

    days: Annotated[int, Field(ge=0, le=365)] = Field(
        description="How many days before or after; 0 for the day itself.", examples=[3]
    )
    before: _Day | None = Field(
        None,
        description="The day it is before. signup_closes and changes_until are the trip's first day where they are left out in sign_up.",
        examples=["trip_starts"],
    )
    after: _Day | None = Field(None, description="The day it is after; write either this or before.")
    at: WallTime = Field(description="The time of day, by the clock in the trip's time zone.", examples=["09:00"])

    @model_validator(mode="before")
    @classmethod
    def _in_words(cls, data: Any) -> Any:
        """A sentence is how people say it, and the hint is how it is written."""
        example = as_reminder_day(data) if isinstance(data, str) else None
        if example is not None:
            refuse(sentence("a group of keys is wanted here"), sentence("write it as in {example}", example=example))
        return data


class ReminderEntry(Entry):
    """A letter that is sent by itself when its day has come, once to each sign-up."""

    key: Key = Field(
        description="What it is called; one that was sent is not sent again under the same key.",
        examples=["before-we-go"],
    )
    when: ReminderDayEntry = Field(description="When it is sent.")
    to: Annotated[Who, Field(strict=False)] = Field(
        Who.WITH_PLACE,
        description="To whom: with_place, those who have a place; waiting, those in the queue for one; everybody, both.",
    )
    segments: list[Reference] = Field(
        [], description="The keys of the groups it is for. Left out: everyone.", examples=[["police"]]
    )
    visits: list[Reference] = Field(
        [], description="The keys of chosen programme items whose visitors it is for. Left out: everyone."
    )
    subject: LineText = Field(
        description="Its subject. In braces, name, trip and code stand for the contact person, the title and the booking's code."
    )
    text: LongText = Field(
        {},
        description="Its text. Markdown; in braces, link stands for the secret link to the sign-up. Also in texts/reminders/<key>.<language>.md.",
    )
