"""Who organises looks for somebody, opens their booking, and looks at what the kitchen has to know; in both languages, on a phone and wide."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.e2e.browsing import WALKS, Visitor, faults, path_of, scrolls_sideways
from tests.e2e.demonstration import Site, serve_a_copy

HOST = "studieresekansliet"
OWNER = "asa@tripkit.example"
LINK = re.compile(r"https?://\S+/account/sign-in/\S+/")
WORDS = {
    "sv": ("Logga in", "Visa", "Visa alla", "Visa svaren"),
    "en": ("Sign in", "Show", "Show everybody", "Show the answers"),
}


@pytest.fixture(scope="module")
def organised(demo_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The demonstration's site, whose organisation is owned by somebody."""
    with serve_a_copy(demo_database, tmp_path_factory.mktemp("organised")) as served:
        served.tripkit("setup", "--owner", OWNER, "--owner-name", "Åsa Ek", "--language", "sv", "--organisation", HOST)
        yield served


@pytest.mark.parametrize(("language", "size"), WALKS)
def test_somebody_is_found_and_what_they_need_is_read_without_a_fault_of_accessibility(
    organised: Site, visit: Callable[..., Visitor], language: str, size: str
) -> None:
    sign_in, show, everybody, answers = WORDS[language]
    link = LINK.search(organised.tripkit("account", "link", OWNER, "--reason", "a walk"))
    assert link is not None
    owner = visit(organised.url, language=language, size=size)
    page = owner.page
    page.goto(link[0].replace("/sv/", f"/{language}/"))
    page.get_by_role("button", name=sign_in).click()
    trip = f"/{language}/organise/{HOST}/trips/{organised.full_trip().trip.key}/"
    found: dict[str, object] = {}

    def look(name: str) -> None:
        owner.picture(f"bookings-{name}")
        found[name] = (faults(page), scrolls_sideways(page))

    owner.go(trip)
    page.locator(f'.org-head a[href="{trip}participants/"]').click()
    look("list")
    first = page.locator("tbody th").first.inner_text().split("\n")[0]
    page.locator("#words").fill(first.upper())
    page.get_by_role("button", name=show, exact=True).click()
    assert page.locator("tbody th").first.inner_text().startswith(first)
    look("found")
    page.locator("#words").fill("nobody is called this")
    page.get_by_role("button", name=show, exact=True).click()
    assert page.locator("tbody").count() == 0
    look("nobody")
    page.get_by_role("link", name=everybody).click()
    page.locator("tbody a.code").first.click()
    assert "/bookings/" in path_of(page)
    owner.go(f"{trip}answers/")
    look("reason")
    page.get_by_role("button", name=answers).click()
    assert page.locator('[aria-invalid="true"]').count() == 1
    look("no-reason")
    page.locator("#reason").fill("Lunch")
    page.get_by_role("button", name=answers).click()
    look("answers")
    page.locator("tbody a.code").first.click()
    page.locator("#history").scroll_into_view_if_needed()
    look("booking")
    owner.go(f"/{language}/organise/{HOST}/members/")
    look("members")
    page.locator('a[href$="/log/"]:not(.tabs a)').first.click()
    look("member-log")
    assert {name: what for name, what in found.items() if what != ([], "")} == {}
