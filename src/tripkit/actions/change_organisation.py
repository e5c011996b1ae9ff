"""Changing an organisation's settings, from its pages or from a trip's files: they are the same."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from tripkit.actions.invite_member import lock_organisation
from tripkit.actions.recording import audit, rewritten
from tripkit.actions.sending_notices import send_notice
from tripkit.domain.bookings import Moment
from tripkit.domain.refusals import ChangeRefused
from tripkit.domain.sentences import sentence
from tripkit.domain.trips import Organisation
from tripkit.i18n import text
from tripkit.reads.second_factors import has_second_factor
from tripkit.reads.trip_plan import AnySession
from tripkit.storage import write
from tripkit.storage.columns import columns_of
from tripkit.storage.trips import OrganisationRow, TripRow

HAS_NONE_ONESELF = sentence("Add a second proof to your own account first: you would shut yourself out.")


def change_organisation(session: AnySession, *, organisation_id: int, wanted: Organisation, moment: Moment) -> bool:
    """Make it as wanted, but for its key, which stays. ``wanted``: checked. Returns whether anything was changed."""
    with write(session):
        row = lock_organisation(session, organisation_id)
        return write_organisation(session, row, settings_of(wanted), moment)


def demand_second_factor(session: AnySession, *, organisation_id: int, demanded: bool, moment: Moment) -> None:
    """Let nobody in without a second factor, or everybody again. Raises: ChangeRefused for who has none, and demands it."""
    with write(session):
        row = lock_organisation(session, organisation_id)
        if demanded and (moment.account_id is None or not has_second_factor(session, moment.account_id)):
            raise ChangeRefused(HAS_NONE_ONESELF)
        if row.second_factor is demanded:
            return
        row.second_factor = demanded
        audit(
            session, "demand_second_factor" if demanded else "allow_one_factor", moment=moment, organisation_id=row.id
        )


def try_mail(session: AnySession, *, organisation_id: int, email: str, language: str, moment: Moment) -> None:
    """Send a message as participants get them, to whoever asks."""
    with write(session):
        host = lock_organisation(session, organisation_id)
        name = text(host.name, language, host.languages)
        send_notice(
            session,
            "mail_test",
            recipient=email,
            language=language,
            moment=moment,
            organisation=dict(host.name),
            sender=host.email,
            sender_name=name,
            answers_to=host.email,
        )


def settings_of(organisation: Organisation) -> dict[str, Any]:
    """What its settings and a trip's files say of an organisation: not its key, and no address of its own, which is asked for."""
    columns = columns_of(organisation, OrganisationRow)
    return {name: value for name, value in columns.items() if name not in {"key", "own_host"}}


def write_organisation(session: AnySession, row: OrganisationRow, columns: Mapping[str, Any], moment: Moment) -> bool:
    """Within a transaction: write what differs, and note it; whether anything did."""
    changes = {**rewritten(row, columns)}
    if changes:
        changes |= {name: [getattr(row, name), columns[name]] for name in ("languages", "url") if name in changes}
        for name in changes:
            setattr(row, name, columns[name])
        count_up_trips(session, row, moment)
        audit(session, "change_organisation", moment=moment, organisation_id=row.id, changes=changes)
    session.flush()
    return bool(changes)


def count_up_trips(session: AnySession, host: OrganisationRow, moment: Moment) -> None:
    """Every trip of an organisation shows it, and pages are kept by the edition of their trip."""
    for trip in session.scalars(select(TripRow).where(TripRow.organisation_id == host.id).order_by(TripRow.id)):
        count_up(trip, moment)


def count_up(row: TripRow, moment: Moment) -> None:
    """Another edition of a trip: whoever keeps its pages makes them anew."""
    row.revision += 1
    row.edition = secrets.token_hex(8)
    row.changed_at = moment.at
