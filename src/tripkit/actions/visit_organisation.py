"""An administrator of the installation enters an organisation that is not theirs, and leaves it: with a reason, for an hour, and told of."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import ColumnElement, select, update

from tripkit.actions.recording import audit
from tripkit.actions.sending_notices import send_notice
from tripkit.domain.bookings import Moment
from tripkit.domain.refusals import NotFound
from tripkit.domain.rights import Role
from tripkit.domain.sentences import sentence
from tripkit.reads.trip_plan import AnySession
from tripkit.storage import write
from tripkit.storage.accounts import AccountRow
from tripkit.storage.members import MemberRow, VisitRow
from tripkit.storage.trips import OrganisationRow

VISIT_LASTS = timedelta(hours=1)
NO_SUCH_ORGANISATION = sentence("There is no such organisation here.")


def visit_organisation(
    session: AnySession, *, organisation: str, reason: str, may_change: bool, who: str, moment: Moment
) -> None:
    """Let the administrator in, and tell the owners; a visit of theirs that is under way ends.

    ``may_change``: to help as an owner could, else to look only. ``who``: as the owners are told. Raises: NotFound.
    """
    with write(session):
        host = session.scalar(select(OrganisationRow).where(OrganisationRow.key == organisation))
        if host is None or moment.account_id is None:
            raise NotFound(NO_SUCH_ORGANISATION)
        _end(session, moment, VisitRow.organisation_id == host.id)
        session.add(
            VisitRow(
                account_id=moment.account_id,
                organisation_id=host.id,
                reason=reason,
                may_change=may_change,
                made_at=moment.at,
                ends_at=moment.at + VISIT_LASTS,
            )
        )
        audit(session, "visit_organisation", moment=moment, organisation_id=host.id, reason=reason, helps=may_change)
        for email, language in session.execute(
            select(AccountRow.email, AccountRow.language)
            .join(MemberRow, MemberRow.account_id == AccountRow.id)
            .where(
                MemberRow.organisation_id == host.id,
                MemberRow.trip_id.is_(None),
                MemberRow.role == Role.OWNER,
                AccountRow.email.is_not(None),
            )
            .order_by(AccountRow.id)
        ):
            send_notice(
                session,
                "visit",
                recipient=email or "",
                language=language,
                moment=moment,
                organisation=dict(host.name),
                key=host.key,
                who=who,
                reason=reason,
                helps=may_change,
            )


def end_visit(session: AnySession, *, organisation: str, moment: Moment) -> None:
    """Leave before the hour is over. Where no visit is under way, nothing happens."""
    its_id = select(OrganisationRow.id).where(OrganisationRow.key == organisation).scalar_subquery()
    with write(session):
        for left in _end(session, moment, VisitRow.organisation_id == its_id):
            audit(session, "end_visit", moment=moment, organisation_id=left)


def _end(session: AnySession, moment: Moment, where: ColumnElement[bool]) -> Sequence[int]:
    """End what is under way of the account's visits; the organisations that were left."""
    under_way = (VisitRow.account_id == moment.account_id, VisitRow.ends_at > moment.at, where)
    ended = update(VisitRow).where(*under_way).values(ends_at=moment.at).returning(VisitRow.organisation_id)
    return session.scalars(ended).all()
