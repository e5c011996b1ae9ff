"""What is sent or noted about a booking without changing it: its link anew, a note for colleagues."""

from __future__ import annotations

from flask import request
from flask.typing import ResponseReturnValue

from tripkit.actions.send_link import send_link_to
from tripkit.actions.write_note import LONGEST_NOTE, write_note
from tripkit.web.frame import session
from tripkit.web.organiser import blueprint
from tripkit.web.organiser.booking_acting import BOOKING, BOTH, CHANGE, Act, answered, found_booking
from tripkit.web.organiser.page import ACTS
from tripkit.web.routing import Policy, route
from tripkit.web.signup.typed import plain


@route(blueprint, f"{BOOKING}link/", policy=Policy.MEMBER, needs=CHANGE, methods=BOTH, limits=(ACTS,))
def send_link_of(language: str, organisation: str, trip: str, code: str) -> ResponseReturnValue:
    """Mail the booking's link to its contact person anew."""
    found = found_booking(code)
    return answered(
        found,
        Act(
            template="organiser/act_link.html",
            do=lambda by, moment: send_link_to(session(), booking_id=found.page.booking_id, moment=moment, by=by),
            done="link",
            looks=False,
            values={},
        ),
    )


@route(blueprint, f"{BOOKING}note/", policy=Policy.MEMBER, needs=CHANGE, methods=BOTH, limits=(ACTS,))
def note_on(language: str, organisation: str, trip: str, code: str) -> ResponseReturnValue:
    """A note for colleagues."""
    found = found_booking(code)
    sent = request.method == "POST"
    typed = plain(request.form.get("note", ""))[: 2 * LONGEST_NOTE] if sent else found.page.note
    return answered(
        found,
        Act(
            template="organiser/act_note.html",
            do=lambda by, moment: write_note(
                session(), booking_id=found.page.booking_id, note=typed, moment=moment, by=by
            ),
            done="noted",
            looks=False,
            values={"note": typed, "longest": LONGEST_NOTE},
        ),
    )
