"""An invitation as whoever was sent it sees it: who invites to what; accepting and declining it."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug import Response

from tripkit.actions.answer_invitation import INVITATION_IS_OVER, accept_invitation, decline_invitation
from tripkit.actions.recording import digest_of
from tripkit.domain.bookings import Moment
from tripkit.domain.refusals import ChangeRefused, Problem
from tripkit.domain.rights import TITLES
from tripkit.reads.invitation import OpenInvitation, open_invitation
from tripkit.web.account.entering import browser, enter
from tripkit.web.account.page import LOST_SESSION, show
from tripkit.web.frame import moment, now, page_language, session
from tripkit.web.mybooking.opening import LIMITS, UnknownLink
from tripkit.web.organiser import blueprint
from tripkit.web.routing import Policy, route
from tripkit.web.signup.csrf import CsrfForm
from tripkit.web.signup.surroundings import other_languages
from tripkit.web.who import acting, signed_in


@route(
    blueprint,
    "/<language>/account/invitation/<token>/",
    policy=Policy.SECRET_LINK,
    methods=("GET", "POST"),
    limits=LIMITS,
)
def invitation(language: str, token: str) -> ResponseReturnValue:
    """What is offered, and two buttons. Looking at it accepts nothing: mail scanners look, too."""
    page_language()
    one = open_invitation(session(), digest=digest_of(token), now=now())
    if one is None:
        raise UnknownLink
    if request.method != "POST":
        return show("organiser/invitation.html", one=one, titles=TITLES)
    if not CsrfForm().is_ours():
        return show("organiser/invitation.html", one=one, titles=TITLES, problems=(LOST_SESSION,))
    try:
        return _answered(one, token)
    except ChangeRefused as refused:
        if refused.sentence == INVITATION_IS_OVER:
            raise UnknownLink from refused
        return show("organiser/invitation.html", one=one, titles=TITLES, problems=(Problem("", refused.sentence),))


@blueprint.errorhandler(UnknownLink)
def over(_: UnknownLink) -> Response:
    """The same page for an invitation that never was, was answered or withdrawn, or is too old."""
    problems = (Problem("", INVITATION_IS_OVER),)
    return show("organiser/invitation.html", one=None, problems=problems, status=404)


def _answered(one: OpenInvitation, token: str) -> ResponseReturnValue:
    language, somebody = page_language(), signed_in()
    by: Moment = acting() if somebody is not None else moment("account")
    if request.form.get("do") == "decline":
        decline_invitation(session(), token=token, moment=by)
        return redirect(url_for("organiser.declined", language=language), 303)
    signed = accept_invitation(
        session(),
        token=token,
        account_id=somebody.account_id if somebody is not None else None,
        browser=browser(),
        language=language,
        moment=by,
    )
    where = one.organisation_key
    target = (
        url_for("organiser.overview", language=language, organisation=where)
        if one.trip_key is None
        else url_for("organiser.trip", language=language, organisation=where, trip=one.trip_key)
    )
    return enter(signed, target) if signed is not None else redirect(target, 303)


@route(blueprint, "/<language>/account/declined/", policy=Policy.PUBLIC)
def declined(language: str) -> ResponseReturnValue:
    """That an invitation was declined; whose, it does not say."""
    page_language()
    if signed_in() is not None:
        return show("organiser/declined.html")
    # Without a form, and so without a cookie: who declines leaves nothing behind here.
    return render_template("organiser/declined.html", language=language, alternates=other_languages(), wrong=())
