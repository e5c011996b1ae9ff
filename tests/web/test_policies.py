"""Who may ask for what, walked over every route; and what every answer carries, errors and downloads among them."""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.house.test_templates import faults
from tests.web.accounts import signed_in_client
from tests.web.conftest import TRIP, Site
from tests.web.everywhere import HOSTILE, WALKER, Stay, address, contents, engine_of, rules, stay_at, wrong_addresses
from tests.web.signup_visitor import page
from tripkit import app as application
from tripkit.settings import Settings
from tripkit.testing import NOW, make_organisation
from tripkit.web.routing import Policy, policies, refuse_undeclared
from tripkit.web.security import LARGEST_REQUEST, LARGEST_UPLOAD

SECRET_KEY = "only for tests, 32 characters.."
ALWAYS = ("X-Content-Type-Options", "Referrer-Policy", "Cross-Origin-Opener-Policy", "Permissions-Policy")
LOOSE = {"public.logo", "public.picture"}
"""What may be drawn with inline styles, since it is a document of its own in a sandbox."""


@pytest.fixture
def stay(site: Site) -> Stay:
    """A trip with a booking on the site."""
    return stay_at(site)


def is_secret(rule: str) -> bool:
    return "<token>" in rule


def policy_of(answer: TestResponse) -> dict[str, str]:
    """The content policy of an answer, by directive."""
    parts = (part.strip().partition(" ") for part in answer.headers["Content-Security-Policy"].split(";"))
    return {name: sources for name, _, sources in parts}


def test_every_route_says_who_may_ask_for_it(site: Site) -> None:
    found = policies(site.app)
    assert len(found) > 25
    assert None not in found.values()
    for (rule, _), policy in found.items():
        assert (policy is Policy.SECRET_LINK) is is_secret(rule), rule
        assert policy is not Policy.DEMO


