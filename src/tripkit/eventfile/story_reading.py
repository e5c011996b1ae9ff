"""A written story against the trip it belongs to, and as values; nothing is played here."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from tripkit.domain.answers import is_email
from tripkit.domain.bookings import BookingRequest, ParticipantRequest
from tripkit.domain.questions import Answer, Question, QuestionKind
from tripkit.domain.refusals import Problem
from tripkit.domain.sentences import sentence
from tripkit.domain.signup import check_request
from tripkit.eventfile.checks.dates import starts_at
from tripkit.eventfile.checks.keys import check_once
from tripkit.eventfile.errors import Findings, Position, list_words, nearest_word
from tripkit.eventfile.format.entry import Entry
from tripkit.eventfile.format.story import (
    StoryBookingEntry,
    StoryContactEntry,
    StoryEntry,
    StoryParticipantEntry,
    StoryStepEntry,
)
from tripkit.eventfile.story import Story, StoryAct, StoryBooking, StoryStep
from tripkit.eventfile.values import Draft
from tripkit.eventfile.wallclock import WallClock

_UNKNOWN = datetime.min.replace(tzinfo=UTC)
"""In place of a moment that there is not, so that the rest can be checked in the same run."""


def read_story(entry: StoryEntry, draft: Draft, clock: WallClock, findings: Findings) -> Story:
    """The story as values. What does not fit the trip, or itself, is noted."""
    reader = _StoryReader(draft, clock, findings)
    labels = {index: one.label or str(index + 1) for index, one in enumerate(entry.bookings)}
    check_once([(labels[i], one.where("label")) for i, one in enumerate(entry.bookings)], findings)
    bookings = tuple(reader.booking(one, labels[index]) for index, one in enumerate(entry.bookings))
    by_label = {booking.label: booking for booking in bookings}
    then = tuple(step for one in entry.then if (step := reader.step(one, by_label)) is not None)
    expect = entry.expect
    if expect and expect.taken is not None and expect.taken > draft.trip.size and draft.is_whole("trip.size"):
        findings.error(expect.where("taken"), sentence("the trip takes {size} people in all", size=draft.trip.size))
    return Story(
        bookings=tuple(sorted(bookings, key=lambda booking: booking.at)),
        then=tuple(sorted(then, key=lambda step: step.at)),
        expect_taken=expect.taken if expect else None,
        expect_waiting=expect.waiting if expect else None,
    )


class _StoryReader:
    """Reads bookings and steps against one trip."""

    def __init__(self, draft: Draft, clock: WallClock, findings: Findings) -> None:
        self._draft, self._trip, self._clock, self._findings = draft, draft.trip, clock, findings
        self._segments = [segment.key for segment in draft.entry.segments]
        self._items = [item.key for item in draft.entry.programme if item.choice is not None]
        self._questions = {question.key: question for question in draft.trip.questions}
        # Without whole lists a key that seems unknown may only be one that could not be read.
        self._whole = draft.is_whole("segments", "programme", "choices", "questions")

    def booking(self, entry: StoryBookingEntry, label: str) -> StoryBooking:
        """One sign-up."""
        at = self._moment(entry)
        before = len(self._findings.errors)
        self._check_contact(entry)
        for participant in entry.participants:
            self._check_participant(participant)
        request = self._request(entry, label)
        if at is not None and self._draft.is_whole("trip.days", "trip.time_zone", "trip.sign_up"):
            self._check_open(entry, at)
        if self._whole and len(self._findings.errors) == before:
            self._check_request(entry, request)
        return StoryBooking(label=label, at=at or _UNKNOWN, request=request)

    def step(self, entry: StoryStepEntry, bookings: dict[str, StoryBooking]) -> StoryStep | None:
        """One thing that happens later; None when it is not said what to whom."""
        said = {act: label for act in StoryAct if (label := getattr(entry, act.value)) is not None}
        if len(said) != 1:
            hint = sentence("write one of cancel, accept and decline, with the label of a booking")
            self._findings.error(entry.where(), sentence("it is not clear what happens"), hint)
            return None
        [(act, label)] = said.items()
        at = self._moment(entry)
        booking = bookings.get(label)
        if booking is None:
            what = sentence("there is no booking “{label}”", label=label)
            hint = sentence("known: {words}", words=list_words(bookings))
            self._findings.error(entry.where(act.value), what, hint, nearest_word(label, bookings))
            return None
        if at is not None and booking.at is not _UNKNOWN and at <= booking.at:
            self._findings.error(entry.where("at"), sentence("this is before “{label}” signs up", label=label))
        names = [participant.name for participant in booking.request.participants]
        for index, name in enumerate(entry.participants):
            if name not in names:
                what = sentence("“{name}” does not travel with “{label}”", name=name, label=label)
                hint = sentence("its people are {words}", words=list_words(names))
                self._findings.error(entry.where("participants", index), what, hint, nearest_word(name, names))
        return StoryStep(
            at=at or _UNKNOWN, act=act, booking=label, participants=tuple(entry.participants), reason=entry.reason
        )

    def _moment(self, entry: StoryBookingEntry | StoryStepEntry) -> datetime | None:
        return self._clock.moment(entry.at, entry.where("at"))

    def _check_contact(self, entry: StoryBookingEntry) -> None:
        if entry.language not in self._trip.languages and self._draft.is_whole("trip.languages"):
            self._unknown(entry.where("language"), entry.language, "languages", list(self._trip.languages))
        owners: list[StoryContactEntry | StoryParticipantEntry] = [entry.contact, *entry.participants]
        for owner in owners:
            if owner.email is not None and not is_email(owner.email):
                what = sentence("“{text}” is not an e-mail address", text=owner.email)
                hint = sentence("write all of it, as in name@workplace.example")
                self._findings.error(owner.where("email"), what, hint)

    def _check_participant(self, entry: StoryParticipantEntry) -> None:
        if entry.segment not in self._segments and self._draft.is_whole("segments"):
            self._unknown(entry.where("segment"), entry.segment, "segments", self._segments)
        for index, item in enumerate(entry.items):
            if item not in self._items and self._draft.is_whole("programme"):
                self._unknown(entry.where("items", index), item, "programme", self._items)
        for key, answer in entry.answers.items():
            question = self._questions.get(key)
            if question is not None:
                self._check_options(entry, question, answer)
            elif self._draft.is_whole("questions"):
                self._unknown(entry.key_at("answers", key), key, "questions", list(self._questions))

    def _check_options(self, entry: StoryParticipantEntry, question: Question, answer: Any) -> None:
        if question.kind not in {QuestionKind.ONE_OF, QuestionKind.MANY_OF}:
            return
        allowed = [option.key for option in question.options]
        for index, key in enumerate(answer if isinstance(answer, list) else [answer]):
            if key not in allowed:
                path = ("answers", question.key, index) if isinstance(answer, list) else ("answers", question.key)
                self._unknown(entry.where(*path), str(key), "options", allowed)

    def _unknown(self, at: Position, word: str, among: str, allowed: list[str]) -> None:
        what = sentence("there is no “{key}” among {section}", key=word, section=among)
        hint = sentence("known: {words}", words=list_words(allowed)) if allowed else None
        self._findings.error(at, what, hint, nearest_word(word, allowed))

    def _check_open(self, entry: StoryBookingEntry, at: datetime) -> None:
        trip = self._trip
        if trip.signup_opens_at is not None and at < trip.signup_opens_at:
            self._findings.error(entry.where("at"), sentence("sign-up has not opened yet"))
        elif at >= min(starts_at(trip), trip.signup_closes_at or starts_at(trip)):
            self._findings.error(entry.where("at"), sentence("sign-up has closed"))

    def _request(self, entry: StoryBookingEntry, label: str) -> BookingRequest:
        invoice = entry.invoice
        return BookingRequest(
            contact_name=entry.contact.name,
            contact_email=entry.contact.email,
            contact_phone=entry.contact.phone,
            organisation=entry.organisation,
            invoice_address=invoice.address if invoice else "",
            invoice_reference=invoice.reference if invoice else "",
            language=entry.language,
            together=entry.together,
            participants=tuple(self._participant(participant) for participant in entry.participants),
            terms_version=self._trip.terms.version,
            form_key=f"story-{label}",
        )

    def _participant(self, entry: StoryParticipantEntry) -> ParticipantRequest:
        answers = {key: self._answer(key, written) for key, written in entry.answers.items()}
        return ParticipantRequest(
            name=entry.name, segment=entry.segment, email=entry.email, items=tuple(entry.items), answers=answers
        )

    def _answer(self, key: str, written: Any) -> Answer:
        question = self._questions.get(key)
        if question is not None and question.kind is QuestionKind.YES_NO and written in {"yes", "no"}:
            return bool(written == "yes")
        if isinstance(written, list):
            return tuple(str(one) for one in written)
        if question is not None and question.kind is QuestionKind.MANY_OF and isinstance(written, str):
            return (written,)
        if isinstance(written, bool) or written is None:
            return written
        return f"{written:f}" if isinstance(written, Decimal) else str(written)

    def _check_request(self, entry: StoryBookingEntry, request: BookingRequest) -> None:
        """What the sign-up form would say. When visits are full is known only when the story is played."""
        for problem in check_request(self._trip, request, full=self._items):
            at, what = _place(entry, problem), sentence("sign-up would refuse this: {reason}", reason=problem.sentence)
            self._findings.error(at, what)


def _place(entry: StoryBookingEntry, problem: Problem) -> Position:
    """Where in the story a field of the sign-up form is written."""
    parts = problem.at.split(".")
    if parts[0] == "participants" and len(parts) > 2:
        owner: Entry = entry.participants[int(parts[1])]
        return owner.where(*_field(parts[2:]))
    known = {
        "contact_name": ("contact", "name"),
        "contact_email": ("contact", "email"),
        "contact_phone": ("contact", "phone"),
        "invoice_address": ("invoice", "address"),
        "invoice_reference": ("invoice", "reference"),
    }
    return entry.where(*known.get(parts[0], tuple(_field(parts))))


def _field(parts: list[str]) -> Iterator[str]:
    """``choices.<key>`` is written among the items."""
    yield from ("items",) if parts[0] == "choices" else parts
