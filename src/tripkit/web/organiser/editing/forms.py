"""A thing of a trip as what a form holds, and back: what was typed is read as far as its form goes; no page, no rule."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from tripkit.domain.refusals import Problem
from tripkit.domain.sentences import Sentence, sentence
from tripkit.eventfile.as_written import Written
from tripkit.web.organiser.editing.fields import Field, Kind

Filled = Mapping[str, Sequence[str]]
"""What a form holds: by the name of a field, everything sent under it."""


@dataclass
class Reading:
    """What was read from a form so far, and what is wrong with it."""

    filled: Filled
    languages: Sequence[str]
    problems: list[Problem]

    def first(self, name: str) -> str:
        """What was written in a field."""
        return next(iter(self.filled.get(name, ())), "").replace("\0", "").replace("\r\n", "\n").strip()

    def wrong(self, name: str, said: Sentence) -> None:
        """Note what is wrong with a field."""
        self.problems.append(Problem(name, said))


def shown(fields: Iterable[Field], thing: Written, languages: Sequence[str], above: str = "") -> dict[str, list[str]]:
    """What a form holds before anybody has typed."""
    filled: dict[str, list[str]] = {}
    for one in fields:
        name, value = named(one.path, above), value_at(thing, one.path) if one.path else thing
        if one.kind in {Kind.LINE, Kind.PROSE}:
            texts = value or {}
            filled.update({_named(name, language): [texts.get(language, "")] for language in languages})
        elif one.kind is Kind.ROWS:
            for index, row in enumerate(value or ()):
                filled |= shown(one.of, row, languages, f"{name}-{index}-")
        elif one.kind is Kind.MANY_OF_LIST:
            filled[name] = [str(key) for key in value or ()]
        elif one.kind is Kind.WORDS:
            filled[name] = [", ".join(map(str, value or ()))]
        elif one.kind is Kind.FLAG:
            filled[name] = ["yes"] if (one.usual if value is None else value) else []
        else:
            filled[name] = [_said(one, one.usual if value is None else value)]
    return filled


def named(path: str, above: str = "") -> str:
    """The name, and id, of the field for a path: days.from is days-from."""
    return above + path.replace(".", "-")


def _named(name: str, language: str) -> str:
    return f"{name.rstrip('-')}-{language}"


def _said(one: Field, value: Any) -> str:
    if value is None:
        return ""
    if one.kind is Kind.MOMENT:
        return str(value).replace(" ", "T")
    if isinstance(value, Decimal) and value == int(value) and one.kind is Kind.AMOUNT:
        return f"{value:.2f}" if value % 1 else str(int(value))
    return str(value)


def read(fields: Iterable[Field], form: Reading, above: str = "") -> dict[str, Any]:
    """What a form says, by path; None = nothing, which takes a value away. What is wrong is noted in ``form``."""
    return {one.path: _value(one, named(one.path, above), form) for one in fields}


def _value(one: Field, name: str, form: Reading) -> Any:
    if one.kind in {Kind.LINE, Kind.PROSE}:
        return _texts(one, name, form)
    if one.kind is Kind.ROWS:
        return _rows(one, name, form) or None
    if one.kind is Kind.MANY_OF_LIST:
        return [key for key in form.filled.get(name, ()) if key] or None
    if one.kind is Kind.FLAG:
        chosen = bool(form.first(name))
        return None if chosen == bool(one.usual) else chosen
    written = form.first(name)
    if not written:
        if one.needed:
            form.wrong(name, sentence("This has to be filled in."))
        return None
    if len(written) > max(one.most, 40) and one.kind in {Kind.WORD, Kind.WORDS}:
        form.wrong(name, sentence("Take at most {count} characters.", count=one.most))
        return None
    value = _READ[one.kind](one, name, written, form)
    return None if value is not None and value == one.usual else value


def _texts(one: Field, name: str, form: Reading) -> dict[str, str] | None:
    texts = {}
    for language in form.languages:
        here = _named(name, language)
        text = form.first(here)
        if one.kind is Kind.LINE:
            text = " ".join(text.split())
        most = one.most if one.kind is Kind.LINE else 100_000
        if len(text) > most:
            form.wrong(here, sentence("Take at most {count} characters.", count=most))
        elif text:
            texts[language] = text
    if (one.needed or texts) and form.languages[0] not in texts:
        here = _named(name, form.languages[0])
        if not any(problem.at == here for problem in form.problems):
            form.wrong(here, sentence("Write it in the trip's first language at least."))
    return texts or None


def _rows(one: Field, name: str, form: Reading) -> list[Any]:
    pattern = re.compile(rf"{re.escape(name)}-(\d{{1,4}})-")
    indexes = sorted({int(match[1]) for key in form.filled if (match := pattern.match(key))})
    rows: list[Any] = []
    for index in indexes:
        above = f"{name}-{index}-"
        if not any(text.strip() for key, texts in form.filled.items() if key.startswith(above) for text in texts):
            continue  # A row with nothing in it is a row that was taken away, or not used.
        found = read(one.of, form, above)
        row = found[""] if "" in found else put({}, found)
        if row:
            rows.append(row)
    return rows


def _day(one: Field, name: str, written: str, form: Reading) -> str | None:
    try:
        return date.fromisoformat(written).isoformat()
    except ValueError:
        form.wrong(name, sentence("Write a day as year-month-day, as in {example}.", example="2027-03-31"))
        return None


def _time(one: Field, name: str, written: str, form: Reading) -> str | None:
    clock = re.fullmatch(r"(\d{1,2})[.:](\d\d)(?::\d\d)?([+-]\d\d:\d\d|Z)?", written)
    if clock is None or int(clock[1]) > 23 or int(clock[2]) > 59:
        form.wrong(name, sentence("Write a time as hours and minutes, as in {example}.", example="10:45"))
        return None
    return f"{int(clock[1]):02}:{clock[2]}{clock[3] or ''}"


def _moment(one: Field, name: str, written: str, form: Reading) -> str | None:
    moment = re.fullmatch(r"(\d{4}-\d\d-\d\d)(?:[T ]+(\d{1,2})[.:](\d\d)(?::\d\d)?([+-]\d\d:\d\d|Z)?)?", written)
    try:
        day = date.fromisoformat(moment[1]).isoformat() if moment else ""
    except ValueError:
        day = ""
    if moment is None or not day or int(moment[2] or 0) > 23 or int(moment[3] or 0) > 59:
        example = "2027-03-31 17:00"
        form.wrong(name, sentence("Write day and time as in {example}.", example=example))
        return None
    return f"{day} {int(moment[2] or 0):02}:{moment[3] or '00'}{moment[4] or ''}"


def _number(one: Field, name: str, written: str, form: Reading) -> int | None:
    digits = written.replace(" ", "").replace("\u00a0", "")
    if not re.fullmatch(r"-?\d{1,9}", digits):
        form.wrong(name, sentence("Write a whole number, with digits only."))
        return None
    return int(digits)


def _amount(one: Field, name: str, written: str, form: Reading) -> Decimal | None:
    try:
        amount = Decimal(re.sub(r"[\s\u00a0]", "", written).replace(",", "."))
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite():
        form.wrong(name, sentence("Write an amount with digits, as in {example}.", example="4850.00"))
        return None
    return amount


def _one_of(one: Field, name: str, written: str, form: Reading) -> str | None:
    if one.choices and written not in one.choices:
        form.wrong(name, sentence("Choose one of those there are."))
        return None
    return written


def _word(one: Field, name: str, written: str, form: Reading) -> str:
    return " ".join(written.split())


def _words(one: Field, name: str, written: str, form: Reading) -> list[str]:
    return [word for word in re.split(r"[,\s]+", written) if word]


_READ = {
    Kind.WORD: _word,
    Kind.WORDS: _words,
    Kind.NUMBER: _number,
    Kind.AMOUNT: _amount,
    Kind.DAY: _day,
    Kind.TIME: _time,
    Kind.MOMENT: _moment,
    Kind.ONE_OF: _one_of,
    Kind.ONE_OF_LIST: _one_of,
    Kind.PICTURE: _one_of,
}


def in_old_order(fields: Iterable[Field], thing: Written, values: dict[str, Any]) -> None:
    """Let what was chosen of a list stand in the order it had, and what is new behind it: a form knows no order of its own."""
    for one in fields:
        chosen, before = values.get(one.path), value_at(thing, one.path)
        if one.kind is Kind.MANY_OF_LIST and chosen and before:
            values[one.path] = [key for key in before if key in chosen] + [key for key in chosen if key not in before]


def value_at(thing: Written, path: str) -> Any:
    """What stands at a field's path, None when nothing does."""
    value: Any = thing
    for step in path.split("."):
        value = value.get(step) if isinstance(value, dict) else None
    return value


def put(thing: Written, values: Mapping[str, Any]) -> Written:
    """A copy of a thing with these values in place; None takes one away, and a group with nothing left in it goes."""
    found = dict(thing)
    for path, value in values.items():
        step, _, rest = path.partition(".")
        group = found.get(step)
        inner = put(group if isinstance(group, dict) else {}, {rest: value}) or None if rest else value
        if inner is None:
            found.pop(step, None)
        else:
            found[step] = inner
    return found
