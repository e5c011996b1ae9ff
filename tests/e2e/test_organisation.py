"""Who organises, in a browser: from `tripkit setup` to a colleague who accepts; every page in both languages, on a phone and wide."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.e2e.browsing import WALKS, Visitor, faults, path_of, scrolls_sideways
from tests.e2e.demonstration import Site, serve_a_copy

HOST = "studieresekansliet"
LINK = re.compile(r"https?://\S+/account/(?:sign-in|invitation)/\S+/")
BUTTONS = {"sv": ("Logga in", "Skicka inbjudan", "Acceptera"), "en": ("Sign in", "Send the invitation", "Accept")}


@pytest.fixture(scope="module")
def organised(demo_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The demonstration's site, whose organisation is owned by somebody."""
    with serve_a_copy(demo_database, tmp_path_factory.mktemp("organised")) as served:
        yield served


def owner_of(site: Site, visit: Callable[..., Visitor], language: str, size: str) -> Visitor:
    """Somebody who owns the organisation, signed in by the link that the command prints."""
    words = ("setup", "--owner", f"{language}.{size}@tripkit.example", "--owner-name", "Åsa Ek", "--language", language)
    key = f"{language}-{size}"
    # The first one is given the organisation that came with the trips, each other one makes a new one.
    first = "--organisation", HOST
    more = "--organisation", key, "--name", f"Byrån {key}", "--another"
    said = site.tripkit(*words, *(first if not (site.mail.parent / "owned").exists() else more))
    (site.mail.parent / "owned").touch()
    # Whoever is first runs the site; here each of them does, and sees the pages for that.
    with closing(sqlite3.connect(site.database)) as database, database:
        database.execute("UPDATE account SET is_administrator = 1")
    found = LINK.search(said)
    assert found is not None
    someone = visit(site.url, language=language, size=size)
    someone.page.goto(found[0])
    someone.page.get_by_role("button", name=BUTTONS[language][0]).click()
    return someone


def addresses(host: str, language: str) -> dict[str, str]:
    """Pages of an organisation and of those who run the site, by name."""
    root = f"/{language}/organise/{host}/"
    return {
        "work": f"/{language}/organise/",
        "overview": root,
        "members": f"{root}members/",
        "invite": f"{root}members/invite/",
        "settings": f"{root}settings/",
        "change": f"{root}settings/change/",
        "logo": f"{root}settings/logo/",
        "proof": f"{root}settings/second-proof/",
        "address": f"{root}settings/address/",
        "log": f"{root}log/",
        "site": f"/{language}/administrator/",
        "new": f"/{language}/administrator/new/",
        "answer": f"/{language}/administrator/{host}/address/",
        "enter": f"/{language}/administrator/{host}/enter/",
    }


@pytest.mark.parametrize(("language", "size"), WALKS)
def test_an_owner_invites_and_a_colleague_accepts_without_a_fault_of_accessibility(
    organised: Site, visit: Callable[..., Visitor], language: str, size: str
) -> None:
    owner = owner_of(organised, visit, language, size)
    page = owner.page
    host = page.locator(".todo a, .roll a").first.get_attribute("href") or ""
    key = host.strip("/").split("/")[-1]
    found: dict[str, object] = {}

    def look(name: str, someone: Visitor = owner) -> None:
        someone.picture(f"organise-{name}")
        found[name] = (faults(someone.page), scrolls_sideways(someone.page))

    owner.go(f"/{language}/organise/{key}/members/invite/")
    page.get_by_role("button", name=BUTTONS[language][1]).click()
    look("invite-wrong")
    colleague = f"bo.{language}.{size}@tripkit.example"
    page.locator("#email").fill(colleague)
    page.locator("#trip").select_option("*")
    page.locator("input[name=role][value=organiser]").check()
    page.get_by_role("button", name=BUTTONS[language][1]).click()
    assert path_of(page).startswith(f"/{language}/organise/{key}/members/")
    own_address(owner, key, language, size, look)
    for name, address in addresses(key, language).items():
        assert owner.go(address).get_by_role("heading", level=1).count() == 1, address
        look(name)
    owner.go(f"/{language}/organise/{key}/")
    trips = page.locator("#trips").locator("xpath=ancestor::section").locator(".todo strong a")
    if trips.count():
        trips.first.click()
        look("trip")
        owner.go(path_of(page) + "on-the-day/")
        look("on-the-day")
    visited(owner, key, language, look)
    refused(visit(organised.url, language=language, size=size), owner, language, size)
    look("refused-lately")
    letter = organised.wait_for_mail(colleague, 1)[0]
    body = letter.get_body(("plain",))
    assert body is not None
    link = LINK.search(body.get_content())
    assert link is not None
    someone = visit(organised.url, language=language, size=size)
    someone.page.goto(link[0])
    look("invitation", someone)
    someone.page.get_by_role("button", name=BUTTONS[language][2]).click()
    assert path_of(someone.page) == f"/{language}/organise/{key}/"
    assert {name: what for name, what in found.items() if what != ([], "")} == {}


