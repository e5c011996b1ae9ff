"""Delivering the outbox: lease, send, note; a message is sent after its commit, and tried again until it is."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from email.message import EmailMessage

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session, sessionmaker

from tripkit.actions.sending_notices import NOTICE
from tripkit.domain.campaigns import CampaignState
from tripkit.logs.discretion import said
from tripkit.mailing.bounce import bounce_address
from tripkit.mailing.compose import compose, compose_notice
from tripkit.settings import Settings
from tripkit.storage import write
from tripkit.storage.campaigns import CampaignRow
from tripkit.storage.outbox import MAY_BE_TWICE, OutboxRow
from tripkit.worker.heart import DIED, Owner, Passer
from tripkit.worker.leases import Lease, Limits, Wait, lease, note_answers, note_away
from tripkit.worker.letters import letter_of
from tripkit.worker.notices import notice_of
from tripkit.worker.retries import AGAIN_AFTER, GIVE_UP_AFTER, again_after
from tripkit.worker.transports import Transport
from tripkit.worker.trouble import Halted, LineCut, Refused, ServerAway, Trouble, Unwanted

log = logging.getLogger(__name__)

LONGEST_PAUSE = 5.0
"""Seconds a round waits until the next message may go; after longer ones, another round takes it up."""
_GLANCE = 0.1
_SECRETS = ("token", "unsubscribe")


def deliver_due(
    make_session: sessionmaker[Session],
    transport: Transport,
    settings: Settings,
    *,
    owner: Owner | None = None,
    stopped: Callable[[], bool] = lambda: False,
) -> int:
    """Send what is due, to each recipient in its order; how many were sent.

    ``owner``: who takes the messages in hand, None = somebody without a heartbeat. Ends early when ``stopped`` says so,
    and when the server does not answer: the rest would not fare better.
    """
    sent, who = 0, owner or Passer()
    limits = Limits(transport.server, settings.mail_at_once, settings.mail_per_minute)
    with make_session() as session, closing(transport):
        who.in_hand.put_right(session, who.id)
        while not stopped() and who.is_sure():
            match _take(session, who, settings.clock.now(), limits):
                case Lease() as leased:
                    noted = False
                    try:
                        sent += _Delivery(session, leased, transport, settings).deliver(who)
                        noted = True
                    except ServerAway:
                        noted = True
                        break
                    finally:
                        who.in_hand.let_go(leased.row_id, noted=noted)
                case Wait(seconds) if seconds <= LONGEST_PAUSE:
                    _pause(seconds, stopped)
                case _:
                    break
    return sent


def _take(session: Session, who: Owner, now: datetime, limits: Limits) -> Lease | Wait | None:
    with who.in_hand.taking() as taken:
        found = lease(session, who, now, limits)
        if isinstance(found, Lease):
            taken(found.row_id)
    return found


def _pause(seconds: float, stopped: Callable[[], bool]) -> None:
    until = time.monotonic() + seconds
    while not stopped() and (left := until - time.monotonic()) > 0:
        time.sleep(min(left, _GLANCE))


class _Delivery:
    """One message that is in hand."""

    def __init__(self, session: Session, leased: Lease, transport: Transport, settings: Settings) -> None:
        self.session, self.leased, self.transport, self.settings = session, leased, transport, settings

    def deliver(self, who: Owner) -> bool:
        """Send it and note what became of it; whether it was sent. Raises: ServerAway, after noting it."""
        try:
            row = self.session.get_one(OutboxRow, self.leased.row_id)
            message = self._compose(row)
            message_id = row.message_id
            self.session.rollback()  # Nothing is held open while a mail server takes its time.
            if not who.is_sure():
                self._give_back("this worker was too slow, and somebody else may have it in hand")
                return False
            self.transport.send(message, bounces_to=self._bounces_to(message_id))
        except (DBAPIError, PoolTimeout):
            raise  # Nothing is wrong with the message, and nothing can be noted now.
        except ServerAway as trouble:
            self._give_back(_said(trouble))
            self._note_away(trouble)
            raise
        except Halted:
            self._note_halted()
            return False
        except Trouble as trouble:
            self._note_failure(trouble)
            if isinstance(trouble, LineCut):
                self._note_away(trouble)
            return False
        except Exception as error:
            # One that cannot be written must not keep the others waiting.
            log.exception("message %s could not be written", self.leased.row_id)
            self._note_failure(error)
            return False
        who.in_hand.note(self.session, self.leased.row_id, self._sent_note())
        return True

    def _compose(self, row: OutboxRow) -> EmailMessage:
        if row.kind == NOTICE:
            return compose_notice(notice_of(self.session, row, self.settings))
        return compose(letter_of(self.session, row, self.settings))

    def _bounces_to(self, message_id: str) -> str | None:
        return self.settings.bounces and bounce_address(self.settings.bounces, message_id)

    def _now(self) -> datetime:
        return self.settings.clock.now()

    def _sent_note(self) -> Callable[[Session], None]:
        at, row_id, server = self._now(), self.leased.row_id, self.transport.server

        def note(session: Session) -> None:
            """Whoever has it in hand by now: it is sent."""
            with write(session):
                row = session.get(OutboxRow, row_id)
                if row is None:
                    return  # Its booking was taken out meanwhile.
                row.state, row.sent_at, row.last_error = "sent", at, _doubt(row.last_error)
                row.leased_by, row.leased_until = None, None
                # The secrets are in the reader's mailbox now, and only there.
                row.payload = {**row.payload, **{name: "" for name in _SECRETS if name in row.payload}}
                if server:
                    note_answers(session, server)

        return note

    def _note_away(self, trouble: Trouble) -> None:
        note_away(self.session, self.transport.server, self._now(), _said(trouble))

    def _give_back(self, why: str) -> None:
        """It was not even tried, so it waits for nothing but the next one who takes it."""
        with write(self.session):
            row = self._mine()
            if row is not None:
                row.attempts -= 1
                row.last_error = _with_doubt(row.last_error, why)

    def _note_halted(self) -> None:
        """It goes the way of its campaign, as the others did that nobody had in hand then."""
        with write(self.session):
            # Locked, and before its letter, as whoever resumes it does: then this one goes on with the rest.
            letter = select(OutboxRow.campaign_id).where(OutboxRow.id == self.leased.row_id).scalar_subquery()
            state = self.session.scalar(
                select(CampaignRow.state).where(CampaignRow.id == letter).with_for_update(read=True)
            )
            row = self._mine()
            if row is not None:
                row.attempts -= 1
                halted = {CampaignState.PAUSED: "paused", CampaignState.CANCELLED: "dropped"}
                row.state = row.state if state is None else halted.get(state, row.state)

    def _note_failure(self, error: Exception) -> None:
        now = self._now()
        with write(self.session):
            row = self._mine()
            if row is None:
                return  # It took longer than the lease, and somebody else has it in hand.
            row.last_error = _with_doubt(row.last_error, _said(error))
            if isinstance(error, Unwanted):
                row.state = "dropped"
            elif _is_hopeless(row, error, now):
                row.state = "dead"
                log.error("message %s is given up after %s tries: %s", row.id, row.attempts, said(error))
            else:
                row.next_at = now + again_after(error, row.attempts)

    def _mine(self) -> OutboxRow | None:
        """The message, out of this worker's hand; None when it is in another one's."""
        row = self.session.get_one(OutboxRow, self.leased.row_id)
        if row.leased_by != self.leased.mark:
            return None
        row.leased_by, row.leased_until = None, None
        return row


def _said(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:500]


def _doubt(noted: str | None) -> str | None:
    """What stays noted at a message that is sent: that an earlier try may have been taken, as nobody can tell."""
    if noted is None or not noted.startswith((LineCut.__name__, DIED, MAY_BE_TWICE)):
        return None
    return noted if noted.startswith(MAY_BE_TWICE) else f"{MAY_BE_TWICE}. {noted}"[:500]


def _with_doubt(noted: str | None, said: str) -> str:
    doubt = _doubt(noted)
    return said if doubt is None else f"{doubt}; {said}"[:500]


def _is_hopeless(row: OutboxRow, error: Exception, now: datetime) -> bool:
    if isinstance(error, Refused):
        return True
    if row.attempts <= len(AGAIN_AFTER):
        return False
    # A server may come back, also after a week in which no worker ran. What cannot be written stays so.
    return not isinstance(error, Trouble) or row.created_at + GIVE_UP_AFTER <= now
