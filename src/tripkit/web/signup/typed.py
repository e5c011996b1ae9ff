"""What was typed into the sign-up form, as it was typed, and the request it makes; nothing is judged here."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from werkzeug.datastructures import MultiDict

from tripkit.domain.bookings import BookingRequest, ParticipantRequest
from tripkit.domain.questions import Answer, Question, QuestionKind
from tripkit.domain.trips import Trip

Form = MultiDict[str, str]
_PERSON = re.compile(r"participants-([0-9]{1,4})-")
_FORM_KEY = re.compile(r"[A-Za-z0-9_-]{16,64}")
_NO_WIDTH = dict.fromkeys(map(ord, "\u200b\u2060\ufeff"))
_SPARE = 20
"""Cards shown beyond the largest party, so that what was sent can be seen and taken away; more are not read."""


def new_form_key() -> str:
    """What makes the same form sent twice one booking."""
    return secrets.token_urlsafe(24)


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedPerson:
    """One card. ``visits``: choice key to item key; ``answers``: question key to what was typed or ticked."""

    name: str = ""
    email: str = ""
    segment: str = ""
    visits: Mapping[str, str] = field(default_factory=dict)
    answers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedSignup:
    """The whole form. ``contact_travels``: the contact person is the first participant where that card is empty."""

    contact_name: str = ""
    contact_email: str = ""
    contact_phone: str = ""
    organisation: str = ""
    invoice_address: str = ""
    invoice_reference: str = ""
    contact_travels: bool = True
    together: bool = False
    terms_version: str = ""
    form_key: str = field(default_factory=new_form_key)
    people: tuple[TypedPerson, ...] = ()

    def contact_is_first(self) -> bool:
        """Whether the first participant takes name and address from the contact person."""
        return self.contact_travels and bool(self.people) and not self.people[0].name.strip()

    def travellers(self) -> tuple[TypedPerson, ...]:
        """The participants, the contact person among them where that was asked for."""
        if not self.contact_is_first():
            return self.people
        first = self.people[0]
        email = first.email if first.email.strip() else self.contact_email
        return replace(first, name=self.contact_name, email=email), *self.people[1:]


def new_signup(trip: Trip, people: int = 1) -> TypedSignup:
    """An empty form for so many people; with one segment there is nothing to choose."""
    count = min(max(people, 1), trip.largest_party)
    return TypedSignup(people=(new_person(trip),) * count)


def new_person(trip: Trip) -> TypedPerson:
    """An empty card."""
    return TypedPerson(segment=trip.segments[0].key if len(trip.segments) == 1 else "")


def read_signup(form: Form, trip: Trip, *, without: int | None = None) -> TypedSignup:
    """Read what was sent. ``without``: the number in the field names of a participant to leave out."""
    form_key = form.get("form_key", "")
    texts = {
        name: plain(form.get(name, ""))
        for name in (
            "contact_name",
            "contact_email",
            "contact_phone",
            "organisation",
            "invoice_address",
            "invoice_reference",
        )
    }
    found = sorted({int(match[1]) for name in form if (match := _PERSON.match(name))})
    return TypedSignup(
        **texts,
        contact_travels="contact_travels" in form and (without is None or without != next(iter(found), None)),
        together=form.get("together") == "yes",
        terms_version=form.get("terms_version", ""),
        people=tuple(
            read_person(form, trip, f"participants-{number}-")
            for number in found[: trip.largest_party + _SPARE]
            if number != without
        ),
        form_key=form_key if _FORM_KEY.fullmatch(form_key) else new_form_key(),
    )


def read_person(form: Form, trip: Trip, prefix: str) -> TypedPerson:
    """Read one card. Fields the trip does not know are not looked at."""
    return TypedPerson(
        name=plain(form.get(f"{prefix}name", "")),
        email=plain(form.get(f"{prefix}email", "")),
        segment=form.get(f"{prefix}segment", ""),
        visits={
            choice.key: chosen for choice in trip.choices if (chosen := form.get(f"{prefix}choices-{choice.key}", ""))
        },
        answers={
            question.key: given
            for question in trip.questions
            if (given := tuple(map(plain, form.getlist(f"{prefix}answers-{question.key}"))))
        },
    )


def plain(text: str) -> str:
    """Text with line ends as everywhere else than in forms (HTML sends CR LF), and without spaces of no width.

    These come along when somebody copies an address or a name from another program, and mean nothing.
    """
    return text.replace("\r\n", "\n").replace("\r", "\n").translate(_NO_WIDTH)


def to_request(typed: TypedSignup, trip: Trip, language: str) -> BookingRequest:
    """The sign-up that is asked for."""
    return BookingRequest(
        contact_name=typed.contact_name.strip(),
        contact_email=typed.contact_email.strip(),
        contact_phone=typed.contact_phone.strip() or None,
        organisation=typed.organisation.strip(),
        invoice_address=typed.invoice_address.strip(),
        invoice_reference=typed.invoice_reference.strip(),
        language=language,
        together=typed.together and len(typed.people) > 1,
        participants=tuple(
            ParticipantRequest(
                name=person.name.strip(),
                email=person.email.strip() or None,
                segment=person.segment,
                items=items_of(person, trip),
                answers=answers_of(person, trip.questions),
            )
            for person in typed.travellers()
        ),
        terms_version=typed.terms_version or None,
        form_key=typed.form_key,
    )


def items_of(person: TypedPerson, trip: Trip) -> tuple[str, ...]:
    """The items somebody chose, in the order of the choices."""
    return tuple(person.visits[choice.key] for choice in trip.choices if person.visits.get(choice.key))


def answers_of(person: TypedPerson, questions: Iterable[Question]) -> dict[str, Answer]:
    """What somebody answered, as the rules want it; what cannot be one stays text, and is refused there."""
    return {question.key: to_answer(question, person.answers.get(question.key, ())) for question in questions}


def to_answer(question: Question, typed: tuple[str, ...]) -> Answer:
    """One answer as the rules want it."""
    given = tuple(dict.fromkeys(text.strip() for text in typed if text.strip()))
    if question.kind is QuestionKind.MANY_OF:
        return given
    if not given:
        return None
    if question.kind is QuestionKind.YES_NO:
        return {"yes": True, "no": False}.get(given[0], given[0])
    return given[0]


def as_typed(question: Question, answer: Answer) -> tuple[str, ...]:
    """A stored answer as the form shows it."""
    if answer is None:
        return ()
    if isinstance(answer, bool):
        return ("yes" if answer else "no",)
    return (answer,) if isinstance(answer, str) else answer