def test_an_application_with_a_route_that_says_nothing_does_not_start(
    tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    teach = application.words.teach

    def teach_and_slip_in(app: Flask) -> None:
        teach(app)
        app.add_url_rule("/everybody/", "everybody", lambda: "")

    settings = Settings(database_url=f"sqlite:///{tmp_path}/x.sqlite3", secret_key=SECRET_KEY)
    application.create_app(settings)
    monkeypatch.setattr(application.words, "teach", teach_and_slip_in)
    with pytest.raises(RuntimeError, match=r"^routes without a policy: /everybody/$"):
        application.create_app(settings)


def test_a_second_view_at_a_declared_address_has_to_declare_itself() -> None:
    app = Flask("two", static_folder=None)
    declared = lambda: ""  # noqa: E731 (a view)
    declared.__dict__["policy"] = Policy.PUBLIC
    app.add_url_rule("/a/", "silent", lambda: "", methods=["POST"])
    app.add_url_rule("/a/", "declared", declared, methods=["GET"])
    with pytest.raises(RuntimeError, match="/a/"):
        refuse_undeclared(app)


def test_a_demonstration_s_messages_are_nowhere_else(site: Site, tmp_path: object) -> None:
    settings = replace(site.app.extensions["tripkit"], demo=True, mail=f"files:{tmp_path}")
    demo = application.create_app(settings)
    shown = {rule for (rule, _), policy in policies(demo).items() if policy is Policy.DEMO}
    assert shown == {rule for (rule, _) in policies(demo) if rule.startswith("/demo/")}
    assert len(shown) >= 4
    for rule in shown:
        assert site.get(re.sub("<[^>]*>", "1", rule)).status_code == 404
    assert demo.test_client().get("/demo/mail/").status_code == 200


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("secret", ["wrong", "expired", "emptied", "shortened", "digest"])
def test_a_secret_link_that_is_not_one_opens_nothing(site: Site, stay: Stay, secret: str, method: str) -> None:
    token = stay.made.token
    given = {
        "wrong": "A" * len(token),
        "expired": token,
        "emptied": "%20",
        "shortened": token[:-1],
        "digest": hashlib.sha256(token.encode()).hexdigest(),
    }[secret]
    if secret == "expired":
        site.at(NOW + timedelta(days=400))
    before = contents(site.session)
    walked = 0
    for rule in rules(site.app, method):
        if not is_secret(rule.rule):
            continue
        answer = site.client.open(
            address(rule, {**stay.values, "token": given}),
            method=method,
            data={"participants": "1", "participant": "1", "item": "port", "waiting": "1"},
        )
        walked += 1
        if answer.status_code == 303:  # Acts that are pages of nothing lead to the booking, which is not there.
            answer = site.client.get(answer.location)
        assert answer.status_code == 404, rule
        assert stay.made.code not in answer.text
        assert "kontakt" not in answer.text.casefold()
    assert walked >= 7
    assert contents(site.session) == before


def test_a_secret_link_opens_its_own_booking_only(site: Site, stay: Stay) -> None:
    """Every number in every address is looked for within the booking, so another host's are not there."""
    other = stay_at(site, make_organisation("another"))
    before = contents(site.session)
    walked = 0
    for method in ("GET", "POST"):
        for rule in rules(site.app, method):
            numbers = rule.arguments & {"participant_id", "offer_id"}
            if not numbers or not is_secret(rule.rule):
                continue
            form = page(site.get(f"/en/booking/{stay.made.token}/contact/"))
            values = {**stay.values, **{name: other.values[name] for name in numbers}}
            data = {"csrf_token": form.value("csrf_token"), "participants-0-name": "Mine now"}
            answer = site.client.open(address(rule, values), method=method, data=data)
            # The page of an offer that is not there, or no longer, is one's own booking, which says so.
            assert answer.status_code in ({404, 409} if "offer_id" in numbers else {404}), (method, rule)
            assert other.made.code not in answer.text
            walked += 1
    assert walked >= 8
    assert contents(site.session) == before


def every_answer(site: Site, stay: Stay) -> Iterator[tuple[str, TestResponse]]:
    """An answer of every kind, by what was asked for."""
    for rule in rules(site.app):
        path = address(rule, stay.values)
        yield rule.endpoint, site.get(path)
        yield "error", site.client.delete(path, buffered=True)
        if rule.arguments:
            yield "error", site.get(address(rule, dict.fromkeys(stay.values, "nothing") | {"participant_id": "0"}))
        if path.endswith("/") and path != "/":
            yield "redirect", site.get(path[:-1])
    for rule in rules(site.app, "POST"):
        yield "refused", site.client.post(address(rule, stay.values), data={})
        yield "error", site.client.post(address(rule, stay.values), data=b"x" * (LARGEST_REQUEST + 1))
    yield "error", site.get("/nothing/")


def test_every_answer_keeps_its_reader_safe(site: Site, stay: Stay) -> None:
    kinds, statuses = set(), set()
    for endpoint, answer in every_answer(site, stay):
        kinds.add(endpoint)
        statuses.add(answer.status_code)
        said = answer.headers
        assert not [name for name in ALWAYS if name not in said], endpoint
        assert said["X-Content-Type-Options"] == "nosniff"
        policy = policy_of(answer)
        assert policy["default-src"] == "'none'", endpoint
        if endpoint in LOOSE and answer.status_code == 200:
            assert "sandbox" in policy
            assert "script-src" not in policy
            continue
        assert (policy["script-src"], policy["style-src"]) == ("'self'", "'self'"), endpoint
        assert (policy["frame-ancestors"], policy["base-uri"], policy["form-action"]) == ("'none'", "'none'", "'self'")
        assert "unsafe" not in said["Content-Security-Policy"]
        assert "Server" not in said or "Python" not in said["Server"]
    assert {200, 308, 302, 404, 405, 413} <= statuses
    assert len(kinds) > 20


def test_no_page_carries_a_script_a_style_or_a_handler_inside(site: Site, stay: Stay) -> None:
    pages = 0
    for endpoint, answer in every_answer(site, stay):
        if answer.mimetype == "text/html" and "<main" in answer.text:
            assert faults(answer.text) == [], endpoint
            pages += 1
    assert pages > 30


def test_everything_behind_a_secret_link_is_kept_by_nobody_and_named_to_nobody(site: Site, stay: Stay) -> None:
    for rule in (rule for rule in rules(site.app) if is_secret(rule.rule)):
        path = address(rule, stay.values)
        answers = [site.get(path), site.get(path[:-1]), site.client.delete(path), site.get(f"{path}nothing/")]
        answers.append(site.get(address(rule, {**stay.values, "token": "wrong"})))
        for answer in answers:
            assert answer.headers["Cache-Control"] == "no-store", (path, answer.status_code)
            assert answer.headers["Referrer-Policy"] == "no-referrer", (path, answer.status_code)
            if answer.status_code == 200:
                assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"


def test_only_forms_set_a_cookie_and_no_script_can_read_it(site: Site, stay: Stay) -> None:
    for rule in rules(site.app):
        answer = site.app.test_client().get(address(rule, stay.values), buffered=True)
        cookies = answer.headers.getlist("Set-Cookie")
        has_form = 'name="csrf_token"' in answer.text if answer.mimetype == "text/html" else False
        assert bool(cookies) is has_form, rule
        for cookie in cookies:
            assert re.fullmatch(r"tripkit=[^;]+; HttpOnly; Path=/; SameSite=Lax", cookie)
            assert "public" not in answer.headers["Cache-Control"]


def test_with_tls_the_cookie_stays_on_it_and_so_do_browsers(site: Site, stay: Stay) -> None:
    settings: Settings = site.app.extensions["tripkit"]
    safe = application.create_app(replace(settings, url="https://trips.example")).test_client()
    # The proxy that speaks TLS asks us without it.
    answer = safe.get(f"{TRIP}sign-up/")
    assert re.fullmatch(r"__Host-tripkit=[^;]+; Secure; HttpOnly; Path=/; SameSite=Lax", answer.headers["Set-Cookie"])
    for path in (f"{TRIP}sign-up/", TRIP, "/nothing/", TRIP[:-1]):
        assert safe.get(path).headers["Strict-Transport-Security"] == "max-age=31536000"
    assert "Strict-Transport-Security" not in site.get().headers


def test_map_pictures_come_from_the_chosen_host_and_nothing_else_does(site: Site) -> None:
    settings = replace(site.app.extensions["tripkit"], map_tiles="https://{s}.tiles.example/{z}/{x}/{y}.png")
    answer = application.create_app(settings).test_client().get("/en/")
    policy = policy_of(answer)
    assert policy["img-src"] == "'self' data: https://*.tiles.example"
    assert [name for name, sources in policy.items() if "tiles.example" in sources] == ["img-src"]


TAKES_FILES = {"organiser.change_logo", "organiser.edit_part", "organiser.add_thing", "organiser.edit_thing"}
"""Has room for a file, once it is clear that who sends it may."""
NO_MORE = {"setup.begin"}
"""Is not there once somebody has an account."""


def client_for(site: Site, policy: Policy | None) -> FlaskClient:
    """A browser in which somebody is signed in, where it takes that; or half, where it takes that."""
    if policy in {Policy.PUBLIC, Policy.SECRET_LINK}:
        return site.client
    if site.signed_in is None or site.half_in is None:
        site.signed_in = signed_in_client(site.app, engine_of(site), WALKER)
        site.half_in = signed_in_client(site.app, engine_of(site), WALKER, is_whole=False)
    return site.half_in if policy is Policy.HALF else site.signed_in


WITHOUT_A_SESSION = {"mybooking.leave_list"}
"""Forms that a mail program sends by itself, with nothing but the secret in the address (RFC 8058); all they do is that."""


@pytest.mark.parametrize("token", [None, "", "made up", "somebody else's"])
def test_a_form_without_its_token_is_refused_in_words_and_changes_nothing(
    site: Site, stay: Stay, token: str | None
) -> None:
    client_for(site, Policy.ACCOUNT)
    before = contents(site.session)
    theirs = page(site.app.test_client().get(f"{TRIP}sign-up/")).value("csrf_token")
    given = theirs if token == "somebody else's" else token
    filled_in = {
        "participants": str(stay.participant),
        "participant": str(stay.participant),
        "item": "port",
        "waiting": "1",
    }
    filled_in |= {
        "contact_name": "Typed Name",
        "contact_email": "typed@tripkit.example",
        "organisation": "Typed council",
    }
    filled_in |= {"email": "typed@tripkit.example", "code": stay.made.code, "participants-0-name": "Typed Name"}
    filled_in |= {"participants-0-segment": "city", "participants-0-choices-am": "mill", "terms_version": "1"}
    walked = 0
    for rule in rules(site.app, "POST"):
        if rule.endpoint in WITHOUT_A_SESSION | NO_MORE:
            continue
        client = client_for(site, policies(site.app)[rule.rule, rule.endpoint])
        client.get(address(rule, stay.values))  # They have a session of their own.
        data = filled_in if given is None else {**filled_in, "csrf_token": given}
        answer = client.post(address(rule, stay.values), data=data)
        assert answer.status_code in {400, 422}, rule
        seen = page(answer)
        assert "had been open too long" in seen.words, rule
        if "sign-up" in rule.rule:
            assert seen.value("contact_name") == "Typed Name"
            assert seen.value("participants-0-choices-am") == "mill"
        walked += 1
    assert walked >= 9
    assert contents(site.session) == before


@pytest.mark.parametrize(
    "kind", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain", None]
)
def test_a_body_beyond_all_measure_gets_a_sentence(site: Site, stay: Stay, kind: str | None) -> None:
    for rule in (rule for rule in rules(site.app, "POST") if rule.endpoint not in NO_MORE):
        body = b"contact_name=" + b"x" * (LARGEST_UPLOAD if rule.endpoint in TAKES_FILES else LARGEST_REQUEST)
        client = client_for(site, policies(site.app)[rule.rule, rule.endpoint])
        answer = client.post(address(rule, stay.values), data=body, content_type=kind)
        assert answer.status_code in {400, 413}, rule
        assert "<h1" in answer.text
        if kind == "application/x-www-form-urlencoded":
            assert answer.status_code == 413
            assert "larger than this form takes" in page(answer).words


def test_more_parts_than_any_form_has_get_a_sentence(site: Site, stay: Stay) -> None:
    parts = b"".join(
        b'--x\r\nContent-Disposition: form-data; name="a%d"\r\n\r\n1\r\n' % number for number in range(6000)
    )
    answer = site.client.post(
        f"{TRIP}sign-up/", data=parts + b"--x--\r\n", content_type="multipart/form-data; boundary=x"
    )
    assert answer.status_code == 413
    assert "larger than this form takes" in page(answer).words


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:81", "127.0.0.1@evil.example", "evil.example/..", '"><script>', ""]
)
def test_the_host_a_request_names_is_believed_nowhere(site: Site, stay: Stay, host: str) -> None:
    headers = {
        "Host": host,
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Prefix": "//evil.example",
        "Accept-Language": "en",
    }
    for rule in rules(site.app):
        path = address(rule, stay.values)
        for asked in (path, path[:-1] if len(path) > 1 and path.endswith("/") else f"{path}/"):
            answer = site.get(asked, headers=headers)
            assert answer.status_code < 500, (asked, host)
            assert b"evil.example" not in answer.data, asked
            assert "evil.example" not in answer.headers.get("Location", ""), asked
            assert not answer.headers.get("Location", "").startswith("//"), asked


