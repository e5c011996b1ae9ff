"""The organisation, the trip itself, and those it is for, as they are written; what happens when is in `programme`."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from tripkit.domain.trips import Admission, PartnerRole, TripStatus
from tripkit.eventfile.format.entry import Entry
from tripkit.eventfile.format.reminders import RetentionEntry
from tripkit.eventfile.format.scalars import (
    Amount,
    Colour,
    Day,
    Email,
    Key,
    LanguageCode,
    Latitude,
    Line,
    LineText,
    LocalMoment,
    Longitude,
    LongText,
    People,
    Percent,
    PictureName,
    Reference,
    Url,
)

Languages = Annotated[list[LanguageCode], Field(min_length=1, max_length=20)]


class LookEntry(Entry):
    """The organisation's logo and colours: as #rrggbb, rgb(…), hsl(…) or oklch(…); only hue and strength are used, so that text stays readable."""

    brand: Colour | None = Field(None, description="The colour of buttons and links.", examples=["#1f6f8b"])
    accent: Colour | None = Field(None, description="The colour that marks what matters.", examples=["#e8a13a"])
    logo: PictureName | None = Field(
        None,
        description="A file in pictures/ that ends in .png, shown at the head of its pages; at most 512 pixels are kept.",
        examples=["logo.png"],
    )
    logo_text: LineText = Field(
        {},
        description="What the logo says, for those who cannot see it; then it stands for the name. Left out: the name stands beside it.",
    )


class OrganisationEntry(Entry):
    """Who hosts the trip."""

    key: Key = Field(
        description="Its place in the address: /sv/<organisation>/<trip>/.", examples=["study-trips-bureau"]
    )
    name: LineText = Field(description="Its name, per language.")
    languages: Languages = Field(
        description="The languages it writes in, the first one first.", examples=[["sv", "en"]]
    )
    email: Email = Field(description="Where messages come from and answers go.")
    phone: Line | None = Field(None, description="As it is written, in quotes.", examples=["000-00 00 00"])
    url: Url | None = Field(None, description="Its own site.")
    description: LongText = Field({}, description="Who it is. Markdown; also in texts/organisation.<language>.md.")
    look: LookEntry | None = Field(None, description="Its own colours and logo.")


class DaysEntry(Entry):
    """The first and the last day, both included."""

    first: Day = Field(alias="from", description="The first day.", examples=["2019-01-24"])
    last: Day = Field(
        alias="to",
        description="The last day, included; the same as from for a trip of one day.",
        examples=["2019-01-25"],
    )


class SignUpEntry(Entry):
    """When and how people sign up. Moments are by the clock in the trip's time zone."""

    opens: LocalMoment | None = Field(
        None, description="When sign-up opens. Left out: at once.", examples=["2018-10-01 09:00"]
    )
    closes: LocalMoment | None = Field(
        None, description="When sign-up closes. Left out: when the trip starts.", examples=["2019-01-10 17:00"]
    )
    draws: LocalMoment | None = Field(
        None,
        description="When places are drawn by themselves, where admission is draw. Left out: when an organiser does it.",
        examples=["2019-01-11 12:00"],
    )
    changes_until: LocalMoment | None = Field(
        None, description="Until when a party may change visits or hand a place over. Left out: until the trip starts."
    )
    free_cancel_until: Day | None = Field(
        None, description="The last day on which cancelling costs nothing. Left out: the terms say."
    )
    offer_hours: Annotated[int, Field(ge=1, le=8760)] = Field(
        48, description="How many hours a freed place is held for the one it is offered to."
    )
    largest_party: Annotated[int, Field(ge=1, le=500)] = Field(
        10, description="How many people one sign-up takes at most."
    )


class ContactEntry(Entry):
    """Whom to ask."""

    name: Line = Field(description="A person's or a desk's name.")
    email: Email | None = Field(None, description="An e-mail address.")
    phone: Line | None = Field(
        None, description="A telephone number as it is written, in quotes.", examples=["000-00 00 00"]
    )


class PriceEntry(Entry):
    """What one person pays, without tax."""

    net: Amount = Field(description="The price for one person without tax, with a decimal point.", examples=[4850.00])
    currency: Annotated[str, Field(max_length=3)] = Field(
        description="The currency's three letters (ISO 4217).", examples=["SEK"]
    )
    vat: Percent = Field(description="The tax in percent: 25 means 25 %. 0 for none.", examples=[25])
    note: LongText = Field({}, description="What has to be said about the price.")


class SegmentPriceEntry(Entry):
    """What one person of this group pays, without tax, in the trip's currency."""

    net: Amount = Field(description="The price for one person without tax.", examples=[3900.00])
    vat: Percent | None = Field(None, description="The tax in percent. Left out: the trip's.")


class FigureEntry(Entry):
    """A number that says something about the trip's subject."""

    value: LineText = Field(
        description="The number as it is printed, in quotes.", examples=[{"sv": "ca 20", "en": "about 20"}]
    )
    label: LineText = Field(description="What it counts.")


class TermsEntry(Entry):
    """What a booking agrees to."""

    version: Line = Field(
        description="A name for this text, in quotes. A new text needs a new one; old bookings keep theirs.",
        examples=["2018-1"],
    )
    text: LongText = Field({}, description="The terms. Markdown; also in texts/terms.<language>.md.")


class DayNoteEntry(Entry):
    """What a day is called in the programme."""

    day: Day = Field(description="One of the trip's days.")
    text: LineText = Field(description="What it is called.")


