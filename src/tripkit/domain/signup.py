"""What can be seen to be wrong with a sign-up before any seat is counted; no pools, no rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from tripkit.domain.answers import check_answers, goes_elsewhere, has_unseen_characters, is_blank, is_email
from tripkit.domain.bookings import BookingRequest, ParticipantRequest
from tripkit.domain.collisions import Collision, TravelTimes, attended, collisions
from tripkit.domain.programme import ProgrammeItem
from tripkit.domain.refusals import Problem
from tripkit.domain.sentences import Sentence, sentence
from tripkit.domain.texts import Text
from tripkit.domain.trips import Trip

LONGEST_NAME = 120
"""Characters in a name or an organisation's name."""
LONGEST_ADDRESS = 600
"""Characters in an invoice address."""


def check_request(trip: Trip, request: BookingRequest, full: Collection[str] = ()) -> tuple[Problem, ...]:
    """Everything wrong with a sign-up that needs no counting, in the order of the form.

    ``full``: keys of items without room; a required choice of which nothing is left may stay open.
    """
    return (
        *check_contact(request.contact_name, request.contact_email, request.contact_phone, request.organisation),
        *check_invoice(request.invoice_address, request.invoice_reference),
        *_check_party(trip, request.participants),
        *(
            problem
            for index, participant in enumerate(request.participants)
            for problem in check_participant(trip, participant, f"participants.{index}", full)
        ),
        *_check_together(trip, request),
        *_check_terms(trip, request.terms_version),
    )


def check_contact(name: str, email: str, phone: str | None, organisation: str) -> Iterator[Problem]:
    """What is wrong with the contact person."""
    yield from check_text("contact_name", name, LONGEST_NAME, sentence("Write the contact person's name."))
    yield from check_email("contact_email", email, sentence("Write the e-mail address the confirmation goes to."))
    yield from check_text("contact_phone", phone or "", 40)
    yield from check_text("organisation", organisation, LONGEST_NAME, sentence("Write the name of your organisation."))


def check_invoice(address: str, reference: str) -> Iterator[Problem]:
    """What is wrong with where the invoice goes."""
    yield from check_text("invoice_address", address, LONGEST_ADDRESS)
    yield from check_text("invoice_reference", reference, LONGEST_NAME)


def check_text(at: str, text: str, longest: int, missing: Sentence | None = None) -> Iterator[Problem]:
    """What is wrong with a short text. ``missing``: what to say when it is empty, None = it may be."""
    if missing is not None and is_blank(text):
        yield Problem(at, missing)
    elif len(text) > longest:
        yield Problem(
            at,
            sentence("This is {length} characters long. At most {longest} fit.", length=len(text), longest=longest),
        )
    elif has_unseen_characters(text):
        yield Problem(at, sentence("This holds characters that cannot be seen. Write it again by hand."))


def check_email(at: str, email: str, missing: Sentence | None = None) -> Iterator[Problem]:
    """What is wrong with an e-mail address. ``missing``: what to say when it is empty, None = it may be."""
    if not email.strip():
        if missing is not None:
            yield Problem(at, missing)
    elif goes_elsewhere(email.rpartition("@")[2]):
        yield Problem(at, sentence("Mail servers know this domain by other letters. Write it as they do, with xn--."))
    elif not is_email(email):
        yield Problem(at, sentence("The address is not whole. Write all of it, as in name@workplace.example."))


def check_participant(
    trip: Trip, participant: ParticipantRequest, at: str, full: Collection[str] = ()
) -> Iterator[Problem]:
    """What is wrong with one participant. ``at``: the path before the field."""
    yield from check_text(f"{at}.name", participant.name, LONGEST_NAME, sentence("Write the participant's name."))
    yield from check_email(f"{at}.email", participant.email or "")
    segment = participant.segment
    if segment not in {one.key for one in trip.segments}:
        yield Problem(f"{at}.segment", sentence("Choose the group that is closest to the work."))
        segment = ""  # What holds for every group is said all the same, so that one round of mending is enough.
    yield from check_items(trip, participant.name, segment, participant.items, at, full)
    yield from check_answers(trip.questions, segment, participant.answers, f"{at}.answers")


