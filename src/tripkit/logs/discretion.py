"""Errors and messages without the people in them: what may stand in a log; nothing is written from here."""

from __future__ import annotations

import re
import smtplib
from collections.abc import Iterator
from traceback import format_tb

_ADDRESS = re.compile(r"[^\s<>\"'(),:;=\[\]]+@[^\s<>\"'(),:;\[\]]+")
_SECRET = re.compile(
    r"(?:(?<=/booking/)|(?<=/unsubscribe/))[^\s/?\"'<>]+|(?<![\w-])[\w-]{43}(?![\w-])|(?<=while serving )\S+", re.ASCII
)
"""Whatever stands where an address has its secret, what is as long as one, and the address a web server failed at."""
_QUOTES = (('"', '"'), ("(?<!\\w)'", "'(?!\\w)"), ("“", "”"), ("«", "»"))
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_OURS = "tripkit"
"""The package whose errors are sentences for people, and may name them."""
_ANSWER = re.compile(r"(?:^|: )([245]\d\d(?: [245]\.\d{1,3}\.\d{1,3})?)\b")
"""The numbers at the beginning of what a mail server answered (RFC 5321, RFC 3463)."""
_ABOUT_CODE = (AttributeError, ImportError, NameError, RecursionError, TypeError)
"""Errors that quote names of the code, not what somebody wrote."""
_LONGEST = 300
_DEEPEST = 20
"""Causes and members of groups that are followed."""


def discreet(text: str) -> str:
    """A message on one line, without addresses of people and without secrets of links."""
    if "@" in text:
        text = _ADDRESS.sub("…", text)
    return _CONTROL.sub(" ", _SECRET.sub("…", text))


def said(error: BaseException) -> str:
    """An error on one line: its class, and of its words what cannot hold anything that people wrote.

    A database repeats values in its details and within quotation marks; a mail server says to whom; what is refused by
    us is said to people, about people.
    """
    name = type(error).__name__
    if type(error).__module__.partition(".")[0] == _OURS:
        answer = _ANSWER.search(_words(error))
        return f"{name}: {answer[1]}" if answer else name
    if isinstance(error, smtplib.SMTPException):
        code = getattr(error, "smtp_code", None)
        return name if code is None else f"{name}: {code}"
    words = next(iter(_words(error).strip().splitlines()), "")
    state = getattr(getattr(error, "orig", error), "sqlstate", None)
    if state is not None:
        name += f" (SQLSTATE {state})"
    if not isinstance(error, (*_ABOUT_CODE, OSError)):
        words = unquoted(words)
    words = discreet(words)[:_LONGEST]
    return f"{name}: {words}" if words else name


def traced(error: BaseException) -> str:
    """Where an error came from, several lines, its causes first as Python tells them; each as `said` says it."""
    return "\n".join(_traced(error, set()))


def _traced(error: BaseException, seen: set[int]) -> Iterator[str]:
    if id(error) in seen or len(seen) >= _DEEPEST:
        return
    seen.add(id(error))
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if before is not None and id(before) not in seen:
        yield from _traced(before, seen)
        yield "which led to:"
    yield from (line for frame in format_tb(error.__traceback__) for line in frame.rstrip().splitlines())
    yield said(error)
    if isinstance(error, BaseExceptionGroup):
        for member in error.exceptions:
            yield "one of them:"
            yield from _traced(member, seen)


def unquoted(line: str) -> str:
    """A line without what it quotes: from the first quotation mark to the last, or to its end where the last is missing.

    What is quoted may hold quotation marks itself, and go on in the next line.
    """
    for opening, closing in _QUOTES:
        marks = [*re.finditer(f"{opening}|{closing}", line)]
        if marks:
            rest = "" if len(marks) % 2 else line[marks[-1].end() :]
            line = f"{line[: marks[0].start()]}“…”{rest}"
    return line


def _words(error: BaseException) -> str:
    try:
        return error.message if isinstance(error, BaseExceptionGroup) else str(error)
    except Exception:  # noqa: BLE001 (an error that cannot even say what it is)
        return ""
