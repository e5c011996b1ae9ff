"""A party of three signs up: visits that collide are refused in words, then corrected; the receipt; one cancels."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from tests.e2e.browsing import WALKS, Visitor, faults, path_of, scrolls_sideways
from tests.e2e.demonstration import Site
from tests.e2e.signing_up import Plan, cancel, choose_visits, fill_contact, fill_person, plans
from tripkit.actions.sealed_answers import opened
from tripkit.reads.trip_page import TripPage
from tripkit.settings import Settings
from tripkit.storage import open_engine, sessions
from tripkit.storage.bookings import AnswerRow
from tripkit.storage.data_keys import vault_for

PARTY = ("Leyla Påhittad", "Jonas Påhittad", "Mira Påhittad")


def two_segments(trip: TripPage) -> tuple[Plan, Plan, Plan]:
    """(what collides, what does not for the same person, what does not for somebody of another segment)."""
    for one in trip.trip.segments:
        wrong = next(plans(trip.trip, trip.places, one.key, clashing=True), None)
        right = next(plans(trip.trip, trip.places, one.key, clashing=False), None)
        others = (plans(trip.trip, trip.places, two.key, clashing=False) for two in trip.trip.segments if two != one)
        other = next(filter(None, (next(found, None) for found in others)), None)
        if wrong and right and other:
            return wrong, right, other
    pytest.fail("the demonstration has no visits that collide")


def find_the_trip(someone: Visitor, site: Site, trip: TripPage) -> Page:
    """From the list of trips to the programme, filtered, to the form."""
    page = someone.go(f"/{someone.language}/")
    page.get_by_role("link", name=trip.trip.title[someone.language]).last.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(trip.trip.title[someone.language])
    someone.picture("trip")
    segment = trip.trip.segments[0]
    page.locator("select[name=segment]").select_option(segment.key)
    page.locator("form:has(select[name=segment]) button[type=submit]").click()
    assert f"segment={segment.key}" in page.url
    programme = page.locator("#programme")
    hidden = [item for item in trip.trip.programme if not item.is_meant_for(segment.key)]
    for item in hidden:
        expect(programme.get_by_role("link", name=item.title[someone.language], exact=True)).to_have_count(0)
    shown = next(item for item in trip.trip.programme if item.is_meant_for(segment.key))
    expect(programme.get_by_text(shown.title[someone.language]).first).to_be_visible()
    page.goto(f"{someone.url}/{someone.language}/{trip.organisation.key}/{trip.trip.key}/sign-up/")
    return page


@pytest.mark.parametrize(("language", "size"), WALKS)
def test_a_party_of_three_signs_up_and_one_of_them_cancels(
    fresh_site: Site, visit: Callable[..., Visitor], language: str, size: str
) -> None:
    trip = fresh_site.open_trip()
    wrong, right, other = two_segments(trip)
    someone = visit(fresh_site.url, language=language, size=size)
    page = find_the_trip(someone, fresh_site, trip)
    fill_contact(page, "Kontakt Påhittad", "kontakt@tripkit.example")
    for index, name in enumerate(PARTY):
        if index:
            page.locator("button[name=do][value=add]").click()
        fill_person(page, index, name, (wrong, other, right)[index], trip.trip.questions)
    page.locator("#terms_version").check()
    expect(page.locator("#participants-0 [data-clash]:not([hidden])").first).to_be_visible()
    page.locator("[data-send]").click()

    summary = page.locator("[data-alert]").first
    expect(summary).to_be_visible()
    expect(summary).to_contain_text(PARTY[0])
    assert page.title().startswith({"sv": "Fel:", "en": "Error:"}[language])
    assert faults(page) == []
    assert scrolls_sideways(page) == ""
    someone.picture("signup-refused")

    for index, plan in enumerate((right, other, right)):
        choose_visits(page, index, plan)
    assert page.locator("#contact_name").input_value() == "Kontakt Påhittad"
    page.locator("[data-send]").click()

    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert "/booking/" in page.url
    for name in PARTY:
        expect(page.get_by_role("heading", name=name)).to_be_visible()
    code = page.locator(".verdict .code").inner_text()
    assert faults(page) == []
    assert scrolls_sideways(page) == ""
    someone.picture("receipt")
    after = fresh_site.open_trip()
    assert after.places.trip.taken == trip.places.trip.taken + 3

    booking = path_of(page)
    mail = fresh_site.wait_for_mail("kontakt@tripkit.example", 1)
    assert code in mail[0].get_body(("plain",)).get_content()
    assert [part.get_content_type() for part in mail[0].iter_attachments()].count("text/calendar") >= 1
    page.goto(f"{someone.url}/demo/mail/")
    expect(page.get_by_text(code).first).to_be_visible()
    assert faults(page) == []
    assert scrolls_sideways(page) == ""
    someone.picture("demo-mail")

    page.goto(someone.url + booking)
    cancel(page, PARTY[1])
    someone.picture("cancel")
    assert faults(page) == []
    page.locator("form button.danger").click()
    expect(page.get_by_role("status").first).to_be_visible()
    assert fresh_site.open_trip().places.trip.taken == trip.places.trip.taken + 2
    assert len(fresh_site.wait_for_mail("kontakt@tripkit.example", 2)) == 2
    someone.picture("receipt-after")


def test_the_same_form_works_without_scripts(fresh_site: Site, visit: Callable[..., Visitor]) -> None:
    trip = fresh_site.open_trip()
    wrong, right, other = two_segments(trip)
    someone = visit(fresh_site.url, language="sv", size="phone", java_script_enabled=False)
    page = someone.go(f"/sv/{trip.organisation.key}/{trip.trip.key}/sign-up/")
    fill_contact(page, "Kontakt Påhittad", "kontakt@tripkit.example")
    fill_person(page, 0, PARTY[0], wrong, trip.trip.questions)
    page.locator("button[name=do][value=add]").click()
    fill_person(page, 1, PARTY[1], other, trip.trip.questions)
    page.locator("#terms_version").check()
    page.locator("[data-send]").click()
    expect(page.locator("[data-alert]").first).to_contain_text(PARTY[0])
    choose_visits(page, 0, right)
    page.locator("[data-send]").click()
    expect(page.get_by_role("heading", name=PARTY[1])).to_be_visible()
    cancel(page, PARTY[1])
    page.locator("form button.danger").click()
    expect(page.get_by_role("status").first).to_be_visible()
    assert fresh_site.open_trip().places.trip.taken == trip.places.trip.taken + 1


def test_the_form_can_be_filled_and_sent_by_keyboard_alone(fresh_site: Site, visit: Callable[..., Visitor]) -> None:
    trip = fresh_site.open_trip()
    _, right, _ = two_segments(trip)
    someone = visit(fresh_site.url, language="en", size="desktop")
    page = someone.go(f"/en/{trip.organisation.key}/{trip.trip.key}/sign-up/")
    wanted = {f"participants-0-choices-{choice}": item for choice, item in right.visits.items()}
    texts = {
        "contact_name": "Keyboard Person",
        "organisation": "Made-up council",
        "contact_email": "keys@tripkit.example",
    }
    visited: list[str] = []
    for _ in range(120):
        page.keyboard.press("Tab")
        here = page.evaluate(
            """() => { const e = document.activeElement; const s = getComputedStyle(e);
            return {name: e.name || "", value: e.value || "", type: e.type || "", tag: e.tagName, send: e.matches("[data-send]"),
                    ring: s.outlineStyle !== "none" || s.boxShadow !== "none" || e.type === "radio" || e.type === "checkbox",
                    required: e.required || false}; }"""
        )
        visited.append(here["name"])
        if here["tag"] in {"INPUT", "BUTTON", "SELECT", "A", "TEXTAREA", "SUMMARY"}:
            assert here["ring"], f"no sign of focus on {here}"
        if here["send"]:
            page.keyboard.press("Enter")
            break
        name = here["name"]
        if name in texts:
            page.keyboard.press("ControlOrMeta+a")
            page.keyboard.type(texts[name])
        elif name.endswith("-segment"):
            names = {segment.key: segment.name["en"] for segment in trip.trip.segments}
            page.keyboard.type(names[right.segment][:12])
        elif name in wanted:
            for _ in range(12):
                if page.evaluate("document.activeElement.value") == wanted[name]:
                    break
                page.keyboard.press("ArrowDown")
            page.keyboard.press("Space")
        elif here["type"] in {"radio", "checkbox"} and "-answers-" in name and name not in visited[:-1]:
            page.keyboard.press("Space")
        elif here["tag"] == "INPUT" and "-answers-" in name and here["required"] and here["type"] == "text":
            page.keyboard.type("Train")
        elif name == "terms_version":
            page.keyboard.press("Space")
    expect(page.locator(".verdict .code")).to_be_visible()
    assert visited.index("contact_name") < visited.index("participants-0-segment") < visited.index("terms_version")


def test_going_back_and_sending_once_more_makes_no_second_booking(
    fresh_site: Site, visit: Callable[..., Visitor]
) -> None:
    trip = fresh_site.open_trip()
    _, right, _ = two_segments(trip)
    someone = visit(fresh_site.url, language="en", size="phone")
    page = someone.go(f"/en/{trip.organisation.key}/{trip.trip.key}/sign-up/")
    fill_contact(page, "Twice Made-up", "twice@tripkit.example")
    fill_person(page, 0, PARTY[0], right, trip.trip.questions)
    page.locator("#terms_version").check()
    page.locator("[data-send]").click()
    code = page.locator(".verdict .code").inner_text()

    page.go_back()
    expect(page.locator("#contact_name")).to_have_value("Twice Made-up")
    page.locator("[data-send]").click()
    expect(page.locator(".verdict .code")).to_have_text(code)
    assert fresh_site.open_trip().places.trip.taken == trip.places.trip.taken + 1

    page.go_back()
    page.locator("#contact_name").fill("Somebody Else")
    page.locator("[data-send]").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("This form was sent before")
    page.get_by_role("link", name="Begin a new sign-up").click()
    fill_contact(page, "Somebody Else", "else@tripkit.example")
    fill_person(page, 0, PARTY[1], right, trip.trip.questions)
    page.locator("#terms_version").check()
    page.locator("[data-send]").click()
    expect(page.locator(".verdict .code")).not_to_have_text(code)
    assert fresh_site.open_trip().places.trip.taken == trip.places.trip.taken + 2


def test_who_adds_a_person_writes_their_name_next(site: Site, visit: Callable[..., Visitor]) -> None:
    trip = site.open_trip()
    page = visit(site.url, language="sv", size="phone").go(f"/sv/{trip.organisation.key}/{trip.trip.key}/sign-up/")
    page.locator("button[name=do][value=add]").click()
    expect(page.locator("[data-status]")).to_have_text("Person 2 är tillagd.")
    page.wait_for_timeout(
        100
    )  # A card that comes unfolded tells so a moment later, and nothing may move the focus then.
    expect(page.locator("#participants-1-name")).to_be_focused()
    page.keyboard.type("Mira Påhittad")
    page.locator("#participants-1-segment").select_option(index=1)
    page.locator("button[name=do][value=add]").click()
    page.locator("#participants-1 summary").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#participants-1")).to_be_focused()


def test_the_button_says_that_the_press_was_heard(fresh_site: Site, visit: Callable[..., Visitor]) -> None:
    trip = fresh_site.open_trip()
    _, right, _ = two_segments(trip)
    page = visit(fresh_site.url, language="sv").go(f"/sv/{trip.organisation.key}/{trip.trip.key}/sign-up/")
    fill_contact(page, "Kontakt Påhittad", "kontakt@tripkit.example")
    fill_person(page, 0, PARTY[0], right, trip.trip.questions)
    page.locator("#terms_version").check()
    page.evaluate(
        """() => addEventListener("pagehide", () => sessionStorage.setItem("said",
            document.querySelector("[data-send]").textContent + " | " + document.querySelector("[data-status]").textContent))"""
    )
    page.locator("[data-send]").click()
    expect(page.locator(".verdict .code")).to_be_visible()
    assert page.evaluate("sessionStorage.getItem('said')") == "Skickar … | Skickar …"
    page.go_back()
    expect(page.locator("[data-send]")).to_have_text("Skicka anmälan")


def test_what_follows_from_a_hidden_answer_can_still_be_corrected(
    fresh_site: Site, visit: Callable[..., Visitor]
) -> None:
    trip = fresh_site.open_trip()
    _, right, _ = two_segments(trip)
    follows = next(one for one in trip.trip.questions if one.when and one.sensitive)
    assert follows.when is not None
    first, then = (f"participants-0-answers-{key}" for key in (follows.when.question, follows.key))
    page = visit(fresh_site.url, language="sv").go(f"/sv/{trip.organisation.key}/{trip.trip.key}/sign-up/")
    fill_contact(page, "Kontakt Påhittad", "kontakt@tripkit.example")
    fill_person(page, 0, PARTY[0], right, trip.trip.questions)
    expect(page.locator(f"#{then}")).to_be_hidden()
    page.locator(f'[name="{first}"][value="{follows.when.answers[0]}"]').check()
    page.locator(f"#{then}").fill("Jordnötter")
    page.locator("#terms_version").check()
    page.locator("[data-send]").click()

    page.locator('a[href*="/correct/"]').click()
    expect(page.locator(f"#{then}")).to_be_visible()
    expect(page.locator(f"#{then}")).to_have_value("")
    page.locator(f"#{then}").fill("Jordnötter och selleri")
    page.locator("form .btn[type=submit]").click()
    expect(page.get_by_role("status").first).to_be_focused()
    url = f"sqlite:///{fresh_site.database}"
    engine = open_engine(url, vault_for(Settings(database_url=url)))
    with sessions(engine)() as session:
        stored = [opened(session, row) for row in session.scalars(select(AnswerRow))]
    engine.dispose()
    assert "Jordnötter och selleri" in stored
    assert "Jordnötter" not in stored
