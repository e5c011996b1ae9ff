"""Generated trips with the texts that break files: quotes, colons, commas, codes, numbers, and what YAML means otherwise."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import Phase
from hypothesis import strategies as st

from tripkit.domain.campaigns import Who
from tripkit.domain.prices import Money, Price
from tripkit.domain.programme import Choice, ItemKind, ProgrammeItem, Travel
from tripkit.domain.questions import Condition, Option, Question, QuestionKind
from tripkit.domain.reminders import Anchor, Reminder, Side
from tripkit.domain.trips import (
    Contact,
    DayNote,
    Figure,
    Look,
    Note,
    Organisation,
    Partner,
    PartnerRole,
    Segment,
    Site,
    Speaker,
    Terms,
    Topic,
    Trip,
    TripStatus,
)

FIRST = date(2027, 10, 29)
"""The first day of the trips. On their third one the clocks in Sweden go back, so 02:30 comes twice."""
QUICK = (Phase.explicit, Phase.reuse, Phase.generate)
"""Without making a failing trip smaller: it has so many texts that this takes minutes, and the difference says enough."""
ODD = [
    *(
        "no",
        "yes",
        "true",
        "null",
        "~",
        "10:30",
        "0123",
        "+46",
        "1e3",
        ".5",
        "2027-05-05",
        "=",
        "<<",
        "---",
        "...",
        "%",
        "@",
    ),
    *(
        "a: b",
        "a #b",
        "# a",
        "- a",
        "-",
        "?",
        "? a",
        "! a",
        "!a",
        "& a",
        "*a",
        "|",
        ">",
        ">-",
        "[a",
        "a]",
        "{a",
        "}",
        ",",
        "a, b",
    ),
    *(
        '"',
        "'",
        '"a" b',
        "'a'",
        "it's",
        "\\",
        "\\n",
        "C:\\x",
        "å ä ö",
        "🚌",
        "👩🏽‍🌾",
        "a\u00a0b",
        "a" * 300,
        "<b>",
        "{{ x }}",
        "${x}",
    ),
    *("key: value, other: [x]", "a:", ":a", "1_000", "1 500", "ends with a colon:", "sv: x", "\u200f", "e\u0301"),
]
"""Lines that mean something to YAML, to a terminal or to a page."""
UNSEEN = "".join(map(chr, (*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0xFEFF, 0xFFFE, 0xFFFF)))
"""Characters that are refused when they are read."""
characters = st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp"], exclude_characters=UNSEEN)
lines = (st.sampled_from(ODD) | st.text(characters, min_size=1, max_size=20)).map(str.strip).filter(bool)
paragraphs = st.lists(
    st.sampled_from(["", "  two before", "\ttab", "two after  ", "# Heading", "- one", "```", "> quote", "|", "\u2028", "a\x85b", *ODD])
    | st.text(characters, max_size=30),
    min_size=1,
    max_size=3,
).map(lambda parts: "\n".join(parts).rstrip()).filter(lambda text: text.strip() != "")  # fmt: skip
languages = ("sv", "en", "no")
"""Norwegian is there because ``no`` is its code."""


def in_languages(texts: st.SearchStrategy[str]) -> st.SearchStrategy[dict[str, str]]:
    """A text in the first language and perhaps the others."""
    return st.fixed_dictionaries({"sv": texts}, optional={"en": texts, "no": texts})


line, text = in_languages(lines), in_languages(paragraphs) | st.just({})


def without_braces(texts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Texts in which nothing is taken for a placeholder."""
    return texts.map(lambda one: one.replace("{", "("))


def at(minutes: int) -> datetime:
    """So many minutes after the trip's first midnight in UTC."""
    return datetime(FIRST.year, FIRST.month, FIRST.day, tzinfo=UTC) + timedelta(minutes=minutes)


@st.composite
def items(draw: st.DrawFn, number: int, zone: str, **changes: Any) -> ProgrammeItem:
    """One programme item after others of lower numbers, so that nobody has to be in two places at once."""
    begin = number * 600 + draw(st.integers(0, 299))
    values: dict[str, Any] = {
        "key": f"item-{number}",
        "kind": draw(st.sampled_from(ItemKind)),
        "title": draw(line),
        "summary": draw(text),
        "description": draw(text),
        "starts_at": at(begin) + timedelta(seconds=draw(st.sampled_from([0, 0, 1]))),
        "ends_at": at(begin + draw(st.integers(1, 300))),
        "time_zone": zone,
        "size": draw(st.none() | st.integers(1, 9)),
    }
    return ProgrammeItem(**{**values, **changes})


contacts = st.builds(
    Contact,
    name=lines,
    email=st.none() | st.just("bo@tripkit.example"),
    phone=st.none() | st.sampled_from(["0123", "+46 1", "1"]),
)
organisations = st.builds(
    Organisation,
    key=st.sampled_from(["no", "1", "a-b", "null", "1e3"]),
    name=line,
    description=text,
    languages=st.just(languages),
    email=st.just("hej@tripkit.example"),
    phone=st.none() | lines,
    url=st.none() | st.sampled_from(["https://tripkit.example/?a=b&c=d#e", "http://å.example/"]),
    look=st.builds(Look, brand=st.none() | st.just("#1f6f8b"), accent=st.none() | st.just("oklch(60% 0.1 200)")),
)