@pytest.mark.parametrize(
    "path",
    [
        *(
            "//evil.example",
            "//evil.example/",
            "///evil.example/x",
            "/\\evil.example",
            "/%5cevil.example",
            "/%2f%2fevil.example",
        ),
        *(
            "//evil.example/%2e%2e",
            "/en//evil.example",
            "/http://evil.example",
            "/en/?next=//evil.example",
            "/?next=//evil.example",
        ),
        *("/en/booking/?next=//evil.example", "//evil.example@x/", "/.//evil.example/", "/%09//evil.example"),
    ],
)
def test_no_address_leads_to_another_site(site: Site, path: str) -> None:
    answer = site.get(path)
    assert answer.status_code in {200, 302, 308, 404}
    location = answer.headers.get("Location", "/")
    assert re.match(r"/(?![/\\])", location), location


def test_nothing_anybody_puts_into_an_address_is_a_fault(kept_site: Site) -> None:
    stay = stay_at(kept_site)
    before = contents(kept_site.session)
    faulty = []
    asked = 0
    for method in ("GET", "POST"):
        for rule in rules(kept_site.app, method):
            for wrong in HOSTILE:
                for path in wrong_addresses(rule, stay.values, wrong):
                    answer = kept_site.client.open(path, method=method, buffered=True)
                    asked += 1
                    if answer.status_code >= 500:
                        faulty.append((method, path, answer.status_code))
    assert faulty == []
    assert asked > 1000
    assert contents(kept_site.session) == before


