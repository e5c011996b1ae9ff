"""From a letter to many to its way out and back; the pages for a booking that is no more and a database that is away."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.browsing import SIZES, Visitor, faults, path_of, scrolls_sideways
from tests.e2e.demonstration import NOW, Site, serve_a_copy
from tests.e2e.signing_up import fill_contact, fill_person, plans
from tests.e2e.test_pages import SCHEMES
from tests.mailing.reading import body
from tripkit.actions.fill_campaigns import fill_campaigns
from tripkit.storage import open_engine, sessions
from tripkit.testing import make_moment

NO_MORE = {"sv": "Inga fler brev", "en": "No more letters"}
AGAIN = {"sv": "Få brev igen", "en": "Get letters again"}
ERASED = {"sv": "Den här bokningen är raderad", "en": "This booking has been erased"}
SEND_AGAIN = {"sv": "Skicka igen", "en": "Send it again"}


def look(someone: Visitor, name: str) -> None:
    """Nothing is wrong with the page that is shown, at either size, in either scheme."""
    page = someone.page
    found = {}
    for size, (width, height) in SIZES.items():
        page.set_viewport_size({"width": width, "height": height})
        someone.size = size
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            someone.picture(f"{name}-{scheme}")
            found[size, scheme] = faults(page)
    assert scrolls_sideways(page) == ""
    assert {seen: what for seen, what in found.items() if what} == {}


def _fill(site: Site) -> None:
    """Write the letters now: the site's worker would do it at its next turn, and sends them in any case."""
    engine = open_engine(f"sqlite:///{site.database}")
    with sessions(engine)() as session:
        fill_campaigns(session, moment=make_moment(NOW))
    engine.dispose()


@pytest.fixture(scope="module")
def written_to(demo_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site that has sent a letter to everybody with a place on the fully booked trip."""
    folder = tmp_path_factory.mktemp("written-to")
    words = []
    for language in ("sv", "en"):
        (folder / f"{language}.md").write_text("Hej {name}!\n\n{link}\n", encoding="utf-8")
        words += ["--subject", f"{language}=Brev", "--text", f"{language}={folder / language}.md"]
    with serve_a_copy(demo_database, folder) as site:
        full = site.full_trip()
        site.tripkit("campaign", "new", f"{full.organisation.key}/{full.trip.key}", "--key", "info", *words)
        site.tripkit("campaign", "start", "1")
        _fill(site)
        until_sent = site.tripkit("campaign", "watch", "1")
        assert until_sent.splitlines()[-1].startswith("done."), until_sent
        yield site


@pytest.mark.parametrize(("language", "whose"), [("sv", 0), ("en", 1)])
def test_the_way_out_of_letters_is_one_button_and_one_back(
    written_to: Site, visit: Callable[..., Visitor], language: str, whose: int
) -> None:
    letters = [message for message in written_to.messages() if message["List-Unsubscribe"]]
    letter = letters[whose]
    way_out = re.sub(
        r"/(sv|en)/", f"/{language}/", re.findall(r"<https?://[^/]+(/[^>]+)>", str(letter["List-Unsubscribe"]))[0]
    )
    someone = visit(written_to.url, language=language)
    page = someone.go(way_out)
    look(someone, "way-out")
    page.get_by_role("button", name=NO_MORE[language]).click()
    assert path_of(page) == way_out
    look(someone, "way-out-taken")
    page.get_by_role("button", name=AGAIN[language]).click()
    page.get_by_role("button", name=NO_MORE[language]).wait_for()

    booking = re.search(r"/(?:sv|en)(/booking/[^/\s]+/)", body(letter, "plain"))
    assert booking is not None
    page = someone.go(f"/{language}{booking[1]}")
    code = page.locator(".verdict .code").inner_text()
    written_to.tripkit("booking", "erase", code, "--reason", "asked for", "--cancel")
    for gone in (f"/{language}{booking[1]}", way_out):
        someone.go(gone)
        assert page.get_by_role("heading", level=1).inner_text() == ERASED[language]
    look(someone, "erased")


@pytest.mark.parametrize("language", ["sv", "en"])
def test_what_was_typed_while_the_database_was_away_is_sent_again(
    fresh_site: Site, visit: Callable[..., Visitor], language: str
) -> None:
    trip = fresh_site.open_trip()
    someone = visit(fresh_site.url, language=language)
    page = someone.go(f"/{language}/{trip.organisation.key}/{trip.trip.key}/sign-up/")
    plan = next(plans(trip.trip, trip.places, trip.trip.segments[0].key, clashing=False))
    fill_contact(page, "Åsa Öberg", "asa@tripkit.example")
    fill_person(page, 0, "Åsa Öberg", plan, trip.trip.questions)
    with closing(sqlite3.connect(fresh_site.database)) as database:
        database.execute("ALTER TABLE audit RENAME TO away")  # Nothing can be written without it.
        database.commit()
        page.locator("#terms_version").check()
        page.locator("[data-send]").click()
        again = page.get_by_role("button", name=SEND_AGAIN[language])
        again.wait_for()
        look(someone, "unreachable")
        database.execute("ALTER TABLE away RENAME TO audit")
        database.commit()
    again.click()
    expect(page.get_by_role("heading", name="Åsa Öberg")).to_be_visible()
    assert "/booking/" in page.url
