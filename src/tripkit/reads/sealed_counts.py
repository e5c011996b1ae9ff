"""How many sensitive answers are sealed with which key, and how many lie open; none is opened."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, exists, func, select

from tripkit.reads.trip_plan import AnySession
from tripkit.storage.accounts import AccountRow
from tripkit.storage.bookings import AnswerRow, BookingRow, ParticipantRow
from tripkit.storage.lottery import LotteryRow
from tripkit.storage.sealing import NAME_LENGTH, SEALED
from tripkit.storage.trip_parts import QuestionRow

LIES_OPEN: ColumnElement[bool] = and_(
    AnswerRow.sealed.is_(None),
    exists().where(
        ParticipantRow.id == AnswerRow.participant_id,
        QuestionRow.trip_id == ParticipantRow.trip_id,
        QuestionRow.key == AnswerRow.question,
        QuestionRow.sensitive,
    ),
)
"""Of answers: those to sensitive questions that are not sealed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedCounts:
    """How many. ``lying_open``: sensitive answers; ``by_key``: all that is sealed, by the name of its key."""

    lying_open: int
    by_key: Mapping[str, int]


def sealed_counts(session: AnySession) -> SealedCounts:
    """Count them: five statements."""
    by_key: Counter[str] = Counter()
    for column in (AnswerRow.sealed, BookingRow.form_digest, AccountRow.totp, LotteryRow.sealed):
        key = func.substr(column, 1, NAME_LENGTH)
        for name, many in session.execute(select(key, func.count()).where(column.like(SEALED)).group_by(key)):
            by_key[name] += many
    return SealedCounts(
        lying_open=session.scalar(select(func.count()).select_from(AnswerRow).where(LIES_OPEN)) or 0, by_key=by_key
    )
