"""Every route and method, asked for by everybody there is: who gets what follows from its policy and its need, and from nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from tests.web.accounts import signed_in_client
from tests.web.conftest import Site
from tests.web.everywhere import WALKER, Stay, address, contents, engine_of, stay_at
from tests.web.membership import member
from tests.web.signup_visitor import page
from tripkit.domain.rights import Rights, Role
from tripkit.reads.rights import Here, rights_at
from tripkit.reads.trip_plan import AnySession
from tripkit.storage import write
from tripkit.storage.accounts import AccountRow, SignInRow
from tripkit.storage.members import VisitRow
from tripkit.storage.outbox import AuditRow
from tripkit.storage.trips import OrganisationRow
from tripkit.testing import NOW, make_organisation
from tripkit.web.routing import Need, Policy, needs_of, policies

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
ENGLISH = {"Accept-Language": "en"}
OPEN = {Policy.PUBLIC, Policy.SECRET_LINK, Policy.TOKEN, Policy.DEMO}
SENT_AWAY = ("/account/sign-in/", "/account/second-factor/", "/account/again/")
OWNS_IT = select(AccountRow.id).where(AccountRow.email == WALKER)
NOTED = {"export_my_data"}
"""What is noted although somebody only looks at what is their own."""
NUMBER = re.compile(rb'<span class="code">[^<]*</span>')
"""The number of the request, on every page of an error."""


@dataclass(frozen=True)
class Asker:
    """Somebody who asks. ``whole``, ``trips``: what they are in the organisation that is asked for, and for trips of it.

    ``own``: what their addresses have instead.
    """

    name: str
    client: FlaskClient
    signed_in: bool = True
    half: bool = False
    runs_the_site: bool = False
    looks_on: bool = False
    whole: frozenset[Role] = frozenset()
    trips: Mapping[str, Role] = field(default_factory=dict)
    own: Mapping[str, str] = field(default_factory=dict)

    def rights(self, rule: Rule, values: Mapping[str, str]) -> Rights | None:
        """What they may do at an address; None = they are strangers there."""
        here = self.trips.get(values["trip"]) if "trip" in rule.arguments else None
        known = self.whole or self.looks_on or here or ("trip" not in rule.arguments and self.trips)
        here_only = frozenset({here} if here else ())
        return Rights(whole=self.whole, here=here_only, looks_on=self.looks_on) if known else None


def everybody(site: Site, stay: Stay, other: Stay) -> Iterator[Asker]:
    """Everybody there is."""
    yield Asker("nobody in particular", site.app.test_client(), signed_in=False)
    ids = {"token": other.made.token, "code": other.made.code}
    yield Asker("who holds the link of another booking", site.app.test_client(), signed_in=False, own=ids)
    for role in Role:
        yield Asker(f"{role}", member(site, role), whole=frozenset({role}))
        yield Asker(f"{role} of this trip", member(site, role, trip="hamnstad"), trips={"hamnstad": role})
        yield Asker(f"{role} of another trip", member(site, role, trip="second"), trips={"second": role})
        yield Asker(f"{role} of another organisation", member(site, role, "another"))
        yield Asker(f"{role} of a trip of another organisation", member(site, role, "another", "hamnstad"))
    half = signed_in_client(site.app, engine_of(site), "half@tripkit.example")
    yield Asker("who is half signed in", half, signed_in=False, half=True)
    runs = signed_in_client(site.app, engine_of(site), "runs@tripkit.example", is_administrator=True)
    yield Asker("who runs the site", runs, runs_the_site=True)
    visits = signed_in_client(site.app, engine_of(site), "visits@tripkit.example", is_administrator=True)
    yield Asker("who runs the site and helps", visits, runs_the_site=True, whole=frozenset({Role.OWNER}))
    looks = signed_in_client(site.app, engine_of(site), "looks@tripkit.example", is_administrator=True)
    yield Asker("who runs the site and only looks", looks, runs_the_site=True, looks_on=True)
    was = signed_in_client(site.app, engine_of(site), "was@tripkit.example", is_administrator=True)
    yield Asker("whose visit is over", was, runs_the_site=True)


def prepared(site: Site) -> tuple[Stay, list[Asker]]:
    """An organisation with two trips, another one with a trip of the same key, and everybody."""
    stay = stay_at(site)
    site.publish(key="second")
    other = stay_at(site, make_organisation("another"))
    askers = list(everybody(site, stay, other))
    site.session.rollback()
    ids = {row.email: row.id for row in site.session.scalars(select(AccountRow))}
    host = site.session.scalars(select(OrganisationRow.id).where(OrganisationRow.key == "resebyran")).one()
    with write(site.session):
        site.session.execute(
            update(SignInRow).where(SignInRow.account_id == ids["half@tripkit.example"]).values(is_whole=False)
        )
        later = NOW.replace(year=2028)
        for name, ends_at, helps in (("visits", later, True), ("looks", later, False), ("was", NOW, True)):
            account, when = ids[f"{name}@tripkit.example"], {"made_at": NOW, "ends_at": ends_at}
            visit = VisitRow(account_id=account, organisation_id=host, reason="to see", may_change=helps, **when)
            site.session.add(visit)
    return stay, askers


def expected(
    asker: Asker, rule: Rule, method: str, policy: Policy, need: Need | None, values: Mapping[str, str]
) -> str:
    """What somebody gets: the page, or how they are refused."""
    if method == "OPTIONS" or policy in OPEN:
        return "open"
    if policy is Policy.SETUP:
        return "nothing"  # Somebody has an account.
    if policy is Policy.HALF:
        return "page" if asker.half else "home"
    if asker.half:
        return "second"
    if not asker.signed_in:
        return "sign in" if method in {"GET", "HEAD"} else "signed out"
    if policy is Policy.ADMINISTRATOR and not asker.runs_the_site:
        return "nothing"
    if need is not None:
        rights = asker.rights(rule, values)
        if rights is None:
            return "nothing"
        return "page" if rights.may(need.permission, need.level) else "forbidden"
    return "own"


def got(answer: TestResponse, nowhere: bytes) -> str:
    """What an answer is, in the words of `expected`."""
    target = answer.location or ""
    if answer.status_code in {302, 303} and any(part in target for part in SENT_AWAY):
        return {"sign-in": "sign in", "second-factor": "second", "again": "again"}[target.split("/")[3]]
    if answer.status_code == 403:
        return "signed out" if b"You are signed out" in answer.data else "forbidden"
    if answer.status_code == 404 and NUMBER.sub(b"", answer.data) == nowhere:
        return "nothing"
    return "page" if answer.status_code in {200, 303, 400, 422} else str(answer.status_code)


def token_of(client: FlaskClient) -> str:
    """A token of the client's own session: what is refused is not refused for want of it."""
    return page(client.get("/en/booking/", headers=ENGLISH)).value("csrf_token") or ""


