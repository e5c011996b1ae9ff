"""Everything the sign-up page shows, gathered from the trip, its places and what was typed; no markup, no rule."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tripkit.actions.written_signup import price_of
from tripkit.domain.places import Room, TripState
from tripkit.domain.prices import Price, Sum, add_up
from tripkit.domain.programme import Choice, ProgrammeItem
from tripkit.domain.questions import Condition, Question
from tripkit.domain.refusals import Problem
from tripkit.domain.sentences import Sentence, sentence
from tripkit.domain.texts import Text
from tripkit.domain.trips import Segment, Site, Trip
from tripkit.reads.trip_page import TripPage
from tripkit.web.signup.forecast import Outlook, PartySum, outlooks, party_sum
from tripkit.web.signup.typed import TypedPerson, TypedSignup


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One item to choose. ``room``: None = no count is kept. ``only_for``: in words, None = for everyone."""

    item: ProgrammeItem
    site: Site | None
    room: Room | None
    only_for: Sentence | None

    def is_full(self) -> bool:
        """Whether nobody more fits."""
        return self.room is not None and not self.room.has_room()


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitChoice:
    """Where one of several visits is chosen. ``same_time``: they all start and end together."""

    choice: Choice
    visits: tuple[Visit, ...]
    same_time: bool

    def has_room_for(self, segment: str) -> bool:
        """Whether any visit meant for this segment has room; for any segment when none is chosen."""
        return any(not v.is_full() for v in self.visits if not segment or v.item.is_meant_for(segment))


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedQuestion:
    """A question as a form shows it. ``only_for``, ``when``: of whom and after which answers, in words; None = always."""

    question: Question
    only_for: Sentence | None
    when: Sentence | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One participant's part of the form.

    ``at``: what its field names begin with, without the last dash. ``folded``: finished, shown as one line.
    """

    at: str
    number: int
    typed: TypedPerson
    outlook: Outlook
    is_contact: bool
    folded: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceRow:
    """A price and whom it is for. ``segments``: empty = everyone."""

    price: Price
    sum: Sum
    segments: tuple[Segment, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SignupPage:
    """The sign-up page. ``problems``: name of a field to what is wrong with it; ``focus``: the field to start in."""

    page: TripPage
    typed: TypedSignup
    cards: tuple[Card, ...]
    blank: Card
    choices: tuple[VisitChoice, ...]
    questions: tuple[AskedQuestion, ...]
    prices: tuple[PriceRow, ...]
    party_sum: PartySum
    problems: Mapping[str, tuple[Sentence, ...]]
    summary: tuple[Problem, ...]
    focus: str
    notice: Sentence | None

    def is_queue(self) -> bool:
        """Whether everybody who signs up now waits."""
        return self.page.state is TripState.FULL

    def is_draw(self) -> bool:
        """Whether everybody who signs up now is entered in the draw."""
        return self.page.state is TripState.DRAW

    def may_add(self) -> bool:
        """Whether one more person fits into one sign-up."""
        return len(self.cards) < self.page.trip.largest_party


def signup_page(
    page: TripPage,
    typed: TypedSignup,
    *,
    problems: Iterable[Problem] = (),
    focus: str = "",
    notice: Sentence | None = None,
    fold: bool = False,
) -> SignupPage:
    """Gather the page. ``notice``: a sentence above the form that is about no field; ``fold``: the finished cards."""
    trip = page.trip
    expected = outlooks(trip, page.places, [person.segment for person in typed.people], typed.together)
    shown = tuple(_without_echo(problems, typed))
    wrong = by_field(shown)
    cards = tuple(
        Card(
            at=f"participants-{index}",
            number=index + 1,
            typed=person,
            outlook=outlook,
            is_contact=index == 0 and typed.contact_is_first(),
            folded=fold and len(expected) > 1 and _is_finished(person, typed.travellers()[index], wrong, index),
        )
        for index, (person, outlook) in enumerate(zip(typed.people, expected, strict=True))
    )
    blank = TypedPerson(segment=trip.segments[0].key if len(trip.segments) == 1 else "")
    return SignupPage(
        page=page,
        typed=typed,
        cards=cards,
        blank=Card(
            at="participants-9999",
            number=9999,
            typed=blank,
            outlook=outlooks(trip, page.places, [""], False)[0],
            is_contact=False,
        ),
        choices=visit_choices(page),
        questions=asked_questions(trip),
        prices=price_rows(trip),
        party_sum=party_sum(trip, expected),
        problems=wrong,
        summary=shown,
        focus=focus,
        notice=notice,
    )


def _is_finished(person: TypedPerson, traveller: TypedPerson, wrong: Iterable[str], index: int) -> bool:
    has_problem = any(name.startswith(f"participants-{index}-") for name in wrong)
    return bool(traveller.name.strip() and person.segment) and not has_problem


def _without_echo(problems: Iterable[Problem], typed: TypedSignup) -> Iterable[Problem]:
    """What is wrong with the contact person is not said again of the participant who is the same person."""
    echo = {"participants.0.name", "participants.0.email"} if typed.contact_is_first() else set()
    return (problem for problem in problems if problem.at not in echo)


def by_field(problems: Iterable[Problem]) -> dict[str, tuple[Sentence, ...]]:
    """Problems by the name of their field."""
    found: dict[str, tuple[Sentence, ...]] = defaultdict(tuple)
    for problem in problems:
        found[field_of(problem)] += (problem.sentence,)
    return dict(found)


def field_of(problem: Problem) -> str:
    """The name, and id, of the field a problem is about: participants.0.name is participants-0-name."""
    return problem.at.replace(".", "-")


_FIELDS = {
    "contact_name": sentence("Name"),
    "organisation": sentence("Organisation"),
    "invoice_address": sentence("Invoice address"),
    "invoice_reference": sentence("Your reference on the invoice"),
}
"""What a field is called where its problem says “this”."""


def in_summary(problem: Problem, typed: TypedSignup, trip: Trip) -> Sentence:
    """A problem as the list at the top says it: with whom and which choice it is about, where the sentence does not say so."""
    parts = problem.at.split(".")
    if problem.at in _FIELDS and "longest" in problem.sentence.values:
        return sentence("{field}: {problem}", field=_FIELDS[problem.at], problem=problem.sentence)
    if parts[0] != "participants" or len(parts) < 2 or "name" in problem.sentence.values:
        return problem.sentence
    people = typed.travellers()
    index = int(parts[1])
    name = people[index].name.strip() if index < len(people) else ""
    who = name or sentence("Person {number}", number=index + 1)
    choice = next((one for one in trip.choices if parts[2:] == ["choices", one.key]), None)
    if choice is None:
        return sentence("{who}: {problem}", who=who, problem=problem.sentence)
    # Several choices are left open with the same words: a list of them has to tell them apart.
    return sentence("{who}, {choice}: {problem}", who=who, choice=choice.title, problem=problem.sentence)


def visit_choices(page: TripPage) -> tuple[VisitChoice, ...]:
    """What there is to choose, in the order of the choices; choices without items are left out."""
    trip = page.trip
    sites = {site.key: site for site in trip.sites}
    names = {segment.key: segment.name for segment in trip.segments}
    found: dict[str, list[Visit]] = defaultdict(list)
    for item in sorted(trip.programme, key=lambda one: one.starts_at):
        if item.choice is not None:
            found[item.choice].append(
                Visit(
                    item=item,
                    site=sites.get(item.site or ""),
                    room=page.places.items.get(item.key),
                    only_for=_only_for(item.segments, names),
                )
            )
    return tuple(
        VisitChoice(choice=choice, visits=tuple(visits), same_time=_at_once(visits))
        for choice in trip.choices
        if (visits := found[choice.key])
    )


def _at_once(visits: Sequence[Visit]) -> bool:
    return len({(one.item.starts_at, one.item.ends_at, one.item.time_zone) for one in visits}) == 1


def asked_questions(trip: Trip) -> tuple[AskedQuestion, ...]:
    """Every question that may be asked of anybody, with of whom and after which answers."""
    names = {segment.key: segment.name for segment in trip.segments}
    by_key = {question.key: question for question in trip.questions}
    return tuple(
        AskedQuestion(
            question=question,
            only_for=_only_for(question.segments, names),
            when=_after(by_key[question.when.question], question.when) if question.when else None,
        )
        for question in trip.questions
    )


def _only_for(segments: Iterable[str], names: Mapping[str, Text]) -> Sentence | None:
    groups = [names[key] for key in segments if key in names]
    return sentence("Only for {groups}.", groups=groups) if groups else None


def _after(question: Question, when: Condition) -> Sentence:
    options: dict[str, Text | Sentence] = {"yes": sentence("Yes"), "no": sentence("No")}
    options |= {option.key: option.name for option in question.options}
    return sentence(
        "If the answer to “{question}” is {answers}.",
        question=question.name,
        answers=[options.get(key, key) for key in when.answers],
    )


def price_rows(trip: Trip) -> tuple[PriceRow, ...]:
    """What one person pays, a row per price, in the order of the segments."""
    found: dict[Price, list[Segment]] = defaultdict(list)
    for segment in trip.segments:
        found[price_of(trip, segment.key)].append(segment)
    prices = found or {trip.price: []}
    return tuple(
        PriceRow(
            price=price,
            sum=add_up([price], price.net.currency),
            segments=tuple(segments) if len(prices) > 1 else (),
        )
        for price, segments in prices.items()
    )
