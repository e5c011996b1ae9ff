"""The first organisation of a site, made in a browser with the code from the terminal, and by nobody else."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from tests.web.accounts import Browser, signed_in_client
from tests.web.conftest import Site
from tests.web.everywhere import contents, engine_of
from tests.web.signup_visitor import page
from tripkit.domain.rights import Role
from tripkit.storage.accounts import AccountRow
from tripkit.storage.members import MemberRow
from tripkit.storage.trips import OrganisationRow
from tripkit.testing import make_organisation
from tripkit.web.setup.code import code_of, said_on_the_terminal

SETUP = "/en/setup/"
TYPED = {"organisation": "Resor & besök", "key": "resor", "name": "Åsa Ek", "email": "asa@tripkit.example"}


@pytest.fixture
def browser(site: Site) -> Browser:
    return Browser(site.app, engine_of(site))


def test_who_reads_the_terminal_makes_the_first_organisation_and_is_in(site: Site, browser: Browser) -> None:
    said = said_on_the_terminal(site.app, "http://trips.example")
    assert said is not None
    assert said.endswith(code_of(site.app))
    answer = browser.send(SETUP, code=code_of(site.app).lower().replace("-", " "), **TYPED)
    assert (answer.status_code, answer.location) == (303, "/en/organise/resor/")
    assert "Resor & besök" in browser.see("/en/organise/resor/").title
    account = site.session.scalars(select(AccountRow)).one()
    assert (account.email, account.name, account.is_administrator) == ("asa@tripkit.example", "Åsa Ek", True)
    assert site.session.scalars(select(MemberRow.role)).all() == [Role.OWNER]
    host = site.session.scalars(select(OrganisationRow)).one()
    assert (host.name, host.languages) == ({"en": "Resor & besök"}, ("en",))
    site.session.rollback()
    assert browser.get(SETUP).status_code == 404, "it is not there any more"
    assert said_on_the_terminal(site.app, "http://trips.example") is None


@pytest.mark.parametrize("code", ["", "AAAA-AAAA-AAAA-AAAA", "\u0661", "x" * 3000])
def test_without_the_code_nothing_is_made_and_nothing_else_is_said(site: Site, browser: Browser, code: str) -> None:
    before = contents(site.session)
    answer = browser.send(SETUP, code=code, **{**TYPED, "key": "account"})
    assert answer.status_code == 422
    words = page(answer).words
    assert "not the code" in words
    assert "pages with this name" not in words
    assert page(answer).value("organisation") == "Resor & besök"
    assert contents(site.session) == before


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"key": "setup"}, "pages with this name"),
        ({"key": "Not a key"}, "small letters"),
        ({"key": ""}, "called in addresses"),
        ({"organisation": ""}, "the organisation's name"),
        ({"organisation": "x" * 201}, "at most 200"),
        ({"name": " "}, "Write your name."),
        ({"email": "half@"}, "not whole"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_lost(
    site: Site, browser: Browser, changes: dict[str, str], said: str
) -> None:
    answer = browser.send(SETUP, code=code_of(site.app), **{**TYPED, **changes})
    assert answer.status_code == 422
    assert said in page(answer).words
    assert page(answer).value("code") == code_of(site.app)


def test_an_organisation_that_came_with_a_trip_is_not_taken_over_from_a_browser(site: Site, browser: Browser) -> None:
    site.publish(make_organisation("resor"))
    answer = browser.send(SETUP, code=code_of(site.app), **TYPED)
    assert answer.status_code == 422
    assert "came with a trip" in page(answer).words and "tripkit setup --organisation resor" in page(answer).words
    assert site.session.scalars(select(MemberRow.id)).all() == []


def test_the_page_is_gone_while_anybody_has_an_account(site: Site, browser: Browser) -> None:
    token = browser.see(SETUP).value("csrf_token") or ""
    signed_in_client(site.app, engine_of(site))
    assert browser.get(SETUP).status_code == 404
    assert browser.post(SETUP, csrf_token=token, code=code_of(site.app), **TYPED).status_code == 404


def test_the_code_is_another_one_for_another_key(site: Site) -> None:
    first = code_of(site.app)
    before = site.app.config["SECRET_KEY"]
    site.app.config["SECRET_KEY"] = "another one, just as long as it is"
    try:
        assert code_of(site.app) != first
    finally:
        site.app.config["SECRET_KEY"] = before
    assert len(first) == 19
