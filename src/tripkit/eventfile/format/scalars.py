"""The smallest things that are written in an event directory: keys, lines, days, times, amounts; no groups of them."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal
from typing import Annotated, Any, NoReturn, TypeVar
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from tripkit.domain.answers import is_email
from tripkit.domain.organisations import COLOUR
from tripkit.domain.sentences import Sentence, sentence
from tripkit.eventfile.format.nearly_right import as_day, as_key, as_moment, as_time

WRONG = "tripkit_wrong"
"""Type of the errors raised here; their context holds ``said``, a `Sentence`, and ``hint``, one or None."""

_OFFSET = r"(?:Z|[+-]\d\d:\d\d)"
_KEY = r"^[a-z0-9]+(-[a-z0-9]+)*$"
FIRST_YEAR, LAST_YEAR = 1970, 2199
_LINE_BREAK = re.compile("[\n\r\t\x0b\x0c\x85\u2028\u2029]")


def refuse(said: Sentence, hint: Sentence | None = None) -> NoReturn:
    """Raise the error of a value that is not written right."""
    raise PydanticCustomError(WRONG, "see the context", {"said": said, "hint": hint})


def _text(value: object) -> str:
    """What is written for a day or a time; a number too, so that 10.45 is called what it is: not a time."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, str | int | Decimal):
        raise PydanticCustomError("string_type", "text wanted")
    return str(value)


def _matching(pattern: str, said: Sentence, hint: Sentence) -> Callable[[str], str]:
    compiled = re.compile(pattern)

    def check(value: str) -> str:
        if compiled.fullmatch(value) is None:
            refuse(said, hint)
        return value

    return check


def _line(value: str) -> str:
    stripped = value.strip()
    if not stripped:
        refuse(sentence("the text is empty"), sentence("write it, or take the line away"))
    if _LINE_BREAK.search(stripped):
        refuse(sentence("this text goes on one line"), sentence("take the line breaks and tabs away"))
    return stripped


def _long(value: str) -> str:
    stripped = value.rstrip()
    if not stripped:
        refuse(sentence("the text is empty"), sentence("write it, or take the line away"))
    return stripped


def _day(value: object) -> date:
    text = _text(value)
    hint = sentence("write year-month-day, as in {example}", example=as_day(text) or "2019-01-24")
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        refuse(sentence("“{text}” is not a day", text=text[:40]), hint)
    try:
        found = date.fromisoformat(text)
    except ValueError:
        refuse(sentence("there is no day {text}", text=text), hint)
    return _in_reach(found)


Dated = TypeVar("Dated", bound=date)


def _in_reach(day: Dated) -> Dated:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        refuse(sentence("the year is not between {first} and {last}", first=str(FIRST_YEAR), last=str(LAST_YEAR)))
    return day


def _wall_time(value: object) -> time:
    text = _text(value)
    hint = sentence("write hours and minutes, as in {example}", example=as_time(text) or "10:45")
    if not re.fullmatch(rf"\d\d:\d\d(:\d\d)?{_OFFSET}?", text):
        refuse(sentence("“{text}” is not a time", text=text[:40]), hint)
    if text.startswith("24:"):
        # Some versions of Python read it as the beginning of the same day.
        refuse(
            sentence("there is no time {text}", text=text),
            sentence("write 00:00, and the next day, as to_day, with it"),
        )
    try:
        return time.fromisoformat(text)
    except ValueError:
        refuse(sentence("there is no time {text}", text=text), hint)


def _moment(value: object) -> datetime:
    text = _text(value)
    hint = sentence("write day and time, as in {example}", example=as_moment(text) or "2018-10-01 09:00")
    if not re.fullmatch(rf"\d{{4}}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d)?{_OFFSET}?", text):
        refuse(sentence("“{text}” is not a moment", text=text[:40]), hint)
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        refuse(sentence("there is no moment {text}", text=text), hint)
    return _in_reach(found)


def _number(value: object) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        refuse(
            sentence("a number is wanted here"),
            sentence("write it with digits and a decimal point, without quotes, as in 4850.00"),
        )
    number = Decimal(value)
    if not number.is_finite():
        refuse(sentence("a number is wanted here"))
    return number


def _cents(value: Decimal) -> Decimal:
    if value != round(value, 2):
        refuse(sentence("an amount has at most two decimals"))
    return value


def _degrees(value: object) -> float:
    return float(_number(value))


def _email(value: str) -> str:
    if not is_email(value):
        refuse(
            sentence("“{text}” is not an e-mail address", text=value[:80]),
            sentence("write all of it, as in name@workplace.example"),
        )
    return value


