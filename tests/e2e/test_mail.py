"""Messages as a mail program shows them: readable for everybody, in light and dark, on the narrowest screen."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.e2e.browsing import faults, scrolls_sideways
from tests.mailing.letters import CASES, LANGUAGES, make_letter, make_person
from tests.mailing.reading import body
from tripkit.domain.bookings import ParticipantStatus
from tripkit.mailing.compose import compose


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_message_keeps_the_rules_of_accessibility(browser: Browser, scheme: str) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, color_scheme=scheme)  # type: ignore[arg-type]
    page = context.new_page()
    found = {}
    for case in CASES:
        for language in LANGUAGES:
            page.set_content(body(compose(make_letter(case, language)), "html"))
            if wrong := faults(page):
                found[case, language] = wrong
    context.close()
    assert found == {}


def test_no_name_makes_a_message_wider_than_the_screen(browser: Browser) -> None:
    long = "W" * 120
    people = (make_person(long), make_person(long, ParticipantStatus.WAITING, position=12345))
    page = browser.new_page()
    page.set_content(body(compose(make_letter(people=people, contact_name=long)), "html"))
    assert scrolls_sideways(page) == ""
    page.close()
