"""The fully booked trip: somebody cancels by the link they were mailed, and the next in the queue gets the place."""

from __future__ import annotations

import re
from collections.abc import Callable
from email.message import EmailMessage

import pytest
from playwright.sync_api import expect

from tests.e2e.browsing import WALKS, Visitor, faults, scrolls_sideways
from tests.e2e.demonstration import Site
from tests.e2e.signing_up import cancel
from tripkit.domain.places import TripState

LINK = re.compile(r"https?://[^/\s]+(/\w+/booking/[\w-]+/)")


WAITING = {"sv": "personer står i kö", "en": "people wait"}


def link_in(message: EmailMessage, language: str) -> str:
    """The secret link of a message, without the host, in a reader's language."""
    body = message.get_body(("plain",))
    assert body is not None
    return str(LINK.findall(body.get_content())[0]).replace("/sv/", f"/{language}/").replace("/en/", f"/{language}/")


@pytest.mark.parametrize(("language", "size"), WALKS)
def test_a_freed_place_is_offered_to_the_next_who_accepts_it(
    fresh_site: Site, visit: Callable[..., Visitor], language: str, size: str
) -> None:
    before = fresh_site.full_trip()
    assert before.places.trip.waiting > 0
    leaving = visit(fresh_site.url, language=language, size=size)
    page = leaving.page
    fresh_site.wait_for_mail("", 1)
    sent = fresh_site.messages()
    for message in sent:
        page.goto(fresh_site.url + link_in(message, language))
        one = page.locator("article.stub:not(.waiting)").filter(has=page.locator('a[href*="cancel/?participant="]'))
        if one.count() and page.locator(f'main a[href*="/{before.trip.key}/"]').count():
            break
    else:
        raise AssertionError("nobody with a place on the full trip was mailed")
    left = str(message["To"])
    cancel(page, one.first.get_by_role("heading").first.inner_text())
    expect(page.get_by_text(WAITING[language])).not_to_have_count(0)
    leaving.picture("cancel-on-full")
    page.locator("form button.danger").click()
    expect(page.get_by_role("status").first).to_be_visible()

    known = {str(message["Message-ID"]) for message in sent}
    told = [one for one in fresh_site.wait_for_mail("", len(sent) + 2) if str(one["Message-ID"]) not in known]
    offer = next(one for one in told if str(one["To"]) != left)
    during = fresh_site.full_trip()
    assert during.places.trip.offered == 1
    assert during.places.trip.waiting == before.places.trip.waiting - 1
    page.goto(f"{fresh_site.url}/{language}/{before.organisation.key}/{before.trip.key}/")
    expect(page.locator(".state").first).to_contain_text(
        {"sv": "åtta personer står i kö", "en": "eight people"}[language]
    )

    next_one = visit(fresh_site.url, language=language, size=size)
    page = next_one.page
    page.goto(fresh_site.url + link_in(offer, language))
    assert faults(page) == []
    assert scrolls_sideways(page) == ""
    next_one.picture("offer")
    page.locator('[id^="offer-"] form button').first.click()
    expect(page.get_by_role("status").first).to_be_visible()
    next_one.picture("offer-accepted")
    after = fresh_site.full_trip()
    assert after.state is TripState.FULL
    assert (after.places.trip.offered, after.places.trip.taken) == (0, before.places.trip.taken)
