"""Giving an organisation a logo, changing what is said of it, or taking it away."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import select

from tripkit.actions.change_organisation import write_organisation
from tripkit.actions.invite_member import lock_organisation
from tripkit.domain.bookings import Moment
from tripkit.domain.refusals import ChangeRefused
from tripkit.domain.sentences import sentence
from tripkit.domain.trips import Logo
from tripkit.reads.trip_plan import AnySession
from tripkit.storage import write
from tripkit.storage.pictures import LogoRow


def change_logo(
    session: AnySession, *, organisation_id: int, logo: Logo | None, data: bytes | None, moment: Moment
) -> bool:
    """Let it be this one, or none. ``data``: its PNG; None = the one that is there. Returns whether anything was changed.

    Raises: ChangeRefused when somebody else has changed it meanwhile.
    """
    with write(session):
        row = lock_organisation(session, organisation_id)
        write_logo(session, row.id, logo, data)
        return write_organisation(session, row, {"look": replace(row.look, logo=logo)}, moment)


def write_logo(session: AnySession, organisation_id: int, logo: Logo | None, data: bytes | None) -> None:
    """Within a transaction: keep the bytes of a logo, or forget those of the one there was.

    Raises: ChangeRefused when there are none, neither here nor given.
    """
    row = session.scalar(select(LogoRow).where(LogoRow.organisation_id == organisation_id))
    if logo is None:
        if row is not None:
            session.delete(row)
    elif row is not None and row.digest == logo.digest:
        pass  # The same pixels: perhaps from another encoder, but no other logo.
    elif data is None:
        raise ChangeRefused(sentence("The logo has become another one meanwhile. Look at it, and do it once more."))
    elif row is None:
        session.add(LogoRow(organisation_id=organisation_id, digest=logo.digest, data=data))
    else:
        row.digest, row.data = logo.digest, data
    session.flush()
