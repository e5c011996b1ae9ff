"""An organisation asks for an address of its own, or gives it up; who runs the site confirms or refuses it."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from tripkit.actions.change_organisation import count_up_trips
from tripkit.actions.invite_member import lock_organisation
from tripkit.actions.recording import audit
from tripkit.domain.bookings import Moment
from tripkit.domain.refusals import ChangeRefused, NotFound
from tripkit.domain.sentences import sentence
from tripkit.reads.trip_plan import AnySession
from tripkit.storage import write
from tripkit.storage.trips import OrganisationRow

# Not whose it is: that is nobody else's business.
TAKEN = sentence("This address is in use already. Take another one, or ask whoever runs the site.")
CHANGED_MEANWHILE = sentence("What is asked for was changed meanwhile. Look at it once more.")


def ask_for_address(session: AnySession, *, organisation_id: int, host: str, moment: Moment) -> None:
    """Note what is asked for. ``host``: checked. What is in use stays so until another is confirmed. Raises: ChangeRefused.

    Asking keeps an address from nobody: whoever runs the site decides between two who ask.
    """
    with write(session):
        row = lock_organisation(session, organisation_id)
        _refuse_taken(session, host, organisation_id)
        if host in {row.asked_host, row.own_host}:
            return
        audit(
            session,
            "ask_for_address",
            moment=moment,
            organisation_id=row.id,
            changes={"asked_host": [row.asked_host, host]},
        )
        row.asked_host, row.host_refusal = host, None


def remove_address(session: AnySession, *, organisation_id: int, moment: Moment) -> None:
    """Take away what is in use and what is asked for; done twice it is done once."""
    with write(session):
        row = lock_organisation(session, organisation_id)
        if row.own_host is None and row.asked_host is None:
            row.host_refusal = None
            return
        changes = {name: [getattr(row, name), None] for name in ("own_host", "asked_host") if getattr(row, name)}
        audit(session, "remove_address", moment=moment, organisation_id=row.id, changes=changes)
        if row.own_host is not None:
            count_up_trips(session, row, moment)
        row.own_host = row.asked_host = row.host_refusal = None


def confirm_address(session: AnySession, *, organisation: str, host: str, moment: Moment) -> None:
    """Take into use what is asked for. ``host``: as whoever confirms has seen it. Raises: NotFound, ChangeRefused."""
    try:
        with write(session):
            row = _asking(session, organisation, host)
            _refuse_taken(session, host, row.id)
            audit(
                session,
                "confirm_address",
                moment=moment,
                organisation_id=row.id,
                changes={"own_host": [row.own_host, host]},
            )
            row.own_host, row.asked_host, row.host_refusal = host, None, None
            count_up_trips(session, row, moment)
    except IntegrityError:
        raise ChangeRefused(TAKEN) from None  # Another organisation got it in this very moment.


def refuse_address(session: AnySession, *, organisation: str, host: str, reason: str, moment: Moment) -> None:
    """Refuse what is asked for; what is in use stays. ``reason``: for the organisation to read. Raises: NotFound, ChangeRefused."""
    with write(session):
        row = _asking(session, organisation, host)
        audit(
            session,
            "refuse_address",
            moment=moment,
            organisation_id=row.id,
            reason=reason,
            changes={"asked_host": [host, None]},
        )
        row.asked_host, row.host_refusal = None, reason


def _asking(session: AnySession, organisation: str, host: str) -> OrganisationRow:
    row = session.scalar(select(OrganisationRow).where(OrganisationRow.key == organisation).with_for_update())
    if row is None:
        raise NotFound(sentence("There is no such organisation here."))
    if row.asked_host is None or row.asked_host != host:
        raise ChangeRefused(CHANGED_MEANWHILE)
    return row


def _refuse_taken(session: AnySession, host: str, organisation_id: int) -> None:
    # On the table: a session within an organisation sees no other one's rows, and this asks about all of them.
    table = OrganisationRow.__table__
    if session.scalar(select(table.c.id).where(table.c.own_host == host, table.c.id != organisation_id)) is not None:
        raise ChangeRefused(TAKEN)
