"""What the organisation keeps of people, why and for how long: the record it has to have, to read and to print."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask.typing import ResponseReturnValue

from tripkit.domain.rights import ORGANISATION, Level
from tripkit.reads.processing_record import processing_record as read_record
from tripkit.web.frame import now, page_language, session, settings
from tripkit.web.guards import here
from tripkit.web.organiser import blueprint
from tripkit.web.organiser.page import show
from tripkit.web.routing import Need, Policy, route


@route(
    blueprint,
    "/<language>/organise/<organisation>/personal-data/",
    policy=Policy.MEMBER,
    needs=Need(ORGANISATION, Level.SEE),
)
def processing_record(language: str, organisation: str) -> ResponseReturnValue:
    """The record of processing (GDPR article 30)."""
    page_language()
    record = read_record(session(), organisation_id=here().organisation_id)
    chosen = settings()
    return show(
        "organiser/processing.html",
        record=record,
        made_on=now().date(),
        site=urlsplit(chosen.url).hostname or "",
        mail_server=(urlsplit(chosen.mail).hostname or "") if chosen.mail.startswith("smtp") else "",
        is_sealed=bool(chosen.data_keys) or chosen.database_url.startswith("sqlite"),
    )
