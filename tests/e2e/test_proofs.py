"""Signing in with what one has: an app's code, a passkey, a recovery code; in a real browser, with a virtual authenticator."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

import pyotp
import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browsing import Visitor, path_of
from tests.e2e.demonstration import CLOCK, NOW, Site, serve_a_copy
from tests.e2e.test_way_out import look
from tripkit.domain.second_factors import STEP

EMAIL = "asa@tripkit.example"
LANGUAGES = ("sv", "en")
WORDS = {
    "sv": {
        "sign_in": "Logga in",
        "with": "Logga in med en nyckel (passkey)",
        "add": "Lägg till en nyckel",
        "use": "Använd en nyckel (passkey)",
        "made": "Nyckeln är tillagd.",
        "app": "Använd den här appen",
        "on": "Fortsätt",
        "codes": "Gör reservkoder",
        "out": "Logga ut",
        "failed": "Webbläsaren fick inget svar",
    },
    "en": {
        "sign_in": "Sign in",
        "with": "Sign in with a passkey",
        "add": "Add a passkey",
        "use": "Use a passkey",
        "made": "The passkey is added.",
        "app": "Use this app",
        "on": "Go on",
        "codes": "Make recovery codes",
        "out": "Sign out",
        "failed": "The browser got no answer",
    },
}


@pytest.fixture
def named_site(demo_database: Path, tmp_path: Path) -> Iterator[Site]:
    """A site with a name: browsers make no passkeys for bare numbers."""
    with serve_a_copy(demo_database, tmp_path, named="localhost") as served:
        yield served


def with_authenticator(someone: Visitor) -> Any:
    """Give the browser a passkey's home: opened by a finger, found without an address."""
    devtools = someone.context.new_cdp_session(someone.page)
    devtools.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    options |= {"isUserVerified": True, "automaticPresenceSimulation": True}
    return devtools, devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]


def press(page: Page, name: str) -> None:
    page.get_by_role("main").get_by_role("button", name=name, exact=True).click()


def sign_in_by_mail(site: Site, someone: Visitor) -> None:
    """Open a link that was handed over: `tripkit account link`, for an account that is made if need be."""
    language = someone.language
    with closing(sqlite3.connect(site.database)) as connection, connection:
        connection.execute(
            "INSERT INTO account (email, email_key, name, language, is_administrator, made_at) VALUES (?, ?, '', ?, 0, ?)"
            " ON CONFLICT DO NOTHING",
            (EMAIL, EMAIL, language, NOW.isoformat(" ")),
        )
    link = site.tripkit("account", "link", EMAIL, "--language", language, "--reason", "no mail here")
    someone.page.goto(link.strip())
    press(someone.page, WORDS[language]["sign_in"])


def security(someone: Visitor) -> Page:
    return someone.go(f"/{someone.language}/account/security/")


def set_up_app(someone: Visitor) -> pyotp.TOTP:
    page = someone.go(f"/{someone.language}/account/security/app/")
    look(someone, "app")
    app = pyotp.TOTP(page.locator(".key code").inner_text().replace(" ", ""))
    page.get_by_label({"sv": "Kod", "en": "Code"}[someone.language]).fill(code_now(app))
    press(page, WORDS[someone.language]["app"])
    return app


def code_now(app: pyotp.TOTP, steps: int = 0) -> str:
    """The code by the site's clock, which began to run a moment ago; one step ahead is taken for a clock that is."""
    return app.at(datetime.fromisoformat(CLOCK) + steps * STEP)


