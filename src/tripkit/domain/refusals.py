"""What can be refused, as errors a person can read.

Refusal
├── NotFound            there is no such trip, booking or item here
├── BookingRefused      a sign-up or change has problems; nothing was saved
├── FormSentAlready     the same form was sent with other content
├── ChangeRefused       a state that does not allow the act (offer expired, booking cancelled)
│   └── ChangedMeanwhile  it is no longer as it was when the act was decided on
│       └── EditedMeanwhile  the same part of a trip, to something else
├── PictureRefused      a file that cannot be taken as a picture
└── PlanRefused         an event directory that would lose data, or has errors
"""

from __future__ import annotations

from dataclasses import dataclass

from tripkit.domain.sentences import Sentence, sentences


class Refusal(Exception):
    """Something a person asked for and does not get, with the sentence that says why and what to do."""

    def __init__(self, sentence: Sentence) -> None:
        super().__init__(str(sentence))
        self.sentence = sentence


class NotFound(Refusal):
    """There is no such thing at this address."""


class ChangeRefused(Refusal):
    """The thing is there, but in a state that does not allow this."""


class ChangedMeanwhile(ChangeRefused):
    """Somebody else has changed it since it was looked at: nothing of theirs is overwritten unseen."""


class EditedMeanwhile(ChangedMeanwhile):
    """Somebody else changed the same to something else since it was read.

    ``paths``: where, from the root of the document; ``version``: the one that is to be looked at before saying it again.
    """

    def __init__(self, sentence: Sentence, *, paths: tuple[tuple[str | int, ...], ...], version: int) -> None:
        super().__init__(sentence)
        self.paths = paths
        self.version = version


class PictureRefused(Refusal):
    """What was given as a picture is none that is taken; the sentence says what to do instead."""


class FormSentAlready(Refusal):
    """The form's key was used for other content; ``booking_id`` is the booking it made."""

    def __init__(self, sentence: Sentence, *, booking_id: int) -> None:
        super().__init__(sentence)
        self.booking_id = booking_id


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in what was sent.

    ``at`` is the path of the field: ``contact_email``, ``participants.1.name``, ``participants.0.choices.thu-am``,
    ``participants.0.answers.diet``, ``terms_version``; the empty string is the whole form.
    """

    at: str
    sentence: Sentence


class BookingRefused(Refusal):
    """Every problem of a sign-up or change at once; nothing was saved."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__(sentences("One thing to put right", "{count} things to put right", len(problems)))
        self.problems = problems


class PlanRefused(Refusal):
    """An event directory that cannot be applied; ``reasons`` holds every reason."""

    def __init__(self, sentence: Sentence, reasons: tuple[Sentence, ...] = ()) -> None:
        super().__init__(sentence)
        self.reasons = reasons
