"""Who asks: everybody a site knows one kind of, with what their addresses need and how they get in. Whoever is added here is asked as everywhere."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial

from sqlalchemy import select, update

from tests.fuzz.browser import Browser
from tests.fuzz.stage import METRICS_TOKEN, Stage
from tests.web.accounts import signed_in_client
from tripkit.actions.visit_organisation import VISIT_LASTS
from tripkit.domain.rights import Role
from tripkit.storage import sessions
from tripkit.storage.accounts import AccountRow, PasskeyRow, RecoveryCodeRow, SignInRow
from tripkit.storage.members import MemberRow, VisitRow
from tripkit.storage.trips import OrganisationRow
from tripkit.testing import NOW
from tripkit.web.setup.code import code_of


def _nothing(_stage: Stage, _browser: Browser) -> None:
    """There is nothing to be done to get in."""


@dataclass(frozen=True)
class Who:
    """Somebody who asks.

    ``values``: what stands in their addresses, by the name of the argument. ``sign_in``: what their browser does first.
    ``headers``: what their browser sends along. ``sees_all``: whether other organisations' people are theirs to see.
    ``writes``: what they write into a field of this name, where they mean it. ``begins``: (path, query) of pages they look
    at before all others, since few links of their kind are followed.
    """

    name: str
    values: Mapping[str, str]
    sign_in: Callable[[Stage, Browser], None] = _nothing
    headers: Mapping[str, str] = field(default_factory=dict)
    sees_all: bool = False
    writes: Mapping[str, str] = field(default_factory=dict)
    begins: tuple[tuple[str, str], ...] = ()


def askers(stage: Stage) -> tuple[Who, ...]:
    """Everybody who asks the site on this stage."""
    if stage.stay is None:
        nobody = {"language": "en", "organisation": "resor", "trip": "hamnstad", "token": "A" * 43}
        return Who("nobody in particular", nobody), Who("who reads the terminal", nobody, writes=_first(stage))
    mine = {**stage.stay.values, "number": "1"}
    theirs = {**mine, "token": "A" * 43}
    half = Who(
        "who has signed in by halves",
        theirs,
        partial(_account, email="half@tripkit.example", is_whole=False, proofs=True),
    )
    return (
        Who("nobody in particular", theirs),
        Who("who holds a secret link and is offered a place", mine),
        Who("who holds a secret link and queues for a visit", {**mine, **stage.queued}),
        Who("who wants no more letters", {**mine, "token": stage.way_out}),
        Who("who looks at a draw", {**theirs, "organisation": "lots"}),
        Who("a monitor", theirs, headers={"Authorization": f"Bearer {METRICS_TOKEN}"}),
        Who("who has signed in to see their bookings", theirs, partial(_account, email=stage.contact)),
        *(
            Who(f"a member: {role}", theirs, partial(_member, role=role), begins=(_saved_list(theirs),))
            for role in (Role.OWNER, Role.READER)
        ),
        # Where there is no second factor yet, nobody is asked for one.
        *([half] if "account.second_factor" in stage.app.view_functions else []),
        Who(
            "who runs the installation",
            theirs,
            partial(_account, email="root@tripkit.example", runs=True),
            sees_all=True,
        ),
        Who("who runs the installation and looks at an organisation", theirs, _visiting, sees_all=True),
    )


def _saved_list(values: Mapping[str, str]) -> tuple[str, str]:
    """Where a saved list of participants is opened."""
    trip = f"/{values['language']}/organise/{values['organisation']}/trips/{values['trip']}"
    return f"{trip}/participants/", f"saved={values['listing']}"


def _first(stage: Stage) -> dict[str, str]:
    """What whoever starts the site writes into the form of the first organisation."""
    return {"code": code_of(stage.app), "key": "resor", "organisation": "Resor & besök"}


def _account(
    stage: Stage, browser: Browser, *, email: str, is_whole: bool = True, runs: bool = False, proofs: bool = False
) -> None:
    """Sign somebody in. ``proofs``: they have an app, a passkey and recovery codes; none that anybody could use."""
    client = signed_in_client(stage.app, stage.engine, email, is_administrator=runs)
    cookie = client.get_cookie(stage.app.config["SESSION_COOKIE_NAME"])
    assert cookie is not None
    browser.cookies[cookie.key] = cookie.value
    with sessions(stage.engine).begin() as session:
        found = select(AccountRow.id).where(AccountRow.email == email)
        session.execute(update(SignInRow).where(SignInRow.account_id.in_(found)).values(is_whole=is_whole))
        if proofs:
            account = session.scalars(select(AccountRow).where(AccountRow.email == email)).one()
            account.totp, account.totp_step = "sealed elsewhere", 0
            session.add(RecoveryCodeRow(account_id=account.id, digest=email))
            key = {"credential": email.encode(), "public_key": b"none", "sign_count": 0, "name": "Nyckel"}
            session.add(PasskeyRow(account_id=account.id, made_at=NOW, **key))


def _visiting(stage: Stage, browser: Browser) -> None:
    """Sign somebody in who runs the installation and visits the organisation, to look only."""
    email = "visits@tripkit.example"
    _account(stage, browser, email=email, runs=True)
    with sessions(stage.engine).begin() as session:
        account = session.scalars(select(AccountRow.id).where(AccountRow.email == email)).one()
        host = session.scalars(select(OrganisationRow.id).where(OrganisationRow.key == _host(stage))).one()
        until = {"made_at": NOW, "ends_at": NOW + VISIT_LASTS}
        session.add(VisitRow(account_id=account, organisation_id=host, reason="to see", **until))


def _host(stage: Stage) -> str:
    assert stage.stay is not None, "who has not begun has no members"
    return stage.stay.values["organisation"]


def _member(stage: Stage, browser: Browser, *, role: Role) -> None:
    """Sign a member of the organisation in."""
    email = f"{role}@tripkit.example"
    _account(stage, browser, email=email, proofs=role is Role.OWNER)
    with sessions(stage.engine).begin() as session:
        account = session.scalars(select(AccountRow.id).where(AccountRow.email == email)).one()
        host = session.scalars(select(OrganisationRow.id).where(OrganisationRow.key == _host(stage))).one()
        session.add(MemberRow(account_id=account, organisation_id=host, trip_id=None, role=role, made_at=NOW))