def sign_out(someone: Visitor) -> None:
    someone.go(f"/{someone.language}/account/")
    someone.page.get_by_role("button", name=WORDS[someone.language]["out"], exact=True).click()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_passkey_is_made_and_signs_in_alone(named_site: Site, visit: Callable[..., Visitor], language: str) -> None:
    words = WORDS[language]
    someone = visit(named_site.url, language=language)
    with_authenticator(someone)
    page = someone.go(f"/{language}/account/sign-in/")
    look(someone, "sign-in")
    sign_in_by_mail(named_site, someone)
    look(someone, "home")
    page = security(someone)
    look(someone, "proofs")
    page.get_by_label({"sv": "Vad du kallar den", "en": "What you call it"}[language]).fill("Åsas telefon")
    press(page, words["add"])
    expect(page.get_by_role("status").first).to_have_text(words["made"])
    press(page, words["codes"])
    expect(page.locator(".codes code")).to_have_count(10)
    look(someone, "recovery-codes")
    security(someone)
    look(someone, "proofs-in-use")
    sign_out(someone)
    press(page, words["with"])
    page.wait_for_url(f"**/{language}/account/")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_passkey_is_the_second_proof_after_a_link(
    named_site: Site, visit: Callable[..., Visitor], language: str
) -> None:
    words = WORDS[language]
    someone = visit(named_site.url, language=language, size="desktop")
    with_authenticator(someone)
    sign_in_by_mail(named_site, someone)
    page = security(someone)
    page.locator("#passkey").fill("Nyckel")
    press(page, words["add"])
    page.wait_for_url("**/?done=passkey")
    sign_out(someone)
    sign_in_by_mail(named_site, someone)
    assert path_of(page).startswith(f"/{language}/account/second-factor/")
    look(someone, "second-factor-passkey")
    press(page, words["use"])
    page.wait_for_url(f"**/{language}/account/")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_code_of_an_app_and_then_a_recovery_code_get_in(
    named_site: Site, visit: Callable[..., Visitor], language: str
) -> None:
    words = WORDS[language]
    someone = visit(named_site.url, language=language)
    sign_in_by_mail(named_site, someone)
    app = set_up_app(someone)
    page = someone.page
    page.wait_for_url("**/?done=one_time")
    look(someone, "proofs-app")
    press(page, words["codes"])
    recovery = page.locator(".codes code").first.inner_text()
    sign_out(someone)
    sign_in_by_mail(named_site, someone)
    look(someone, "second-factor")
    page.locator("#code").fill("000000")
    press(page, words["on"])
    look(someone, "second-factor-wrong")
    page.locator("#code").fill(code_now(app, 1))
    press(page, words["on"])
    page.wait_for_url(f"**/{language}/account/")
    sign_out(someone)
    sign_in_by_mail(named_site, someone)
    page.locator("#code").fill(recovery)
    press(page, words["on"])
    page.wait_for_url(f"**/{language}/account/")


def test_who_turns_the_passkey_down_is_told_so_and_stays(named_site: Site, visit: Callable[..., Visitor]) -> None:
    someone = visit(named_site.url, language="en")
    devtools, authenticator = with_authenticator(someone)
    devtools.send("WebAuthn.setUserVerified", {"authenticatorId": authenticator, "isUserVerified": False})
    page = someone.go("/en/account/sign-in/")
    press(page, WORDS["en"]["with"])
    expect(page.locator("[data-said]")).to_contain_text(WORDS["en"]["failed"])
    assert path_of(page) == "/en/account/sign-in/"


def test_without_scripts_passkeys_are_not_offered_and_the_rest_works(
    named_site: Site, visit: Callable[..., Visitor]
) -> None:
    someone = visit(named_site.url, language="en", java_script_enabled=False)
    page = someone.go("/en/account/sign-in/")
    expect(page.get_by_role("button", name=WORDS["en"]["with"])).to_be_hidden()
    sign_in_by_mail(named_site, someone)
    security(someone)
    expect(page.get_by_role("button", name=WORDS["en"]["add"])).to_be_hidden()
    expect(page.locator("[data-without-passkeys]")).to_be_visible()


def test_a_passkey_of_another_site_and_a_challenge_answered_twice_open_nothing(
    named_site: Site, visit: Callable[..., Visitor]
) -> None:
    someone = visit(named_site.url, language="en")
    with_authenticator(someone)
    sign_in_by_mail(named_site, someone)
    page = security(someone)
    page.locator("#passkey").fill("Key")
    press(page, WORDS["en"]["add"])
    page.wait_for_url("**/?done=passkey")
    sign_out(someone)
    sent: list[tuple[str, str]] = []
    page.on("request", lambda one: sent.append((one.url, one.post_data or "")) if "/passkey/" in one.url else None)
    before = someone.context.cookies()
    press(page, WORDS["en"]["with"])
    page.wait_for_url("**/en/account/")
    url, body = sent[-1]
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    sign_out(someone)
    # The thief has the very cookies and the very answer: nothing but that it was given once is against them.
    someone.context.clear_cookies()
    someone.context.add_cookies(before)  # type: ignore[arg-type]  # as they were read
    again = someone.context.request.post(url, data=body, headers=form, max_redirects=0)
    assert again.status == 422
    assert "opens nothing here" in re.sub(r"\s+", " ", again.text())
