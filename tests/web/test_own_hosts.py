"""What stands on an organisation's own host and what does not, which host each link names, and that a made-up host gets nothing."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from tests.statements import count_statements
from tests.web.conftest import TRIP, Site
from tests.web.everywhere import address, contents, engine_of, stay_at
from tests.web.signup_visitor import filled_in, page
from tests.web.test_matrix import NUMBER
from tripkit.actions.own_address import ask_for_address, confirm_address, remove_address
from tripkit.actions.recording import make_ways_out
from tripkit.reads.trip_plan import trip_plan
from tripkit.storage import write
from tripkit.storage.campaigns import UnsubscribedRow
from tripkit.storage.trips import OrganisationRow
from tripkit.testing import NOW, make_moment, make_organisation
from tripkit.web import hosts
from tripkit.web.routing import Policy, policies

OWN = "resor.tripkit.example"
THEIRS = "andra.tripkit.example"
BASE = f"http://{OWN}"
SITE = "http://127.0.0.1:5000"
ENGLISH = {"Accept-Language": "en"}


@pytest.fixture(autouse=True)
def asked_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hosts are asked for with each request; nothing is remembered from test to test."""
    monkeypatch.setattr(hosts, "FRESH_SECONDS", 0.0)


def take(site: Site, host: str = OWN, organisation: str = "resebyran") -> None:
    """Let the organisation have this address."""
    site.session.rollback()
    number = site.session.scalars(select(OrganisationRow.id).where(OrganisationRow.key == organisation)).one()
    ask_for_address(site.session, organisation_id=number, host=host, moment=make_moment())
    confirm_address(site.session, organisation=organisation, host=host, moment=make_moment())


def on(client: FlaskClient, path: str, host: str = OWN, method: str = "GET", **given: Any) -> TestResponse:
    """Ask on a host."""
    return client.open(path, method=method, base_url=f"http://{host}", headers=ENGLISH, buffered=True, **given)


def bare(answer: TestResponse) -> str:
    """A page without what differs each time: the number of its request, and the token of its form."""
    text = NUMBER.sub(b"", answer.data).decode()
    return text.replace(page(answer).value("csrf_token") or "no token", "")


@pytest.fixture
def own(site: Site) -> Site:
    """A site with two organisations, each with an address of its own."""
    site.publish()
    site.publish(make_organisation("another"))
    take(site)
    take(site, THEIRS, "another")
    return site


def test_its_first_page_is_the_organisations_in_the_readers_language(own: Site) -> None:
    for path, language in (("/", "en"), ("/en/", "en"), ("/sv/", "sv")):
        answer = on(own.client, path)
        assert (answer.status_code, answer.location) == (302, f"/{language}/resebyran/"), path
    swedish = own.client.get("/", base_url=BASE, headers={"Accept-Language": "sv"})
    assert swedish.location == "/sv/resebyran/" and "Accept-Language" in swedish.headers["Vary"]
    assert on(own.client, "/de/").status_code == 404
    assert on(own.client, "/en/resebyran/").status_code == 200
    assert on(own.client, "/en/resebyran/", host=f"{OWN.upper()}.:8080").status_code == 200


def test_the_same_pages_stand_there_and_on_the_sites_own_host(own: Site) -> None:
    for path in ("/en/resebyran/", TRIP, f"{TRIP}programme/port/", f"{TRIP}sites/port/", "/resebyran/look.css"):
        there, here = on(own.client, path), own.get(path)
        assert (there.status_code, here.status_code) == (200, 200), path
        assert there.data == here.data, path
    assert on(own.client, "/static/icon.svg").status_code == 200


def test_another_organisations_pages_are_what_does_not_exist(own: Site) -> None:
    assert own.get("/en/another/hamnstad/").status_code == 200, "it is there, and kept in memory"
    for path in ("", "hamnstad/", "hamnstad/sign-up/", "hamnstad/calendar.ics", "hamnstad/places.json"):
        strange, nowhere = (on(own.client, f"/en/{key}/{path}") for key in ("another", "nowhere"))
        assert strange.status_code == nowhere.status_code == 404, path
        assert NUMBER.sub(b"", strange.data) == NUMBER.sub(b"", nowhere.data)
        drop = {"X-Request-Id", "X-Request-ID", "Content-Length", "Date"}
        assert [h for h in strange.headers if h[0] not in drop] == [h for h in nowhere.headers if h[0] not in drop]
    for path in ("/another/look.css", "/another/hamnstad/pictures/port.svg"):
        assert on(own.client, path).status_code == 404
    assert on(own.client, "/en/another/hamnstad/", host=THEIRS).status_code == 200
    assert on(own.client, TRIP, host=THEIRS).status_code == 404


