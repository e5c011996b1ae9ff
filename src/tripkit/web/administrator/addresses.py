"""An address that an organisation asks for: whoever runs the site confirms or refuses it."""

from __future__ import annotations

from typing import Any

from flask import abort, redirect, request, url_for
from flask.typing import ResponseReturnValue

from tripkit.actions.own_address import confirm_address, refuse_address
from tripkit.domain.organisations import LONGEST_REASON
from tripkit.domain.own_address import shown_host
from tripkit.domain.refusals import ChangeRefused, NotFound, Problem
from tripkit.domain.sentences import sentence
from tripkit.reads.own_address import own_address
from tripkit.reads.trip_list import organisation as find_organisation
from tripkit.web.account.page import LOST_SESSION, show
from tripkit.web.administrator import blueprint
from tripkit.web.frame import page_language, session, settings
from tripkit.web.organiser.page import ACTS
from tripkit.web.routing import Policy, route
from tripkit.web.signup.csrf import CsrfForm
from tripkit.web.who import acting


@route(
    blueprint,
    "/<language>/administrator/<organisation>/address/",
    policy=Policy.ADMINISTRATOR,
    methods=("GET", "POST"),
    limits=(ACTS,),
)
def address(language: str, organisation: str) -> ResponseReturnValue:
    """What is asked for, and both answers to it."""
    page_language()
    if request.method != "POST":
        return _page(organisation)
    refuses = request.form.get("do") == "refuse"
    reason = " ".join(request.form.get("reason", "").replace("\0", "").split())
    problem = _wrong(refuses, reason)
    if problem is not None:
        return _page(organisation, typed=reason, problems=(problem,))
    asked: dict[str, Any] = {"organisation": organisation, "host": request.form.get("host", ""), "moment": acting()}
    try:
        if refuses:
            refuse_address(session(), reason=reason, **asked)
        else:
            confirm_address(session(), **asked)
    except NotFound:
        abort(404)
    except ChangeRefused as refused:
        return _page(organisation, typed=reason, problems=(Problem("", refused.sentence),))
    done = "refused" if refuses else "confirmed"
    return redirect(url_for("administrator.organisations", language=language, done=done), 303)


def _page(organisation: str, *, typed: str = "", **values: Any) -> ResponseReturnValue:
    host = find_organisation(session(), organisation) or abort(404)
    stands = own_address(session(), organisation) or abort(404)
    return show(
        "administrator/address.html",
        host=host,
        stands=stands,
        typed=typed,
        shown=shown_host,
        site=settings().host,
        **values,
    )


def _wrong(refuses: bool, reason: str) -> Problem | None:
    if not CsrfForm().is_ours():
        return LOST_SESSION
    if refuses and not reason:
        return Problem("reason", sentence("Write why, so that the organisation's owners understand it."))
    if len(reason) > LONGEST_REASON:
        return Problem("reason", sentence("Take at most {count} characters.", count=LONGEST_REASON))
    return None
