"""How tripkit speaks: sentences, dates, times, money and numbers in a reader's language, in and outside a request."""

from __future__ import annotations

import gettext as gnu
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from functools import cache
from importlib.resources import files
from io import BytesIO
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_skeleton
from babel.lists import format_list
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

from tripkit.domain.prices import Money
from tripkit.domain.sentences import Sentence
from tripkit.domain.texts import Text, in_language

LANGUAGES = ("sv", "en")
"""The languages of the interface, the first one for who asks for none of them."""

_LOCALES = {"sv": "sv_SE", "en": "en_GB"}
_NO_BREAK = "\u00a0"


@cache
def _locale(language: str) -> Locale:
    return Locale.parse(_LOCALES.get(language, "en_GB"))


@cache
def _catalogue(language: str) -> gnu.NullTranslations:
    """A language's catalogue. The .po file itself is read, so there is nothing to compile and nothing to forget."""
    file = files("tripkit") / "translations" / language / "LC_MESSAGES" / "tripkit.po"
    if not file.is_file():
        return gnu.NullTranslations()
    with file.open("rb") as source:
        catalogue = read_po(source, locale=language)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return gnu.GNUTranslations(compiled)


def gettext(message: str, language: str, **values: object) -> str:
    """A text of the interface, ``{name}`` places filled in."""
    return _fill(_catalogue(language).gettext(message), language, values)


def ngettext(one: str, many: str, count: int, language: str, **values: object) -> str:
    """A text of the interface that counts something; ``{count}`` is filled in."""
    return _fill(_catalogue(language).ngettext(one, many, count), language, {"count": count, **values})


def say(said: Sentence, language: str) -> str:
    """A sentence, translated, its values formatted for the reader."""
    if said.plural is not None and said.count is not None:
        message = _catalogue(language).ngettext(said.text, said.plural, said.count)
    else:
        message = _catalogue(language).gettext(said.text)
    return _fill(message, language, said.values)


def _fill(message: str, language: str, values: Mapping[str, object]) -> str:
    return message.format_map({name: show(value, language) for name, value in values.items()}) if values else message


def show(value: object, language: str) -> str:
    """Any value a sentence may hold, as its reader writes it."""
    match value:
        case Sentence():
            return say(value, language)
        case Mapping():
            return text(value, language)
        case Money():
            return money(value, language)
        case datetime():
            return f"{day(value.date(), language)} {clock_time(value, language)}"
        case date():
            return day(value, language)
        case time():
            return clock_time(value, language)
        case bool():
            return str(value)
        case int() | Decimal():
            return number(value, language)
        case list() | tuple():
            return list_of([show(one, language) for one in value], language)
    return str(value)


def text(value: Text, language: str, fallback: Sequence[str] = ()) -> str:
    """A text of the content in the reader's language, else in one it is written in."""
    return in_language(value, language, fallback)[0]


def day(value: date, language: str, *, year: bool = False, weekday: bool = False) -> str:
    """A day: “24 januari”, with ``weekday`` “torsdag 24 januari”, with ``year`` “24 januari 2019”."""
    pattern = f"{'EEEE ' if weekday else ''}d MMMM{' y' if year else ''}"
    return format_date(value, pattern, locale=_locale(language))


def tongue(code: str, language: str) -> str:
    """What a language is called: “svenska”, “Swedish”; its letters where nobody calls it anything."""
    return str(_locale(language).languages.get(code, code))


def weekday(value: date, language: str) -> str:
    """A weekday in short: “tors”, “Thu”."""
    return format_date(value, "EEE", locale=_locale(language)).rstrip(".")


def days(first: date, last: date, language: str) -> str:
    """A range of days, both included: “24–25 januari 2019”, “31 januari–1 februari 2019”."""
    if first == last:
        return day(first, language, year=True)
    if first.year != last.year:
        return f"{day(first, language, year=True)} – {day(last, language, year=True)}"
    if first.month != last.month:
        return f"{day(first, language)} – {day(last, language, year=True)}"
    return f"{first.day}–{day(last, language, year=True)}"


def days_in_words(first: date, last: date, language: str) -> str:
    """A range of days as one would say it: “torsdag 24 och fredag 25 januari 2019”, “måndag 4 till fredag 8 mars 2019”."""
    if first == last:
        return day(first, language, year=True, weekday=True)
    between = {"sv": ("och", "till"), "en": ("and", "to")}[language if language in LANGUAGES else "en"]
    same_month = (first.year, first.month) == (last.year, last.month)
    start = (
        format_date(first, "EEEE d", locale=_locale(language))
        if same_month
        else day(first, language, weekday=True, year=first.year != last.year)
    )
    joined = between[0] if (last - first).days == 1 else between[1]
    return f"{start} {joined} {day(last, language, weekday=True, year=True)}"


def clock_time(value: datetime | time, language: str) -> str:
    """A time of day, by the clock it is given in: 10.45 in Swedish, 10:45 in English."""
    return f"{value:%H.%M}" if language == "sv" else f"{value:%H:%M}"


def moment(value: datetime, language: str, time_zone: str) -> str:
    """A moment by the clock in a time zone: “torsdag 24 januari kl. 10.45”, with the year when it is another than now's.

    UTC, which is nobody's clock at home, is named.
    """
    local = value.astimezone(ZoneInfo(time_zone))
    said = day(local.date(), language, weekday=True, year=True)
    named = f"{_NO_BREAK}UTC" if time_zone == "UTC" else ""
    return f"{said} {'kl.' if language == 'sv' else 'at'}{_NO_BREAK}{clock_time(local, language)}{named}"


def month(value: date, language: str) -> str:
    """A month and its year: “januari 2019”."""
    return format_skeleton("yMMMM", value, locale=_locale(language))


def money(value: Money, language: str) -> str:
    """An amount: “4 850 kr”, “SEK 4,850”; minor units only when there are any."""
    amount = Decimal(value.minor) / 100
    written = format_decimal(amount, "#,##0.00" if value.minor % 100 else "#,##0", locale=_locale(language)).replace(
        "\u202f", _NO_BREAK
    )
    if language == "sv":
        return f"{written}{_NO_BREAK}{'kr' if value.currency == 'SEK' else value.currency}"
    return f"{value.currency}{_NO_BREAK}{written}"


def number(value: int | Decimal, language: str) -> str:
    """A number with the reader's separators."""
    return format_decimal(value, locale=_locale(language)).replace("\u202f", _NO_BREAK)


_FEW = {
    "sv": ("ingen", "en", "två", "tre", "fyra", "fem", "sex", "sju", "åtta", "nio", "tio", "elva", "tolv"),
    "en": ("none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
}


def in_words(value: int, language: str) -> str:
    """A count as running text has it: “nio”, and digits from thirteen on. Written for people and places, not for “ett”."""
    words = _FEW.get(language, _FEW["en"])
    return words[value] if 0 <= value < len(words) else number(value, language)


def list_of(items: Iterable[str], language: str) -> str:
    """A list in words: “a, b och c”."""
    return format_list(list(items), locale=_locale(language))


def has_translation(message: str, language: str) -> bool:
    """Whether the catalogue of a language has the message; English is written in the code itself."""
    found: Any = _catalogue(language)
    return language == "en" or message in getattr(found, "_catalog", {})