@st.composite
def trips(draw: st.DrawFn) -> Trip:
    """A trip with at least one of everything that can be written down."""
    tax = Decimal(draw(st.sampled_from(["0", "25", "12.5"])))
    moments = st.none() | st.integers(-100_000, -60_000).map(at)
    price = Price(Money(draw(st.integers(0, 10**9)), "SEK"), tax)
    return Trip(
        key=draw(st.sampled_from(["no", "2027", "a-b"])),
        title=draw(line),
        short_title=draw(line),
        lead=draw(in_languages(paragraphs)),
        purpose=draw(text),
        place=draw(line),
        time_zone="Europe/Stockholm",
        starts_on=FIRST,
        ends_on=FIRST + timedelta(days=3),
        languages=languages,
        size=40,
        contact=draw(contacts),
        terms=Terms(version=draw(lines), text=draw(in_languages(paragraphs))),
        signup_opens_at=draw(moments),
        signup_closes_at=draw(st.none() | st.integers(-50_000, 0).map(at)),
        changes_until=draw(moments),
        free_cancel_until=draw(st.none() | st.just(FIRST)),
        offer_hours=draw(st.sampled_from([1, 48])),
        largest_party=draw(st.sampled_from([1, 10])),
        retention_days=draw(st.sampled_from([None, 3650])),
        status=draw(st.sampled_from(TripStatus)),
        status_note=draw(text),
        price=price,
        price_note=draw(text),
        included=tuple(draw(st.lists(line, max_size=2))),
        not_included=tuple(draw(st.lists(line, max_size=2))),
        figures=tuple(draw(st.lists(st.builds(Figure, value=line, label=line), max_size=2))),
        success_factors=tuple(draw(st.lists(line, max_size=2))),
        day_notes=tuple(draw(st.lists(st.builds(DayNote, day=st.just(FIRST), text=line), max_size=1))),
        practical=(Note(key="note", title=draw(line), text=draw(in_languages(paragraphs))),),
        picture_text={},
        segments=(
            Segment(key="all", name=draw(line), description=draw(text)),
            Segment(
                key="no",
                name=draw(line),
                description=draw(text),
                at_most=draw(st.sampled_from([None, 20])),
                guaranteed=5,
                guaranteed_until=draw(moments),
                price=draw(st.sampled_from([None, Price(Money(1, "SEK"), tax), Price(Money(2, "SEK"), Decimal(6))])),
            ),
        ),
        topics=(Topic(key="topic", name=draw(line), description=draw(text)),),
        partners=(
            Partner(key="partner", name=draw(line), description=draw(text), role=draw(st.sampled_from(PartnerRole)), url=None),
        ),
        sites=(
            Site(
                key="here",
                name=draw(line),
                address=draw(lines),
                description=draw(text),
                access=draw(text),
                partner=draw(st.sampled_from([None, "partner"])),
                latitude=57.7,
                longitude=-0.000001,
                largest_group=50,
                host_contact=draw(st.none() | contacts),
            ),
            Site(key="far", name=draw(line), address=draw(lines), description={}, access={}, time_zone="America/New_York"),
        ),
        travel=(Travel(from_site="here", to_site="far", minutes=1),),
        speakers=(Speaker(key="ada", name=draw(lines), title=draw(line | st.just({})), biography=draw(text)),),
        choices=(Choice(key="one", title=draw(line), required=draw(st.booleans())),),
        programme=(
            draw(items(1, "Europe/Stockholm", topics=("topic",), speakers=("ada",), partners=("partner",))),
            draw(items(2, "America/New_York", site="far", segments=("no",))),
            draw(items(3, "Asia/Tokyo", choice="one", site="here")),
            # Across the hour that comes twice.
            draw(items(5, "Europe/Stockholm", choice="one")),
        ),
        questions=(
            Question(
                key="diet",
                kind=QuestionKind.ONE_OF,
                name=draw(line),
                help=draw(text),
                sensitive=draw(st.booleans()),
                options=(Option(key="no", name=draw(line)), Option(key="1", name=draw(line))),
            ),
            Question(
                key="how-many",
                kind=QuestionKind.NUMBER,
                name=draw(line),
                help=draw(text),
                required=draw(st.booleans()),
                segments=("no",),
                when=Condition(question="diet", answers=("no", "1")),
                at_least=draw(st.sampled_from([None, -5, 0])),
                at_most=draw(st.sampled_from([None, 7])),
            ),
        ),
        reminders=(
            Reminder(
                key="soon",
                days=draw(st.sampled_from([0, 3, 365])),
                side=draw(st.sampled_from(Side)),
                anchor=draw(st.sampled_from([Anchor.TRIP_STARTS, Anchor.TRIP_ENDS, Anchor.SIGNUP_CLOSES])),
                clock=draw(st.sampled_from([time(9), time(0), time(23, 59, 30)])),
                audience=draw(st.sampled_from(Who)),
                segments=draw(st.sampled_from([(), ("no",)])),
                visits=draw(st.sampled_from([(), ("item-3",)])),
                subject=draw(in_languages(without_braces(lines))),
                text=draw(in_languages(without_braces(paragraphs))),
            ),
        ),
    )  # fmt: skip