def _url(value: str) -> str:
    try:
        parts = urlsplit(value)
        fine = parts.scheme in {"http", "https"} and bool(parts.hostname) and not re.search(r"[\s<>\"\\]", value)
    except ValueError:
        fine = False
    if not fine:
        refuse(
            sentence("“{text}” is not a web address", text=value[:80]),
            sentence("write all of it, starting with https:// or http://"),
        )
    return value


def _key(value: str) -> str:
    if re.fullmatch(_KEY, value) is None:
        refuse(
            sentence("a key has only the letters a to z, digits, and - between them"),
            sentence("write it as in {example}", example=as_key(value) or "site-visit-1"),
        )
    return value


Key = Annotated[
    str,
    AfterValidator(_key),
    Field(max_length=60, json_schema_extra={"pattern": _KEY}),
]
"""What a thing is called in addresses and by other things."""
Reference = Annotated[str, Field(max_length=60)]
"""The key of something written elsewhere; whether it is there is checked when everything is read."""
LanguageCode = Annotated[
    str,
    AfterValidator(
        _matching(
            r"[a-z]{2,3}(-[A-Z]{2})?",
            sentence("this is not a language code"),
            sentence("write two small letters, as in sv or en"),
        )
    ),
    Field(max_length=6, json_schema_extra={"pattern": r"^[a-z]{2,3}(-[A-Z]{2})?$"}),
]
Line = Annotated[str, AfterValidator(_line), Field(max_length=300, min_length=1)]
"""Text on one line."""
LineText = dict[str, Line]
"""A line per language."""
LongText = dict[str, Annotated[str, AfterValidator(_long), Field(max_length=100_000)]]
"""Markdown per language."""
Day = Annotated[date, BeforeValidator(_day), WithJsonSchema({"type": "string", "pattern": r"^\d{4}-\d\d-\d\d$"})]
WallTime = Annotated[
    time, BeforeValidator(_wall_time), WithJsonSchema({"type": "string", "pattern": rf"^\d\d:\d\d(:\d\d)?{_OFFSET}?$"})
]
"""A time by the clock on the wall; with an offset only when the clocks make it happen twice."""
LocalMoment = Annotated[
    datetime,
    BeforeValidator(_moment),
    WithJsonSchema({"type": "string", "pattern": rf"^\d{{4}}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d)?{_OFFSET}?$"}),
]
"""A day and a time by the clock on the wall."""


def _bounded(least: int, most: int) -> dict[str, Any]:
    return {"type": "number", "minimum": least, "maximum": most}


Amount = Annotated[
    Decimal,
    Field(ge=0, le=10_000_000),
    BeforeValidator(_number),
    AfterValidator(_cents),
    WithJsonSchema(_bounded(0, 10_000_000)),
]
Percent = Annotated[
    Decimal, Field(ge=0, le=100), BeforeValidator(_number), AfterValidator(_cents), WithJsonSchema(_bounded(0, 100))
]
Latitude = Annotated[float, Field(ge=-90, le=90), BeforeValidator(_degrees), WithJsonSchema(_bounded(-90, 90))]
Longitude = Annotated[float, Field(ge=-180, le=180), BeforeValidator(_degrees), WithJsonSchema(_bounded(-180, 180))]
People = Annotated[int, Field(ge=1, le=100_000)]
Email = Annotated[str, AfterValidator(_email), Field(max_length=254, json_schema_extra={"format": "email"})]
Url = Annotated[str, AfterValidator(_url), Field(max_length=2000, json_schema_extra={"format": "uri"})]
Colour = Annotated[
    str,
    AfterValidator(
        _matching(COLOUR, sentence("this is not a colour"), sentence('write it as in "#1f6f8b", with quotes'))
    ),
    Field(max_length=80, json_schema_extra={"pattern": COLOUR}),
]
PictureName = Annotated[
    str,
    AfterValidator(
        _matching(
            r"[A-Za-z0-9_-][A-Za-z0-9._-]*\.(svg|png|jpg|jpeg)",
            sentence("this is not the name of a picture"),
            sentence(
                "write the name of a file in pictures/ that ends in .svg, .png, .jpg or .jpeg, with the letters a to z, digits, “.”, “_” and “-” only"
            ),
        )
    ),
    Field(max_length=100, json_schema_extra={"pattern": r"^[A-Za-z0-9_-][A-Za-z0-9._-]*\.(svg|png|jpg|jpeg)$"}),
]
