"""From an empty installation to a public trip that people sign up for, in a browser alone; and that trip elsewhere, from its files."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path
from urllib.request import urlopen

import pytest
from playwright.sync_api import expect

from tests.e2e.browsing import WALKS, Visitor, faults, path_of, scrolls_sideways
from tests.e2e.demonstration import Site, serve
from tests.e2e.test_setting_up import SECRET_KEY, code, empty_site
from tripkit.eventfile.format.nearly_right import as_key

HOST = "vasternarke"
OWNER = "asa@tripkit.example"
TITLE = {"sv": "Studieresa till Åmåla", "en": "Study trip to Åmåla"}
MORNING = {"sv": "Besök på förmiddagen", "en": "Morning visit"}
MILL, YARDS = {"sv": "Kvarnen", "en": "The mill"}, {"sv": "Gårdarna", "en": "The yards"}
WALK_MILL, WALK_YARDS = (
    {"sv": "Runt kvarnen", "en": "Around the mill"},
    {"sv": "Mellan gårdarna", "en": "Between the yards"},
)
LETTER = {
    "subject-sv": "Snart reser vi till Åmåla",
    "subject-en": "We are soon on our way to Åmåla",
    "text-sv": "Hej {name}!\n\nTåget går 8.10. Din bokning: {link}",
    "text-en": "Hello {name}!\n\nThe train leaves at 8:10. Your booking: {link}",
}


@dataclass
class Organiser:
    """Somebody who organises, with a browser; each page they come to is looked at. ``found``: what was wrong, by page."""

    visitor: Visitor
    found: dict[str, object]

    @property
    def trip(self) -> str:
        """The trip's address for those who organise it."""
        return f"/{self.visitor.language}/organise/{HOST}/trips/{self.key(TITLE)}/"

    def key(self, name: Mapping[str, str]) -> str:
        """What a thing with this name is called in addresses: as in the first language, which is the organiser's own."""
        return as_key(name[self.visitor.language]) or ""

    def look(self, name: str) -> None:
        """Keep what is wrong with the page that is shown."""
        self.visitor.picture(f"from-nothing-{len(self.found):02}-{name}")
        wrong = (faults(self.visitor.page), scrolls_sideways(self.visitor.page))
        self.found[name] = wrong if wrong != ([], "") else None

    def fill(self, **fields: object) -> None:
        """Fill fields by their names: texts in each language by a mapping, boxes by True, lists by a tuple."""
        page = self.visitor.page
        for where, value in fields.items():
            if isinstance(value, dict):
                for language, text in value.items():
                    page.locator(f'[name="{where}-{language}"]').fill(text)
            elif isinstance(value, tuple):
                for one in value:
                    page.locator(f'[name="{where}"][value="{one}"]').check()
            elif isinstance(value, bool):
                page.locator(f'[name="{where}"]').set_checked(value)
            elif page.locator(f'select[name="{where}"]').count():
                page.locator(f'[name="{where}"]').select_option(str(value))
            else:
                page.locator(f'[name="{where}"]').fill(str(value))

    def save(self, *, another: bool = False) -> None:
        """Press the form's own button; it has to be taken."""
        page = self.visitor.page
        page.locator('.save button[value="another"]' if another else ".save button").first.click()
        page.wait_for_load_state()
        wrong = page.locator('[aria-invalid="true"], .error').all_inner_texts()
        assert not wrong, (path_of(page), wrong, page.locator("main").inner_text()[:600])

    def add(self, section: str, *things: dict[str, object]) -> None:
        """Add things to a list of the trip, one after the other."""
        self.visitor.go(f"{self.trip}edit/lists/{section}/")
        self.visitor.page.locator("main p.row > a.btn").first.click()
        for number, thing in enumerate(things, 1):
            self.fill(**thing)
            if number == 1:
                self.look(f"one-of-{section}")
            self.save(another=number < len(things))
        self.look(section)


def begin(someone: Visitor) -> Organiser:
    """The first organisation, by whoever is first on an empty site; signed in afterwards."""
    page, organiser = someone.page, Organiser(someone, {})
    someone.go(f"/{someone.language}/setup/")
    for name, value in (
        ("code", code()),
        ("organisation", "Västernärkes bostäder"),
        ("key", HOST),
        ("name", "Åsa Öberg"),
        ("email", OWNER),
    ):
        page.locator(f"#{name}").fill(value)
    page.locator("form button[type=submit]").last.click()
    organiser.look("organisation")
    return organiser


