"""Pictures and colours that do more than show: refused when they are written down, and harmless in a browser if they get past that."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Browser
from werkzeug.serving import make_server

from tests.web.conftest import TRIP, Site
from tests.web.everywhere import DRAWING
from tripkit.actions.apply_trip import apply_trip
from tripkit.domain.trips import Look, Picture
from tripkit.testing import both, make_moment, make_organisation, make_trip

SVG = 'xmlns="http://www.w3.org/2000/svg"'
DRAWINGS = {
    "a script": f"<svg {SVG}><script>kanarie()</script></svg>",
    "a handler": f'<svg {SVG} onload="kanarie()"><rect width="9" height="9" onmouseover="kanarie()"/></svg>',
    "a page inside": f'<svg {SVG}><foreignObject><body xmlns="http://www.w3.org/1999/xhtml"><img src="x" onerror="kanarie()"/></body></foreignObject></svg>',
    "an animation": f'<svg {SVG}><a><rect width="9" height="9"/><animate attributeName="href" values="javascript:kanarie()"/></a></svg>',
    "something from elsewhere": f'<svg {SVG}><image href="//kanarie.example/x.png" width="9" height="9"/></svg>',
    "a style from elsewhere": f"<svg {SVG}><style>@import '//kanarie.example/x.css';</style></svg>",
}


@pytest.fixture
def served(site: Site) -> Iterator[str]:
    """The site on a port of its own."""
    server = make_server("127.0.0.1", 0, site.app, threaded=True)
    serving = threading.Thread(target=server.serve_forever)
    serving.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    serving.join()


def put(site: Site, picture: Picture) -> str:
    """A picture into the database, past every check; its address."""
    apply_trip(
        site.session,
        organisation=make_organisation(),
        trip=make_trip(picture=picture.name, picture_text=both("Bild.", "Picture.")),
        pictures={picture.name: picture},
        moment=make_moment(),
    )
    site.session.rollback()
    return f"/resebyran/hamnstad/pictures/{picture.name}"


def what_ran(browser: Browser, address: str) -> list[str]:
    """What ran, and what was asked of others, where an address is opened, moved about in and pressed upon."""
    found: list[str] = []
    asked: list[tuple[str, str]] = []
    context = browser.new_context()
    page = context.new_page()
    page.expose_function("kanarie", lambda: found.append("it ran"))
    page.on("requestfinished", lambda request: asked.append((request.url, "answered")))
    page.on("requestfailed", lambda request: asked.append((request.url, request.failure or "")))
    page.goto(address)
    page.mouse.move(4, 4)
    page.mouse.click(4, 4)
    page.wait_for_timeout(150)
    context.close()
    # What the picture's own policy stops never leaves the browser.
    return found + [url for url, how in asked if "//kanarie.example" in url and how != "csp"]


@pytest.mark.parametrize("what", DRAWINGS)
def test_a_drawing_that_got_past_every_check_runs_nothing(site: Site, served: str, browser: Browser, what: str) -> None:
    address = put(site, replace(DRAWING, data=DRAWINGS[what].encode()))
    assert what_ran(browser, served + address) == []
    assert what_ran(browser, served + TRIP) == []


def test_without_the_sandbox_it_would(site: Site, served: str, browser: Browser) -> None:
    address = put(site, replace(DRAWING, data=DRAWINGS["a script"].encode()))
    picture = site.app.view_functions["public.picture"]

    def bare(**values: str) -> object:
        answer = picture(**values)
        answer.headers["Content-Security-Policy"] = "default-src *; script-src 'unsafe-inline'"
        return answer

    site.app.view_functions["public.picture"] = bare
    try:
        assert what_ran(browser, served + address) == ["it ran"]
    finally:
        site.app.view_functions["public.picture"] = picture


@pytest.mark.parametrize("kind", ["text/html", "image/png", "application/xhtml+xml"])
def test_nor_does_a_page_that_is_called_a_picture(site: Site, served: str, browser: Browser, kind: str) -> None:
    address = put(site, Picture(name="x.png", media_type=kind, data=b"<html><script>kanarie()</script></html>"))
    assert what_ran(browser, served + address) == []


@pytest.mark.parametrize(
    "colour",
    [
        "red;}*{background:url(//kanarie.example)}",
        "url(//kanarie.example)",
        "</style><script>",
        "\\7d *{",
    ],
)
def test_what_is_no_colour_writes_no_style(site: Site, colour: str) -> None:
    site.publish(make_organisation(look=Look(brand=colour, accent=colour)))
    answer = site.get("/resebyran/look.css")
    assert answer.status_code in {200, 404}
    assert answer.mimetype == "text/css" or answer.status_code == 404
    assert "kanarie" not in answer.text
    assert colour not in answer.text or answer.status_code == 404
