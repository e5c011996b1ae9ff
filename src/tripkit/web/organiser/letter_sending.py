"""Sending a letter to many: who gets it and who does not, and when it goes out; and what is done to it on its way."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from flask import abort, redirect, request, url_for
from flask.typing import ResponseReturnValue

from tripkit.actions import steer_campaign as act
from tripkit.domain.refusals import ChangeRefused, NotFound, Problem
from tripkit.domain.reminders import Anchor, Side, Timing
from tripkit.domain.sentences import sentence
from tripkit.reads.letter_preview import letter_preview
from tripkit.web.account.page import LOST_SESSION
from tripkit.web.frame import now, page_language, session, settings
from tripkit.web.guards import here
from tripkit.web.organiser import blueprint
from tripkit.web.organiser.letter import letter_shown
from tripkit.web.organiser.letters import CHANGE, ONE, narrowed
from tripkit.web.organiser.page import ACTS, member_acts, show
from tripkit.web.routing import Policy, route
from tripkit.web.signup.csrf import CsrfForm
from tripkit.web.who import me

ANCHORS = {
    Anchor.TRIP_STARTS: sentence("the first day of the trip"),
    Anchor.TRIP_ENDS: sentence("the last day of the trip"),
    Anchor.SIGNUP_CLOSES: sentence("the day sign-up ends"),
}
_STEERED = {
    "pause": act.pause_campaign,
    "resume": act.resume_campaign,
    "cancel": act.cancel_campaign,
    "unschedule": act.unschedule_campaign,
}
_MOST_DAYS = 365


@route(blueprint, f"{ONE}send/", policy=Policy.MEMBER, needs=CHANGE, methods=("GET", "POST"), limits=(ACTS,))
def send_letter(language: str, organisation: str, trip: str, letter: int) -> ResponseReturnValue:
    """Who gets it, when, and the button."""
    page_language()
    if request.method != "POST":
        return _shown(letter)
    if not CsrfForm().is_ours():
        return _shown(letter, problems=[LOST_SESSION])
    try:
        done = _decided(letter)
    except NotFound:
        abort(404)
    except ChangeRefused as refused:
        return _shown(letter, problems=[Problem("when", refused.sentence)])
    return redirect(url_for("organiser.letter", **(request.view_args or {}), done=done), 303)


@route(blueprint, f"{ONE}steer/", policy=Policy.MEMBER, needs=CHANGE, methods=("POST",), limits=(ACTS,))
def steer_letter(language: str, organisation: str, trip: str, letter: int) -> ResponseReturnValue:
    """Pause it, go on, cancel it, take it back."""
    page_language()
    if not CsrfForm().is_ours():
        return letter_shown(letter, problems=[LOST_SESSION])
    do = request.form.get("do", "")
    if do not in _STEERED:
        return letter_shown(letter, problems=[Problem("", sentence("Choose what to do with the letter."))])
    try:
        _STEERED[do](session(), campaign_id=letter, trip_id=here().trip_id or abort(404), moment=member_acts())
    except NotFound:
        abort(404)
    except ChangeRefused as refused:
        return letter_shown(letter, problems=[Problem("", refused.sentence)])
    return redirect(url_for("organiser.letter", **(request.view_args or {}), done=do), 303)


def _decided(letter: int) -> str:
    """Send it, now or by itself; what was done, as the next page says it."""
    place = here()
    of_letter: dict[str, Any] = {
        "campaign_id": letter,
        "trip_id": place.trip_id or abort(404),
        "moment": member_acts(),
    }
    when = request.form.get("when", "")
    if when == "now":
        act.start_campaign(session(), **of_letter)
        return "start"
    if when == "at":
        act.schedule_campaign(session(), send_at=_moment(place.time_zone), **of_letter)
    elif when == "by_day":
        act.schedule_campaign(session(), timing=_timing(), **of_letter)
    else:
        raise ChangeRefused(sentence("Choose when it goes out."))
    return "schedule"


def _moment(zone: str) -> datetime:
    try:
        day = datetime.fromisoformat(request.form.get("day", "").strip()).date()
        return datetime.combine(day, _clock("clock"), ZoneInfo(zone)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise ChangeRefused(sentence("Write the day as 2027-04-01 and the time as 09:00.")) from error


def _timing() -> Timing:
    days, anchor, side = (request.form.get(name, "") for name in ("days", "anchor", "side"))
    if not (days.isascii() and days.isdecimal() and len(days) < 4 and int(days) <= _MOST_DAYS):
        raise ChangeRefused(sentence("Write how many days, from 0 to {most}.", most=_MOST_DAYS))
    if anchor not in set(Anchor) or side not in set(Side):
        raise ChangeRefused(sentence("Choose which day it is counted from."))
    try:
        return Timing(days=int(days), side=Side(side), anchor=Anchor(anchor), clock=_clock("day_clock"))
    except ValueError as error:
        raise ChangeRefused(sentence("Write the time as 09:00.")) from error


def _clock(name: str) -> time:
    return time.fromisoformat(request.form.get(name, "").strip().replace(".", ":")).replace(tzinfo=None)


def _shown(letter: int, **values: Any) -> ResponseReturnValue:
    page = letter_preview(
        session(),
        trip_id=here().trip_id or abort(404),
        campaign_id=letter,
        position=1,
        language=None,
        account_id=me().account_id,
        settings=settings(),
        now=now(),
    )
    if page is None:
        abort(404)
    if not page.campaign.may("start") and not values:
        return redirect(url_for("organiser.letter", **(request.view_args or {})), 303)
    return show(
        "organiser/letter_send.html",
        page=page,
        anchors=ANCHORS,
        narrowed=narrowed(page.campaign.audience, page.trip),
        typed=request.form,
        **values,
    )
