"""Filling the sign-up form as a person does, with values chosen by the rules of the trip that is shown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product

from playwright.sync_api import Locator, Page

from tripkit.domain.collisions import TravelTimes, collisions
from tripkit.domain.places import Places
from tripkit.domain.programme import ProgrammeItem
from tripkit.domain.questions import Question, QuestionKind
from tripkit.domain.trips import Trip

PARTY_SIZE = 3
ANSWERS = {
    QuestionKind.TEXT: "Tåg",
    QuestionKind.LONG_TEXT: "Kommer kvällen före.",
    QuestionKind.NUMBER: "3",
    QuestionKind.DATE: "2018-12-01",
    QuestionKind.EMAIL: "annan@tripkit.example",
    QuestionKind.PHONE: "070-000 00 00",
}


@dataclass(frozen=True)
class Plan:
    """What somebody chooses: a segment and, for each choice, an item. Empty item = none of them."""

    segment: str
    visits: Mapping[str, str]


def plans(trip: Trip, places: Places, segment: str, *, clashing: bool) -> Iterator[Plan]:
    """Choices people of the segment can make among visits with room for `PARTY_SIZE`, that collide or that do not."""
    always = [item for item in trip.programme if item.choice is None and item.is_meant_for(segment)]
    options: list[list[tuple[str, ProgrammeItem | None]]] = []
    for choice in trip.choices:
        items = [
            item
            for item in trip.programme
            if item.choice == choice.key and item.is_meant_for(segment) and _takes_a_party(places, item.key)
        ]
        options.append([(choice.key, item) for item in items] + ([] if choice.required else [(choice.key, None)]))
    for picked in product(*options):
        chosen = [item for _, item in picked if item is not None]
        if bool(collisions([*always, *chosen], TravelTimes(trip.travel))) is clashing:
            yield Plan(segment, {choice: item.key if item else "" for choice, item in picked})


def _takes_a_party(places: Places, item: str) -> bool:
    left = places.items[item].left
    return left is None or left >= PARTY_SIZE


def open_card(page: Page, index: int) -> Locator:
    """A person's card, unfolded."""
    card = page.locator(f"#participants-{index}")
    folded = card.locator("details[data-body]:not([open]) > summary")
    if folded.count():
        folded.click()
    return card


def fill_person(page: Page, index: int, name: str, plan: Plan, questions: tuple[Question, ...]) -> None:
    """Fill one card."""
    card = open_card(page, index)
    if index == 0:
        card.locator("input[name=contact_travels]").uncheck()
    card.locator(f"#participants-{index}-name").fill(name)
    segment = card.locator(f"select#participants-{index}-segment")
    if segment.count():
        segment.select_option(plan.segment)
    choose_visits(page, index, plan)
    for question in questions:
        answer(card, f"participants-{index}-answers-{question.key}", question, plan.segment)


def choose_visits(page: Page, index: int, plan: Plan) -> None:
    """Tick the visits of a plan."""
    card = open_card(page, index)
    for choice, item in plan.visits.items():
        card.locator(f'input[name="participants-{index}-choices-{choice}"][value="{item}"]').check()


def answer(card: Locator, name: str, question: Question, segment: str) -> None:
    """Answer a question that has to be answered, the plainest way."""
    if not question.required or question.when is not None or (question.segments and segment not in question.segments):
        return
    if question.kind in ANSWERS:
        card.locator(f"#{name}").fill(ANSWERS[question.kind])
    elif question.kind is QuestionKind.COUNTRY:
        card.locator(f"#{name}").select_option("SE")
    else:
        card.locator(f'[name="{name}"]:not([value=""])').first.check()


def fill_contact(page: Page, name: str, email: str) -> None:
    """Fill who signs up."""
    page.locator("#contact_name").fill(name)
    page.locator("#organisation").fill("Påhittade kommunen")
    page.locator("#contact_email").fill(email)


def stub(page: Page, name: str) -> Locator:
    """A participant's card on the receipt."""
    return page.locator("article.stub").filter(has=page.get_by_role("heading", name=name, exact=True))


def cancel(page: Page, name: str) -> None:
    """Open the page that cancels one of a booking."""
    stub(page, name).locator('a[href*="cancel/?participant="]').click()