class TripEntry(Entry):
    """The trip."""

    key: Key = Field(description="Its place in the address.", examples=["harbour-2027"])
    title: LineText = Field(description="What it is called.")
    short_title: LineText = Field({}, description="A shorter title for narrow places. Left out: the title.")
    lead: LongText = Field(description="What it is, in a sentence or two.")
    purpose: LongText = Field({}, description="Why one should come. Markdown; also in texts/purpose.<language>.md.")
    place: LineText = Field(description="Where it goes, in a word or two.")
    days: DaysEntry = Field(description="The first and the last day.")
    time_zone: Line = Field(description="The time zone of all times, by its IANA name.", examples=["Europe/Stockholm"])
    languages: Languages = Field(
        description="The languages of the trip; every text has the first of them.", examples=[["sv", "en"]]
    )
    size: People = Field(description="How many people can come.", examples=[60])
    admission: Annotated[Admission, Field(strict=False)] = Field(
        Admission.FIRST_COME,
        description="How places are given: to whoever comes first, or by a draw when sign-up has closed.",
    )
    status: Annotated[TripStatus, Field(strict=False)] = Field(
        TripStatus.PLANNED,
        description="draft (nobody sees it), planned, postponed or cancelled; whether it is open or full follows from dates and places.",
    )
    status_note: LongText = Field({}, description="Why it is postponed or cancelled, and what happens now.")
    sign_up: SignUpEntry | None = Field(None, description="When and how people sign up.")
    retention: RetentionEntry | None = Field(
        None, description="How long what people wrote is kept after the trip. Left out: 365 days."
    )
    contact: ContactEntry = Field(description="Whom to ask about the trip.")
    price: PriceEntry = Field(description="What one person pays.")
    included: list[LineText] = Field([], description="What the price includes.")
    not_included: list[LineText] = Field([], description="What it does not.")
    figures: list[FigureEntry] = Field([], description="Numbers that say something about the subject.")
    success_factors: list[LineText] = Field([], description="What made the difference in the places visited.")
    terms: TermsEntry = Field(description="What a booking agrees to.")
    picture: PictureName | None = Field(
        None, description="The trip's picture, a file in pictures/.", examples=["harbour.svg"]
    )
    picture_text: LineText = Field({}, description="What the picture shows, for those who cannot see it.")
    day_notes: list[DayNoteEntry] = Field([], description="What the days are called in the programme.")


class GuaranteedEntry(Entry):
    """Places kept for one group."""

    places: People = Field(description="How many of the trip's places.")
    until: LocalMoment | None = Field(
        None, description="When those left are opened to all. Left out: never.", examples=["2018-12-01 00:00"]
    )


class SegmentEntry(Entry):
    """A group of people the trip is for."""

    key: Key = Field(description="What other parts call it.", examples=["police"])
    name: LineText = Field(description="Its name, as in “Police officers”.")
    description: LongText = Field({}, description="Who is meant. Also in texts/segments/<key>.<language>.md.")
    at_most: People | None = Field(
        None, description="How many of this group can come at most. Left out: as many as the trip takes."
    )
    guaranteed: GuaranteedEntry | None = Field(None, description="Places kept for this group.")
    price: SegmentPriceEntry | None = Field(None, description="Its own price. Left out: the trip's.")


class TopicEntry(Entry):
    """A theme of the trip."""

    key: Key = Field(description="What other parts call it.")
    name: LineText = Field(description="Its name.")
    description: LongText = Field({}, description="What it is about. Also in texts/topics/<key>.<language>.md.")


class PartnerEntry(Entry):
    """An organisation that hosts or supports the trip."""

    key: Key = Field(description="What other parts call it.")
    name: LineText = Field(description="Its name.")
    description: LongText = Field({}, description="Who it is. Also in texts/partners/<key>.<language>.md.")
    role: Annotated[PartnerRole, Field(strict=False)] = Field(
        PartnerRole.HOST, description="host: receives visitors; supporter: helps otherwise."
    )
    url: Url | None = Field(None, description="Its own site.")


class PositionEntry(Entry):
    """Where it is on the map (WGS 84)."""

    latitude: Latitude = Field(description="Degrees north.", examples=[57.707])
    longitude: Longitude = Field(description="Degrees east.", examples=[11.967])


class SiteEntry(Entry):
    """A place that is visited."""

    key: Key = Field(description="What other parts call it.")
    name: LineText = Field(description="Its name.")
    address: Line = Field(description="Street and town, on one line.")
    description: LongText = Field({}, description="What one sees there. Also in texts/sites/<key>.<language>.md.")
    access: LongText = Field({}, description="Steps, lifts, hearing loops, and how one gets there.")
    partner: Reference | None = Field(None, description="The key of the partner who receives visitors there.")
    time_zone: Line | None = Field(None, description="Its time zone when it is not the trip's.")
    position: PositionEntry | None = Field(None, description="Where it is on the map.")
    largest_group: People | None = Field(None, description="How many people it takes at a time.")
    picture: PictureName | None = Field(None, description="A file in pictures/.")
    host_contact: ContactEntry | None = Field(None, description="Whom the organiser calls. Never public.")


class SpeakerEntry(Entry):
    """A person who speaks or receives visitors."""

    key: Key = Field(description="What other parts call the person.")
    name: Line = Field(description="The person's name.")
    title: LineText = Field({}, description="What the person does, as in “Head of planning”.")
    biography: LongText = Field({}, description="Who the person is. Also in texts/speakers/<key>.<language>.md.")
    partner: Reference | None = Field(None, description="The key of the partner the person comes from.")
    picture: PictureName | None = Field(None, description="A file in pictures/.")


class NoteEntry(Entry):
    """A titled piece of practical information."""

    key: Key = Field(description="What it is called in addresses.")
    title: LineText = Field(description="Its title.")
    text: LongText = Field(
        {}, description="What there is to know. Markdown; also in texts/practical/<key>.<language>.md."
    )
