"""Making an organisation: with an owner who sits at the terminal or holds its code, or with one who is invited."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlalchemy import select, text

from tripkit.actions.ask_to_sign_in import new_sign_in_link
from tripkit.actions.invite_member import invite_first_owner
from tripkit.actions.recording import audit
from tripkit.actions.sign_in import Browser, SignedIn, account_of, begin
from tripkit.domain.bookings import Moment
from tripkit.domain.refusals import ChangeRefused
from tripkit.domain.rights import Role
from tripkit.domain.sentences import sentence
from tripkit.domain.trips import Look
from tripkit.reads.owners import anybody_is_known, anybody_runs_the_site, has_owner, is_unowned, owned
from tripkit.reads.trip_plan import AnySession
from tripkit.storage import write
from tripkit.storage.accounts import AccountRow
from tripkit.storage.members import MemberRow
from tripkit.storage.trips import OrganisationRow

SET_UP_ALREADY = sentence("There is an organisation with an owner already: {key}. Say --another to make one more.")
HAS_AN_OWNER = sentence("{key} has an owner already, who can invite more.")
KEY_IS_TAKEN = sentence("There is an organisation with this name in addresses already. Take another one.")
CAME_WITH_A_TRIP = sentence(
    "This organisation came with a trip. It is given its owner where the site runs: tripkit setup --organisation {key}"
)
NOT_THE_FIRST = sentence("Somebody has an account here by now. Sign in, or run: tripkit setup")


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstOwner:
    """An organisation and who owns it. ``key``, ``email``: checked. ``organisation``: its name, None = it is there already."""

    key: str
    organisation: str | None
    name: str
    email: str
    language: str


def set_up(session: AnySession, *, wanted: FirstOwner, another: bool, moment: Moment) -> str:
    """Make the organisation and its owner, and the secret of a link by which the owner signs in, once.

    One that came with a trip and has no owner is given one. Who is first runs the installation, too. ``another``: also
    where there is an organisation with an owner. Raises: ChangeRefused.
    """
    with write(session):
        _alone(session)
        key = owned(session)
        if key is not None and not another and wanted.organisation is not None:
            raise ChangeRefused(replace(SET_UP_ALREADY, values={"key": key}))
        account = _own(session, wanted, moment)
        return new_sign_in_link(
            session, email=account.email or "", language=wanted.language, next_page="", moment=moment
        )


def set_up_first(session: AnySession, *, wanted: FirstOwner, browser: Browser, moment: Moment) -> SignedIn:
    """The same in a browser, where nobody has an account yet: the owner is signed in. Raises: ChangeRefused."""
    with write(session):
        _alone(session)
        if anybody_is_known(session):
            raise ChangeRefused(NOT_THE_FIRST)
        if is_unowned(session, wanted.key):
            raise ChangeRefused(replace(CAME_WITH_A_TRIP, values={"key": wanted.key}))
        account = _own(session, wanted, moment)
        return begin(session, account, browser, moment, how="setup")


def make_organisation(session: AnySession, *, wanted: FirstOwner, moment: Moment) -> None:
    """Make an organisation whose owner is invited by mail. Raises: ChangeRefused."""
    with write(session):
        host = _organisation(session, wanted, moment)
        invite_first_owner(session, host, email=wanted.email, language=wanted.language, moment=moment)


def _alone(session: AnySession) -> None:
    """Be the only one who sets something up: two who look at the same moment would both find nobody."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("LOCK TABLE account IN SHARE ROW EXCLUSIVE MODE"))


def _own(session: AnySession, wanted: FirstOwner, moment: Moment) -> AccountRow:
    """The owner's account, which has the organisation from now on."""
    host = _organisation(session, wanted, moment)
    if has_owner(session, host.id):
        raise ChangeRefused(replace(HAS_AN_OWNER, values={"key": wanted.key}))
    account = account_of(session, wanted.email, wanted.language, moment)
    account.name = account.name or wanted.name
    if not anybody_runs_the_site(session):
        account.is_administrator = True
    member = session.scalar(
        select(MemberRow).where(
            MemberRow.account_id == account.id, MemberRow.organisation_id == host.id, MemberRow.trip_id.is_(None)
        )
    )
    if member is None:
        member = MemberRow(account_id=account.id, organisation_id=host.id, made_at=moment.at, role=Role.OWNER)
        session.add(member)
    member.role = Role.OWNER
    session.flush()
    audit(session, "give_owner", moment=moment, organisation_id=host.id, member=account.id)
    return account


def _organisation(session: AnySession, wanted: FirstOwner, moment: Moment) -> OrganisationRow:
    known = session.scalar(select(OrganisationRow).where(OrganisationRow.key == wanted.key).with_for_update())
    if wanted.organisation is None:
        if known is None:
            raise ChangeRefused(sentence("There is no organisation called {key} here.", key=wanted.key))
        return known
    if known is not None:
        raise ChangeRefused(KEY_IS_TAKEN)
    row = OrganisationRow(
        key=wanted.key,
        name={wanted.language: wanted.organisation},
        description={},
        languages=(wanted.language,),
        email=wanted.email,
        look=Look(),
    )
    session.add(row)
    session.flush()
    audit(session, "make_organisation", moment=moment, organisation_id=row.id)
    return row