def test_every_route_stands_there_or_leads_to_the_sites_own_host_or_is_not_there(site: Site) -> None:
    """Nothing is left out: a new route is asked for without anybody thinking of it."""
    stay = stay_at(site)
    take(site)
    declared = policies(site.app)
    led = 0
    for rule in site.app.url_map.iter_rules():
        path = address(rule, stay.values)
        area = rule.endpoint.partition(".")[0]
        here = "." not in rule.endpoint or area in {"public", "signup", "mybooking", "proving_here"}
        for method in sorted((rule.methods or set()) - {"OPTIONS"}):
            answer = on(site.client, path + ("?a=1&b=%C3%A5" if not here else ""), method=method)
            if here:
                assert SITE not in (answer.location or ""), path
                assert declared[rule.rule, rule.endpoint] in {Policy.PUBLIC, Policy.SECRET_LINK}, path
            elif method in {"GET", "HEAD"}:
                led += 1
                assert answer.status_code == 302, path
                assert answer.location == f"{SITE}{path}?a=1&b=%C3%A5", path
            else:
                assert answer.status_code == 404, (method, path)
    assert led > 60


def test_a_secret_link_opens_its_booking_on_its_own_organisations_host_only(site: Site) -> None:
    mine, other = stay_at(site), stay_at(site, make_organisation("another"))
    take(site)
    assert on(site.client, f"/en/booking/{mine.made.token}/").status_code == 200
    wrong = on(site.client, f"/en/booking/{'A' * 43}/")
    for path in ("", f"participants/{other.participant}/", "contact/", "cancel/"):
        strange = on(site.client, f"/en/booking/{other.made.token}/{path}")
        assert strange.status_code == 404, path
    strange = on(site.client, f"/en/booking/{other.made.token}/")
    assert bare(strange).replace(other.made.token, "A" * 43) == bare(wrong)
    assert site.get(f"/en/booking/{other.made.token}/").status_code == 200
    untouched = contents(site.session)
    # Acts, too, whatever page their button was on: each is answered as one through a link that opens nothing.
    token = page(on(site.client, "/en/booking/")).value("csrf_token") or ""
    asked = 0
    for rule in site.app.url_map.iter_rules():
        if rule.endpoint.startswith("mybooking.") and "token" in rule.arguments:
            for method in {"GET", "POST"} & (rule.methods or set()):
                theirs, none = (
                    on(
                        site.client,
                        address(rule, values),
                        method=method,
                        data={"csrf_token": token} if method == "POST" else None,
                    )
                    for values in (other.values, {**other.values, "token": "A" * 43})
                )
                assert theirs.status_code == none.status_code in {303, 400, 404}, (method, rule.rule)
                asked += 1
    assert asked > 15
    assert contents(site.session) == untouched


def test_links_name_the_address_wherever_the_page_is_read(own: Site) -> None:
    for text in (own.get(TRIP).text, on(own.client, TRIP).text):
        absolute = set(re.findall(r"http://[a-z0-9.:]+/(?:en|sv)/[^\"&<\s]*", text))
        assert absolute and all(one.startswith(f"{BASE}:5000/") for one in absolute), absolute
        assert f'<link rel="canonical" href="{BASE}:5000{TRIP}">' in text
        said = json.loads(re.findall(r'<script type="application/ld\+json">(.*?)</script>', text, re.DOTALL)[0])
        assert json.dumps(said).count(SITE) == 0
    calendar = own.get(f"{TRIP}calendar.ics").text.replace("\r\n ", "")
    assert f"{BASE}:5000/en/resebyran/hamnstad/" in calendar and SITE not in calendar
    assert "127.0.0.1" not in own.get(f"{TRIP}programme/port/calendar.ics").text.replace("\r\n ", "")


def test_each_host_has_a_map_of_its_own_pages(own: Site) -> None:
    own.publish(make_organisation("third"))
    here, there = own.get("/sitemap.xml").text, on(own.client, "/sitemap.xml").text
    assert f"{SITE}/en/third/hamnstad/" in here and "resebyran" not in here and OWN not in here
    assert f"{BASE}:5000/en/resebyran/hamnstad/" in there and "third" not in there and SITE not in there
    assert f"Sitemap: {SITE}/sitemap.xml" in own.get("/robots.txt").text
    assert f"Sitemap: {BASE}:5000/sitemap.xml" in on(own.client, "/robots.txt").text


