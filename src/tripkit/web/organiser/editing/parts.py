"""The pages of the trip itself as forms: which fields each has, and what they are called; no page, no rule."""

from __future__ import annotations

from dataclasses import dataclass

from tripkit.domain.sentences import Sentence, sentence
from tripkit.domain.trips import Admission, TripStatus
from tripkit.web.organiser.editing.fields import MARKDOWN, Field, Kind, contact, line, number, prose, word

_ADMISSIONS = {
    Admission.FIRST_COME.value: sentence("whoever comes first, then a queue"),
    Admission.DRAW.value: sentence("by lot, when sign-up has closed"),
}
_STATUSES = {
    TripStatus.PLANNED.value: sentence("as planned"),
    TripStatus.POSTPONED.value: sentence("postponed"),
    TripStatus.CANCELLED.value: sentence("cancelled"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A page of the trip itself. ``key``: its place in the address; ``lead``: what it is for, in a sentence."""

    key: str
    title: Sentence
    lead: Sentence
    fields: tuple[Field, ...]


PARTS = (
    Part(
        key="basics",
        title=sentence("The trip in short"),
        lead=sentence("What it is called, where and when, and whom to ask."),
        fields=(
            line("title", sentence("Title"), needed=True),
            line("short_title", sentence("Short title"), hint=sentence("For narrow places.")),
            prose("lead", sentence("What it is, in a sentence or two"), needed=True),
            line("place", sentence("Where it goes"), needed=True, hint=sentence("In a word or two, as in Göteborg.")),
            Field(path="days.from", kind=Kind.DAY, label=sentence("First day"), needed=True),
            Field(path="days.to", kind=Kind.DAY, label=sentence("Last day"), needed=True),
            number("size", sentence("How many can come"), needed=True, most=100_000),
            *contact("contact", needed=True),
            Field(
                path="languages",
                kind=Kind.WORDS,
                label=sentence("Languages"),
                needed=True,
                hint=sentence("As two letters each, the first one first: sv (Swedish), en (English)."),
            ),
            word(
                "time_zone",
                sentence("Time zone"),
                needed=True,
                hint=sentence("Of all times of the trip, as in Europe/Stockholm."),
            ),
        ),
    ),
    Part(
        key="purpose",
        title=sentence("Why one should come"),
        lead=sentence("The purpose in words and numbers."),
        fields=(
            prose("purpose", sentence("Purpose"), hint=MARKDOWN),
            Field(
                path="figures",
                kind=Kind.ROWS,
                label=sentence("Figures"),
                hint=sentence("Numbers that say something about the subject."),
                of=(
                    line("value", sentence("The number"), needed=True),
                    line("label", sentence("What it counts"), needed=True),
                ),
            ),
            Field(
                path="success_factors",
                kind=Kind.ROWS,
                label=sentence("What made the difference"),
                of=(line("", sentence("What it was"), needed=True),),
            ),
        ),
    ),
    Part(
        key="sign-up",
        title=sentence("Sign-up"),
        lead=sentence("When and how people sign up. Times are those of the trip's time zone."),
        fields=(
            Field(
                path="sign_up.opens",
                kind=Kind.MOMENT,
                label=sentence("Opens"),
                hint=sentence("Left empty: as soon as the trip is public."),
            ),
            Field(
                path="sign_up.closes",
                kind=Kind.MOMENT,
                label=sentence("Closes"),
                hint=sentence("Left empty: when the trip begins."),
            ),
            Field(
                path="sign_up.changes_until",
                kind=Kind.MOMENT,
                label=sentence("People may change visits until"),
                hint=sentence("Left empty: when the trip begins."),
            ),
            Field(
                path="admission",
                kind=Kind.ONE_OF,
                label=sentence("How places are given"),
                choices=_ADMISSIONS,
                usual=Admission.FIRST_COME.value,
            ),
            Field(
                path="sign_up.draws",
                kind=Kind.MOMENT,
                label=sentence("Places are drawn"),
                hint=sentence("Only with a draw. Left empty: when you do it."),
            ),
            Field(path="sign_up.free_cancel_until", kind=Kind.DAY, label=sentence("Last day of free cancelling")),
            number("sign_up.largest_party", sentence("Most people in one sign-up"), usual=10, most=500),
            number(
                "sign_up.offer_hours",
                sentence("Hours a freed place is held for the one it is offered to"),
                usual=48,
                most=8760,
            ),
            number(
                "retention.days",
                sentence("Days after the trip until what people wrote is erased"),
                hint=sentence("Left empty: 365."),
                most=3650,
            ),
        ),
    ),
    Part(
        key="price",
        title=sentence("Price"),
        lead=sentence("What one person pays. Groups can have prices of their own."),
        fields=(
            Field(path="price.net", kind=Kind.AMOUNT, label=sentence("Price for one person, without tax"), needed=True),
            word("price.currency", sentence("Currency"), needed=True, hint=sentence("Three letters, as in SEK.")),
            Field(path="price.vat", kind=Kind.AMOUNT, label=sentence("Tax in percent"), needed=True),
            prose("price.note", sentence("A note on the price")),
            Field(
                path="included",
                kind=Kind.ROWS,
                label=sentence("What is included"),
                of=(line("", sentence("Included"), needed=True),),
            ),
            Field(
                path="not_included",
                kind=Kind.ROWS,
                label=sentence("What is not"),
                of=(line("", sentence("Not included"), needed=True),),
            ),
        ),
    ),
    Part(
        key="terms",
        title=sentence("Terms"),
        lead=sentence("What a booking agrees to. Whoever has booked keeps the version they agreed to."),
        fields=(
            word(
                "terms.version",
                sentence("What this version is called"),
                needed=True,
                hint=sentence("A new text needs a new one, as in 2027-1."),
            ),
            prose("terms.text", sentence("The terms"), needed=True, hint=MARKDOWN),
        ),
    ),
    Part(
        key="picture",
        title=sentence("Picture"),
        lead=sentence("What the trip's page begins with. A wide picture is best, 20:7, calm at its upper left."),
        fields=(
            Field(path="picture", kind=Kind.PICTURE, label=sentence("Picture")),
            line("picture_text", sentence("What the picture shows, for those who cannot see it")),
        ),
    ),
    Part(
        key="days",
        title=sentence("What the days are called"),
        lead=sentence("A line for each day, at its head in the programme."),
        fields=(
            Field(
                path="day_notes",
                kind=Kind.ROWS,
                label=sentence("Days"),
                of=(
                    Field(path="day", kind=Kind.DAY, label=sentence("Day"), needed=True),
                    line("text", sentence("What it is called"), needed=True),
                ),
            ),
        ),
    ),
    Part(
        key="status",
        title=sentence("Postponed or cancelled"),
        lead=sentence("Whether the trip takes place, and what happens otherwise. Its page says it first of all."),
        fields=(
            Field(path="status", kind=Kind.ONE_OF, label=sentence("The trip is"), choices=_STATUSES, usual="planned"),
            prose("status_note", sentence("Why, and what happens now")),
        ),
    ),
)

TRAVEL = Part(
    key="travel",
    title=sentence("Journeys between sites"),
    lead=sentence("How long it takes from door to door, either way. Nobody can choose what they cannot reach in time."),
    fields=(
        Field(
            path="travel",
            kind=Kind.ROWS,
            label=sentence("Journeys"),
            of=(
                Field(path="one", kind=Kind.ONE_OF_LIST, label=sentence("Between"), section="sites", needed=True),
                Field(path="other", kind=Kind.ONE_OF_LIST, label=sentence("and"), section="sites", needed=True),
                number("minutes", sentence("Minutes"), needed=True, most=1440),
            ),
        ),
    ),
)
PARTS_BY_KEY = {part.key: part for part in (*PARTS, TRAVEL)}
