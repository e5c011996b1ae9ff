"""A logo in a browser: chosen, refused, looked at first, shown at the head of every page, by day and in the dark, on a phone and wide; without scripts too."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from tests.attacks.hostile_pictures import encoded
from tests.e2e.browsing import SIZES, Visitor, faults, scrolls_sideways
from tests.e2e.demonstration import Site, serve_a_copy
from tests.e2e.test_organisation import HOST, LINK

WORDS = {"sv": ("Titta på den först", "Använd logotypen"), "en": ("Look at it first", "Let it be the logo")}


@pytest.fixture(scope="module")
def hosted(demo_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Site, str]]:
    """The demonstration's site, and the link by which the owner of its organisation signs in."""
    with serve_a_copy(demo_database, tmp_path_factory.mktemp("logo")) as served:
        said = served.tripkit(
            "setup",
            "--owner",
            "owner@tripkit.example",
            "--owner-name",
            "Åsa Ek",
            "--organisation",
            HOST,
            "--language",
            "sv",
        )
        found = LINK.search(said)
        assert found is not None
        yield served, found[0]


def wide_logo() -> bytes:
    """A mark and a word in dark blue, with nothing behind them."""
    image = Image.new("RGBA", (900, 240), (0, 0, 0, 0))
    draw = ImageDraw.Draw(image)
    draw.rounded_rectangle((0, 20, 200, 220), 40, fill=(20, 50, 110, 255))
    draw.ellipse((60, 80, 140, 160), fill=(255, 198, 64, 255))
    draw.text((250, 40), "Studieresor", fill=(20, 50, 110, 255), font_size=120)
    return encoded(image, "PNG")


def test_it_is_chosen_and_shown_without_a_fault_of_accessibility(
    hosted: tuple[Site, str], visit: Callable[..., Visitor]
) -> None:
    site, link = hosted
    signed_in = visit(site.url)
    signed_in.page.goto(link)
    signed_in.page.get_by_role("button", name="Logga in").click()
    state = signed_in.page.context.storage_state()
    found: dict[str, object] = {}

    def look(name: str, someone: Visitor) -> None:
        someone.picture(name)
        found[name] = (faults(someone.page), scrolls_sideways(someone.page))

    for language, size in product(WORDS, SIZES):
        owner = visit(site.url, language=language, size=size)
        owner.page.context.add_cookies(state["cookies"])  # type: ignore[arg-type]  # what one call gives the other takes
        page = owner.go(f"/{language}/organise/{HOST}/settings/logo/")
        choose = page.locator("#picture")
        choose.set_input_files({"name": "x.svg", "mimeType": "image/svg+xml", "buffer": b"<svg></svg>"})
        page.get_by_role("button", name=WORDS[language][1]).click()
        assert page.locator("#picture-error").is_visible()
        look("logo-refused", owner)
        choose.set_input_files({"name": "logga.png", "mimeType": "image/png", "buffer": wide_logo()})
        page.get_by_role("button", name=WORDS[language][0]).click()
        assert page.locator(".logo-look img").first.evaluate("image => image.complete && image.naturalWidth") == 512
        look("logo-looked", owner)
        page.get_by_role("button", name=WORDS[language][1]).click()
        assert page.locator(".site-head img.logo").evaluate("image => image.naturalWidth") == 512
        look("logo-settings", owner)
        for scheme in ("light", "dark"):
            reader = visit(site.url, language=language, size=size)
            reader.page.emulate_media(color_scheme=scheme)
            reader.go(f"/{language}/{HOST}/")
            height = reader.page.locator(".site-head img.logo").evaluate(
                "image => image.getBoundingClientRect().height"
            )
            assert 20 < height <= 40
            look(f"logo-public-{scheme}", reader)
    assert {name: what for name, what in found.items() if what != ([], "")} == {}
