"""Every column that can hold words of people is either emptied when a booking is erased, or known not to hold any."""

from __future__ import annotations

from sqlalchemy import JSON, LargeBinary, String
from sqlalchemy.types import TypeDecorator

from tripkit.actions.erasing import PERSONAL
from tripkit.storage import db

# What an organiser publishes or decides is not a participant's: the tables of a trip and its parts.
ORGANISERS = {
    *("organisation", "trip", "terms", "segment", "topic", "partner", "site", "speaker", "choice", "programme_item"),
    *("question", "note", "picture", "logo", "reminder", "occasion", "campaign", "listing", "trip_version"),
}
# Work and its clocks; no table of these has to do with a booking.
MACHINERY = {"worker", "job", "mail_server"}
# Of who signs in, not of who travels; they go with the account.
ACCOUNTS = {
    "account",
    "passkey",
    "recovery_code",
    "refused_sign_in",
    "used_challenge",
    "sign_in",
    "sign_in_link",
    "member",
    "invitation",
    "administrator_visit",
}
# Words of ours, keys, ids and random secrets' digests.
KEPT = {
    "pool": {"kind", "key"},
    "booking": {"code", "language", "terms_version"},
    "participant": {"segment", "status", "price"},
    "answer": {"question"},
    "waiting": {"item", "segment"},
    "offer": {"item", "participant_ids", "state"},
    "queue_move": {"item", "what", "because", "passed"},
    "link": {"digest"},
    # A seed is random, a lot's number the digest of a code, which stays when a booking is erased; its people are counted.
    "lottery": {"promise", "sealed", "seed", "rooms"},
    "lot": {"number", "segments"},
    "outbox": {"kind", "language", "message_id", "state", "leased_by", "bounce_status"},
    "audit": {"actor", "origin", "action"},
    # Whoever wants no letters of an organisation has said so for its later trips as well.
    "unsubscribed": {"digest"},
    "letter_seen": {"digest"},
}


def test_every_column_of_words_is_erased_or_known_to_be_nobodys() -> None:
    unknown = []
    for table in db.metadata.sorted_tables:
        for column in () if table.name in ORGANISERS | MACHINERY | ACCOUNTS else table.columns:
            kind = column.type.impl if isinstance(column.type, TypeDecorator) else column.type
            known = PERSONAL.get(table.name, set()) | KEPT.get(table.name, set())
            if isinstance(kind, String | JSON | LargeBinary) and column.name not in known:
                unknown.append(f"{table.name}.{column.name}")
    assert unknown == [], (
        "does it hold what people wrote? Then name it in actions/erasing.py and empty it there; if not, name it here"
    )


def test_what_is_named_is_there() -> None:
    columns = {table.name: set(table.columns.keys()) for table in db.metadata.sorted_tables}
    for named in (PERSONAL, KEPT):
        assert {
            table: names - columns.get(table, set()) for table, names in named.items() if names - columns[table]
        } == {}
    assert set(columns) >= ORGANISERS | MACHINERY | ACCOUNTS
