"""The map with tiles, where an installation has chosen a source of them: here a server that draws grey squares."""

from __future__ import annotations

import struct
import threading
import zlib
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.browsing import Visitor, faults, scrolls_sideways
from tests.e2e.demonstration import Site, serve_a_copy


def grey_square() -> bytes:
    """A PNG of 256 × 256 pixels, all of one grey."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = (b"\0" + b"\xdd" * 256) * 256
    head = struct.pack(">IIBBBBB", 256, 256, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


class Tiles(BaseHTTPRequestHandler):
    """Answers every address with the grey square, and remembers what was asked for."""

    square = grey_square()
    asked: list[str]

    def do_GET(self) -> None:
        self.asked.append(self.path)
        self.send_response(200)
        self.send_header("Content-Type", "image/png")
        self.end_headers()
        self.wfile.write(self.square)

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def tiles() -> Iterator[tuple[str, list[str]]]:
    """The address pattern of a tile server, and what it is asked for."""
    asked: list[str] = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (Tiles,), {"asked": asked}))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/{{z}}/{{x}}/{{y}}.png", asked
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def tiled_site(demo_database: Path, tmp_path: Path, tiles: tuple[str, list[str]]) -> Iterator[Site]:
    """The demonstration's site with a tile server. Named before `visit`: browsers close first, or what they still fetch is cut off."""
    pattern, _ = tiles
    with serve_a_copy(
        demo_database, tmp_path, TRIPKIT_MAP_TILES=pattern, TRIPKIT_MAP_ATTRIBUTION="Grey squares"
    ) as served:
        yield served


@pytest.mark.parametrize("size", ["phone", "desktop"])
def test_the_map_with_tiles_shows_every_place_and_takes_the_drawing_away(
    tiled_site: Site, tiles: tuple[str, list[str]], visit: Callable[..., Visitor], size: str
) -> None:
    _, asked = tiles
    trip = tiled_site.open_trip()
    someone = visit(tiled_site.url, size=size)
    page = someone.go(f"/sv/{trip.organisation.key}/{trip.trip.key}/")
    page.locator("#sites").scroll_into_view_if_needed()
    expect(page.locator(".rm-pin")).to_have_count(len(trip.trip.sites))
    expect(page.locator("svg.rm:visible")).to_have_count(0)
    expect(page.locator(".rm-credit")).to_contain_text("Grey squares")
    page.locator(".leaflet-tile-loaded").first.wait_for()
    assert asked and all(path.endswith(".png") for path in asked)
    page.locator(".rm-pin").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".leaflet-popup")).to_be_visible()
    assert faults(page) == []
    assert scrolls_sideways(page) == ""
    someone.picture("map-with-tiles")


def test_the_drawn_map_stays_where_tiles_are_chosen_and_scripts_do_not_run(
    tiled_site: Site, tiles: tuple[str, list[str]], visit: Callable[..., Visitor]
) -> None:
    _, asked = tiles
    trip = tiled_site.open_trip()
    someone = visit(tiled_site.url, java_script_enabled=False)
    page = someone.go(f"/sv/{trip.organisation.key}/{trip.trip.key}/")
    expect(page.locator("svg.rm:visible")).to_have_count(1)
    assert asked == []


def test_nothing_is_asked_of_anybody_else(site: Site, visit: Callable[..., Visitor]) -> None:
    someone = visit(site.url)
    trip = site.open_trip()
    asked: list[str] = []
    someone.page.on("request", lambda request: asked.append(request.url))
    for address in ("", "sign-up/"):
        someone.go(f"/sv/{trip.organisation.key}/{trip.trip.key}/{address}")
    assert asked
    assert [url for url in asked if not url.startswith(site.url)] == []
