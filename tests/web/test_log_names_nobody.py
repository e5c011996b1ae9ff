"""A flood of marked names, addresses, secrets, queries and answers through every route: none of it comes into the log, whatever fails."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from io import StringIO

import pytest
from sqlalchemy import Engine, event, text
from sqlalchemy.exc import OperationalError

from tests.web.conftest import Site
from tests.web.everywhere import Stay, address, engine_of, rules, stay_at
from tests.web.signup_visitor import page
from tripkit import logs
from tripkit.domain.refusals import Refusal
from tripkit.domain.sentences import sentence
from tripkit.testing import make_organisation
from tripkit.worker.trouble import Refused

MARK = "zorn"
"""Stands in everything that people write here, and in nothing else."""
NAME = "Märta Zorn “d'Zorn”"
TYPED = {
    "contact_name": NAME,
    "contact_email": "marta.zorn@zorn.example",
    "contact_phone": "070-zorn",
    "email": "marta.zorn@zorn.example",
    "organisation": "Zorn \"& 'Zorn",
    "invoice_address": "Zorngatan 1\r\nZorn",
    "invoice_reference": "zorn-7",
    "contact_travels": "yes",
    "participants-0-name": NAME,
    "participants-0-segment": "city",
    "participants-0-choices-am": "mill",
    "participants-0-answers-diet": "zornallergi",
    "terms_version": "1",
    "code": "ZORN",
    "item": "zorn",
    "participants": "zorn",
    "participant": "zorn",
    "waiting": "zorn",
    "do": "send",
}
HEADERS = {
    "User-Agent": "Zorn/1.0",
    "Referer": "https://zorn.example/?zorn",
    "X-Request-ID": "zorn-zorn-zorn",
    "X-Forwarded-For": "zorn",
    "Accept-Language": "en, zorn",
}


@contextmanager
def written(form: str) -> Iterator[StringIO]:
    """Everything a process of ours writes to its log at its most talkative."""
    root, ours = logging.getLogger(), logging.getLogger("tripkit")
    before = root.handlers[:], root.level, ours.level
    logs.set_up(form, "debug")
    found = StringIO()
    (handler,) = root.handlers
    assert isinstance(handler, logging.StreamHandler)
    handler.setStream(found)
    try:
        yield found
    finally:
        root.handlers[:] = before[0]
        root.setLevel(before[1])
        ours.setLevel(before[2])


def secrets_in(log: str, stay: Stay) -> list[str]:
    """Lines that hold what none may."""
    return [line for line in log.splitlines() if MARK in line.casefold() or stay.made.token[:20] in line]


def flood(site: Site, stay: Stay, *, with_token: bool = True) -> list[int]:
    """Ask for everything with marks wherever somebody can put something; the statuses of the answers."""
    site.client.set_cookie("zorn", "zorn")
    token = page(site.get("/en/booking/")).value("csrf_token") if with_token else ""
    found = []
    for method in ("GET", "POST", "ZORN"):
        for rule in rules(site.app, method if method != "ZORN" else "GET"):
            for values in (stay.values, marked(stay.values)):
                answer = site.client.open(
                    address(rule, values) + "?zorn=marta.zorn@zorn.example",
                    method=method,
                    data={**TYPED, "csrf_token": token or ""} if method == "POST" else None,
                    headers=HEADERS,
                    buffered=True,
                )
                found.append(answer.status_code)
    lost = ("/zorn", f"/en/{stay.made.token}", f"/en/booking/{stay.made.token}", "/en/booking/zorn/zorn/")
    return found + [site.get(path, headers=HEADERS).status_code for path in lost]


def marked(values: Mapping[str, str]) -> dict[str, str]:
    """The values of an address with a mark for every word in it."""
    return {
        name: value if name in {"language", "participant_id", "offer_id"} else MARK for name, value in values.items()
    }


@pytest.fixture
def stay(site: Site) -> Stay:
    """A trip with a booking on the site."""
    return stay_at(site)


@pytest.mark.parametrize("form", ["text", "json"])
def test_what_people_write_is_in_no_line_of_any_route(site: Site, stay: Stay, form: str) -> None:
    with written(form) as log:
        statuses = flood(site, stay)
    lines = log.getvalue().splitlines()
    assert len(lines) >= len(statuses) >= 100 and {200, 303, 404, 405} <= {*statuses}
    assert secrets_in(log.getvalue(), stay) == []
    assert "OTHER -" in log.getvalue() or "OTHER public.trip" in log.getvalue(), (
        "a method somebody made up is none of ours"
    )


FAULTS: Mapping[str, Callable[[], Exception]] = {
    "a value": lambda: ValueError(f"invalid literal for int() with base 10: {NAME!r}"),
    "a key": lambda: KeyError(NAME),
    "a refusal": lambda: Refusal(sentence("Märta Zorn has a place already.")),
    "a mail server": lambda: Refused("recipient refused: 550 5.1.1 no Märta Zorn here"),
    "a group": lambda: ExceptionGroup("two failed", [ValueError(f"'{NAME}'"), KeyError(NAME)]),
}


def break_down(fault: str) -> None:
    """Fail so."""
    wrong = FAULTS[fault]
    raise wrong()


@pytest.mark.parametrize("fault", FAULTS)
def test_nor_where_every_page_fails(site: Site, stay: Stay, monkeypatch: pytest.MonkeyPatch, fault: str) -> None:
    def fail(**_: object) -> str:
        try:
            break_down(fault)
        except Exception as error:
            raise RuntimeError(f"«{NAME}»") from error

    for endpoint in site.app.view_functions:
        monkeypatch.setitem(site.app.view_functions, endpoint, fail)
    with written("text") as log:
        statuses = flood(site, stay, with_token=False)
    assert statuses.count(500) >= 60 and log.getvalue().count("which led to:") == statuses.count(500)
    assert secrets_in(log.getvalue(), stay) == []


def test_nor_where_a_web_server_or_a_queue_says_what_failed(site: Site, stay: Stay) -> None:
    with written("text") as log:
        try:
            int(NAME)
        except ValueError as error:
            # As waitress and Celery say it.
            for name, said, about in (
                ("waitress", "Exception while serving %s", f"/zorn/{stay.made.token}"),
                ("celery.app.trace", "Task raised unexpected: %r", error),
            ):
                logging.getLogger(name).exception(said, about)
    assert log.getvalue().count("ValueError") == 3
    assert secrets_in(log.getvalue(), stay) == []


def test_nor_where_the_database_is_away_and_says_so_with_values(site: Site, stay: Stay) -> None:
    def gone(_connection: object, _cursor: object, statement: str, parameters: object, *_: object) -> None:
        raise OperationalError(
            statement, parameters, Exception(f'lost at "{NAME}"\nDETAIL: Zorn'), hide_parameters=True
        )

    engine = engine_of(site)
    event.listen(engine, "before_cursor_execute", gone)
    try:
        with written("json") as log:
            statuses = flood(site, stay)
    finally:
        event.remove(engine, "before_cursor_execute", gone)
    assert log.getvalue().count("the database cannot be used") == statuses.count(503) >= 20
    assert secrets_in(log.getvalue(), stay) == []


@pytest.mark.parametrize("form", ["text", "json"])
def test_nor_where_the_database_refuses_a_row_and_repeats_it(kept_site: Site, form: str) -> None:
    """On PostgreSQL; SQLite repeats no row, and a constraint cannot be added to its tables."""
    stay, engine = stay_at(kept_site), engine_of(kept_site)
    kept_site.publish(make_organisation("roomy"))
    kept_site.session.rollback()
    sign_up = "/en/roomy/hamnstad/sign-up/"
    typed = {**dict(page(kept_site.get(sign_up)).fields), **TYPED, "participants-0-answers-diet": ""}
    with refusing(engine), written(form) as log:
        answer = kept_site.client.post(f"{sign_up}?zorn", data=typed, headers=HEADERS)
        flood(kept_site, stay)
    assert answer.status_code == 500, page(answer).words
    assert "IntegrityError" in log.getvalue() and "in book_places" in log.getvalue()
    assert secrets_in(log.getvalue(), stay) == []


@contextmanager
def refusing(engine: Engine) -> Iterator[None]:
    """Every new booking is refused by the database."""
    postgres = engine.dialect.name == "postgresql"
    put, take = (
        (
            "ALTER TABLE booking ADD CONSTRAINT none CHECK (code = '') NOT VALID",
            "ALTER TABLE booking DROP CONSTRAINT none",
        )
        if postgres
        else (
            "CREATE TRIGGER refuses BEFORE INSERT ON booking BEGIN SELECT RAISE(ABORT, 'none'); END",
            "DROP TRIGGER refuses",
        )
    )
    with engine.begin() as connection:
        connection.execute(text(put))
    try:
        yield
    finally:
        with engine.begin() as connection:
            connection.execute(text(take))
