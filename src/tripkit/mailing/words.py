"""What the templates of a letter are given: its sentences and values in the reader's language; no layout, no headers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any

from tripkit import i18n
from tripkit.domain.programme import ProgrammeItem
from tripkit.domain.sentences import Sentence
from tripkit.domain.texts import Text
from tripkit.mailing.coming import coming
from tripkit.mailing.explanation import explanation, standing, waits_for
from tripkit.mailing.letter import Letter
from tripkit.mailing.verdict import verdict

_A_WEEK = 7
_NO_BREAK = "\u00a0"


def one_line(text: str) -> str:
    """A text without anything that ends a line, hides, or turns the reading direction."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


def words_for(letter: Letter) -> dict[str, Any]:
    """Everything the templates name. Texts are not escaped yet."""
    language = letter.language
    say = _sayer(letter)

    def text(value: Text) -> str:
        return i18n.text(value, language, letter.trip.languages)

    return {
        "letter": letter,
        "language": language,
        "heading": _heading(letter),
        "explanation": say(explanation(letter)),
        "short_title": text(letter.trip.short_title or letter.trip.title),
        "days": i18n.days(letter.trip.starts_on, letter.trip.ends_on, language),
        "standing": lambda person: say((standing(person),)),
        "waits_for": lambda person: say(waits_for(letter, person)),
        "text": text,
        "coming": [(_when(stop.at, letter), say((stop.says,))) for stop in coming(letter)],
        "starts": lambda item: _starts(item, letter),
        "money": lambda value: i18n.money(value, language),
        "_": lambda message, **values: i18n.gettext(message, language, **values),
    }


def _sayer(letter: Letter, *, in_words: bool = False) -> Callable[[Iterable[Sentence]], str]:
    """Says sentences one after the other, moments by the clock of the trip; ``in_words``: counts as a heading has them."""
    language, zone = letter.language, letter.trip.time_zone

    def shown(name: str, value: object) -> object:
        if isinstance(value, datetime):
            return i18n.moment(value, language, zone)
        return i18n.in_words(value, language) if in_words and name == "count" and isinstance(value, int) else value

    def said(one: Sentence) -> str:
        values = {name: shown(name, value) for name, value in one.values.items()}
        return i18n.say(Sentence(one.text, values, one.plural, one.count), language)

    return lambda several: " ".join(said(one) for one in several)


def _heading(letter: Letter) -> str:
    if letter.written is not None:
        return letter.written.subject
    return _with_capital(_sayer(letter, in_words=True)(verdict(letter)))


def _with_capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _when(at: date | datetime, letter: Letter) -> str:
    year = at.year != letter.trip.starts_on.year
    said = i18n.day(at, letter.language, year=year)
    said = said.replace(" ", _NO_BREAK, 1)  # “20 december” is read in one piece, also in a narrow column.
    return f"{said} {i18n.clock_time(at, letter.language)}" if isinstance(at, datetime) else said


def _starts(item: ProgrammeItem, letter: Letter) -> str:
    """When something starts, in short: “tors 10.45”, and with the day on a trip so long that weekdays come again."""
    local, language = item.local_start(), letter.language
    parts = [i18n.weekday(local.date(), language)]
    if (letter.trip.ends_on - letter.trip.starts_on).days >= _A_WEEK:
        parts.append(i18n.day(local.date(), language))
    return _NO_BREAK.join([*parts, i18n.clock_time(local, language)])
