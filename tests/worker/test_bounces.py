"""A message that comes back is noted where it was sent from, and ends what else was to go to that address."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta

from tests.mailing.test_bounce import report
from tests.worker.mail_server import MailServer
from tests.worker.outbox import Outbox
from tests.worker.test_campaigns import fill, letters, make, take_in_hand_and_die
from tripkit.actions.note_bounce import note_bounce
from tripkit.actions.steer_campaign import start_campaign
from tripkit.domain.campaigns import Audience
from tripkit.reads.audience import whom_it_reaches
from tripkit.reads.trip_plan import trip_plan
from tripkit.reads.unsubscribed import unsubscribed
from tripkit.settings import Settings
from tripkit.storage import write
from tripkit.storage.bookings import BookingRow
from tripkit.testing import NOW, make_moment


def with_bounces(outbox: Outbox) -> Outbox:
    outbox.settings = replace(outbox.settings, bounces="bounces@trips.example")
    return outbox


def bounce(settings: Settings, data: bytes, *, ends_with: int = 0) -> str:
    """What the command says to a message on its standard input; it ends with 0 whatever that is."""
    environment = {"TRIPKIT_DATABASE": settings.database_url, "TRIPKIT_CLOCK": NOW.isoformat()}
    done = subprocess.run(
        [sys.executable, "-m", "tripkit", "bounce"],
        input=data,
        env={**os.environ, **environment},
        capture_output=True,
        check=False,
    )
    assert done.returncode == ends_with, done.stderr
    return done.stdout.decode()


def test_each_message_has_an_envelope_of_its_own_and_the_same_sender(outbox: Outbox, mail_server: MailServer) -> None:
    outbox.sign_up()
    assert outbox.deliver() == 1
    assert mail_server.took[0].bounces_to == "resebyran@tripkit.example"
    with_bounces(outbox).sign_up("Jonas Ekdahl")
    outbox.deliver()
    assert mail_server.took[1].bounces_to == f"bounces+{outbox.rows()[1].message_id}@trips.example"
    assert str(mail_server.took[1].message["From"]).endswith("<resebyran@tripkit.example>")


def test_what_comes_back_is_noted_and_ends_what_still_waits(outbox: Outbox, mail_server: MailServer) -> None:
    with_bounces(outbox).sign_up()
    outbox.sign_up("Jonas Ekdahl")
    outbox.deliver()
    start_campaign(outbox.session, campaign_id=make(outbox), moment=make_moment())
    fill(outbox)
    to = mail_server.took[0].bounces_to
    assert bounce(outbox.settings, report(to=to)) == "Noted: 5.1.1.\n"
    assert bounce(outbox.settings, report(to=to)) == "Noted: 5.1.1.\n", "and once more changes nothing"
    first = outbox.rows()[0]
    assert first.bounced_at is not None
    assert (first.state, first.last_error) == ("sent", "Came back: 5.1.1")
    assert [(row.recipient, row.state) for row in letters(outbox)] == [
        ("leyla@tripkit.example", "dropped"),
        ("jonas@tripkit.example", "waiting"),
    ]
    outbox.sign_up("Leyla Norrman", contact_email="leyla@tripkit.example")
    assert outbox.deliver() == 2, "a new booking is confirmed all the same"


def test_where_nobody_is_to_be_reached_no_campaign_is_written_to(outbox: Outbox, mail_server: MailServer) -> None:
    made = with_bounces(outbox).sign_up()
    outbox.sign_up("Jonas Ekdahl")
    outbox.deliver()
    bounce(outbox.settings, report(to=mail_server.took[0].bounces_to))
    plan = trip_plan(outbox.session, outbox.trip)
    assert plan is not None
    assert whom_it_reaches(outbox.session, outbox.trip, plan[2], Audience()).bookings == 1
    start_campaign(outbox.session, campaign_id=make(outbox), moment=make_moment())
    assert fill(outbox) == 1
    assert [row.recipient for row in letters(outbox)] == ["jonas@tripkit.example"]
    with write(outbox.session):  # Another address is another matter.
        outbox.session.get_one(BookingRow, made.booking_id).contact_email = "leyla@home.example"
    start_campaign(outbox.session, campaign_id=make(outbox, "more"), moment=make_moment())
    assert fill(outbox) == 2


def test_what_was_lost_for_now_is_noted_and_ends_nothing(outbox: Outbox, mail_server: MailServer) -> None:
    with_bounces(outbox).sign_up()
    outbox.deliver()
    start_campaign(outbox.session, campaign_id=make(outbox), moment=make_moment())
    fill(outbox)
    to = mail_server.took[0].bounces_to
    bounce(outbox.settings, report("4.4.7", "failed", to))
    assert (outbox.rows()[0].bounce_status, letters(outbox)[0].state) == ("4.4.7", "waiting")
    bounce(outbox.settings, report("5.1.1", "failed", to))
    assert (outbox.rows()[0].bounce_status, letters(outbox)[0].state) == ("5.1.1", "dropped")
    bounce(outbox.settings, report("4.4.7", "failed", to))
    assert outbox.rows()[0].bounce_status == "5.1.1"


def test_one_that_comes_back_while_a_letter_is_in_hand_stops_it_before_it_goes(
    outbox: Outbox, mail_server: MailServer
) -> None:
    with_bounces(outbox).sign_up()
    outbox.deliver()
    start_campaign(outbox.session, campaign_id=make(outbox), moment=make_moment())
    fill(outbox)
    take_in_hand_and_die(outbox)
    bounce(outbox.settings, report(to=mail_server.took[0].bounces_to))
    assert letters(outbox)[0].state == "waiting"
    assert outbox.deliver(timedelta(minutes=1)) == 0
    assert letters(outbox)[0].state == "dropped"


def test_with_the_database_away_the_mail_server_is_asked_to_come_again(outbox: Outbox) -> None:
    away = replace(outbox.settings, database_url="sqlite:////dev/null/none.sqlite3")
    assert bounce(away, report(), ends_with=75) == ""


def test_a_mail_program_may_write_instead_of_pressing_the_button(outbox: Outbox, mail_server: MailServer) -> None:
    with_bounces(outbox).sign_up()
    outbox.deliver()
    for key, essential in (("news", False), ("about", True)):
        start_campaign(outbox.session, campaign_id=make(outbox, key, essential=essential), moment=make_moment())
    fill(outbox)
    outbox.deliver()
    _, news, about = mail_server.took
    (to,) = re.findall(r"<mailto:(.*)\?subject=unsubscribe>", str(news.message["List-Unsubscribe"]))
    assert to == news.bounces_to
    wish = "From: Leyla <leyla@tripkit.example>\r\nTo: {}\r\nSubject: unsubscribe\r\n\r\n".format
    for unknown in (f"bounces+{'0' * 32}@trips.example", about.bounces_to):
        assert bounce(outbox.settings, wish(unknown).encode()) == "There is no such message.\n"
    for _ in range(2):
        assert bounce(outbox.settings, wish(to).encode()) == "No more letters there.\n"
    assert unsubscribed(outbox.session, outbox.trip, ["leyla@tripkit.example"]) == {"leyla@tripkit.example"}
    assert [row.bounced_at for row in outbox.rows()] == [None] * 3


def test_a_message_is_read_to_its_end_however_long_it_is(outbox: Outbox) -> None:
    assert bounce(outbox.settings, report() + b"x" * 12_000_000) == "There is no such message.\n"


def test_a_delay_changes_nothing_and_neither_does_an_id_nobody_sent(outbox: Outbox, mail_server: MailServer) -> None:
    with_bounces(outbox).sign_up()
    never_sent = outbox.row().message_id
    for message_id in ("0" * 32, never_sent):
        assert not note_bounce(
            outbox.session, message_id=message_id, status="5.1.1", is_lost=True, moment=make_moment()
        )
    assert bounce(outbox.settings, report(to=f"bounces+{'0' * 32}@trips.example")) == "There is no such message.\n"
    assert bounce(outbox.settings, b"Hello?") == "That is no message that came back.\n"
    outbox.deliver()
    assert bounce(outbox.settings, report("4.4.1", "delayed", mail_server.took[0].bounces_to)) == "Noted: 4.4.1.\n"
    assert outbox.row().bounced_at is None
