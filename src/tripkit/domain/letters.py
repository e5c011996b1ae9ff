"""What can be seen to be wrong with a letter to many before anybody gets it, and how long it may be; no rows, no recipients."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tripkit.domain.campaigns import Audience
from tripkit.domain.free_texts import PLACEHOLDERS, unknown_placeholders
from tripkit.domain.refusals import Problem
from tripkit.domain.sentences import sentence
from tripkit.domain.texts import Text
from tripkit.domain.trips import Trip

LONGEST_SUBJECT, LONGEST_TEXT = 200, 20_000
"""Characters, in each language."""


def wrong_letter(subject: Text, text: Text, audience: Audience, trip: Trip) -> Iterator[Problem]:
    """Why it cannot go out as it is, each at its field: ``subject-sv``, ``text-sv``, ``segments``, ``visits``, ``missing``."""
    yield from _wrong_languages(subject, text, trip)
    for language, words in subject.items():
        if "{link}" in words:
            yield Problem(
                f"subject-{language}",
                sentence("{{link}} stands for a secret, which does not belong in a subject. Write it in the text."),
            )
    yield from _wrong_words("subject", subject, LONGEST_SUBJECT)
    yield from _wrong_words("text", text, LONGEST_TEXT)
    yield from _wrong_audience(audience, trip)


def _wrong_languages(subject: Text, text: Text, trip: Trip) -> Iterator[Problem]:
    first = trip.languages[0]
    missing = [name for name, value in (("subject", subject), ("text", text)) if not value.get(first, "").strip()]
    for name in missing[:1]:
        yield Problem(
            f"{name}-{first}",
            sentence("Subject and text are missing in the trip's first language, {language}.", language=first),
        )
    for language in sorted({*subject, *text} - set(trip.languages)):
        yield Problem(
            "",
            sentence(
                "The trip is not written in “{language}”. Its languages: {known}.",
                language=language,
                known=", ".join(trip.languages),
            ),
        )
    for language in sorted({*subject} ^ {*text}) if not missing else ():
        name = "text" if language in subject else "subject"
        yield Problem(f"{name}-{language}", sentence("Write subject and text in the same languages."))


def _wrong_words(name: str, text: Mapping[str, str], longest: int) -> Iterator[Problem]:
    for language, words in text.items():
        for word in unknown_placeholders(words):
            yield Problem(
                f"{name}-{language}",
                sentence(
                    "“{{{word}}}” stands for nothing. What there is: {known}.",
                    word=word[:40],
                    known=", ".join(f"{{{one}}}" for one in PLACEHOLDERS),
                ),
            )
        if len(words) > longest:
            yield Problem(
                f"{name}-{language}",
                sentence("It is too long. There is room for {count} characters.", count=longest),
            )


def _wrong_audience(audience: Audience, trip: Trip) -> Iterator[Problem]:
    for key in sorted(set(audience.segments) - {segment.key for segment in trip.segments}):
        yield Problem("segments", sentence("There is no group “{key}” on this trip.", key=key))
    for key in sorted(set(audience.visits) - {item.key for item in trip.programme}):
        yield Problem("visits", sentence("There is no “{key}” in the programme of this trip.", key=key))
    questions = {question.key: question for question in trip.questions}
    for key in audience.missing:
        if key not in questions:
            yield Problem("missing", sentence("There is no question “{key}” on this trip.", key=key))
        elif questions[key].when is not None:
            yield Problem(
                "missing",
                sentence("Who is asked “{key}” depends on another answer. Choose a question of its own.", key=key),
            )
    if audience.sought.mail is not None:
        yield Problem(
            "",
            sentence(
                "Whom it reaches cannot follow from the latest message: this letter would become it. Take that filter away."
            ),
        )