def make(organiser: Organiser) -> None:
    """A draft with two visits to choose from, in both languages."""
    page = organiser.visitor.page
    page.locator('a[href$="/new-trip/"]').first.click()
    organiser.look("new-trip")
    organiser.fill(
        title=TITLE,
        lead={
            "sv": "Två dagar om hur ett område blir tryggt.",
            "en": "Two days about how a neighbourhood becomes safe.",
        },
        place={"sv": "Åmåla", "en": "Åmåla"},
        size=12,
        segments={"sv": "kommuner, poliser", "en": "municipalities, police officers"},
        net="1900,50",
        vat="25",
        **{"from": "2019-05-06", "to": "2019-05-07"},
    )
    page.locator(".save button").first.click()
    assert path_of(page).startswith(f"{organiser.trip}edit/"), page.locator("main").inner_text()[:600]
    organiser.look("draft")
    organiser.add(
        "sites",
        {
            "name": MILL,
            "address": "Kvarnvägen 1, Åmåla",
            "largest_group": 6,
            "access": {"sv": "Tre steg.", "en": "Three steps."},
        },
        {"name": YARDS, "address": "Gårdsgatan 2, Åmåla"},
    )
    organiser.add("speakers", {"name": "Örjan Ängström", "title": {"sv": "Områdeschef", "en": "Area manager"}})
    organiser.add("choices", {"title": MORNING})
    day = {"day": "2019-05-06", "from": "09:00", "to": "11:00", "kind": "site_visit", "choice": organiser.key(MORNING)}
    organiser.add(
        "programme",
        {**day, "title": WALK_MILL, "site": organiser.key(MILL), "size": 2, "speakers": ("orjan-angstrom",)},
        {**day, "title": WALK_YARDS, "site": organiser.key(YARDS)},
        {
            "day": "2019-05-06",
            "from": "12:00",
            "to": "13:00",
            "kind": "meal",
            "title": {"sv": "Lunch", "en": "Lunch"},
        },
    )
    organiser.add(
        "questions",
        {"name": {"sv": "Vad äter du inte?", "en": "What do you not eat?"}, "kind": "text", "sensitive": True},
    )


def publish(organiser: Organiser) -> None:
    """What is missing is shown; then the draft is made public."""
    page = organiser.visitor.page
    organiser.visitor.go(f"{organiser.trip}edit/")
    organiser.look("parts")
    organiser.visitor.go(f"{organiser.trip}changes/")
    organiser.look("before-it-is-public")
    page.locator("main form button.btn").first.click()
    organiser.look("public")


def sign_up(someone: Visitor, trip: str, name: str, visit_to: str) -> None:
    """Somebody signs up for the trip, to a visit."""
    page = someone.go(f"/{someone.language}/{HOST}/{trip}/")
    page.locator(".state .btn").first.click()
    page.locator("#contact_name").fill(name)
    page.locator("#organisation").fill("Åmåla kommun")
    page.locator("#contact_email").fill(f"{name.split(maxsplit=1)[0].lower()}@tripkit.example")
    page.locator('select[name="participants-0-segment"], input[name="participants-0-segment"]').first.wait_for()
    if page.locator('select[name="participants-0-segment"]').count():
        page.locator('select[name="participants-0-segment"]').select_option(index=1)
    else:
        page.locator('input[name="participants-0-segment"]').first.check()
    page.locator(f'input[value="{visit_to}"]').check()
    page.locator("#terms_version").check()
    page.locator("[data-send]").click()
    expect(page.locator("article.stub")).to_have_count(1)


def write_to_all(organiser: Organiser) -> None:
    """A letter to everybody with a place: written, looked at, sent."""
    page = organiser.visitor.page
    organiser.visitor.go(f"{organiser.trip}letters/new/")
    for name, text in LETTER.items():
        page.locator(f"#{name}").fill(text)
    page.locator('input[name="essential"][value="yes"]').check()
    organiser.look("letter")
    page.locator('button[value="preview"]').click()
    organiser.look("letter-as-it-will-be")
    page.locator('form[action$="/read/"] button').click()
    organiser.look("sending-a-letter")
    page.locator("form.sending button.btn").click()
    organiser.look("letter-on-its-way")


