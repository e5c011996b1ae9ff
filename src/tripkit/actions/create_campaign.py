"""Writing down a letter to many at once; nothing goes out before it is started or its moment has come."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from sqlalchemy import select

from tripkit.actions.recording import audit
from tripkit.domain.bookings import Moment
from tripkit.domain.campaigns import Audience, CampaignState
from tripkit.domain.free_texts import PLACEHOLDERS, unknown_placeholders
from tripkit.domain.refusals import ChangeRefused, NotFound
from tripkit.domain.sentences import Sentence, sentence
from tripkit.domain.texts import Text
from tripkit.domain.trips import Trip
from tripkit.reads.trip_plan import AnySession, trip_plan
from tripkit.storage import write
from tripkit.storage.campaigns import CampaignRow


def create_campaign(
    session: AnySession,
    *,
    trip_id: int,
    key: str,
    subject: Text,
    text: Text,
    audience: Audience,
    essential: bool,
    send_at: datetime | None = None,
    moment: Moment,
) -> int:
    """Write a campaign down; its id. ``send_at``: when it goes out by itself, None = when it is started.

    ``essential``: about the trip they take part in, so it goes to those too who have unsubscribed from other letters.
    Raises: NotFound, ChangeRefused (a text or a group that cannot be, a key that is taken).
    """
    with write(session):
        plan = trip_plan(session, trip_id)
        if plan is None:
            raise NotFound(sentence("There is no such trip."))
        for wrong in (*_wrong_texts(subject, text, plan[2]), *_wrong_audience(audience, plan[2])):
            raise ChangeRefused(wrong)
        if session.scalar(select(CampaignRow.id).where(CampaignRow.trip_id == trip_id, CampaignRow.key == key)):
            raise ChangeRefused(sentence("There is a campaign “{key}” already. Choose another name.", key=key))
        row = CampaignRow(
            trip_id=trip_id,
            key=key,
            subject=dict(subject),
            text=dict(text),
            audience=audience,
            essential=essential,
            state=CampaignState.DRAFT if send_at is None else CampaignState.SCHEDULED,
            made_at=moment.at,
            send_at=send_at,
        )
        session.add(row)
        session.flush()
        audit(session, "create_campaign", moment=moment, trip_id=trip_id, campaign=row.id, key=key)
        return row.id


def _wrong_texts(subject: Text, text: Text, trip: Trip) -> Iterator[Sentence]:
    first = trip.languages[0]
    for value in (subject, text):
        if not value.get(first, "").strip():
            yield sentence("Subject and text are missing in the trip's first language, {language}.", language=first)
    for language in sorted({*subject, *text} - set(trip.languages)):
        yield sentence(
            "The trip is not written in “{language}”. Its languages: {known}.",
            language=language,
            known=", ".join(trip.languages),
        )
    if {*subject} != {*text}:
        yield sentence("Write subject and text in the same languages.")
    if any("{link}" in words for words in subject.values()):
        yield sentence("{{link}} stands for a secret, which does not belong in a subject. Write it in the text.")
    yield from _wrong_words(subject)
    yield from _wrong_words(text)


def _wrong_words(text: Mapping[str, str]) -> Iterator[Sentence]:
    for words in text.values():
        for word in unknown_placeholders(words):
            yield sentence(
                "“{{{word}}}” stands for nothing. What there is: {known}.",
                word=word,
                known=", ".join(f"{{{name}}}" for name in PLACEHOLDERS),
            )


def _wrong_audience(audience: Audience, trip: Trip) -> Iterator[Sentence]:
    for key in set(audience.segments) - {segment.key for segment in trip.segments}:
        yield sentence("There is no group “{key}” on this trip.", key=key)
    for key in set(audience.visits) - {item.key for item in trip.programme}:
        yield sentence("There is no “{key}” in the programme of this trip.", key=key)
    questions = {question.key: question for question in trip.questions}
    for key in audience.missing:
        if key not in questions:
            yield sentence("There is no question “{key}” on this trip.", key=key)
        elif questions[key].when is not None:
            yield sentence("Who is asked “{key}” depends on another answer. Choose a question of its own.", key=key)
