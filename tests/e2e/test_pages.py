"""Every sort of page, at every size and in both schemes: no fault of accessibility, no sideways scroll, no error."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Literal
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from tests.e2e.browsing import NARROWEST_TO_WIDEST, SIZES, Visitor, faults, scrolls_sideways
from tests.e2e.demonstration import Site
from tripkit.reads.trip_page import TripPage

SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
SORTS = (
    "trips",
    "organisation",
    "open",
    "full",
    "filtered",
    "lecture",
    "visit",
    "site",
    "speaker",
    "signup",
    "queue",
    "link",
    "mail",
    "missing",
)


def addresses(site: Site, language: str) -> dict[str, str]:
    """An address for each sort of page."""
    free, full = site.open_trip(), site.full_trip()
    trip = free.trip
    home, root = f"/{language}/{free.organisation.key}/", f"/{language}/{free.organisation.key}/{trip.key}/"
    visit = next(item for item in trip.programme if item.choice)
    lecture = next((item for item in trip.programme if item.speakers), visit)
    return {
        "trips": f"/{language}/",
        "organisation": home,
        "open": root,
        "full": f"{home}{full.trip.key}/",
        "filtered": f"{root}?segment={trip.segments[-1].key}&topic={trip.topics[0].key}",
        "lecture": f"{root}programme/{lecture.key}/",
        "visit": f"{root}programme/{visit.key}/",
        "site": f"{root}sites/{trip.sites[0].key}/",
        **({"speaker": f"{root}speakers/{trip.speakers[0].key}/"} if trip.speakers else {}),
        "signup": f"{root}sign-up/",
        "queue": f"{home}{full.trip.key}/sign-up/",
        "link": f"/{language}/booking/",
        "mail": "/demo/mail/",
        "missing": f"{root}nothing-here/",
    }


@pytest.mark.parametrize("language", ["sv", "en"])
@pytest.mark.parametrize("sort", SORTS)
def test_a_page_has_no_fault_of_accessibility(
    site: Site, visit: Callable[..., Visitor], sort: str, language: str
) -> None:
    found = {}
    for size in SIZES:
        someone = visit(site.url, language=language, size=size)
        page = someone.go(addresses(site, language)[sort])
        assert page.locator("html").get_attribute("lang") == language
        assert page.get_by_role("heading", level=1).count() == 1
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            someone.picture(f"{sort}-{scheme}")
            found[size, scheme] = faults(page)
    assert {seen: what for seen, what in found.items() if what} == {}


@pytest.mark.parametrize("language", ["sv", "en"])
def test_no_page_scrolls_sideways(site: Site, visit: Callable[..., Visitor], language: str) -> None:
    someone = visit(site.url, language=language)
    wide = {}
    for sort, address in addresses(site, language).items():
        someone.go(address)
        wide[sort] = scrolls_sideways(someone.page)
    assert {sort: what for sort, what in wide.items() if what} == {}


def test_text_of_twice_the_size_fits_on_a_phone(site: Site, visit: Callable[..., Visitor]) -> None:
    someone = visit(site.url)
    wide = {}
    for sort, address in addresses(site, "sv").items():
        someone.go(address)
        someone.page.evaluate("document.documentElement.style.fontSize = '200%'")
        wide[sort] = scrolls_sideways(someone.page, [SIZES["phone"][0]])
    assert {sort: what for sort, what in wide.items() if what} == {}


def test_the_dock_keeps_its_words_whole_when_text_is_twice_the_size(site: Site, visit: Callable[..., Visitor]) -> None:
    someone = visit(site.url)
    page = someone.go(addresses(site, "sv")["full"])
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    dock = page.locator(".dock").bounding_box()
    assert dock is not None
    assert dock["height"] < page.viewport_size["height"] / 3


def test_paper_says_where_to_sign_up_and_leaves_out_what_is_pressed(site: Site, visit: Callable[..., Visitor]) -> None:
    someone = visit(site.url, size="desktop")
    page = someone.go(addresses(site, "en")["open"])
    address = page.locator(".print-only")
    assert not address.is_visible()
    page.emulate_media(media="print")
    assert address.is_visible()
    assert address.inner_text() == page.url
    assert page.locator(".btn:visible, nav:visible, summary:visible").count() == 0
    assert page.locator(".visit .seats").first.is_visible()


@pytest.mark.parametrize("language", ["sv", "en"])
def test_the_full_trip_says_so_first_and_leads_into_the_queue(
    site: Site, visit: Callable[..., Visitor], language: str
) -> None:
    full = site.full_trip()
    someone = visit(site.url, language=language)
    page = someone.go(addresses(site, language)["full"])
    word = {"sv": "Fullbokad", "en": "Fully booked"}[language]
    state = page.locator(".state").first
    assert state.is_visible()
    assert word in state.inner_text()
    assert word in page.locator(".state").last.inner_text()
    box = state.bounding_box()
    assert box is not None
    assert box["y"] < 844
    assert f"{full.trip.key}/sign-up/" in str(state.get_by_role("link").first.get_attribute("href"))


def links(site: Site, start: str) -> Iterator[tuple[str, str]]:
    """Every page of the site that a link leads to, with the page that links to it; forms and files of others left out."""
    seen, ahead = {start}, [start]
    while ahead and len(seen) < 400:
        at = ahead.pop()
        with urlopen(site.url + at, timeout=20) as answer:
            if not answer.headers["Content-Type"].startswith("text/html"):
                continue
            html = answer.read().decode()
        for found in re.findall(r'(?:href|src)="(/[^"#?]*)', html):
            if found not in seen:
                seen.add(found)
                ahead.append(found)
                yield at, found


def test_every_link_leads_somewhere(site: Site) -> None:
    dead = []
    try:
        for at, found in links(site, "/sv/"):
            try:
                with urlopen(site.url + found, timeout=20) as answer:
                    assert answer.status == 200
            except HTTPError as error:
                error.close()
                dead.append(f"{found} ({error.code}), from {at}")
    except HTTPError as error:
        error.close()
        dead.append(f"{error.url} ({error.code})")
    assert dead == []


def test_a_kept_trip_page_is_not_sent_again(site: Site) -> None:
    address = site.url + addresses(site, "sv")["open"]
    with urlopen(address) as answer:
        tag = answer.headers["ETag"]
    with pytest.raises(HTTPError) as unchanged:
        urlopen(Request(address, headers={"If-None-Match": tag}))
    assert unchanged.value.code == 304
    unchanged.value.close()


def shown(trip: TripPage) -> set[str]:
    """The sites that have a place on the map."""
    return {site.key for site in trip.trip.sites if site.latitude is not None}


@pytest.mark.parametrize("width", NARROWEST_TO_WIDEST)
def test_no_words_on_the_drawn_map_touch_each_other(site: Site, visit: Callable[..., Visitor], width: int) -> None:
    trip = site.open_trip()
    someone = visit(site.url)
    someone.page.set_viewport_size({"width": width, "height": 800})
    page = someone.go(addresses(site, "sv")["open"])
    drawn = page.locator("svg.rm:visible")
    assert drawn.count() == 1
    assert drawn.locator(".rm-stop").count() == len(shown(trip))
    drawn.scroll_into_view_if_needed()
    touching = drawn.evaluate(
        """svg => {
            const all = [...svg.querySelectorAll(".rm-label, .rm-stop")].map(e => [e.textContent.trim(), e.getBoundingClientRect()]);
            const sheet = svg.getBoundingClientRect();
            const over = (a, b) => a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1;
            const out = all.filter(([, a]) => a.left < sheet.left - 1 || a.right > sheet.right + 1 || a.bottom > sheet.bottom + 1);
            const pairs = all.flatMap(([t, a], i) => all.slice(i + 1).filter(([, b]) => over(a, b)).map(([u]) => `${t} × ${u}`));
            return [...pairs, ...out.map(([t]) => `${t} is cut off`)];
        }"""
    )
    assert touching == []
    sizes = drawn.locator("text").evaluate_all("all => all.map(e => e.getBoundingClientRect().height)")
    assert min(sizes) >= 10
