"""``tripkit event plan`` and ``apply``: what would change in words, what is refused, and nothing half done."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.cli.conftest import Shell, edit
from tripkit.actions.cancel_participants import cancel_participants
from tripkit.domain.trips import Trip
from tripkit.eventfile import write_event
from tripkit.reads.pool_recount import pool_recount
from tripkit.reads.trip_page import picture
from tripkit.reads.trip_plan import find_trip, trip_plan
from tripkit.storage.bookings import ParticipantRow
from tripkit.storage.outbox import AuditRow
from tripkit.storage.trips import TripRow
from tripkit.testing import applied, booked, make_moment, make_organisation, make_participant, make_trip

NOTHING = (0, "Nothing to change.\n")


def stored(session: Session, key: str = "hamnstad") -> Trip | None:
    session.rollback()
    trip_id = find_trip(session, "resebyran", key)
    found = trip_plan(session, trip_id) if trip_id is not None else None
    return found[2] if found else None


def test_a_new_trip_is_planned_applied_once_and_then_nothing_is_to_change(
    served: Shell, directory: Path, session: Session
) -> None:
    planned = served("event", "plan", directory)
    assert planned.exit_code == 0
    assert planned.output.splitlines()[:4] == [
        "resebyran/hamnstad would be new:",
        "  + trip “Study trip to Hamnstad”",
        "  + group “Group city”",
        "  + group “Group police”",
    ]
    assert "  + programme item “Visit mill”" in planned.output
    assert stored(session) is None, "a plan changes nothing"
    done = served("event", "apply", directory, TRIPKIT_URL="https://trips.example")
    assert (done.exit_code, done.output) == (
        0,
        (
            "“Study trip to Hamnstad” is in place: https://trips.example/en/resebyran/hamnstad/\n"
            "Sign-up is open until the trip begins.\n"
        ),
    )
    assert stored(session) == make_trip()
    audit = session.scalars(select(AuditRow)).one()
    assert (audit.action, audit.actor, audit.origin) == ("create_trip", "organiser", "tripkit event apply")
    for command in ("apply", "plan"):
        again = served("event", command, directory)
        assert (again.exit_code, again.output) == NOTHING


def test_a_plan_says_what_changes_and_what_it_means_for_those_who_have_signed_up(
    served: Shell, directory: Path, session: Session
) -> None:
    trip_id = applied(session)
    booked(session, trip_id, 6)
    edit(
        directory / "event.yaml",
        ("  size: 10\n", "  size: 4\n"),
        ("from: 10:00\n    to: 11:00", "from: 09:30\n    to: 10:30"),
        ("    name: {sv: Grupp police, en: Group police}\n", "    name: {sv: Poliser, en: Police officers}\n"),
    )
    expected = [
        "  ~ trip: places, from 10 to 4",
        "  ~ group “Group police”: name (sv), from “Grupp police” to “Poliser”",
        "  ~ group “Group police”: name (en), from “Group police” to “Police officers”",
        "  ~ programme item “Visit lecture”: start, from 10:00 to 09:30",
        "  ~ programme item “Visit lecture”: end, from 11:00 to 10:30",
        "What this means for people:",
        (
            "  The trip: 6 people have a place, and 4 fit now. Nobody loses a place, and nobody new comes in until there is"
            " room again."
        ),
        (
            "  Visit lecture gets another time or place, and 6 people go there. Their pages and calendars show it; no mail is"
            " sent."
        ),
    ]
    planned = served("event", "plan", directory)
    assert (planned.exit_code, planned.output.splitlines()) == (0, ["resebyran/hamnstad would change:", *expected])
    assert stored(session) == make_trip()
    done = served("event", "apply", directory)
    assert done.exit_code == 0
    assert done.output.splitlines()[: len(expected) + 1] == ["Changed:", *expected]
    changed = stored(session)
    assert changed is not None and changed.size == 4
    assert session.scalar(select(func.count()).select_from(ParticipantRow)) == 6
    assert pool_recount(session) == ()
    assert (served("event", "apply", directory).exit_code, served("event", "plan", directory).output) == NOTHING


def test_a_plan_says_who_would_go_to_two_visits_at_once(served: Shell, directory: Path, session: Session) -> None:
    trip_id = applied(session)
    booked(session, trip_id, [make_participant(items=("port", "late")), make_participant(items=("mill",))])
    text = (directory / "event.yaml").read_text("utf-8")
    before, late, after = text.partition("  - key: late\n")
    (directory / "event.yaml").write_text(
        before + late + after.replace("from: 15:00\n    to: 16:00", "from: 12:15\n    to: 13:15", 1), "utf-8"
    )
    planned = served("event", "plan", directory)
    assert planned.output.splitlines()[-2:] == [
        "  Visit late gets another time or place, and one person goes there. Their page and calendar show it; no mail is sent.",
        "  “Visit port” and “Visit late” cannot both be reached any more, and one person goes to both.",
    ]


def test_a_new_key_is_said_to_make_another_group(served: Shell, directory: Path, session: Session) -> None:
    booked(session, applied(session), 1)
    edit(directory / "event.yaml", ("  - key: police\n", "  - key: officers\n"), ("[police]", "[officers]"))
    planned = served("event", "plan", directory)
    assert planned.stdout.splitlines()[1:3] == [
        "  + group “Group police”",
        "  - group “Group police”: its key was police; with the key officers it is another one",
    ]


def test_what_would_be_lost_is_refused_sentence_by_sentence_and_nothing_is_changed(
    served: Shell, directory: Path, session: Session
) -> None:
    trip_id = applied(session)
    made = booked(session, trip_id, [make_participant(items=("port",), answers={"arrives": "tåg"})])
    text = (directory / "event.yaml").read_text("utf-8")
    edit(
        directory / "event.yaml",
        ("  size: 10\n", "  size: 12\n"),
        ("  name: {sv: Påhittade resebyrån, en: The made-up travel bureau}", "  name: {sv: Ny, en: New}"),
        ("  - key: city\n    name: {sv: Grupp city, en: Group city}\n", ""),
        (text[text.index("  - key: arrives") :], ""),
        ("text: {sv: Villkor ett., en: Terms one.}", "text: {sv: Andra villkor., en: Other terms.}"),
        ("    site: port\n    choice: am\n", "    site: port\n"),
        ("    site: mill\n    choice: am\n", "    site: mill\n"),
        ("  - key: am\n    title: {sv: Förmiddag, en: Morning}\n", ""),
    )
    reasons = [
        "  The group “Group city” cannot go: one person in it has signed up.",
        "  “Visit port” cannot go, or stop being chosen: one person has chosen it or waits for it.",
        "  The question “Arrives by” cannot go or change its kind: one person has answered it.",
        (
            "  The terms “1” were accepted by people who have signed up, so their text cannot change."
            " Give the new text a new version."
        ),
    ]
    planned = served("event", "plan", directory)
    assert planned.exit_code == 1
    assert planned.stderr.splitlines() == ["This would be refused, and nothing changed:", *reasons]
    assert "  ~ trip: places, from 10 to 12" in planned.stdout
    done = served("event", "apply", directory)
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.splitlines() == [
        "The trip was not changed, since this would lose what people have booked.",
        *reasons,
    ]
    assert stored(session) == make_trip()
    host = trip_plan(session, trip_id)
    assert host is not None and host[1] == make_organisation(), "the organisation was not changed either"
    cancel_participants(session, booking_id=made.booking_id, moment=make_moment())
    assert "The group" not in served("event", "apply", directory).stderr


def test_a_directory_with_an_error_is_neither_planned_nor_applied(
    served: Shell, directory: Path, session: Session
) -> None:
    edit(directory / "event.yaml", ("  size: 10\n", "  sise: 10\n"))
    for command in ("plan", "apply"):
        done = served("event", command, directory)
        assert (done.exit_code, done.stdout) == (1, "")
        assert done.stderr.splitlines()[0].startswith("hamnstad/event.yaml:")
        assert done.stderr.splitlines()[-1] == "2 errors."
    assert session.scalar(select(func.count()).select_from(TripRow)) == 0


def test_a_changed_organisation_is_said_to_change_its_other_trips(
    served: Shell, directory: Path, session: Session
) -> None:
    for key in ("andra", "tredje"):
        applied(session, make_trip(key=key))
    edit(directory / "event.yaml", ("  email: resebyran@tripkit.example", "  email: ny@tripkit.example"))
    told = served("event", "plan", directory).output
    assert "  ~ organisation: e-mail, from resebyran@tripkit.example to ny@tripkit.example\n" in told
    assert told.endswith("  The organisation has 2 other trips, whose pages change with it.\n")
    assert served("event", "apply", directory).exit_code == 0
    assert (served("event", "apply", directory).exit_code, served("event", "plan", directory).output) == NOTHING
    write_event(directory, make_organisation(), make_trip(), {})
    told = served("event", "plan", directory).output
    assert told.splitlines() == [
        "resebyran/hamnstad would change:",
        "  ~ organisation: e-mail, from ny@tripkit.example to resebyran@tripkit.example",
        "What this means for people:",
        "  The organisation has 2 other trips, whose pages change with it.",
    ]


def test_a_picture_is_planned_and_applied(served: Shell, directory: Path, session: Session) -> None:
    applied(session)
    (directory / "pictures").mkdir()
    drawn = b'<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0"/></svg>'
    (directory / "pictures" / "port.svg").write_bytes(drawn)
    edit(
        directory / "event.yaml",
        ("  - key: port\n    name: {sv: Plats", "  - key: port\n    picture: port.svg\n    name: {sv: Plats"),
    )
    assert served("event", "plan", directory).output.splitlines() == [
        "resebyran/hamnstad would change:",
        "  ~ site “Site port”: picture, now port.svg",
        "  + picture port.svg",
    ]
    served("event", "apply", directory)
    session.rollback()
    found = picture(session, organisation="resebyran", trip="hamnstad", name="port.svg")
    assert found is not None and found.data == drawn


def test_a_trip_is_run_again_on_another_day_under_another_key_with_its_own_opening(
    served: Shell, directory: Path, session: Session
) -> None:
    edit(
        directory / "event.yaml",
        ("  contact: {", "  sign_up: {opens: 2027-02-01 09:00, closes: 2027-04-20 17:00}\n  contact: {"),
        ("  - key: police\n", "  - key: police\n    guaranteed: {places: 2, until: 2027-04-01 00:00}\n"),
    )
    again = ("--starting", "2028-05-03", "--key", "hamnstad-2028", "--opens", "2028-01-10 08:00")
    assert served("event", "apply", directory).exit_code == 0
    done = served("event", "apply", directory, *again)
    assert done.output.splitlines() == [
        "“Study trip to Hamnstad” is in place: http://127.0.0.1:5000/en/resebyran/hamnstad-2028/",
        "Sign-up opens Monday 10 January 2028 at\xa008:00.",
    ]
    first, second = stored(session), stored(session, "hamnstad-2028")
    assert first is not None and second is not None
    moved = second.starts_on - first.starts_on
    assert (str(second.starts_on), str(second.ends_on)) == ("2028-05-03", "2028-05-04")
    assert [item.starts_at - moved for item in second.programme] == [item.starts_at for item in first.programme]
    assert first.signup_closes_at is not None and second.signup_closes_at == first.signup_closes_at + moved
    assert str(second.signup_opens_at) == "2028-01-10 07:00:00+00:00"
    assert first.segments[1].guaranteed_until is not None
    assert str(second.segments[1].guaranteed_until) == "2028-03-29 22:00:00+00:00"
    assert (served("event", "apply", directory, *again).exit_code, served("event", "plan", directory).output) == NOTHING


def test_a_trip_that_does_not_happen_says_nothing_of_sign_up(served: Shell, directory: Path) -> None:
    edit(
        directory / "event.yaml",
        ("  size: 10\n", "  size: 10\n  status: cancelled\n  status_note: {sv: Sjukt., en: Ill.}\n"),
    )
    assert served("event", "apply", directory).output.splitlines()[1:] == []


def test_those_who_wait_are_offered_the_places_a_larger_trip_has(
    served: Shell, directory: Path, session: Session
) -> None:
    trip_id = applied(session, make_trip(size=1))
    booked(session, trip_id)
    booked(session, trip_id)
    told = served("event", "apply", directory, "--language", "sv").output
    assert told.startswith("Ändrat:\n  ~ resan: ") and " från 1 till 10\n" in told
    session.rollback()
    assert session.scalars(select(ParticipantRow.status).order_by(ParticipantRow.id)).all() == ["confirmed", "offered"]
