"""Requests that another site, or a link in a message, makes somebody's browser send: none of them does anything."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from tests.fuzz.forms import Form, Found
from tests.web.accounts import signed_in_client
from tests.web.conftest import TRIP, Site
from tests.web.everywhere import ARGUMENT, Stay, contents, engine_of, rules
from tests.web.signup_visitor import page

WITHOUT_A_TOKEN = {"mybooking.leave_list"}
"""Forms that a mail program sends by itself, with nothing but the secret in the address (RFC 8058); all they do is that."""
METHODS = ("DELETE", "PUT", "PATCH", "POST")


@pytest.fixture
def member(site: Site, stay: Stay) -> FlaskClient:
    """A browser in which somebody has signed in."""
    return signed_in_client(site.app, engine_of(site), "kontakt@tripkit.example", is_administrator=True)


def addresses(site: Site, stay: Stay, method: str) -> Iterator[tuple[Rule, str]]:
    """Every address that answers to a method; what there is nothing for is 1."""
    for rule in rules(site.app, method):
        yield rule, ARGUMENT.sub(lambda found: stay.values.get(found[1], "1"), rule.rule)


def as_before(site: Site, before: dict[str, int]) -> bool:
    """Whether everything is as it was; that somebody looked may have been noted."""
    return {**contents(site.session), "audit": 0} == {**before, "audit": 0}


def test_asking_for_a_page_changes_nothing(site: Site, stay: Stay, member: FlaskClient) -> None:
    before = contents(site.session)
    for client in (site.client, member):
        for method in ("GET", "HEAD", "OPTIONS"):
            for rule, path in addresses(site, stay, "GET"):
                client.open(path, method=method, buffered=True)
                assert as_before(site, before), (method, rule)


@pytest.mark.parametrize("method", METHODS)
def test_no_header_and_no_field_makes_a_page_that_is_asked_for_a_form_that_is_sent(
    site: Site, stay: Stay, member: FlaskClient, method: str
) -> None:
    before = contents(site.session)
    headers = dict.fromkeys(("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"), method)
    query = {"_method": method, "do": "send", "participants": str(stay.participant), "waiting": "1", "sure": "yes"}
    for client in (site.client, member):
        for rule, path in addresses(site, stay, "POST"):
            answer = client.get(path, headers=headers, query_string=query, buffered=True)
            assert answer.status_code < 500, rule
            assert as_before(site, before), rule


@pytest.mark.parametrize("method", METHODS)
def test_nor_a_form_that_is_sent_one_of_another_kind(site: Site, stay: Stay, member: FlaskClient, method: str) -> None:
    before = contents(site.session)
    for client in (site.client, member):
        for rule, path in addresses(site, stay, "GET"):
            if method in (rule.methods or ()):
                continue
            answer = client.open(path, method=method, headers={"X-HTTP-Method-Override": "GET"})
            assert answer.status_code in {404, 405}, rule
        assert as_before(site, before)


def forms(client: FlaskClient, site: Site, stay: Stay) -> Iterator[Form]:
    """Every form there is in a page, by where it is sent to, as it would be sent."""
    seen = set()
    for _, path in addresses(site, stay, "GET"):
        answer = client.get(path, buffered=True)
        for form in Found(answer.text, path).forms if answer.mimetype == "text/html" else ():
            if form.method == "POST" and (form.path, form.key()) not in seen:
                seen.add((form.path, form.key()))
                yield form


def sent(client: FlaskClient, form: Form, how: str, token: str) -> TestResponse:
    """Send a form whose token stands anywhere but among its fields."""
    # The first button of a form is what it is for.
    fields = {
        one.name: one.values[0] if one.values else "" for one in reversed(form.fields) if one.name != "csrf_token"
    }
    match how:
        case "nowhere":
            return client.post(form.path, data=fields)
        case "in the address":
            return client.post(form.path, data=fields, query_string={"csrf_token": token})
        case "in headers":
            headers = {"X-CSRFToken": token, "X-CSRF-Token": token, "X-XSRF-Token": token}
            return client.post(form.path, data=fields, headers=headers)
        case "in JSON":
            return client.post(form.path, json={**fields, "csrf_token": token})
        case "as plain text, as a form of another site can send JSON":
            return client.post(form.path, data=f"csrf_token={token}", content_type="text/plain")
        case _:
            return client.post(form.path, data=fields | {"csrf_token": token[:-2] + "xx"})


@pytest.mark.parametrize(
    "how",
    [
        *("nowhere", "in the address", "in headers", "in JSON", "not quite right"),
        "as plain text, as a form of another site can send JSON",
    ],
)
def test_a_form_counts_only_with_its_token_among_its_fields(
    site: Site, stay: Stay, member: FlaskClient, how: str
) -> None:
    walked = 0
    for client in (site.client, member):
        token = page(client.get(f"{TRIP}sign-up/")).value("csrf_token") or ""
        assert token
        found = list(forms(client, site, stay))
        before = contents(site.session)
        for form in found:
            if "/unsubscribe/" in form.path:
                continue
            answer = sent(client, form, how, token)
            assert 400 <= answer.status_code < 500, (form.path, answer.status_code)
            assert as_before(site, before), form.path
            walked += 1
    assert walked > 20


def test_with_its_token_it_counts(site: Site, stay: Stay) -> None:
    """What is refused above is refused for the token."""
    path = f"/en/booking/{stay.made.token}/contact/"
    form = next(form for form in Found(site.get(path).text, path).forms if form.method == "POST")
    fields = {one.name: one.values[0] for one in form.fields if one.values}
    assert site.client.post(path, data=fields).status_code == 303


def test_no_answer_lets_another_site_read_it(site: Site, stay: Stay, member: FlaskClient) -> None:
    headers = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
    for client in (site.client, member):
        for method in ("GET", "OPTIONS", "POST"):
            for rule, path in addresses(site, stay, "GET"):
                answer = client.open(path, method=method, headers=headers, buffered=True)
                assert [name for name, _ in answer.headers if name.lower().startswith("access-control-")] == [], rule


def test_every_text_says_what_it_is_and_in_which_characters(site: Site, stay: Stay, member: FlaskClient) -> None:
    for client in (site.client, member):
        for rule, path in addresses(site, stay, "GET"):
            answer = client.get(path, buffered=True)
            kind = answer.headers.get("Content-Type", "")
            assert kind or not answer.data, rule
            assert not kind.startswith("text/") or "charset=utf-8" in kind.lower(), (rule, kind)
