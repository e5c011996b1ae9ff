"""Everything kept about oneself: to read, to take along as a file, and to have forgotten."""

from __future__ import annotations

from flask import redirect, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue
from pydantic import TypeAdapter
from werkzeug import Response

from tripkit.actions.erase_account import erase_account
from tripkit.actions.export_my_data import MyData, export_my_data
from tripkit.domain.bookings import ParticipantStatus
from tripkit.domain.done import DONE
from tripkit.domain.refusals import ChangeRefused, Problem
from tripkit.domain.rights import TITLES
from tripkit.domain.sentences import sentence
from tripkit.mailing.verdict import KIND_TITLES
from tripkit.reads.account_page import account_page
from tripkit.reads.log_words import CODES
from tripkit.web.account import blueprint
from tripkit.web.account.page import LOST_SESSION, show
from tripkit.web.frame import now, page_language, session
from tripkit.web.limits import Limit
from tripkit.web.routing import Policy, route
from tripkit.web.signup.csrf import CsrfForm
from tripkit.web.who import account, acting, me

STATES = {
    ParticipantStatus.APPLIED: sentence("In the draw"),
    ParticipantStatus.CONFIRMED: sentence("Confirmed"),
    ParticipantStatus.OFFERED: sentence("A place is on offer"),
    ParticipantStatus.WAITING: sentence("In the queue"),
    ParticipantStatus.CANCELLED: sentence("Cancelled"),
}
_JSON: TypeAdapter[MyData] = TypeAdapter(MyData)

_ERASURES = Limit("erasures asked for from one account", 10, 600, account)


@route(blueprint, "/<language>/account/my-data/", policy=Policy.PROVED)
def my_data(language: str) -> ResponseReturnValue:
    """All of it, to read."""
    page_language()
    data = export_my_data(session(), somebody=me(), moment=acting())
    return show(
        "account/my_data.html", data=data, titles=TITLES, states=STATES, what=DONE, kinds=KIND_TITLES, codes=CODES
    )


@route(blueprint, "/<language>/account/my-data.json", policy=Policy.PROVED)
def my_data_file(language: str) -> ResponseReturnValue:
    """The same for programs."""
    page_language()
    data = export_my_data(session(), somebody=me(), moment=acting())
    answer = Response(_JSON.dump_json(data, indent=2), mimetype="application/json")
    answer.headers["Content-Disposition"] = 'attachment; filename="my-data.json"'
    return answer


@route(
    blueprint,
    "/<language>/account/forget-me/",
    policy=Policy.PROVED,
    methods=("GET", "POST"),
    limits=(_ERASURES,),
)
def forget_me(language: str) -> ResponseReturnValue:
    """Have oneself forgotten; the page says before what is lost and what stays."""
    page_language()
    if request.method != "POST":
        return _show_forget_me()
    if not CsrfForm().is_ours():
        return _show_forget_me(LOST_SESSION)
    if request.form.get("sure") != "yes":
        return _show_forget_me(Problem("sure", sentence("Tick the box to say that you are sure.")))
    try:
        erase_account(session(), somebody=me(), cancel=True, moment=acting())
    except ChangeRefused as refused:
        return _show_forget_me(Problem("", refused.sentence))
    cookie.clear()
    return redirect(url_for("account.sign_in", language=language, forgotten="yes"), 303)


def _show_forget_me(*problems: Problem) -> Response:
    somebody = me()
    page = account_page(session(), account_id=somebody.account_id, email=somebody.email)
    return show("account/forget_me.html", problems=problems, page=page, day_it_is=now().date())
