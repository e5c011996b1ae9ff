"""What must not stand in a log does not, whoever says it: databases, mail servers, other libraries."""

from __future__ import annotations

import logging
import secrets
import smtplib
import traceback

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from tripkit.domain.refusals import ChangeRefused
from tripkit.domain.sentences import sentence
from tripkit.logs.discretion import discreet, said, traced
from tripkit.logs.lines import formatter
from tripkit.storage import write
from tripkit.storage.outbox import OutboxRow
from tripkit.testing import NOW, applied, make_trip
from tripkit.worker.trouble import Greylisted, Refused

SECRETS = ("leyla", "Nilsson", "hunter2")
FORMS = ("text", "json")


def refused(session: Session, statement: object) -> DBAPIError:
    """What the database says to a statement it refuses."""
    with pytest.raises(DBAPIError) as found, write(session):
        session.execute(statement)  # type: ignore[call-overload]  # whatever it is
    return found.value


def unwanted(session: Session) -> list[DBAPIError]:
    """Errors of a database about rows that hold an address, a name, a password."""
    trip = applied(session, make_trip())
    one = {
        "trip_id": trip,
        "kind": "confirmation",
        "recipient": "leyla@nilsson.example",
        "language": "sv",
        "payload": {"name": "Leyla Nilsson"},
        "message_id": "leyla@nilsson.example",
        "created_at": NOW,
        "next_at": NOW,
        "state": "waiting",
        "attempts": 0,
    }
    twice = insert(OutboxRow).values([one, one])
    nobody = insert(OutboxRow).values({**one, "language": None})
    found = [refused(session, twice), refused(session, nobody)]
    if session.get_bind().dialect.name == "postgresql":
        hostile = 'Leyla "Nilsson" \' said\nhunter2'
        found += [
            refused(session, select(text(f"CAST(:who AS {what})")).params(who=hostile))
            for what in ("integer", "date", "json")
        ]
    return found


def test_the_database_repeats_what_people_wrote_to_whoever_does_not_take_it_out(session: Session) -> None:
    if session.get_bind().dialect.name == "postgresql":
        words = "".join(
            "".join(traceback.format_exception(error))
            + str(getattr(error.orig, "diag", None) and error.orig.diag.message_detail)
            for error in unwanted(session)
        )
        assert "leyla" in words and "Nilsson" in words and "hunter2" not in words, "there is something to take out"


@pytest.mark.parametrize("form", FORMS)
def test_what_a_database_refuses_is_logged_without_its_values(session: Session, form: str) -> None:
    for error in unwanted(session):
        line = formatter(form).format(
            logging.LogRecord("tripkit", logging.ERROR, "", 1, "wrong", (), (type(error), error, error.__traceback__))
        )
        assert not [word for word in SECRETS if word.casefold() in line.casefold()], line
        assert type(error).__name__ in line and "in refused" in line, "what it is and where is there"


def test_nobody_else_who_logs_it_sees_the_row_that_was_refused(session: Session) -> None:
    for error in unwanted(session)[:2]:
        words = "".join(traceback.format_exception(error))
        assert "leyla" not in words.casefold(), words
        assert "outbox" in words


def test_a_database_error_says_what_it_is() -> None:
    class Broken(Exception):
        sqlstate = "23505"

    error = DBAPIError("INSERT", {}, Broken('duplicate key value violates unique constraint "one" of "two"'))
    assert said(error).startswith("DBAPIError (SQLSTATE 23505): ")
    assert said(error).endswith("duplicate key value violates unique constraint “…”")


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (
            ValueError("invalid literal for int() with base 10: 'Leyla Nilsson'"),
            "ValueError: invalid literal for int() with base 10: “…”",
        ),
        (KeyError("Leyla"), "KeyError: “…”"),
        (ValueError("it isn't what it wasn't"), "ValueError: it isn't what it wasn't"),
        (ValueError('half a "quotation\nof hunter2'), "ValueError: half a “…”"),
        (ValueError("«Leyla» is not “Nilsson”"), "ValueError: “…” is not “…”"),
        (ValueError("leyla@nilsson.example is taken"), "ValueError: … is taken"),
        (
            AttributeError("'NoneType' object has no attribute 'trip'"),
            "AttributeError: 'NoneType' object has no attribute 'trip'",
        ),
        (
            FileNotFoundError(2, "No such file or directory", "/var/mail"),
            "FileNotFoundError: [Errno 2] No such file or directory: '/var/mail'",
        ),
        (smtplib.SMTPRecipientsRefused({"leyla@nilsson.example": (550, b"no Leyla here")}), "SMTPRecipientsRefused"),
        (smtplib.SMTPDataError(554, b"Leyla Nilsson is on holiday"), "SMTPDataError: 554"),
        (ExceptionGroup("sweep: 1 failed", [ValueError("'Leyla'")]), "ExceptionGroup: sweep: 1 failed"),
        (RuntimeError(""), "RuntimeError"),
        (ChangeRefused(sentence("Leyla Nilsson has a place already.")), "ChangeRefused"),
        (Refused("recipient refused: 550 5.1.1 no Leyla Nilsson here"), "Refused: 550 5.1.1"),
        (Greylisted("451 Leyla Nilsson is busy"), "Greylisted: 451"),
    ],
)
def test_errors_are_said_without_what_they_quote(error: Exception, words: str) -> None:
    assert said(error) == words


def test_causes_and_members_of_groups_are_told_as_discreetly() -> None:
    def fail(name: str) -> None:
        try:
            {}[name]
        except KeyError as error:
            raise ValueError(f"“{name}” is nobody") from error

    def group() -> None:
        wrong = []
        for name in ("Leyla", "Nilsson"):
            try:
                fail(name)
            except ValueError as error:
                wrong.append(error)
        raise ExceptionGroup("two failed", wrong)

    with pytest.raises(ExceptionGroup) as found:
        group()
    text = traced(found.value)
    assert not [word for word in SECRETS if word.casefold() in text.casefold()]
    assert text.count("KeyError: “…”") == text.count("ValueError: “…” is nobody") == 2
    assert text.count("which led to:") == 2 and text.count("one of them:") == 2
    assert "in fail" in text


def test_an_error_that_is_its_own_cause_comes_to_an_end() -> None:
    first, second = ValueError("a"), ValueError("b")
    first.__cause__, second.__cause__ = second, first
    assert traced(first) == "ValueError: b\nwhich led to:\nValueError: a"


def test_messages_hold_no_address_and_no_secret() -> None:
    token = secrets.token_urlsafe(32)
    assert discreet(f"GET /sv/booking/{token}/") == "GET /sv/booking/…/"
    assert discreet("GET /en/booking/cut-off?x=1") == "GET /en/booking/…?x=1"
    assert discreet(f"/sv/unsubscribe/{token}/") == "/sv/unsubscribe/…/"
    assert discreet("Exception while serving /en/Leyla") == "Exception while serving …"
    assert discreet(f"the token {token} is old") == "the token … is old"
    assert discreet("550 <leyla.nilsson+sv@åre.example>: no") == "550 <…>: no"
    assert discreet("postgresql://u:hunter2@host/x") == "postgresql://u:…"
    assert discreet("one\r\ntwo\x1b[2J\u2028three") == "one two [2J three", "nobody writes a second line into a log"