def visited(owner: Visitor, key: str, language: str, look: Callable[[str], None]) -> None:
    """Enter as who runs the site, first to look and then to help, and leave again."""
    page, enter = owner.page, f"/{language}/administrator/{key}/enter/"
    leave = {"sv": "Avsluta besöket", "en": "End the visit"}[language]
    for name, value in (("looks", "no"), ("helps", "yes")):
        owner.go(enter)
        page.locator("#reason").fill("En bokning öppnar sig inte, och vi blev ombedda att titta.")
        page.locator(f"input[name=helps][value={value}]").check()
        page.locator("main form button[type=submit]").last.click()
        assert path_of(page) == f"/{language}/organise/{key}/"
        look(f"visit-{name}")
    page.get_by_role("button", name=leave).click()
    assert path_of(page).startswith(f"/{language}/account/")
    look("visit-over")
    owner.go(f"/{language}/organise/{key}/")
    assert page.get_by_role("button", name=leave).count() == 0


def refused(thief: Visitor, owner: Visitor, language: str, size: str) -> None:
    """Somebody tries a password, and the owner looks who was refused."""
    for _ in range(2):
        thief.go(f"/{language}/account/sign-in/")
        thief.page.locator("#email").fill(f"{language}.{size}@tripkit.example")
        thief.page.locator("#password").fill("detta är inte lösenordet")
        thief.page.locator("#password").press("Enter")
        assert thief.page.locator(".error").count() == 1
    owner.go(f"/{language}/account/security/")
    assert owner.page.locator("#refused").count() == 1


def own_address(owner: Visitor, key: str, language: str, size: str, look: Callable[[str], None]) -> None:
    """Ask for an address, refuse it as who runs the site, ask for another one, confirm it, and see the public page there."""
    ask, refuse, confirm = {
        "sv": ("Önska adressen", "Neka adressen", "Bekräfta adressen"),
        "en": ("Ask for it", "Refuse it", "Confirm it"),
    }[language]
    page, form, answer = (
        owner.page,
        f"/{language}/organise/{key}/settings/address/",
        f"/{language}/administrator/{key}/address/",
    )
    owner.go(form)
    page.locator("#host").fill("10.0.0.1")
    page.get_by_role("button", name=ask).click()
    look("address-wrong")
    long = f"studieresor-{'till-goteborg-' * 3}{language}.{size}.localhost"
    for name, press, said in ((long, refuse, "refused"), (f"{language}-{size}.localhost", confirm, "confirmed")):
        owner.go(form)
        page.locator("#host").fill(f"http://{name}/")
        page.get_by_role("button", name=ask).click()
        look(f"address-asked-{said}")
        page.get_by_role("button", name={"sv": "Leder den hit?", "en": "Does it lead here?"}[language]).click()
        assert page.locator(".notice.wait").count() == 1
        look(f"address-leads-{said}")
        owner.go(f"/{language}/administrator/")
        look(f"address-list-{said}")
        owner.go(answer)
        look(f"address-answer-{said}")
        if press == refuse:
            page.locator("#reason").fill("Namnet är inte ert.")
        page.get_by_role("button", name=press).click()
        owner.go(form)
        look(f"address-after-{said}")
    owner.go(f"{form}remove/")
    look("address-remove")
    owner.go(f"/{language}/organise/{key}/settings/")
    there = (
        page.locator("#address")
        .locator("xpath=ancestor::section")
        .get_by_role("link", name=f"{language}-{size}.localhost")
    )
    there.click()
    assert page.url.startswith(f"http://{language}-{size}.localhost:") and page.url.endswith(f"/{language}/{key}/")
    look("address-public")
    # Whoever organises works at the site's own address, and is led there by itself.
    there_host = page.url.split("/")[2]
    page.goto(f"http://{there_host}{form}")
    assert page.url.startswith("http://127.0.0.1:") and path_of(page) == form
