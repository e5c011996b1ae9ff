"""Changing what a member is, or taking it from them."""

from __future__ import annotations

from flask import abort, redirect, request, url_for
from flask.typing import ResponseReturnValue

from tripkit.actions.change_member import change_role, remove_member
from tripkit.domain.refusals import ChangeRefused, NotFound, Problem
from tripkit.domain.rights import MEMBERS, Level, Role
from tripkit.domain.sentences import sentence
from tripkit.reads.members_page import member as find_member
from tripkit.web.account.page import LOST_SESSION
from tripkit.web.frame import page_language, session
from tripkit.web.guards import here
from tripkit.web.organiser import blueprint
from tripkit.web.organiser.page import ACTS, member_acts, show
from tripkit.web.routing import Need, Policy, route
from tripkit.web.signup.csrf import CsrfForm


@route(
    blueprint,
    "/<language>/organise/<organisation>/members/<int(max=999999999):member>/",
    policy=Policy.MEMBER,
    needs=Need(MEMBERS, Level.CHANGE, again=True),
    methods=("GET", "POST"),
    limits=(ACTS,),
)
def change_member(language: str, organisation: str, member: int) -> ResponseReturnValue:
    """Another role for a member, or none."""
    page_language()
    one = find_member(session(), organisation_id=here().organisation_id, member=member) or abort(404)
    if request.method != "POST":
        return show("organiser/member.html", one=one)
    if not CsrfForm().is_ours():
        return show("organiser/member.html", one=one, problems=[LOST_SESSION])
    try:
        done = _decided(one.id)
    except NotFound:
        abort(404)
    except ChangeRefused as refused:
        return show("organiser/member.html", one=one, problems=[Problem("role", refused.sentence)])
    return redirect(url_for("organiser.members", language=language, organisation=organisation, done=done), 303)


def _decided(member: int) -> str:
    """What was done, as the next page says it."""
    organisation_id, word = here().organisation_id, request.form.get("role", "")
    if request.form.get("do") == "remove":
        remove_member(session(), organisation_id=organisation_id, member=member, moment=member_acts())
        return "removed"
    if word not in set(Role):
        raise ChangeRefused(sentence("Choose what they may do."))
    change_role(session(), organisation_id=organisation_id, member=member, role=Role(word), moment=member_acts())
    return "changed"