def test_nothing_anybody_puts_into_a_form_or_a_query_is_a_fault(kept_site: Site) -> None:
    stay = stay_at(kept_site)
    faulty = []
    for rule in rules(kept_site.app, "POST"):
        path = address(rule, stay.values)
        shown = page(kept_site.get(path))
        token = shown.value("csrf_token") or page(kept_site.get(f"{TRIP}sign-up/")).value("csrf_token") or ""
        names = {name for name, _ in shown.fields if name != "csrf_token"} | {
            "participants",
            "participant",
            "item",
            "waiting",
        }
        for wrong in HOSTILE:
            body = "&".join(f"{name}={wrong}" for name in sorted(names) if name) + f"&csrf_token={token}"
            for asked, sent in ((f"{path}?{body}", body), (path, f"{wrong}={wrong}&csrf_token={token}")):
                answer = kept_site.client.post(
                    asked, data=sent, content_type="application/x-www-form-urlencoded", buffered=True
                )
                if answer.status_code >= 500:
                    faulty.append((path, wrong, answer.status_code))
    assert faulty == []


def test_a_fault_of_ours_is_a_sentence_and_its_log_holds_no_secret(
    site: Site, stay: Stay, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(**_: object) -> str:
        raise ZeroDivisionError("a fault")

    monkeypatch.setitem(site.app.view_functions, "mybooking.booking", fail)
    with caplog.at_level(logging.DEBUG):
        answer = site.get(f"/en/booking/{stay.made.token}/")
    assert answer.status_code == 500
    assert page(answer).title == "Something went wrong here"
    assert "a fault" not in answer.text
    assert "ZeroDivisionError" in caplog.text
    assert stay.made.token not in caplog.text
    assert policy_of(answer)["script-src"] == "'self'"
    assert (answer.headers["Cache-Control"], answer.headers["Referrer-Policy"]) == ("no-store", "no-referrer")
