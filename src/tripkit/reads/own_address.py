"""How it stands with an organisation's own address, and all that are in use; one query each."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from tripkit.reads.trip_plan import AnySession
from tripkit.storage.trips import OrganisationRow


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnAddress:
    """``in_use``, ``asked``: hosts; ``refusal``: why the last one was refused."""

    in_use: str | None
    asked: str | None
    refusal: str | None


def own_address(session: AnySession, organisation: str) -> OwnAddress | None:
    """How it stands; None when there is no such organisation."""
    columns = (OrganisationRow.own_host, OrganisationRow.asked_host, OrganisationRow.host_refusal)
    row = session.execute(select(*columns).where(OrganisationRow.key == organisation)).one_or_none()
    return None if row is None else OwnAddress(in_use=row[0], asked=row[1], refusal=row[2])


def own_hosts(session: AnySession) -> dict[str, str]:
    """Every host that is in use as somebody's own, and the key of its organisation."""
    rows = session.execute(
        select(OrganisationRow.own_host, OrganisationRow.key).where(OrganisationRow.own_host.is_not(None))
    )
    return {host: key for host, key in rows if host is not None}
