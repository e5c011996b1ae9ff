"""Answers as they are kept: sensitive ones sealed, each for its participant and its question; who may open them is not asked here."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from typing import Any, Protocol

from tripkit.domain.questions import Answer, Question
from tripkit.domain.refusals import ChangeRefused
from tripkit.domain.sentences import sentence
from tripkit.reads.trip_plan import AnySession
from tripkit.storage.sealing import Locked, vault_of

CLEARED = ""
"""The value of an answer that is sealed: an answer as any other, for those who know of no seals."""


class Kept(Protocol):
    """A row of answers, or these columns of it."""

    @property
    def participant_id(self) -> int:
        """Whose it is."""

    @property
    def question(self) -> str:
        """The key of its question."""

    @property
    def value(self) -> Answer:
        """It, where it is not sealed."""

    @property
    def sealed(self) -> str | None:
        """It, where it is sealed."""


def place_of(participant_id: int, question: str) -> str:
    """What an answer is sealed for: it opens in no other row."""
    return f"answer/{participant_id}/{question}"


def sensitive(questions: Iterable[Question]) -> set[str]:
    """The keys of those whose answers are sealed."""
    return {question.key for question in questions if question.sensitive}


def as_kept(
    session: AnySession, participant_id: int, answers: Mapping[str, Answer], secret: Collection[str]
) -> list[dict[str, Any]]:
    """A participant's answers as columns, those to ``secret`` questions sealed; without keys they are kept like the others."""
    vault = vault_of(session)
    columns = []
    for question, value in answers.items():
        sealed = None
        if vault is not None and question in secret:
            sealed = vault.seal(json.dumps(value), place_of(participant_id, question))
        columns.append(
            {
                "participant_id": participant_id,
                "question": question,
                "value": value if sealed is None else CLEARED,
                "sealed": sealed,
            }
        )
    return columns


def opened(session: AnySession, answer: Kept) -> Answer:
    """What was answered. Raises: Locked."""
    if answer.sealed is None:
        return answer.value
    vault = vault_of(session)
    if vault is None:
        raise Locked("there are no keys here")
    value: Any = json.loads(vault.open(answer.sealed, place_of(answer.participant_id, answer.question)))
    return tuple(value) if isinstance(value, list) else value


def opened_or_refused(session: AnySession, answer: Kept) -> Answer:
    """What was answered. Raises: ChangeRefused when it cannot be opened."""
    try:
        return opened(session, answer)
    except Locked as locked:
        raise ChangeRefused(
            sentence(
                "An answer given earlier is kept sealed, and its key is not in its place. Nothing was changed. Whoever looks"
                " after this site can put it back."
            )
        ) from locked