def move(organiser: Organiser, name: str, visit_to: str) -> None:
    """Somebody goes to another visit, after what follows was seen."""
    page = organiser.visitor.page
    organiser.visitor.go(f"{organiser.trip}participants/")
    organiser.look("participants")
    page.locator("tbody tr", has_text=name).locator("a.code").click()
    organiser.look("booking")
    page.locator('a[href*="/visits/"]').first.click()
    page.locator(f'input[value="{visit_to}"]').check()
    page.locator('button[value="look"]').click()
    organiser.look("moved-if-it-is-meant")
    page.locator('button[value="act"]').click()
    expect(page.locator(".notice.good, .notice").first).to_be_visible()
    organiser.look("moved")


def public_pages(site: Site, trip: str) -> dict[str, str]:
    """Every public page of the trip in each language, without the site's own address."""
    found: dict[str, str] = {}
    left = [f"/{language}/{HOST}/{trip}/" for language in ("sv", "en")]
    while left:
        path = left.pop()
        with urlopen(site.url + path) as answer:
            found[path] = answer.read().decode().replace(site.url, "")
        # But the form to sign up, in which each reader's own secret stands.
        inside = re.findall(rf'href="(/(?:sv|en)/{HOST}/{trip}/(?!sign-up)[^"?#]*/)"', found[path])
        left += [one for one in dict.fromkeys(inside) if one not in found and one not in left]
    return found


def postpone(organiser: Organiser) -> None:
    """The trip is postponed; everybody is told by a letter that was read first."""
    page = organiser.visitor.page
    organiser.visitor.go(organiser.trip)
    page.locator('a[href$="/step/postpone/"]').click()
    organiser.fill(
        note={"sv": "Kvarnen brann i natt. Vi återkommer.", "en": "The mill burned last night. More to come."}
    )
    organiser.look("postponing")
    page.locator("form button.btn").last.click()
    organiser.look("letter-about-it")
    page.locator('form[action$="/read/"] button').click()
    page.locator("form.sending button.btn").click()
    organiser.visitor.go(organiser.trip)
    organiser.look("postponed")


@pytest.mark.parametrize(("language", "size"), WALKS)
def test_a_trip_is_made_run_and_moved_without_touching_a_file(
    tmp_path: Path, visit: Callable[..., Visitor], language: str, size: str
) -> None:
    with serve(empty_site(tmp_path), tmp_path, TRIPKIT_SECRET_KEY=SECRET_KEY, TRIPKIT_DEMO="no") as site:
        organiser = begin(visit(site.url, language=language, size=size))
        trip = organiser.key(TITLE)
        make(organiser)
        publish(organiser)
        folder = tmp_path / "as-files"
        site.tripkit("event", "export", f"{HOST}/{trip}", str(folder))
        shown = public_pages(site, trip)
        assert len(shown) >= 12
        elsewhere = tmp_path / "elsewhere"
        elsewhere.mkdir()
        other = empty_site(elsewhere)
        with serve(other, elsewhere, TRIPKIT_SECRET_KEY=SECRET_KEY, TRIPKIT_DEMO="no") as served:
            served.tripkit("event", "apply", str(folder))
            there = public_pages(served, trip)
        assert there.keys() == shown.keys()
        differs = [
            line
            for path in shown
            for line in unified_diff(shown[path].splitlines(), there[path].splitlines(), path, n=0)
        ]
        assert differs == []
        sign_up(visit(site.url, language=language, size=size), trip, "Bo Ek", organiser.key(WALK_MILL))
        organiser.visitor.go(organiser.trip)
        organiser.look("dashboard")
        write_to_all(organiser)
        move(organiser, "Bo Ek", organiser.key(WALK_YARDS))
        postpone(organiser)
        assert any(
            "Kvarnen brann" in str(one.get_body()) or "The mill burned" in str(one.get_body())
            for one in site.wait_for_mail("bo@tripkit.example", 4)
        )
    assert {name: wrong for name, wrong in organiser.found.items() if wrong} == {}