def check_items(
    trip: Trip, name: str, segment: str, items: Sequence[str], at: str, full: Collection[str] = ()
) -> Iterator[Problem]:
    """What is wrong with the programme items one participant chose: unknown, not for them, too many, colliding.

    ``segment``: empty = not chosen yet; then only what is wrong for every segment.
    """
    programme = {item.key: item for item in trip.programme}
    chosen = [programme[key] for key in dict.fromkeys(items) if key in programme and programme[key].choice is not None]
    if len(chosen) != len(items):
        yield Problem(f"{at}.items", sentence("Choose among the visits in the programme."))
        return
    for item in chosen:
        if segment and not item.is_meant_for(segment):
            yield Problem(_at_item(at, item), sentence("“{item}” is meant for other groups.", item=item.title))
    for choice in trip.choices:
        of_choice = [item for item in chosen if item.choice == choice.key]
        open_to = [i.key for i in trip.programme if i.choice == choice.key and i.is_meant_for(segment)]
        if len(of_choice) > 1:
            yield Problem(f"{at}.choices.{choice.key}", sentence("Choose one of them, they go on at the same time."))
        elif not of_choice and choice.required and not set(open_to).issubset(full):
            yield Problem(f"{at}.choices.{choice.key}", sentence("Choose one of the visits."))
    yield from _check_collisions(trip, name, segment, chosen, at)


def _check_collisions(
    trip: Trip, name: str, segment: str, chosen: Sequence[ProgrammeItem], at: str
) -> Iterator[Problem]:
    sites = {site.key: site.name for site in trip.sites}
    goes_to = attended(trip.programme, segment, [item.key for item in chosen])
    for collision in collisions(goes_to, TravelTimes(trip.travel)):
        earlier, later = collision.earlier, collision.later
        if later.choice is None and earlier.choice is None:
            continue  # The organiser's own doing, reported when the trip is checked: nothing a participant can mend.
        if earlier.choice is not None and earlier.choice == later.choice:
            continue  # Said already: one of each choice.
        mendable = later if later.choice is not None else earlier
        yield Problem(_at_item(at, mendable), _say(collision, name, sites))


def _say(collision: Collision, name: str, sites: Mapping[str, Text]) -> Sentence:
    earlier, later = collision.earlier, collision.later
    values: dict[str, object] = {
        "name": name.strip() or sentence("The participant"),
        "earlier": earlier.title,
        "later": later.title,
        "ends": earlier.local_end().time(),
        "starts": later.local_start().time(),
    }
    if collision.travel_minutes == 0:
        return sentence(
            "{name} cannot be at both. “{earlier}” ends at {ends}, and “{later}” starts at {starts}. Choose one of them.",
            **values,
        )
    return sentence(
        "{name} cannot make it. “{earlier}” ends at {ends}, and the journey to {site} takes {minutes} minutes."
        " “{later}” starts at {starts}. Change one of them.",
        site=sites[later.site or ""],
        minutes=collision.travel_minutes,
        **values,
    )


def _at_item(at: str, item: ProgrammeItem) -> str:
    return f"{at}.choices.{item.choice}"


def _check_party(trip: Trip, participants: Sequence[ParticipantRequest]) -> Iterator[Problem]:
    if not participants:
        yield Problem("participants", sentence("Add at least one person who travels."))
    if len(participants) > trip.largest_party:
        yield Problem(
            "participants",
            sentence(
                "One sign-up takes at most {most} people. Make another one for the rest.", most=trip.largest_party
            ),
        )
    yield from _check_twice(participants)


def _check_together(trip: Trip, request: BookingRequest) -> Iterator[Problem]:
    """A party that stays together and can never fit would wait for ever, and nobody would tell it."""
    if not request.together:
        return
    people = Counter(participant.segment for participant in request.participants)
    if people.total() > trip.size:
        yield Problem(
            "together",
            sentence(
                "You are {count}, and the trip takes {size} in all. Choose to book those who get a place.",
                count=people.total(),
                size=trip.size,
            ),
        )
    for segment in trip.segments:
        if segment.at_most is not None and people[segment.key] > segment.at_most:
            yield Problem(
                "together",
                sentence(
                    "{segment}: you are {count}, and at most {most} of that group travel. Choose to book those who get a place.",
                    segment=segment.name,
                    count=people[segment.key],
                    most=segment.at_most,
                ),
            )


def _check_twice(participants: Iterable[ParticipantRequest]) -> Iterator[Problem]:
    seen: set[tuple[str, str]] = set()
    for index, participant in enumerate(participants):
        person = (" ".join(participant.name.casefold().split()), (participant.email or "").casefold())
        if person[0] and person in seen:
            yield Problem(
                f"participants.{index}.name",
                sentence("{name} is here twice. Take one away, or tell them apart by e-mail.", name=participant.name),
            )
        seen.add(person)


def _check_terms(trip: Trip, accepted: str | None) -> Iterator[Problem]:
    if accepted is None:
        yield Problem("terms_version", sentence("Read and accept the terms."))
    elif accepted != trip.terms.version:
        yield Problem(
            "terms_version", sentence("The terms were changed while you wrote. Read and accept the new ones.")
        )
