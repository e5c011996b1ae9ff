"""A browser from before mid-2024 gets a plain sheet of its own: readable, one column, nothing out of reach."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Route

from tests.e2e.browsing import SIZES, Visitor, faults, scrolls_sideways
from tests.e2e.demonstration import Site

ASKS_FOR_OLD = "@supports not (color: light-dark(white, black))"
ASKS_FOR_NEW = "@supports (color: light-dark(white, black))"


def as_an_older_browser_reads_it(route: Route) -> None:
    """The same file, its two questions answered as a browser does that knows neither light-dark() nor nesting."""
    answer = route.fetch()
    sheet = answer.text()
    assert ASKS_FOR_OLD in sheet
    assert ASKS_FOR_NEW in sheet
    sheet = sheet.replace(ASKS_FOR_OLD, "@supports (color: red)").replace(
        ASKS_FOR_NEW, "@supports (color: no-such-colour)"
    )
    route.fulfill(response=answer, body=sheet)


@pytest.mark.parametrize("size", SIZES)
def test_an_older_browser_shows_a_trip_and_its_form_readably(
    site: Site, visit: Callable[..., Visitor], size: str
) -> None:
    trip = site.open_trip()
    someone = visit(site.url, language="sv", size=size)
    someone.page.route("**/look.*.css", as_an_older_browser_reads_it)
    for name, address in {"trips": "/sv/", "trip": "", "form": "sign-up/"}.items():
        whole = address if name == "trips" else f"/sv/{trip.organisation.key}/{trip.trip.key}/{address}"
        page = someone.go(whole)
        someone.picture(f"older-{name}")
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(253, 252, 249)"
        assert page.evaluate("getComputedStyle(document.body).fontFamily").startswith('"Segoe UI"')
        assert page.locator("h1").first.is_visible()
        assert faults(page) == []
        assert scrolls_sideways(page, [SIZES[size][0]]) == ""
    # The faces are asked for early, and this browser then does without them: that it remarks on it is right.
    someone.errors[:] = [error for error in someone.errors if "preload" not in error]
