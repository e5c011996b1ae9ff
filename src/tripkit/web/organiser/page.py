"""What every page of an organisation shares: its frame, its tabs, who acts; no view."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from werkzeug import Response

from tripkit.domain.bookings import Moment
from tripkit.domain.rights import LOG, MEMBERS, MESSAGES, ORGANISATION, PARTICIPANTS, SENSITIVE, TITLES, TRIP, Level
from tripkit.web.account.page import show as show_account
from tripkit.web.guards import here
from tripkit.web.limits import Limit
from tripkit.web.who import acting, signed_in


def account() -> str | None:
    """Whom acts are counted by."""
    somebody = signed_in()
    return str(somebody.account_id) if somebody else None


ACTS = Limit("acts of one member", 60, 60, account)


def show(template: str, **values: Any) -> Response:
    """A page of the organisation that is here."""
    place = here()
    rights = place.rights
    return show_account(
        template,
        here=place,
        organisation={"key": place.organisation_key, "name": place.organisation_name, "look": place.look},
        fallback=place.languages,
        titles=TITLES,
        may={
            "see_trips": not place.only_trips and rights.may(TRIP, Level.SEE),
            "see_members": rights.may(MEMBERS, Level.SEE),
            "change_members": rights.may(MEMBERS, Level.CHANGE),
            "see_settings": rights.may(ORGANISATION, Level.SEE),
            "change_settings": rights.may(ORGANISATION, Level.CHANGE),
            "change_participants": rights.may(PARTICIPANTS, Level.CHANGE),
            "change_trips": rights.may(TRIP, Level.CHANGE),
            "make_trips": rights.may_everywhere(TRIP, Level.CHANGE),
            "see_participants": rights.may(PARTICIPANTS, Level.SEE),
            "see_sensitive": rights.may(SENSITIVE, Level.SEE),
            "see_messages": rights.may(MESSAGES, Level.SEE),
            "change_messages": rights.may(MESSAGES, Level.CHANGE),
            "see_log": rights.may(LOG, Level.SEE),
        },
        **values,
    )


def member_acts() -> Moment:
    """A member does something now; or somebody who runs the installation and is here for a reason, which the log says."""
    moment = acting()
    return replace(moment, actor="administrator") if here().visit_ends_at is not None else moment
