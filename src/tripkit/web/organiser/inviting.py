"""Inviting somebody, and what becomes of an invitation that nobody has answered."""

from __future__ import annotations

from flask import abort, redirect, request, url_for
from flask.typing import ResponseReturnValue

from tripkit.actions.invite_member import NO_SUCH_TRIP, invite, send_again
from tripkit.actions.withdraw_invitation import withdraw_invitation
from tripkit.domain.answers import has_unseen_characters
from tripkit.domain.refusals import ChangeRefused, NotFound, Problem
from tripkit.domain.rights import MEMBERS, Level, Role
from tripkit.domain.sentences import sentence
from tripkit.domain.signup import check_email
from tripkit.reads.members_page import Invitation, unanswered
from tripkit.reads.trip_list import trip_titles
from tripkit.web.account.page import LOST_SESSION
from tripkit.web.frame import now, page_language, session
from tripkit.web.guards import here
from tripkit.web.limits import Limit
from tripkit.web.organiser import blueprint
from tripkit.web.organiser.page import ACTS, account, member_acts, show
from tripkit.web.routing import Need, Policy, route
from tripkit.web.signup.csrf import CsrfForm

_CHANGE = Need(MEMBERS, Level.CHANGE, again=True)
_INVITATIONS = Limit("invitations from one member", 30, 3600, account, done=True)
WHOLE = "*"
"""What the form says instead of a trip's key; no key is written so."""


@route(
    blueprint,
    "/<language>/organise/<organisation>/members/invite/",
    policy=Policy.MEMBER,
    needs=_CHANGE,
    methods=("GET", "POST"),
    limits=(ACTS, _INVITATIONS),
)
def invite_member(language: str, organisation: str) -> ResponseReturnValue:
    """Offer a role to whoever reads the mail at an address."""
    page_language()
    problems = _sent() if request.method == "POST" else []
    if request.method == "POST" and not problems:
        return redirect(url_for("organiser.members", language=language, organisation=organisation, done="invited"), 303)
    return show(
        "organiser/invite.html",
        problems=problems,
        typed=request.form,
        trips=trip_titles(session(), organisation_id=here().organisation_id),
        whole=WHOLE,
    )


def _sent() -> list[Problem]:
    """Invite as the form says; what is wrong in it, if anything."""
    form = request.form
    email, word, trip = form.get("email", "").strip(), form.get("role", ""), form.get("trip", "")
    problems = [*check_email("email", email, sentence("Write your colleague's e-mail address."))]
    if has_unseen_characters(email):
        problems = [Problem("email", sentence("There are characters in it that cannot be seen. Write it by hand."))]
    if not trip or "\0" in trip:
        problems.append(Problem("trip", sentence("Choose where.")))
    if word not in set(Role):
        problems.append(Problem("role", sentence("Choose what they may do.")))
    if not CsrfForm().is_ours():
        return [LOST_SESSION]
    if problems:
        return problems
    try:
        invite(
            session(),
            organisation_id=here().organisation_id,
            email=email,
            role=Role(word),
            trip=None if trip == WHOLE else trip,
            language=page_language(),
            moment=member_acts(),
        )
    except NotFound:
        return [Problem("trip", NO_SUCH_TRIP)]
    except ChangeRefused as refused:
        return [Problem("email", refused.sentence)]
    return []


@route(
    blueprint,
    "/<language>/organise/<organisation>/members/invitations/<int(max=999999999):invitation>/",
    policy=Policy.MEMBER,
    needs=_CHANGE,
    methods=("GET", "POST"),
    limits=(ACTS, _INVITATIONS),
)
def invitation_sent(language: str, organisation: str, invitation: int) -> ResponseReturnValue:
    """Send it again, or withdraw it."""
    page_language()
    one = unanswered(session(), organisation_id=here().organisation_id, invitation=invitation, now=now()) or abort(404)
    if request.method != "POST":
        return show("organiser/invitation_sent.html", one=one)
    if not CsrfForm().is_ours():
        return show("organiser/invitation_sent.html", one=one, problems=[LOST_SESSION])
    try:
        done = _decided(one, language)
    except ChangeRefused as refused:
        return show("organiser/invitation_sent.html", one=one, problems=[Problem("", refused.sentence)])
    return redirect(url_for("organiser.members", language=language, organisation=organisation, done=done), 303)


def _decided(one: Invitation, language: str) -> str:
    """What was done, as the next page says it."""
    organisation_id = here().organisation_id
    match request.form.get("do"):
        case "again":
            send_again(
                session(),
                organisation_id=organisation_id,
                invitation=one.id,
                language=language,
                moment=member_acts(),
            )
            return "invited"
        case "withdraw":
            withdraw_invitation(session(), organisation_id=organisation_id, invitation=one.id, moment=member_acts())
            return "withdrawn"
    raise ChangeRefused(sentence("Choose what is to become of the invitation."))
