"""Entering an organisation that is not one's own, and leaving it: the reason is given first, and its owners are told."""

from __future__ import annotations

from flask import abort, redirect, request, url_for
from flask.typing import ResponseReturnValue

from tripkit.actions.visit_organisation import end_visit, visit_organisation
from tripkit.domain.organisations import LONGEST_REASON
from tripkit.domain.refusals import NotFound, Problem
from tripkit.domain.sentences import sentence
from tripkit.reads.trip_list import organisation as find_organisation
from tripkit.web.account.page import LOST_SESSION, show
from tripkit.web.administrator import blueprint
from tripkit.web.frame import page_language, session
from tripkit.web.organiser.page import ACTS
from tripkit.web.routing import Policy, route
from tripkit.web.signup.csrf import CsrfForm, check_button
from tripkit.web.who import acting, me

SHORTEST_REASON = 10


@route(
    blueprint,
    "/<language>/administrator/<organisation>/enter/",
    policy=Policy.ADMINISTRATOR,
    methods=("GET", "POST"),
    limits=(ACTS,),
)
def enter(language: str, organisation: str) -> ResponseReturnValue:
    """Ask for the reason, and let in."""
    page_language()
    host = find_organisation(session(), organisation) or abort(404)
    if request.method != "POST":
        return show("administrator/enter.html", host=host, typed="", helps=False)
    reason = " ".join(request.form.get("reason", "").replace("\0", "").split())
    problem = _wrong(reason)
    if problem is not None:
        return show("administrator/enter.html", host=host, typed=reason, helps=_helps(), problems=(problem,))
    try:
        who = me().name or me().email
        visit_organisation(
            session(), organisation=organisation, reason=reason, may_change=_helps(), who=who, moment=acting()
        )
    except NotFound:
        abort(404)
    return redirect(url_for("organiser.overview", language=language, organisation=organisation), 303)


@route(
    blueprint,
    "/<language>/account/visit/<organisation>/end/",
    policy=Policy.ACCOUNT,
    methods=("POST",),
    limits=(ACTS,),
)
def leave(language: str, organisation: str) -> ResponseReturnValue:
    """End a visit of one's own. It takes no new proof: nobody should have to stay for want of one."""
    page_language()
    check_button()
    end_visit(session(), organisation=organisation, moment=acting())
    return redirect(url_for("account.home", language=language, done="left"), 303)


def _helps() -> bool:
    return request.form.get("helps") == "yes"


def _wrong(reason: str) -> Problem | None:
    if not CsrfForm().is_ours():
        return LOST_SESSION
    if len(reason) < SHORTEST_REASON:
        return Problem("reason", sentence("Write why, so that the organisation's owners understand it."))
    if len(reason) > LONGEST_REASON:
        return Problem("reason", sentence("Take at most {count} characters.", count=LONGEST_REASON))
    return None
