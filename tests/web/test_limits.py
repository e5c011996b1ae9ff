"""Limits: who asks too often is told when to come back and loses nothing; nobody else notices, and no header helps."""

from __future__ import annotations

import logging
import tracemalloc
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.statements import count_statements
from tests.web.conftest import TRIP, Site
from tests.web.everywhere import Stay, stay_at
from tests.web.signup_visitor import filled_in, page
from tripkit import app as application
from tripkit.storage import db
from tripkit.storage.bookings import BookingRow
from tripkit.storage.outbox import OutboxRow
from tripkit.web import counters
from tripkit.web.counters import Counters, Windows
from tripkit.web.limits import Limit
from tripkit.web.mybooking.opening import LIMITS, WRONG_LINKS
from tripkit.web.routing import Policy, limits_of
from tripkit.web.visitors import NOBODY, network

FORM, LINK = f"{TRIP}sign-up/", "/en/booking/"
SIGNUPS, LINKS, LINKS_FOR_ONE, WRONG, ACTS = 30, 10, 5, 30, 30


def limited_app(site: Site, **changes: Any) -> Flask:
    """An application on the same database, with limits."""
    return application.create_app(replace(site.app.extensions["tripkit"], limits=True, **changes))


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time by which windows in memory move."""
    now = [1000.0]
    monkeypatch.setattr(counters, "monotonic", lambda: now[0])
    return now


@pytest.fixture
def visitor(site: Site) -> FlaskClient:
    """Somebody who asks a site that has limits."""
    return limited_app(site).test_client()


def at(address: str, *forwarded: str) -> dict[str, Any]:
    """A request from an address, with what X-Forwarded-For holds."""
    headers = {"X-Forwarded-For": ", ".join(forwarded)} if forwarded else {}
    return {"environ_base": {"REMOTE_ADDR": address}, "headers": headers}


def used_up(client: FlaskClient, **given: Any) -> None:
    """Send as many sign-up forms as one address may."""
    for _ in range(SIGNUPS):
        assert client.post(FORM, data={"do": "send"}, **given).status_code == 400


def statuses(client: FlaskClient, many: int, path: str, **given: Any) -> list[int]:
    """What so many requests are answered with."""
    return [client.open(path, **given).status_code for _ in range(many)]


@pytest.mark.parametrize(
    ("language", "said"), [("sv", "Vänta en minut och försök igen"), ("en", "Wait a minute and try again")]
)
def test_who_sends_too_many_sign_ups_is_told_when_to_come_back_in_their_language(
    site: Site, visitor: FlaskClient, language: str, said: str
) -> None:
    site.publish()
    used_up(visitor)
    answer = visitor.post(f"/{language}/resebyran/hamnstad/sign-up/", data={"do": "send"})
    assert answer.status_code == 429
    assert 55 <= int(answer.headers["Retry-After"]) <= 60
    assert said in page(answer).words
    assert answer.headers["Cache-Control"] == "no-store"
    assert visitor.get(FORM).status_code == 200, "reading is not limited"


def test_what_was_typed_is_kept_and_becomes_one_booking_when_the_minute_is_over(
    site: Site, visitor: FlaskClient, clock: list[float]
) -> None:
    site.publish()
    typed = filled_in(page(visitor.get(FORM)).fields)
    used_up(visitor)
    answer = visitor.post(FORM, data=typed)
    assert answer.status_code == 429 and "<b>Öberg" not in answer.text
    kept = dict(page(answer).fields)
    assert {name: kept[name] for name in typed if name != "invoice_address"} == {
        name: value for name, value in typed.items() if name != "invoice_address"
    }
    clock[0] += int(answer.headers["Retry-After"])
    assert statuses(visitor, 2, FORM, method="POST", data=kept) == [303, 303]
    assert site.session.query(BookingRow).count() == 1


def test_other_buttons_of_the_form_are_not_counted(site: Site, visitor: FlaskClient) -> None:
    site.publish()
    for button in ("add", "remove-0", "recount"):
        assert statuses(visitor, SIGNUPS, FORM, method="POST", data={"do": button}) == [200] * SIGNUPS
    used_up(visitor)


def test_others_do_not_notice(site: Site, visitor: FlaskClient) -> None:
    site.publish()
    used_up(visitor, **at("192.0.2.1"))
    assert visitor.post(FORM, data={}, **at("192.0.2.1")).status_code == 429
    assert visitor.post(FORM, data={}, **at("192.0.2.2")).status_code == 400


def test_a_network_of_one_line_counts_as_one(site: Site, visitor: FlaskClient) -> None:
    site.publish()
    found = [visitor.post(FORM, data={}, **at(f"2001:db8:1:2::{number:x}")).status_code for number in range(SIGNUPS)]
    assert found == [400] * SIGNUPS
    assert visitor.post(FORM, data={}, **at("2001:db8:1:2:ffff::1")).status_code == 429
    assert visitor.post(FORM, data={}, **at("2001:db8:1:3::1")).status_code == 400


@pytest.mark.parametrize(
    ("given", "counted"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("192.0.2.7:4711", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("64:ff9b::c000:207", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("[2001:db8:1:2::9]:4711", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        *(
            (strange, NOBODY)
            for strange in ("", "unknown", "_hidden", "192.0.2.7.example", "1.2.3.4.5", "\u0661.2.3.4")
        ),
    ],
)
def test_an_address_counts_by_what_one_line_is_given(given: str, counted: str) -> None:
    assert network(given) == counted


@pytest.mark.parametrize("proxies", [0, 1, 2])
@pytest.mark.parametrize(
    "forge",
    [
        lambda number: (f"192.0.2.{number}",),
        lambda number: (f"192.0.2.{number}", f"198.51.100.{number}"),
        lambda number: tuple(f"10.{number}.0.{hop}" for hop in range(40)),
        lambda number: (f"nonsense {number}", '"', "", ",,"),
        lambda number: (f"2001:db8:{number:x}::1",),
        lambda number: (f"192.0.2.{number}", '"'),
        lambda number: (f"192.0.2.{number}", f"198.51.100.{number}", '"\\'),
    ],
    ids=["one", "two", "many", "nonsense", "ipv6", "quote", "escape"],
)
def test_a_forged_header_leads_past_no_limit(site: Site, proxies: int, forge: Any) -> None:
    """The visitor writes what they like; each real proxy adds whom it was asked by, as nginx and Caddy do."""
    site.publish()
    client = limited_app(site, proxies=proxies).test_client()
    real = ["203.0.113.9", "10.0.0.1", "10.0.0.2"]  # The visitor, the first proxy, the second one.

    def ask(number: int, who: str) -> int:
        chain = (*forge(number), *[who, *real[1:]][:proxies])
        peer = [who, *real[1:]][proxies]
        return client.post(FORM, data={}, **at(peer, *chain)).status_code

    assert [ask(number, real[0]) for number in range(SIGNUPS)] == [400] * SIGNUPS
    assert ask(200, real[0]) == 429
    assert ask(201, "203.0.113.10") == 400, "and another visitor behind the same proxies is another one"


@pytest.mark.parametrize("proxies", [1, 2])
def test_who_comes_past_the_proxies_counts_by_where_they_come_from(site: Site, proxies: int) -> None:
    """With fewer entries than there are proxies, none was written by one of them."""
    site.publish()
    client = limited_app(site, proxies=proxies).test_client()
    for number in range(SIGNUPS):
        forged = [f"192.0.2.{number}"] * (proxies - 1)
        assert client.post(FORM, data={}, **at("203.0.113.9", *forged)).status_code == 400
    assert client.post(FORM, data={}, **at("203.0.113.9", *["192.0.2.77"] * (proxies - 1))).status_code == 429


def test_a_proxy_names_the_visitor_and_neither_host_nor_scheme(site: Site) -> None:
    site.publish()
    client = limited_app(site, proxies=1).test_client()
    headers = {
        "X-Forwarded-For": "192.0.2.1",
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Proto": "https",
        "X-Forwarded-Port": "8443",
        "X-Forwarded-Prefix": "/evil",
    }
    for path in (TRIP, TRIP[:-1], "/", FORM):
        answer = client.get(path, headers=headers)
        assert answer.status_code < 400
        assert "evil" not in answer.text + answer.headers.get("Location", "") and "8443" not in answer.text


def asked_for(client: FlaskClient, email: str, code: str, address: str = "192.0.2.1") -> TestResponse:
    """Ask for a new link."""
    form = page(client.get(LINK))
    return client.post(LINK, data={"csrf_token": form.value("csrf_token"), "email": email, "code": code}, **at(address))


def test_who_has_been_sent_links_enough_is_answered_as_always_and_sent_no_more(
    site: Site, visitor: FlaskClient, clock: list[float]
) -> None:
    made = site.book(site.publish())
    booking = site.session.get_one(BookingRow, made.booking_id)
    known = (booking.contact_email, booking.code)
    site.session.rollback()

    def links() -> list[str]:
        found = site.session.query(OutboxRow).filter_by(kind="link", booking_id=made.booking_id)
        tokens = [row.payload["token"] for row in found]
        site.session.rollback()
        return tokens

    answers = set()
    # However it is written, and from wherever it is asked; and whether there is such a booking or not.
    for email, code in (*[known] * LINKS_FOR_ONE, (f" {known[0].upper()} ", f" {known[1].lower()}"), known):
        for asked in ((email, code), ("nobody@tripkit.example", code), (email, "ABCDEFGHI")):
            answer = asked_for(visitor, *asked, f"192.0.2.{len(answers)}")
            answers.add((answer.status_code, answer.headers.get("Location"), answer.headers.get("Retry-After")))
            clock[0] += 10  # So that the limit for who asks is not reached.
    assert answers == {(303, "/en/booking/?sent=yes", None)}
    sent = links()
    assert len(sent) == LINKS_FOR_ONE
    for token in sent:
        assert visitor.get(f"/en/booking/{token}/").status_code == 200
    clock[0] += 600
    assert asked_for(visitor, *known).status_code == 303
    assert len(links()) == LINKS_FOR_ONE + 1


def test_whoever_asks_in_a_strangers_name_keeps_them_from_no_link(site: Site, visitor: FlaskClient) -> None:
    made = site.book(site.publish())
    booking = site.session.get_one(BookingRow, made.booking_id)
    known = (booking.contact_email, booking.code)
    site.session.rollback()
    for number in range(3 * LINKS):
        assert asked_for(visitor, known[0], f"GUESS{number}", f"192.0.2.{number}").status_code == 303
    assert asked_for(visitor, *known).status_code == 303
    assert site.session.query(OutboxRow).filter_by(kind="link", booking_id=made.booking_id).count() == 1


def test_new_links_are_limited_for_who_asks(site: Site, visitor: FlaskClient) -> None:
    site.publish()
    found = [asked_for(visitor, f"nobody{number}@tripkit.example", "ABC").status_code for number in range(LINKS + 1)]
    assert found == [303] * LINKS + [429]
    assert asked_for(visitor, "nobody@tripkit.example", "ABC", "192.0.2.2").status_code == 303


def test_a_contact_person_is_written_to_so_often_and_kept_out_by_nobody(
    site: Site, visitor: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.publish(size=200)
    for number in range(40):  # Forms that are refused: they write to nobody, and lock nobody out.
        refused = filled_in(page(visitor.get(FORM)).fields) | {"terms_version": "", "contact_name": ""}
        assert visitor.post(FORM, data=refused, **at(f"192.0.2.{number}")).status_code == 422
    for number in range(30):
        assert (
            visitor.post(FORM, data=filled_in(page(visitor.get(FORM)).fields), **at(f"192.0.2.{number}")).status_code
            == 303
        )
    answer = visitor.post(FORM, data=filled_in(page(visitor.get(FORM)).fields), **at("192.0.2.99"))
    assert answer.status_code == 429 and "minutes and try again" in page(answer).words
    assert (
        visitor.post(
            FORM, data=filled_in(page(visitor.get(FORM)).fields, "bo@tripkit.example"), **at("192.0.2.99")
        ).status_code
        == 303
    )


@pytest.fixture
def stay(site: Site) -> Stay:
    """A trip with a booking on the site."""
    return stay_at(site)


def test_who_guesses_secret_links_is_stopped_and_who_has_one_is_not(
    site: Site, stay: Stay, visitor: FlaskClient, clock: list[float]
) -> None:
    right = f"/en/booking/{stay.made.token}/"
    assert statuses(visitor, 50, right) == [200] * 50, "who has a link is not counted"
    wrong = ["/en/booking/{}/", "/sv/unsubscribe/{}/", "/en/booking/{}/cancel/"]
    for number in range(WRONG):
        assert visitor.get(wrong[number % 3].format(number)).status_code == 404
    for path in (*(path.format("wrong") for path in wrong), f"{right}participants/999999/correct/"):
        answer = visitor.get(path)
        assert answer.status_code == 429, path
        assert int(answer.headers["Retry-After"]) <= 60
        assert answer.headers["Referrer-Policy"] == "no-referrer" and stay.made.code not in answer.text
    # Right ones open and act, from the same address and by the same browser.
    assert [visitor.get(path).status_code for path in (right, f"{right}contact/", f"{right}cancel/")] == [200] * 3
    token = page(visitor.get(f"{right}cancel/")).value("csrf_token")
    assert visitor.post(f"{right}queue/leave/", data={"csrf_token": token}).status_code in {303, 409}
    assert visitor.get("/en/booking/wrong/", **at("192.0.2.2")).status_code == 404
    clock[0] += 60
    assert visitor.get("/en/booking/wrong/").status_code == 404


def test_acts_through_one_link_are_limited_and_those_through_another_go_on(
    site: Site, stay: Stay, visitor: FlaskClient
) -> None:
    other = site.book(site.session.get_one(BookingRow, stay.made.booking_id).trip_id)
    site.session.rollback()
    act = "/en/booking/{}/queue/leave/"
    found = statuses(visitor, ACTS + 1, act.format(stay.made.token), method="POST", data={})
    assert found == [400] * ACTS + [429]
    assert visitor.post(act.format(other.token), data={}).status_code == 400
    assert visitor.get(f"/en/booking/{stay.made.token}/").status_code == 200


def test_every_page_behind_a_secret_link_is_held_to_the_limits_of_secret_links(site: Site) -> None:
    declared = limits_of(site.app)
    secret = [
        name for name, view in site.app.view_functions.items() if view.__dict__.get("policy") is Policy.SECRET_LINK
    ]
    assert len(secret) >= 11 and WRONG_LINKS in LIMITS
    assert [name for name in secret if declared[name] != LIMITS] == []


def test_every_form_has_a_limit_and_no_page_that_is_only_read_has_one(site: Site) -> None:
    declared = limits_of(site.app)
    for rule in site.app.url_map.iter_rules():
        sends = "POST" in (rule.methods or ())
        assert bool(declared[rule.endpoint]) is (sends or "<token>" in rule.rule), rule


def test_without_limits_nothing_is_counted(site: Site) -> None:
    site.publish()
    assert statuses(site.client, SIGNUPS + 5, FORM, method="POST", data={}) == [400] * (SIGNUPS + 5)


def test_a_refused_form_asks_the_database_nothing(site: Site) -> None:
    site.publish()
    app = limited_app(site)
    client = app.test_client()
    used_up(client)
    with app.app_context():
        engine = db.engine
    with count_statements(engine) as found:
        assert client.post(FORM, data={"do": "send"}).status_code == 429
    assert found == []


def test_a_proxy_that_nobody_believes_is_spoken_of_in_the_log(
    site: Site, visitor: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    site.publish()
    used_up(visitor)
    with caplog.at_level(logging.WARNING):
        visitor.post(FORM, data={"contact_email": "asa@tripkit.example"})
        visitor.post(FORM, data={}, **at("192.0.2.1"))
    assert [record.getMessage() for record in caplog.records] == [
        "the limit of sign-ups from one address was reached from this machine: is TRIPKIT_PROXIES set right?"
    ]


ONE = Limit("one", 3, 60, lambda: None)


def test_a_window_moves(clock: list[float]) -> None:
    counted = Counters("secret")
    for second in (0, 20, 40):
        clock[0] = 1000.0 + second
        assert counted.count(ONE, "a") is None
    clock[0] = 1050.0
    assert counted.count(ONE, "a") == 10
    assert counted.wait(ONE, "a") == 10, "what is refused is not counted"
    clock[0] = 1060.0
    assert counted.wait(ONE, "a") is None
    assert counted.count(ONE, "a") is None
    assert counted.count(ONE, "a") == 20


def test_a_hundred_thousand_made_up_addresses_fill_no_memory_and_wash_nobody_free(clock: list[float]) -> None:
    counted = Counters("secret")
    for _ in range(ONE.most):
        assert counted.count(ONE, "who asks too often") is None
    tracemalloc.start()
    try:
        for number in range(100_000):
            counted.count(ONE, f"2001:db8:{number >> 16:x}:{number & 0xFFFF:x}::/64")
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 10_000_000
    assert counted.count(ONE, "who asks too often") is not None
    assert counted.count(ONE, "2001:db8:1:869f::/64") is None, "and the last of them is counted like anybody"


def test_windows_forget_who_has_asked_least_lately(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counters, "MOST", 3)
    windows = Windows()
    for key in ("a", "b", "c", "a", "d"):
        assert windows.acquire_entry(key, 5, 60)
    assert [windows.get_moving_window(key, 5, 60)[1] for key in "abcd"] == [2, 0, 1, 1]
    assert len(windows) == 3
    windows.clear("a")
    assert (len(windows), windows.reset(), len(windows)) == (2, 2, 0)


def test_what_is_counted_by_is_kept_as_digests(visitor: FlaskClient, site: Site) -> None:
    site.publish()
    asked_for(visitor, "asa@tripkit.example", "ABC", "192.0.2.77")
    counted = visitor.application.extensions["tripkit_limiter"]
    remembered = repr([list(strategy.storage._hits) for strategy in counted._here.values()])
    assert len(remembered) > 60
    assert "asa@" not in remembered and "192.0.2" not in remembered
