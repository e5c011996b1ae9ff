"""Who comes on a trip: the list, searched, filtered and in order by its address alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import abort, request
from flask.typing import ResponseReturnValue

from tripkit.domain.bookings import ParticipantStatus
from tripkit.domain.rights import PARTICIPANTS, Level
from tripkit.reads.participants import LONGEST_SEARCH, Order, Sought, participants_page, visits_to_choose
from tripkit.web.account.my_data import STATES
from tripkit.web.frame import page_language, session
from tripkit.web.guards import here
from tripkit.web.mybooking.opening import whole
from tripkit.web.organiser import blueprint
from tripkit.web.organiser.page import show
from tripkit.web.routing import Need, Policy, route

SEE = Need(PARTICIPANTS, Level.SEE)


@route(blueprint, "/<language>/organise/<organisation>/trips/<trip>/participants/", policy=Policy.MEMBER, needs=SEE)
def participants(language: str, organisation: str, trip: str) -> ResponseReturnValue:
    """A page of those who are looked for."""
    page_language()
    number = whole(request.args.get("page", "1")) or abort(404)
    sought = sought_in(request.args)
    page = participants_page(session(), trip_id=here().trip_id or abort(404), sought=sought, page=number)
    if page is None or number > page.pages:
        abort(404)
    return show(
        "organiser/participants.html",
        page=page,
        sought=sought,
        as_sent=as_sent(sought),
        states=STATES,
        titles_of={item.key: item.title for item in page.trip.programme},
        groups={segment.key: segment.name for segment in page.trip.segments},
        visits=tuple(visits_to_choose(page.trip)),
        longest=LONGEST_SEARCH,
    )


def sought_in(sent: Mapping[str, str]) -> Sought:
    """What is looked for, as an address or a form says it. 404 for a state or an order that there is not."""
    state, order = sent.get("state", ""), sent.get("order", "") or Order.NAME
    if (state and state not in set(ParticipantStatus)) or order not in set(Order):
        abort(404)
    return Sought(
        words=" ".join(sent.get("words", "").replace("\0", "").split())[:LONGEST_SEARCH],
        state=ParticipantStatus(state) if state else None,
        segment=sent.get("segment", "").replace("\0", "") or None,
        visit=sent.get("visit", "").replace("\0", "") or None,
        order=Order(order),
    )


def as_sent(sought: Sought) -> dict[str, Any]:
    """The same as fields, without those that say nothing."""
    order = sought.order if sought.order is not Order.NAME else None
    fields = {
        "words": sought.words,
        "state": sought.state,
        "segment": sought.segment,
        "visit": sought.visit,
        "order": order,
    }
    return {name: str(value) for name, value in fields.items() if value}
