"""What templates say: texts of the interface and of the content, dates, money, in the language of the page."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
from datetime import date, datetime, time
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from flask import Flask
from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape

from tripkit import i18n
from tripkit.domain.prices import Money, Price, add_up
from tripkit.domain.sentences import Sentence
from tripkit.domain.texts import Text, in_language
from tripkit.papers import markdown
from tripkit.web import frame
from tripkit.web.windows import windows_of

_SLASH = re.compile(r"(?<=\w)/(?=\w)")


class _Named(Protocol):
    """A part of a trip."""

    @property
    def key(self) -> str: ...
    @property
    def name(self) -> Text: ...


def _language(context: Context) -> str:
    return str(context.get("language") or i18n.LANGUAGES[0])


def _written(value: Text, context: Context) -> tuple[str, str]:
    return in_language(value, _language(context), context.get("fallback", ()))


@pass_context
def _gettext(context: Context, message: str, **values: object) -> str:
    return i18n.gettext(message, _language(context), **values)


@pass_context
def _ngettext(context: Context, one: str, many: str, count: int, **values: object) -> str:
    return i18n.ngettext(one, many, count, _language(context), **values)


@pass_context
def t(context: Context, value: Text) -> Markup:
    """A text of the content. One that has to be shown in another language says so, for screen readers (WCAG 3.1.2)."""
    words, language = _written(value, context)
    # A line may break after a slash, as in “Göteborg/Gårdsten”.
    html = Markup("/<wbr>").join(escape(part) for part in _SLASH.split(words))
    if language == _language(context) or not words:
        return html
    return Markup('<span lang="{}">{}</span>').format(language, html)


@pass_context
def text(context: Context, value: Text) -> str:
    """A text of the content without any mark-up, for attributes and titles."""
    return _written(value, context)[0]


@pass_context
def render_markdown(context: Context, value: Text | str) -> Markup:
    """A Markdown text of the content as HTML paragraphs."""
    return _marked_up(context, value, "div", markdown.html_of)


@pass_context
def inline_markdown(context: Context, value: Text | str) -> Markup:
    """A short Markdown text of the content as HTML within a paragraph."""
    return _marked_up(context, value, "span", markdown.line_of)


def _marked_up(context: Context, value: Text | str, tag: str, render: Callable[[str], Markup]) -> Markup:
    if isinstance(value, str):
        return render(value)
    words, language = _written(value, context)
    html = render(words)
    if language == _language(context) or not words:
        return html
    around = {"div": Markup('<div lang="{}">{}</div>'), "span": Markup('<span lang="{}">{}</span>')}[tag]
    return around.format(language, html)


@pass_context
def opening(context: Context, value: Text) -> tuple[Text, Text]:
    """A Markdown text as its first paragraph and the rest, when that paragraph is short enough to be set large."""
    words, language = _written(value, context)
    first, _, rest = words.strip().partition("\n\n")
    if not rest or len(first) > _LONGEST_OPENING or first.startswith(("#", "-", "*", ">", "|", "1.")):
        return {}, value
    return {language: first}, {language: rest}


_LONGEST_OPENING = 260


@pass_context
def names(context: Context, parts: Iterable[_Named], keys: Collection[str] | None = None) -> list[str]:
    """The names of a trip's parts, of those with these keys when given."""
    return [_written(part.name, context)[0] for part in parts if keys is None or part.key in keys]


@pass_context
def say(context: Context, value: Sentence) -> str:
    """A sentence in the language of the page."""
    return i18n.say(value, _language(context))


@pass_context
def day(context: Context, value: date, *, year: bool = False, weekday: bool = False) -> str:
    """A day."""
    return i18n.day(value, _language(context), year=year, weekday=weekday)


@pass_context
def tongue(context: Context, value: str) -> str:
    """What a language is called."""
    return i18n.tongue(value, _language(context))


@pass_context
def weekday(context: Context, value: date) -> str:
    """A weekday in short."""
    return i18n.weekday(value, _language(context))


@pass_context
def days(context: Context, value: tuple[date, date]) -> str:
    """A range of days, both included."""
    return i18n.days(*value, _language(context))


@pass_context
def days_in_words(context: Context, value: tuple[date, date]) -> str:
    """A range of days with their weekdays."""
    return i18n.days_in_words(*value, _language(context))


@pass_context
def clock_time(context: Context, value: datetime | time) -> str:
    """A time of day."""
    return i18n.clock_time(value, _language(context))


@pass_context
def moment(context: Context, value: datetime, time_zone: str) -> str:
    """A moment by the clock in a time zone."""
    return i18n.moment(value, _language(context), time_zone)


@pass_context
def money(context: Context, value: Money) -> str:
    """An amount."""
    return i18n.money(value, _language(context))


@pass_context
def number(context: Context, value: int) -> str:
    """A number."""
    return i18n.number(value, _language(context))


@pass_context
def in_words(context: Context, value: int) -> str:
    """A count of people or places, a few of them in letters."""
    return i18n.in_words(value, _language(context))


def upper_first(value: str) -> str:
    """A text that begins a line, the rest of it as it is."""
    return value[:1].upper() + value[1:]


@pass_context
def list_of(context: Context, value: list[str]) -> str:
    """A list in words."""
    return i18n.list_of(value, _language(context))


def gross(price: Price) -> Money:
    """What one person pays with tax."""
    return add_up([price], price.net.currency).total


def lowest_and_highest(prices: Iterable[Price]) -> tuple[Money, Money]:
    """What one person pays before tax, at least and at most."""
    amounts = [price.net for price in prices]
    return min(amounts, key=lambda one: one.minor), max(amounts, key=lambda one: one.minor)


def sort_by(parts: list[Any], order: dict[str, int]) -> list[Any]:
    """Parts of a trip in the order of their keys' numbers."""
    return sorted(parts, key=lambda part: order[part.key])


FILTERS = {
    "sort_by": sort_by,
    "t": t,
    "text": text,
    "say": say,
    "day": day,
    "weekday": weekday,
    "days": days,
    "clock_time": clock_time,
    "moment": moment,
    "money": money,
    "number": number,
    "list_of": list_of,
    "tongue": tongue,
    "names": names,
    "opening": opening,
    "days_in_words": days_in_words,
    "in_words": in_words,
    "upper_first": upper_first,
    "markdown": render_markdown,
    "inline_markdown": inline_markdown,
}

GLOBALS = {
    "_": _gettext,
    "gettext": _gettext,
    "ngettext": _ngettext,
    "zone": ZoneInfo,
    "gross": gross,
    "lowest_and_highest": lowest_and_highest,
    "windows_of": windows_of,
    "LANGUAGES": i18n.LANGUAGES,
}


def teach(app: Flask) -> None:
    """Give the application's templates these words."""
    environment = app.jinja_env
    environment.add_extension("jinja2.ext.do")
    environment.trim_blocks = environment.lstrip_blocks = True
    environment.filters.update(FILTERS)
    environment.globals.update(GLOBALS)

    @app.context_processor
    def every_page() -> dict[str, object]:
        return {"settings": frame.settings(), "today": frame.today, "public_url": frame.public_url}
