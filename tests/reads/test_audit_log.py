"""The log as people read it: newest first, a hundred at a time, of one thing only, in their language, also when people are gone."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import insert
from sqlalchemy.orm import Session

from tests.statements import count_statements
from tripkit.actions.apply_trip import apply_trip
from tripkit.actions.cancel_participants import cancel_participants
from tripkit.actions.change_visits import change_visits
from tripkit.actions.erase_booking import erase_booking
from tripkit.domain.bookings import Moment
from tripkit.domain.done import DONE
from tripkit.i18n import say
from tripkit.reads.audit_log import AT_ONCE, LogEntry, LogPage, log_of_booking, log_of_organisation, log_of_trip
from tripkit.reads.booking_page import booking_page_of
from tripkit.reads.trip_plan import find_trip
from tripkit.storage.accounts import AccountRow
from tripkit.storage.outbox import AuditRow
from tripkit.storage.trips import TripRow
from tripkit.testing import NOW, applied, booked, make_moment, make_organisation, make_participant, make_trip


def said(entry: LogEntry, language: str = "en") -> list[str]:
    where = [say(entry.where, language)] if entry.where else []
    return [say(entry.what, language), say(entry.who, language), *where, *(say(one, language) for one in entry.notes)]


def write(session: Session, **entry: Any) -> int:
    values = {
        "at": NOW,
        "actor": "account",
        "origin": "web",
        "action": "change_trip",
        "reason": "",
        "details": {},
        **entry,
    }
    number = session.scalar(insert(AuditRow).returning(AuditRow.id), values)
    session.commit()
    assert number is not None
    return number


def test_a_booking_tells_what_was_done_to_it_and_nothing_of_others(session: Session) -> None:
    trip_id = applied(session)
    made = booked(session, trip_id, [make_participant("Åsa Ek", items=("port",)), make_participant("Bo Ek")])
    booked(session, trip_id)
    page = booking_page_of(session, booking_id=made.booking_id, now=NOW)
    assert page is not None
    first, second = (person.id for person in page.participants)
    moment = make_moment()
    change_visits(session, booking_id=made.booking_id, participant_id=first, items=("mill",), moment=moment)
    organiser = Moment(at=NOW, actor="organiser", origin="tripkit booking cancel")
    cancel_participants(
        session, booking_id=made.booking_id, participant_ids=[second], moment=organiser, reason="Is ill"
    )
    found = log_of_booking(session, booking_id=made.booking_id)
    assert [said(entry) for entry in found.entries] == [
        [
            "Places were cancelled",
            "Whoever looks after the site",
            "by the command “tripkit booking cancel”",
            "Bo Ek: how it stands from confirmed to cancelled",
            "Bo Ek: visits is no longer mill",
        ],
        ["Visits were changed", "The contact person", "Åsa Ek: visits from port to mill"],
        ["People signed up", "The contact person", "2 people"],
    ]
    assert said(found.entries[0], "sv")[-2] == "Bo Ek: läget från klar till avbokad"
    assert [entry.reason for entry in found.entries] == ["Is ill", "", ""]
    assert {(entry.code, entry.trip and entry.trip["en"]) for entry in found.entries} == {
        (made.code, "Study trip to Hamnstad")
    }
    session.rollback()
    erase_booking(session, code=made.code, cancel=True, reason="Asked for it", moment=moment)
    told = [said(entry) for entry in log_of_booking(session, booking_id=made.booking_id).entries]
    assert not any(name in str(told) for name in ("Åsa", "Bo Ek"))
    assert [lines[0] for lines in told][::-1][:2] == ["People signed up", "Visits were changed"]


def test_a_trip_tells_what_has_changed(session: Session) -> None:
    trip_id = applied(session)
    applied(session, make_trip(size=8, key="another"))
    session.rollback()
    applied(session, make_trip(size=8))
    changed, made = log_of_trip(session, trip_id=trip_id).entries
    assert said(changed)[0:1] + said(changed)[2:] == ["The trip was changed", "places from 10 to 8"]
    assert said(made, "sv")[0] == "Resan skapades"


def test_an_organisation_tells_of_itself_and_its_trips_and_of_no_other(session: Session) -> None:
    mine, other = applied(session), applied(session, organisation=make_organisation("others"))
    booked(session, mine)
    booked(session, other)
    new_name = make_organisation(email="new@tripkit.example")
    apply_trip(session, organisation=new_name, trip=make_trip(), pictures={}, moment=make_moment(actor="organiser"))
    trip = session.get_one(TripRow, mine)
    write(session, action="invite", organisation_id=trip.organisation_id, trip_id=mine, details={"role": "reader"})
    found = log_of_organisation(session, organisation_id=trip.organisation_id).entries
    assert [said(entry)[0] for entry in found] == [
        "Somebody was invited",
        "The organisation was changed",
        "People signed up",
        "The trip was made",
    ]
    assert said(found[0])[-1] == "role: reader"
    assert said(found[1])[-1] == "e-mail: changed"
    assert find_trip(session, "others", "hamnstad") == other


def test_who_did_it_is_called_by_their_name_for_as_long_as_they_have_one(session: Session) -> None:
    trip_id = applied(session)
    account = AccountRow(
        email="maja@tripkit.example", email_key="maja@tripkit.example", name="", language="sv", made_at=NOW
    )
    session.add(account)
    session.commit()
    number = account.id
    write(session, trip_id=trip_id, account_id=number)
    write(session, trip_id=trip_id, account_id=number + 99, action="remove_member", details={"member": number})

    def who() -> list[tuple[str, ...]]:
        entries = log_of_trip(session, trip_id=trip_id).entries[:2]
        return [(say(one.who, "en"), *(say(note, "en") for note in one.notes)) for one in entries]

    assert who() == [("A former member", "member: maja@tripkit.example"), ("maja@tripkit.example",)]
    account.name = "Maja Ekström"
    session.commit()
    assert who() == [("A former member", "member: Maja Ekström"), ("Maja Ekström",)]
    account.name, account.email, account.email_key = "", None, None
    session.commit()
    assert who() == [("A former member", "member: A former member"), ("A former member",)]


def pages(session: Session, read: Any, **which: int) -> list[LogPage]:
    found = [read(session, **which)]
    while found[-1].older is not None:
        found.append(read(session, **which, before=found[-1].older))
    return found


@pytest.mark.parametrize(("many", "sizes"), [(99, [100]), (100, [100, 1]), (250, [100, 100, 51])])
def test_it_is_read_page_by_page_and_nothing_is_told_twice(session: Session, many: int, sizes: list[int]) -> None:
    trip_id = applied(session)
    organisation_id = session.get_one(TripRow, trip_id).organisation_id
    ids = [write(session, trip_id=trip_id, organisation_id=organisation_id if n % 2 else None) for n in range(many)]
    for read, which in (
        (log_of_trip, {"trip_id": trip_id}),
        (log_of_organisation, {"organisation_id": organisation_id}),
    ):
        found = pages(session, read, **which)
        assert [len(page.entries) for page in found] == sizes
        told = [entry.id for page in found for entry in page.entries]
        assert told[:-1] == ids[::-1] and len(set(told)) == many + 1
    assert AT_ONCE == 100


def test_a_page_takes_three_statements_however_much_is_on_it(session: Session) -> None:
    trip_id = applied(session)
    organisation_id = session.get_one(TripRow, trip_id).organisation_id
    counted = set()
    for _ in range(3):
        made = booked(session, trip_id, 2, together=False)
        cancel_participants(session, booking_id=made.booking_id, moment=make_moment())
        write(session, trip_id=trip_id, account_id=1)
        for read, which in (
            (log_of_trip, {"trip_id": trip_id}),
            (log_of_organisation, {"organisation_id": organisation_id}),
        ):
            with count_statements(session) as statements:
                assert read(session, **which).entries  # type: ignore[operator]
            counted.add(len(statements))
    assert counted == {3}


def test_what_nobody_does_any_more_is_said_by_its_name(session: Session) -> None:
    trip_id = applied(session)
    details = {"changes": {"people/x/y": [1, 2], "": None, "people": [True, None], "odd": [["a"], []]}, "people": 1}
    write(session, trip_id=trip_id, action="dance", actor="somebody", origin="?", details=details)
    entry = log_of_trip(session, trip_id=trip_id).entries[0]
    assert said(entry)[:2] == ["dance", "somebody"]
    assert entry.where is None and all(said(entry, language) for language in ("sv", "en"))


def test_every_sentence_is_there_in_swedish() -> None:
    assert [action for action, what in DONE.items() if say(what, "sv") == say(what, "en")] == []
