"""Giving up a role of one's own."""

from __future__ import annotations

from flask import abort, redirect, request, url_for
from flask.typing import ResponseReturnValue

from tripkit.actions.change_member import leave_organisation
from tripkit.domain.refusals import ChangeRefused, NotFound, Problem
from tripkit.domain.rights import TITLES
from tripkit.reads.account_page import memberships
from tripkit.web.account.page import LOST_SESSION, show
from tripkit.web.frame import page_language, session
from tripkit.web.organiser import blueprint
from tripkit.web.organiser.page import ACTS
from tripkit.web.routing import Policy, route
from tripkit.web.signup.csrf import CsrfForm
from tripkit.web.who import acting, me


@route(
    blueprint,
    "/<language>/account/memberships/<int(max=999999999):member>/",
    policy=Policy.ACCOUNT,
    methods=("GET", "POST"),
    limits=(ACTS,),
)
def leave(language: str, member: int) -> ResponseReturnValue:
    """Leave an organisation, or one of its trips."""
    page_language()
    mine = memberships(session(), me().account_id)
    one = next((membership for membership in mine if membership.id == member), None) or abort(404)
    problems: list[Problem] = []
    if request.method == "POST":
        if not CsrfForm().is_ours():
            problems = [LOST_SESSION]
        else:
            try:
                leave_organisation(session(), member=member, account_id=me().account_id, moment=acting())
                return redirect(url_for("organiser.home", language=language, done="left"), 303)
            except NotFound:
                abort(404)
            except ChangeRefused as refused:
                problems = [Problem("", refused.sentence)]
    return show("organiser/leave.html", one=one, titles=TITLES, problems=problems)
