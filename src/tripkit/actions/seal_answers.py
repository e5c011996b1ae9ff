"""Sealing anew, with the newest key, what is sealed with older ones or lies open; which keys there are is decided elsewhere."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select, update
from sqlalchemy.orm import InstrumentedAttribute

from tripkit.actions.form_digest import form_place
from tripkit.actions.one_time_codes import place_of as totp_place
from tripkit.actions.prepare_lottery import seed_place
from tripkit.actions.recording import audit
from tripkit.actions.sealed_answers import CLEARED, place_of
from tripkit.domain.bookings import Moment
from tripkit.reads.sealed_counts import LIES_OPEN
from tripkit.reads.trip_plan import AnySession
from tripkit.storage import rewrite, write
from tripkit.storage.accounts import AccountRow
from tripkit.storage.bookings import AnswerRow, BookingRow
from tripkit.storage.lottery import LotteryRow
from tripkit.storage.sealing import SEALED, Locked, Vault, is_sealed, vault_of

AT_ONCE = 500
"""Rows in one transaction: nobody who signs up waits long for it."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """What was done. ``file_is_clean``: what lay open before is not left in the database's file either."""

    rows: int
    file_is_clean: bool


@dataclass(frozen=True, slots=True)
class _Sort:
    """Rows with something sealed. ``row``: with an id; ``find``: all that may need it, ``sealed`` being the column that tells."""

    row: Any
    find: Select[*tuple[Any, ...]]
    sealed: InstrumentedAttribute[Any]
    lies_open: ColumnElement[bool]
    anew: Callable[[Vault, Any], dict[str, Any]]


def _answer(vault: Vault, row: Any) -> dict[str, Any]:
    place = place_of(row.participant_id, row.question)
    text = json.dumps(row.value) if row.sealed is None else vault.open(row.sealed, place)
    return {"value": CLEARED, "sealed": vault.seal(text, place)}


def _form(vault: Vault, row: Any) -> dict[str, Any]:
    place = form_place(row.trip_id, row.form_key)
    digest = row.form_digest
    return {"form_digest": vault.seal(vault.open(digest, place) if is_sealed(digest) else digest, place)}


def _account(vault: Vault, row: Any) -> dict[str, Any]:
    place = totp_place(row.id)
    return {"totp": vault.seal(vault.open(row.totp, place), place)}


def _seed(vault: Vault, row: Any) -> dict[str, Any]:
    place = seed_place(row.trip_id)
    return {"sealed": vault.seal(vault.open(row.sealed, place), place)}


_SORTS = (
    _Sort(
        row=AnswerRow,
        find=select(AnswerRow.id, AnswerRow.participant_id, AnswerRow.question, AnswerRow.value, AnswerRow.sealed),
        sealed=AnswerRow.sealed,
        lies_open=LIES_OPEN,
        anew=_answer,
    ),
    _Sort(
        row=BookingRow,
        find=select(BookingRow.id, BookingRow.trip_id, BookingRow.form_key, BookingRow.form_digest),
        sealed=BookingRow.form_digest,
        lies_open=and_(BookingRow.form_digest != "", BookingRow.form_digest.not_like(SEALED)),
        anew=_form,
    ),
    _Sort(
        row=AccountRow,
        find=select(AccountRow.id, AccountRow.totp),
        sealed=AccountRow.totp,
        lies_open=and_(AccountRow.totp.is_not(None), AccountRow.totp.not_like(SEALED)),
        anew=_account,
    ),
    _Sort(
        row=LotteryRow,
        find=select(LotteryRow.id, LotteryRow.trip_id, LotteryRow.sealed),
        sealed=LotteryRow.sealed,
        lies_open=and_(LotteryRow.sealed != "", LotteryRow.sealed.not_like(SEALED)),
        anew=_seed,
    ),
)


def seal_answers(session: AnySession, *, moment: Moment, advance: Callable[[int], None] = lambda _: None) -> Sealed:
    """Seal with the newest key what is sealed with another one, and sensitive answers that lie open.

    In pieces, a transaction each: it may be cut short anywhere and run again, by two at once, and while people sign up.
    What cannot be opened stays as it is. ``advance`` is told how many rows are through. Without keys nothing is done.
    """
    vault = vault_of(session)
    if vault is None:
        return Sealed(rows=0, file_is_clean=True)
    lay_open = sum(_sweep(session, vault, sort, sort.lies_open, advance) for sort in _SORTS)
    newest = f"{vault.names[0]}.%"
    old = sum(
        _sweep(session, vault, sort, and_(sort.sealed.like(SEALED), sort.sealed.not_like(newest)), advance)
        for sort in _SORTS
    )
    if lay_open or old:
        with write(session):
            audit(session, "seal_answers", moment=moment, rows=lay_open + old)
    return Sealed(rows=lay_open + old, file_is_clean=rewrite(session) if lay_open else True)


def seal_open_answers(session: AnySession, *, moment: Moment) -> int:
    """The same where something lies open, as scheduled work: how many rows it was. Looking takes one statement."""
    if vault_of(session) is None:
        return 0
    lies_open = bool(session.scalar(select(or_(*(exists().where(sort.lies_open) for sort in _SORTS)))))
    session.rollback()
    return seal_answers(session, moment=moment).rows if lies_open else 0


def _sweep(
    session: AnySession, vault: Vault, sort: _Sort, which: ColumnElement[bool], advance: Callable[[int], None]
) -> int:
    done, last = 0, 0
    while True:
        found = sort.find.where(which, sort.row.id > last).order_by(sort.row.id).limit(AT_ONCE)
        ids = [row.id for row in session.execute(found)]
        session.rollback()
        if not ids:
            return done
        with write(session):
            # Who has one of them in hand writes it anew by themselves; waiting for them could be waiting for each other.
            mine = sort.find.where(which, sort.row.id.in_(ids)).with_for_update(of=sort.row, skip_locked=True)
            changed = [one for row in session.execute(mine) if (one := _anew(vault, sort, row)) is not None]
            if changed:
                session.execute(update(sort.row), changed)
        done, last = done + len(changed), ids[-1]
        advance(len(ids))


def _anew(vault: Vault, sort: _Sort, row: Any) -> dict[str, Any] | None:
    try:
        return {"id": row.id, **sort.anew(vault, row)}
    except Locked:
        return None  # The doctor counts them.
