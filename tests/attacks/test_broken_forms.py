"""Bodies that are no form, sent to every address that takes one, whatever else is wrong at the same time."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy.exc import OperationalError
from werkzeug.test import TestResponse

from tests.web.conftest import Site
from tests.web.everywhere import Stay, address, contents, rules
from tests.web.signup_visitor import page
from tripkit.web.limits import Limit
from tripkit.web.security import LARGEST_REQUEST

FORM = "application/x-www-form-urlencoded"
TOO_LARGE = b"x" * (LARGEST_REQUEST + 1)
BROKEN = {
    "too large": (TOO_LARGE, FORM),
    "too large to be JSON": (TOO_LARGE, "application/json"),
    "too large to be anything": (TOO_LARGE, "\xff"),
    "JSON that ends early": (b"{", "application/json"),
    "JSON that is a list": (b"[1, 2]", "application/json"),
    "JSON that is a number": (b"1", "application/json"),
    "JSON without end": (b"[" * 100_000, "application/json"),
    "bytes that are no text": (b"\xff\xfe=\xc0\xaf&csrf_token=\xed\xa0\x80", FORM),
    "a file where the token should be": (
        b'--x\r\nContent-Disposition: form-data; name="csrf_token"; filename="a"\r\n\r\n1\r\n--x--\r\n',
        "multipart/form-data; boundary=x",
    ),
    "parts without end": (b"--x\r\nContent-Disposition: form-data; name=a", "multipart/form-data; boundary=x"),
    "no boundary": (b"--\r\n", "multipart/form-data"),
    "thousands of fields": (b"&".join(b"participants-%d-name=x" % number for number in range(6_000)), FORM),
}


class UsedUp:
    """A counter that has had enough of everybody."""

    def count(self, limit: Limit, who: str) -> int | None:
        return limit.seconds

    wait = count


def answers(site: Site, stay: Stay, body: bytes, kind: str) -> Iterator[tuple[str, TestResponse]]:
    """What every address that takes a form answers, for a right link and for one that opens nothing."""
    for rule in rules(site.app, "POST"):
        for token in {stay.values["token"], "A" * 43}:
            path = address(rule, {**stay.values, "token": token})
            yield path, site.client.post(path, data=body, content_type=kind, headers={"Accept-Language": "en"})


def is_refused(path: str, answer: TestResponse) -> bool:
    """Whether it is refused, in words, or leads to where one signs in. A mail program's button needs no form at all."""
    if answer.status_code == 303 or "/unsubscribe/" in path:
        return "/unsubscribe/" in path or answer.location.startswith("/en/account/")
    return 400 <= answer.status_code < 500 and "<h1" in answer.text


@pytest.mark.parametrize("wrong", BROKEN)
def test_it_is_refused_in_words_and_nothing_is_lost(site: Site, stay: Stay, wrong: str) -> None:
    before = contents(site.session)
    walked = 0
    for path, answer in answers(site, stay, *BROKEN[wrong]):
        assert is_refused(path, answer), (path, answer.status_code)
        walked += 1
    assert walked >= 18
    assert contents(site.session) == before


@pytest.mark.parametrize("wrong", BROKEN)
def test_so_it_is_when_there_were_too_many_before(
    site: Site, stay: Stay, wrong: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page that says to wait offers to send the same again, where it can be read."""
    monkeypatch.setitem(site.app.extensions, "tripkit_limiter", UsedUp())
    found = dict(answers(site, stay, *BROKEN[wrong]))
    assert [(path, answer.status_code) for path, answer in found.items() if not is_refused(path, answer)] == []
    assert sum(answer.status_code == 429 for answer in found.values()) >= 8


@pytest.mark.parametrize("wrong", BROKEN)
def test_so_it_is_while_the_database_is_away(
    site: Site, stay: Stay, wrong: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object, **__: object) -> None:
        raise OperationalError("SELECT 1", {}, ConnectionError("away"))

    monkeypatch.setattr("sqlalchemy.orm.Session.execute", away)
    monkeypatch.setattr("sqlalchemy.orm.Session.scalar", away)
    monkeypatch.setattr("sqlalchemy.orm.Session.scalars", away)
    for path, answer in answers(site, stay, *BROKEN[wrong]):
        assert is_refused(path, answer) or (answer.status_code == 503 and page(answer).title), (
            path,
            answer.status_code,
        )
