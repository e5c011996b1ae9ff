"""How a page's policy is kept: who is asked to sign in, who is refused, where a member is; what a policy is for whom stands here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import wraps
from typing import Any, TypeVar, cast

from flask import abort, g, redirect, request, url_for
from flask.typing import ResponseReturnValue

from tripkit.domain.accounts import SignIn
from tripkit.domain.rights import Level, Permission
from tripkit.reads.owners import anybody_is_known
from tripkit.reads.rights import Here, rights_at
from tripkit.storage.fence import fence
from tripkit.web.errors import SignedOut
from tripkit.web.frame import now, page_language, session
from tripkit.web.who import half_signed_in, signed_in

View = TypeVar("View", bound=Callable[..., Any])


class Policy(StrEnum):
    """Who may ask for a page."""

    PUBLIC = "public"
    """Everybody; nothing about any one person is on it."""
    SECRET_LINK = "secret_link"  # noqa: S105 (the name of a policy)
    """Who holds a secret link; the token is in the address and opens one thing."""
    TOKEN = "token"  # noqa: S105 (the name of a policy)
    """A monitor that knows the installation's token; nothing about any one person is in it."""
    DEMO = "demo"
    """Everybody, while this is a demonstration; the route does not exist otherwise."""
    SETUP = "setup"
    """Who is first and knows the code from the terminal, while nobody has an account; the page is not there otherwise."""
    HALF = "half"
    """Who has given the first proof, and is asked for the second one; nobody else."""
    ACCOUNT = "account"
    """Who is signed in; only what is their own is on it."""
    PROVED = "proved"
    """The same, and they have proved to be themselves within the last minutes."""
    MEMBER = "member"
    """A member of the organisation in the address, with the permission the page takes."""
    ADMINISTRATOR = "administrator"
    """Who runs the installation; has proved to be themselves within the last minutes."""


@dataclass(frozen=True, slots=True)
class Need:
    """What a page for members takes. ``again``: they have proved to be themselves within the last minutes."""

    permission: Permission
    level: Level
    again: bool = False


_OPEN = {Policy.PUBLIC, Policy.SECRET_LINK, Policy.TOKEN, Policy.DEMO}
"""Pages that keep themselves: nobody has to be signed in for them."""
_AGAIN = {Policy.PROVED, Policy.ADMINISTRATOR}


def here() -> Here:
    """Where a member is; for views of pages for members only."""
    return cast(Here, g.tripkit_here)


def guarded(view: View, policy: Policy, need: Need | None) -> View:
    """The view, called only for whom the policy allows it."""
    if policy in _OPEN:
        return view

    @wraps(view)
    def kept(**values: Any) -> ResponseReturnValue:
        if policy is Policy.SETUP:
            return cast(ResponseReturnValue, view(**values)) if not anybody_is_known(session()) else abort(404)
        refused = _half(policy) or _refused(policy, need)
        return refused if refused is not None else cast(ResponseReturnValue, view(**values))

    return cast(View, kept)


def _half(policy: Policy) -> ResponseReturnValue | None:
    waits = half_signed_in() is not None
    if policy is Policy.HALF:
        return None if waits else redirect(url_for("account.home", language=page_language()), 303)
    return (
        redirect(url_for("account.second_factor", language=page_language(), next=_way_back()), 303) if waits else None
    )


def _refused(policy: Policy, need: Need | None) -> ResponseReturnValue | None:
    """What is answered instead of the page; None = nothing, it is theirs to see."""
    if policy is Policy.HALF:
        return None
    somebody = signed_in()
    if somebody is None:
        if request.method not in {"GET", "HEAD"}:
            raise SignedOut
        return redirect(url_for("account.sign_in", language=page_language(), next=_way_back()), 303)
    if policy is Policy.ADMINISTRATOR and not somebody.is_administrator:
        abort(404)
    if need is not None and (elsewhere := _at_the_organisation(somebody, need)) is not None:
        return elsewhere
    if (policy in _AGAIN or (need is not None and need.again)) and not somebody.has_proved_lately(now()):
        return redirect(url_for("account.again", language=page_language(), next=_way_back()), 303)
    return None


def _at_the_organisation(somebody: SignIn, need: Need) -> ResponseReturnValue | None:
    values = request.view_args or {}
    found = rights_at(
        session(),
        account_id=somebody.account_id,
        organisation=values["organisation"],
        trip=values.get("trip"),
        now=now(),
    )
    if found is None:
        abort(404)  # A stranger learns nothing, not even whether there is such a thing.
    if not found.rights.may(need.permission, need.level):
        abort(403)
    if found.demands_second_factor and not somebody.has_second_factor:
        return redirect(url_for("account.security", language=page_language(), demanded=found.organisation_key), 303)
    g.tripkit_here = found
    fence(session(), found.organisation_id)
    return None


def _way_back() -> str:
    """The page to go on to afterwards; what was sent with a form is not sent again by itself, but its page is shown again."""
    methods = (request.url_rule.methods if request.url_rule is not None else None) or ()
    return request.full_path.rstrip("?") if "GET" in methods else ""
