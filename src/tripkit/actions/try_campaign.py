"""Sending a campaign's letter to oneself, to see it as it arrives; nobody's name or secret is in it."""

from __future__ import annotations

import secrets

from sqlalchemy import insert

from tripkit.actions.read_letter import note_read
from tripkit.actions.recording import audit
from tripkit.domain.bookings import Moment
from tripkit.domain.refusals import ChangeRefused, NotFound
from tripkit.domain.sentences import sentence
from tripkit.domain.signup import check_email
from tripkit.i18n import say
from tripkit.reads.trip_plan import AnySession
from tripkit.storage import note_told, write
from tripkit.storage.campaigns import CampaignRow
from tripkit.storage.outbox import OutboxRow


def try_campaign(
    session: AnySession, *, campaign_id: int, recipient: str, moment: Moment, trip_id: int | None = None
) -> int:
    """Send it to one address, once in each of its languages, at once; how many letters.

    It has the organiser's name and no code, and its link leads to the trip's page: whoever the address belongs to, it
    opens nobody's booking. Who has an account has read the letter by that. ``trip_id``: as in `start_campaign`. Raises: NotFound, ChangeRefused (the address).
    """
    with write(session):
        row = session.get(CampaignRow, campaign_id, with_for_update=True)
        if row is None or trip_id not in {None, row.trip_id}:
            raise NotFound(sentence("There is no such campaign."))
        for problem in check_email("to", recipient, sentence("Write the address the letter goes to.")):
            raise ChangeRefused(problem.sentence)
        if not row.subject:
            raise ChangeRefused(sentence("There is nothing in it yet. Write subject and text first."))
        languages = [language for language, words in row.subject.items() if words.strip()]
        session.execute(
            insert(OutboxRow),
            [
                {
                    "trip_id": row.trip_id,
                    "kind": "letter",
                    "recipient": recipient.strip(),
                    "language": language,
                    "payload": {
                        "subject": f"{say(sentence('Test:'), language)} {row.subject[language]}",
                        "text": row.text.get(language) or next(iter(row.text.values())),
                    },
                    "message_id": secrets.token_hex(16),
                    "created_at": moment.at,
                    "next_at": moment.at,
                }
                for language in languages
            ],
        )
        if moment.account_id is not None:
            note_read(session, row, moment.account_id, moment)
        note_told(session)
        audit(session, "try_campaign", moment=moment, trip_id=row.trip_id, campaign=row.id)
        return len(languages)