def test_somebody_signs_up_there_and_stays_there(own: Site) -> None:
    visitor = own.app.test_client()
    form = f"{BASE}{TRIP}sign-up/"
    shown = visitor.get(form, headers=ENGLISH)
    sent = visitor.post(form, data=filled_in(page(shown).fields), headers=ENGLISH)
    assert sent.status_code == 303 and (sent.location or "").startswith("/en/booking/"), sent.location
    receipt = visitor.get(f"{BASE}{sent.location}", headers=ENGLISH)
    assert receipt.status_code == 200 and "Öberg" in receipt.text
    assert visitor.get(f"http://{THEIRS}{sent.location}", headers=ENGLISH).status_code == 404
    assert visitor.get(f"{SITE}{sent.location}", headers=ENGLISH).status_code == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "resor.tripkit.example.evil.example", "xresor.tripkit.example", "127.0.0.1"]
)
def test_a_host_that_nobody_knows_changes_nothing_and_stands_nowhere(own: Site, host: str) -> None:
    for path in (
        "/",
        "/en/",
        TRIP,
        "/en/account/",
        "/en/organise/resebyran/",
        "/sitemap.xml",
        "/robots.txt",
        "/en/nowhere",
    ):
        strange, known = on(own.client, path, host=host), own.get(path)
        assert strange.status_code == known.status_code, path
        assert strange.location == known.location, path
        assert "evil.example" not in strange.text + str(strange.headers), path


def test_an_address_that_is_only_asked_for_serves_nothing(site: Site) -> None:
    site.publish()
    number = site.session.scalars(select(OrganisationRow.id)).one()
    ask_for_address(site.session, organisation_id=number, host=OWN, moment=make_moment())
    assert on(site.client, "/").location == "/en/"
    assert OWN not in site.get().text
    assert on(site.client, "/.well-known/tripkit/serves", query_string={"domain": OWN}).status_code == 404


def test_one_that_is_taken_away_is_gone_in_every_process(own: Site) -> None:
    assert on(own.client, "/").location == "/en/resebyran/"
    assert BASE in own.get().text
    number = own.session.scalars(select(OrganisationRow.id).where(OrganisationRow.key == "resebyran")).one()
    remove_address(own.session, organisation_id=number, moment=make_moment())
    assert on(own.client, "/").location == "/en/"
    assert OWN not in own.get().text
    assert f'<link rel="canonical" href="{SITE}{TRIP}">' in own.get().text


def test_hosts_are_asked_for_again_after_some_seconds_and_not_before(
    own: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [1000.0]
    monkeypatch.setattr(hosts, "FRESH_SECONDS", 5.0)
    monkeypatch.setattr(hosts, "monotonic", lambda: clock[0])
    own.app.extensions.pop("tripkit_hosts", None)
    assert on(own.client, "/").location == "/en/resebyran/"
    own.session.execute(update(OrganisationRow).values(own_host=None))
    own.session.commit()
    with count_statements(engine_of(own)) as found:
        assert on(own.client, "/").location == "/en/resebyran/"
    assert found == []
    clock[0] += 5
    assert on(own.client, "/").location == "/en/"


def test_a_kept_page_costs_no_statement_on_either_host(kept_site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hosts, "FRESH_SECONDS", 5.0)
    kept_site.publish()
    take(kept_site)
    kept_site.app.extensions.pop("tripkit_hosts", None)
    for host in (OWN, "127.0.0.1:5000", "localhost"):
        on(kept_site.client, TRIP, host=host)
        with count_statements(engine_of(kept_site)) as found:
            assert on(kept_site.client, TRIP, host=host).status_code == 200
        assert found == [], host
    kept_site.app.extensions.pop("tripkit_hosts", None)
    with count_statements(engine_of(kept_site)) as found:
        on(kept_site.client, TRIP, host="127.0.0.1:5000")
        on(kept_site.client, TRIP, host="localhost")
    assert found == [], "the site's own host, and what is no name, are not even looked for"


def test_a_proxy_is_told_which_hosts_to_get_a_certificate_for(own: Site) -> None:
    def served(domain: str) -> int:
        return own.client.get("/.well-known/tripkit/serves", query_string={"domain": domain}).status_code

    assert [served(name) for name in (OWN, THEIRS, OWN.upper(), "127.0.0.1")] == [200] * 4
    assert [served(name) for name in ("", "evil.example", f"x.{OWN}", "localhost", "a" * 300)] == [404] * 5


def test_the_way_out_of_letters_stands_on_its_organisations_host_only(site: Site) -> None:
    trips = {key: site.publish(make_organisation(key)) for key in ("resebyran", "another")}
    take(site)
    secrets = {}
    for key, trip_id in trips.items():
        made = site.book(trip_id)
        plan = trip_plan(site.session, trip_id)
        assert plan is not None
        with write(site.session):
            secrets[key] = make_ways_out(site.session, [(made.booking_id, "karin@tripkit.example")], plan[2], NOW)[0]
    mine, theirs = (f"/en/unsubscribe/{secrets[key]}/" for key in ("resebyran", "another"))
    for method in ("GET", "POST"):
        assert on(site.client, theirs, method=method).status_code == 404
    assert site.session.scalars(select(UnsubscribedRow.id)).all() == []
    assert on(site.client, mine).status_code == 200
    assert on(site.client, mine, method="POST").location == mine
    site.session.rollback()
    assert len(site.session.scalars(select(UnsubscribedRow.id)).all()) == 1
