"""Letters to many at once by commands: nothing goes out that nobody has asked for, and it is said whom it reaches."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from tests.cli.conftest import Shell
from tripkit.actions.fill_campaigns import fill_campaigns
from tripkit.actions.recording import make_ways_out
from tripkit.actions.unsubscribe import unsubscribe
from tripkit.cli import main
from tripkit.reads.trip_plan import trip_plan
from tripkit.storage import write
from tripkit.storage.campaigns import CampaignRow
from tripkit.storage.outbox import OutboxRow
from tripkit.testing import NOW, applied, booked, make_moment

NEW = ("campaign", "new", "resebyran/hamnstad", "--key", "info")
WORDS = ("--subject", "sv=Snart, {name}", "--subject", "en=Soon", "--text", "info.sv.md", "--text", "en=other.txt")


@pytest.fixture
def trip(served: Shell, session: Session) -> int:
    """Three bookings, and a letter in two languages in the current directory."""
    trip_id = applied(session)
    for name, language in (("Leyla", "sv"), ("Jonas", "en"), ("Karin", "sv")):
        booked(session, trip_id, contact_name=name, contact_email=f"{name}@tripkit.example", language=language)
    session.rollback()
    Path("info.sv.md").write_text("Hej {name}!\n\n{link}", "utf-8")
    Path("other.txt").write_text("Hi {name}, to {trip}", "utf-8")
    return trip_id


def letters(session: Session) -> int:
    session.rollback()
    found = session.scalar(select(func.count()).where(OutboxRow.kind == "letter")) or 0
    session.rollback()
    return found


def test_a_campaign_from_its_words_to_its_end(served: Shell, session: Session, trip: int) -> None:
    said = served(*NEW, *WORDS)
    assert said.exit_code == 0
    assert said.output == (
        "It reaches 3 bookings: 1 in en, 2 in sv.\n"
        "--- sv: Snart, Leyla\nHej Leyla!\n\nhttp://127.0.0.1:5000/sv/booking/SECRET/\n---\n"
        "--- en: Soon\nHi Leyla, to Study trip to Hamnstad\n---\n"
        "Campaign 1 is written down. Send it with: tripkit campaign start 1\n"
    )
    assert served("campaign", "list").output == "1  info, resebyran/hamnstad: draft\n"
    assert served("campaign", "start", "1").output.startswith("It is being sent.")
    assert served("campaign", "pause", "1").output == "It is paused. Go on with: tripkit campaign resume 1\n"
    assert served("campaign", "watch", "1").output == "paused. 0 of 3 letters sent, 3 to be written.\n"
    refused = served("campaign", "start", "1")
    assert (refused.exit_code, refused.output) == (1, "Error: It is paused. Resume it, or cancel it.\n")
    assert served("campaign", "resume", "1").output == "It goes on.\n"
    fill_campaigns(session, moment=make_moment())
    assert letters(session) == 3
    session.execute(update(OutboxRow).where(OutboxRow.kind == "letter").values(state="sent"))
    session.commit()
    assert served("campaign", "watch", "1").output == "done. 3 of 3 letters sent.\n", "nothing is left to wait for"
    session.execute(update(OutboxRow).where(OutboxRow.kind == "letter").values(state="waiting"))
    session.commit()
    assert served("campaign", "cancel", "1").output == "It is cancelled.\n"
    shown = served("campaign", "show", "1").output.splitlines()
    assert shown[:2] == [
        "info, resebyran/hamnstad: cancelled, 0 of 3 letters sent, 3 left out",
        "0 of 3 letters sent, 3 left out.",
    ]
    assert served("campaign", "show", "7").output == "Error: There is no campaign 7. The list: tripkit campaign list\n"


@pytest.mark.parametrize(
    ("words", "typed", "is_sure", "state"),
    [
        (("--at", "2027-04-01T09:00"), "", False, "draft"),
        (("--at", "2027-04-01T09:00"), "n\n", False, "draft"),
        (("--at", "2027-04-01T09:00"), "y\n", False, "scheduled"),
        (("--at", "2027-04-01T09:00", "--yes"), "", True, "scheduled"),
    ],
)
def test_a_moment_has_to_be_confirmed(
    served: Shell, session: Session, trip: int, words: tuple[str, ...], typed: str, is_sure: bool, state: str
) -> None:
    said = served.runner.invoke(main, [*NEW, *WORDS, *words], env=served.environment, input=typed)
    assert said.exit_code == 0
    assert ("Send it by itself at 2027-04-01T09:00:00+02:00?" in said.output) is not is_sure
    session.rollback()
    row = session.scalars(select(CampaignRow)).one()
    assert row.state.value == state
    session.rollback()


def test_who_wants_no_letters_is_counted_before_anything_goes_out(served: Shell, session: Session, trip: int) -> None:
    plan = trip_plan(session, trip)
    assert plan is not None
    session.rollback()
    with write(session):
        token = make_ways_out(session, [(1, "leyla@tripkit.example")], plan[2], NOW)[0]
    unsubscribe(session, token=token, wanted=False, moment=make_moment())
    session.rollback()
    assert "Left out, since they have unsubscribed: 1." in served(*NEW, *WORDS).output


def test_a_letter_to_oneself(served: Shell, session: Session, trip: int) -> None:
    served(*NEW, *WORDS)
    assert served("campaign", "test", "1", "--to", "me@home.example").output.startswith("Written: 2.")
    assert letters(session) == 2
    assert served("campaign", "test", "1", "--to", "me").exit_code == 1


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("--subject", "Snart", "--text", "info.sv.md"), "write the language first"),
        (("--subject", "sv=Snart", "--text", "other.txt"), "“other.txt”: which language? Name it letter.sv.md"),
        (("--subject", "sv=Snart", "--text", "none.sv.md"), "none.sv.md cannot be read: No such file"),
        (("--subject", "sv=Snart", "--text", "info.sv.md", "--at", "soon"), "“soon”: write a moment"),
        (("--subject", "sv=Snart", "--text", "info.sv.md", "--missing", "age"), "There is no question “age”"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_written(
    served: Shell, session: Session, trip: int, words: tuple[str, ...], why: str
) -> None:
    said = served(*NEW, *words)
    assert said.exit_code in {1, 2}
    assert why in said.output
    session.rollback()
    assert session.scalar(select(func.count()).select_from(CampaignRow)) == 0
    session.rollback()