def ask(asker: Asker, path: str, method: str, token: str) -> TestResponse:
    data = {
        "csrf_token": token,
        "do": "remove",
        "role": "owner",
        "email": "x@tripkit.example",
        "trip": "*",
        "name": "x",
    }
    return asker.client.open(
        path, method=method, data=data if method == "POST" else None, headers=ENGLISH, buffered=True
    )


@pytest.fixture
def unlimited(site: Site) -> Iterator[Site]:
    """A site that counts nothing: everybody here asks for everything within seconds."""
    counter = site.app.extensions.pop("tripkit_limiter", None)
    yield site
    if counter is not None:
        site.app.extensions["tripkit_limiter"] = counter


@pytest.mark.timeout(300)
def test_everybody_gets_what_the_policy_says_and_nothing_else(unlimited: Site) -> None:
    stay, askers = prepared(unlimited)
    asked, guarded = ask_for_everything(unlimited, stay, askers)
    assert guarded > 200, "members' pages are among them"
    assert asked > 2000


def ask_for_everything(site: Site, stay: Stay, askers: list[Asker]) -> tuple[int, int]:
    """Have each of them ask for every route by every method, in vain where it changed something; how often, and of what members have."""
    declared, needs = policies(site.app), needs_of(site.app)
    before = contents(site.session)
    wrong, asked, guarded = [], 0, 0
    for asker in askers:
        token = token_of(asker.client)
        for rule in site.app.url_map.iter_rules():
            policy, need = declared[rule.rule, rule.endpoint], needs.get(rule.endpoint)
            assert policy is not None
            values, looked = {**stay.values, **asker.own}, 0
            for method in [method for method in METHODS if method in (rule.methods or ())]:
                want = expected(asker, rule, method, policy, need, values)
                # Who may do something does not do it here: the form of theirs lacks its token.
                sent = "" if want in {"open", "page", "own"} else token
                answer = ask(asker, address(rule, values), method, sent)
                found = got(answer, lost(asker, rule, method, values, sent) if want == "nothing" else b"")
                asked += 1
                guarded += need is not None
                fits = {
                    "open": answer.status_code < 500 and found != "forbidden",
                    "own": answer.status_code in {200, 303, 400, 404, 422}
                    and found not in {"sign in", "second", "again"},
                    "home": answer.status_code == 303 and (answer.location or "").endswith("/account/"),
                }.get(want, found == want)
                if method == "HEAD":
                    fits = answer.status_code == looked
                looked = answer.status_code if method == "GET" else looked
                if not fits:
                    wrong.append((asker.name, method, rule.rule, want, found, answer.status_code))
    if wrong:
        raise AssertionError("\n".join(map(str, wrong)))
    after = contents(site.session)
    assert set(site.session.scalars(select(AuditRow.action).offset(before.pop("audit")))) <= NOTED
    assert {**after, "audit": 0} == {**before, "audit": 0}
    return asked, guarded


def lost(asker: Asker, rule: Rule, method: str, values: Mapping[str, str], token: str) -> bytes:
    """What they are told about an organisation that does not exist, or an address beside this one that no page has."""
    wrong = {**values, "organisation": "nowhere"}
    path = address(rule, wrong) if "organisation" in rule.arguments else f"{address(rule, values)}nowhere/at/all/"
    answer = ask(asker, path, method, token)
    assert answer.status_code == 404
    return NUMBER.sub(b"", answer.data)


def test_an_argument_that_nothing_fills_in_is_an_error(site: Site) -> None:
    stay = stay_at(site)
    rule = next(rule for rule in site.app.url_map.iter_rules() if "member" in rule.arguments)
    with pytest.raises(KeyError, match="member"):
        address(rule, {name: value for name, value in stay.values.items() if name != "member"})


def test_the_matrix_would_see_a_page_that_forgets_whom_it_is_for(
    unlimited: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    def careless(session: AnySession, *, account_id: int, **where: Any) -> Here | None:
        return rights_at(session, account_id=session.scalar(OWNS_IT) or 0, **where)

    monkeypatch.setattr("tripkit.web.guards.rights_at", careless)
    stay, askers = prepared(unlimited)
    (one,) = [asker for asker in askers if asker.name == "owner of this trip"]
    with pytest.raises(AssertionError, match="owner of this trip"):
        ask_for_everything(unlimited, stay, [one])
