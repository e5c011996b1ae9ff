"""Editing a trip: others see it when it is published, nothing anybody wrote is lost, and every version is one to go back to."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Barrier, BrokenBarrierError
from typing import Any
from unittest import mock

import pytest
from sqlalchemy import Engine, delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tripkit.actions import edit_trip as editing
from tripkit.actions import keep_version as keeping
from tripkit.actions.edit_trip import edit_trip, go_back, publish_trip
from tripkit.actions.make_trip import make_trip as make_draft
from tripkit.domain.refusals import ChangeRefused, EditedMeanwhile, PlanRefused
from tripkit.domain.trips import Trip, TripStatus
from tripkit.eventfile.as_written import Written
from tripkit.eventfile.document import document_of
from tripkit.eventfile.errors import EventErrors
from tripkit.reads.trip_document import TripDocument, trip_document, trip_versions
from tripkit.reads.trip_list import trip_list
from tripkit.reads.trip_page import trip_page
from tripkit.reads.trip_plan import trip_plan
from tripkit.storage import sessions
from tripkit.storage.outbox import AuditRow
from tripkit.storage.trips import OrganisationRow
from tripkit.storage.versions import TripVersionRow
from tripkit.testing import NOW, applied, booked, make_moment, make_organisation, make_trip


def sized(size: int) -> Callable[[Written], Written]:
    return lambda document: {**document, "trip": {**document["trip"], "size": size}}


def titled(swedish: str) -> Callable[[Written], Written]:
    return lambda document: {
        **document,
        "trip": {**document["trip"], "title": {**document["trip"]["title"], "sv": swedish}},
    }


def shown(session: Session, trip_id: int) -> Trip:
    session.rollback()
    plan = trip_plan(session, trip_id)
    assert plan is not None
    return plan[2]


def being_edited(session: Session, trip_id: int) -> TripDocument:
    session.rollback()
    found = trip_document(session, trip_id)
    assert found is not None
    return found


def edit(session: Session, trip_id: int, change: Callable[[Written], Written], base: int | None = None) -> int:
    at = being_edited(session, trip_id).version if base is None else base
    return edit_trip(session, trip_id=trip_id, base=at, change=change, moment=make_moment()).version


def test_others_see_an_edit_when_it_is_published(session: Session) -> None:
    trip_id = applied(session, make_trip(size=20))
    version = edit(session, trip_id, sized(30))
    assert (shown(session, trip_id).size, being_edited(session, trip_id).has_edits) == (20, True)
    publish_trip(session, trip_id=trip_id, version=version, moment=make_moment())
    assert (shown(session, trip_id).size, being_edited(session, trip_id).has_edits) == (30, False)
    done = session.scalars(select(AuditRow.action).order_by(AuditRow.id)).all()
    assert done == ["create_trip", "edit_trip", "change_trip"]


def test_an_edit_that_changes_nothing_makes_no_version(session: Session) -> None:
    trip_id = applied(session)
    before = being_edited(session, trip_id).version
    assert edit(session, trip_id, lambda document: document) == before


def test_what_others_changed_meanwhile_is_kept(session: Session) -> None:
    trip_id = applied(session)
    base = being_edited(session, trip_id).version
    edit(session, trip_id, sized(31), base)
    edit(session, trip_id, titled("En annan resa"), base)
    trip = being_edited(session, trip_id).document["trip"]
    assert (trip["size"], trip["title"]["sv"]) == (31, "En annan resa")


def test_who_changes_the_same_is_told_and_nothing_is_saved(session: Session) -> None:
    trip_id = applied(session)
    base = being_edited(session, trip_id).version
    newest = edit(session, trip_id, sized(31), base)
    with pytest.raises(EditedMeanwhile) as caught:
        edit(session, trip_id, sized(32), base)
    assert (caught.value.paths, caught.value.version) == ((("trip", "size"),), newest)
    assert being_edited(session, trip_id).document["trip"]["size"] == 31
    edit(session, trip_id, sized(32), caught.value.version)
    assert being_edited(session, trip_id).document["trip"]["size"] == 32


def test_who_looked_at_other_edits_publishes_nothing(session: Session) -> None:
    trip_id = applied(session, make_trip(size=20))
    looked_at = edit(session, trip_id, sized(30))
    edit(session, trip_id, titled("En annan resa"))
    with pytest.raises(EditedMeanwhile):
        publish_trip(session, trip_id=trip_id, version=looked_at, moment=make_moment())
    assert shown(session, trip_id).size == 20


def test_what_makes_no_sense_is_refused_with_its_place(session: Session) -> None:
    trip_id = applied(session)
    with pytest.raises(EventErrors) as caught:
        edit(session, trip_id, sized(0))
    assert [error.file for error in caught.value.errors] == ["trip/size"]
    assert not being_edited(session, trip_id).has_edits


def test_what_somebody_booked_is_not_published_away(session: Session) -> None:
    trip_id = applied(session)
    booked(session, trip_id)

    def without_groups(document: Written) -> Written:
        kept = [one for one in document["segments"] if one["key"] != "city"]
        return {**document, "segments": kept}

    version = edit(session, trip_id, without_groups)
    with pytest.raises(PlanRefused):
        publish_trip(session, trip_id=trip_id, version=version, moment=make_moment())
    assert {one.key for one in shown(session, trip_id).segments} >= {"city"}


def test_going_back_is_one_more_version(session: Session) -> None:
    trip_id = applied(session, make_trip(size=20))
    first = being_edited(session, trip_id).version
    edit(session, trip_id, sized(30))
    go_back(session, trip_id=trip_id, to=first, moment=make_moment())
    assert being_edited(session, trip_id).document["trip"]["size"] == 20
    assert [one.number for one in trip_versions(session, trip_id)] == [first + 2, first + 1, first]
    with pytest.raises(ChangeRefused):
        go_back(session, trip_id=trip_id, to=4711, moment=make_moment())


def test_old_versions_go_but_never_the_one_that_is_shown(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "KEPT", 3)
    trip_id = applied(session)
    shown_one = being_edited(session, trip_id).version
    for size in range(21, 27):
        edit(session, trip_id, sized(size))
    assert [one.number for one in trip_versions(session, trip_id)] == [
        *(shown_one + number for number in (6, 5, 4)),
        shown_one,
    ]
    with pytest.raises(ChangeRefused):
        edit(session, trip_id, sized(40), shown_one + 1)


def test_a_directory_that_is_applied_takes_the_place_of_edits(session: Session) -> None:
    trip_id = applied(session, make_trip(size=20))
    edit(session, trip_id, sized(30))
    applied(session, make_trip(size=20))
    found = being_edited(session, trip_id)
    assert (found.has_edits, found.document["trip"]["size"]) == (False, 20)


def test_a_trip_from_before_versions_were_kept_is_edited_from_what_is_shown(session: Session) -> None:
    trip_id = applied(session, make_trip(size=20))
    session.execute(delete(TripVersionRow))
    session.commit()
    assert being_edited(session, trip_id).version == 0
    version = edit(session, trip_id, sized(30))
    assert shown(session, trip_id).size == 20
    go_back(session, trip_id=trip_id, to=version - 1, moment=make_moment())
    assert being_edited(session, trip_id).document["trip"]["size"] == 20


def draft(session: Session) -> int:
    """A draft made from what `make_trip` says; its id."""
    applied(session, make_trip(key="other"))
    host = session.scalars(select(OrganisationRow)).one()
    document = document_of(make_organisation(), make_trip())
    key = make_draft(session, organisation_id=host.id, document=document, moment=make_moment())
    session.rollback()
    found = session.scalars(select(TripVersionRow.trip_id).order_by(TripVersionRow.id.desc()).limit(1)).one()
    assert shown(session, found).key == key
    return found


def test_a_draft_changes_at_once_and_nobody_sees_it(session: Session) -> None:
    trip_id = draft(session)
    edit(session, trip_id, sized(33))
    trip = shown(session, trip_id)
    assert (trip.size, trip.status) == (33, TripStatus.DRAFT)
    assert trip_page(session, organisation="resebyran", trip=trip.key, now=NOW) is None
    assert [card.key for card in trip_list(session, now=NOW)] == ["other"]
    assert {card.key for card in trip_list(session, now=NOW, drafts=True)} == {"other", trip.key}


def test_a_draft_is_made_public(session: Session) -> None:
    trip_id = draft(session)
    version = being_edited(session, trip_id).version
    publish_trip(session, trip_id=trip_id, version=version, moment=make_moment(), opens=True)
    trip = shown(session, trip_id)
    assert trip.status is TripStatus.PLANNED
    assert trip_page(session, organisation="resebyran", trip=trip.key, now=NOW) is not None
    assert not being_edited(session, trip_id).has_edits


def test_a_trip_that_people_signed_up_for_is_no_draft_any_more(session: Session) -> None:
    trip_id = applied(session)
    booked(session, trip_id)

    def hidden(document: Written) -> Written:
        return {**document, "trip": {**document["trip"], "status": "draft"}}

    version = edit(session, trip_id, hidden)
    with pytest.raises(PlanRefused):
        publish_trip(session, trip_id=trip_id, version=version, moment=make_moment())


def saved_at_once(engine: Engine, patience: float) -> tuple[int, list[int | str]]:
    """Two save different things from the same version, each in the middle of it; the version, and what each got.

    ``patience``: for so many seconds each waits for the other there.
    """
    with sessions(engine)() as session:
        trip_id = applied(session)
        base = being_edited(session, trip_id).version
    both_there, real = Barrier(2), editing.read_document

    def pause(*args: Any, **more: Any) -> Any:
        with suppress(BrokenBarrierError):  # Where one waits for the other, nobody comes.
            both_there.wait(patience)
        return real(*args, **more)

    def save(change: Callable[[Written], Written]) -> int | str:
        with sessions(engine)() as session:
            try:
                return edit_trip(session, trip_id=trip_id, base=base, change=change, moment=make_moment()).version
            except IntegrityError as error:
                return type(error).__name__

    with mock.patch.object(editing, "read_document", pause), ThreadPoolExecutor() as threads:
        return base, list(threads.map(save, [sized(31), titled("En annan resa")]))


def newest(engine: Engine) -> tuple[object, object]:
    """The size and the Swedish title of the trip as it is written now."""
    with sessions(engine)() as session:
        trip = being_edited(session, session.scalars(select(TripVersionRow.trip_id)).first() or 0).document["trip"]
        return trip["size"], trip["title"]["sv"]


@pytest.mark.parametrize("engine", ["postgres"], indirect=True)  # SQLite has one writer at a time.
def test_without_the_lock_one_of_two_who_save_at_once_is_lost(engine: Engine) -> None:
    with mock.patch.object(editing, "lock_pools"):
        saved_at_once(engine, 30)
    assert newest(engine) != (31, "En annan resa"), "refused as the same version twice, or written over"


def test_two_who_save_at_once_lose_nothing(engine: Engine) -> None:
    base, got = saved_at_once(engine, 0.5)
    assert sorted(map(str, got)) == [str(base + 1), str(base + 2)]
    assert newest(engine) == (31, "En annan resa")
    with sessions(engine)() as session:
        assert session.scalar(select(func.count()).select_from(TripVersionRow)) == 3
