"""What is noted of a request: a number people can quote, and a line that holds neither address nor name."""

from __future__ import annotations

import logging
import re
from dataclasses import replace

import pytest
from flask import Flask

from tests.web.conftest import TRIP, Site
from tests.web.everywhere import Stay, stay_at
from tests.web.signup_visitor import page
from tripkit.app import create_app
from tripkit.logs import current
from tripkit.web.access import HEADER

OURS = re.compile(r"[0-9abcdefghjkmnpqrstvwxyz]{8}")


@pytest.fixture
def stay(site: Site) -> Stay:
    """A trip with a booking on the site."""
    return stay_at(site)


@pytest.fixture
def behind_a_proxy(site: Site) -> Flask:
    """The site, with a proxy in front that is believed."""
    return create_app(replace(site.app.extensions["tripkit"], proxies=1))


def test_every_answer_has_a_number_of_its_own(site: Site) -> None:
    numbers = [site.get(path).headers[HEADER] for path in ("/en/", "/en/", "/nowhere", "/static/nothing.css", "/sv")]
    assert len({*numbers}) == 5 and all(OURS.fullmatch(number) for number in numbers)


def test_a_number_from_outside_is_taken_from_a_believed_proxy_only(site: Site, behind_a_proxy: Flask) -> None:
    for number in ("0f" * 16, "123E4567-e89b-12d3-a456-426614174000"):
        given = {HEADER: number}
        assert OURS.fullmatch(site.client.get("/robots.txt", headers=given).headers[HEADER])
        assert behind_a_proxy.test_client().get("/robots.txt", headers=given).headers[HEADER] == number


@pytest.mark.parametrize(
    "given", ["0701234567", "0f" * 17, "leyla-nilsson-leyla-nilsson-leyl", "0f" * 15 + "\u0661\u0662", "<script>", ""]
)
def test_a_number_that_is_none_is_not_taken(behind_a_proxy: Flask, given: str) -> None:
    answer = behind_a_proxy.test_client().get("/robots.txt", headers={HEADER: given.encode().decode("latin-1")})
    assert OURS.fullmatch(answer.headers[HEADER])


def test_an_error_page_says_the_number_to_quote(site: Site) -> None:
    english, swedish = site.get("/en/nowhere/"), site.get("/sv/nowhere/")
    assert f"Say this number when you ask: {english.headers[HEADER]}" in page(english).words
    assert f"Säg det här numret när du frågar: {swedish.headers[HEADER]}" in page(swedish).words


def test_a_request_is_one_line_that_counts_its_statements(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    site.publish()
    with caplog.at_level(logging.INFO, "tripkit.web.access"):
        missed, kept = site.get(TRIP), site.get("/robots.txt")
    first, second = (record for record in caplog.records if record.name == "tripkit.web.access")
    assert first.about.pop("ms") >= 0 and first.about.pop("statements") >= 3  # type: ignore[attr-defined]
    size = missed.content_length
    assert first.about == {"method": "GET", "endpoint": "public.trip", "status": 200, "bytes": size}  # type: ignore[attr-defined]
    assert second.about["statements"] == 0 and kept.status_code == 200  # type: ignore[attr-defined]
    assert re.fullmatch(rf"GET public\.trip 200 [\d.]+ ms, {size} bytes, \d+ statements", first.getMessage())


def test_no_line_holds_an_address_that_is_a_secret(site: Site, stay: Stay, caplog: pytest.LogCaptureFixture) -> None:
    paths = [
        f"/en/booking/{stay.values['token']}/",
        f"/en/booking/{stay.values['token'][:-1]}/",
        f"/en/booking/{stay.values['token']}",
        f"/en/{stay.values['token']}",
    ]
    with caplog.at_level(logging.DEBUG, "tripkit"):
        statuses = [site.get(path).status_code for path in paths]
    assert statuses[0] == 200 and len(caplog.records) >= len(paths)
    assert stay.values["token"][:-1] not in caplog.text


def test_the_number_ends_with_its_request(site: Site) -> None:
    site.get("/robots.txt")
    assert current.get() is None
