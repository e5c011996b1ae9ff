"""From the outbox to a mail server: once, in order, tried again, given up."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.worker.mail_server import DROP, MailServer, free_port
from tests.worker.outbox import Outbox, near
from tripkit.actions.cancel_participants import cancel_participants
from tripkit.actions.recording import digest_of, tell
from tripkit.actions.send_link import send_new_link
from tripkit.actions.take_up_messages import take_up_messages
from tripkit.reads.message_list import message_list
from tripkit.storage import sessions, write
from tripkit.storage.bookings import BookingRow, LinkRow
from tripkit.storage.outbox import MAY_BE_TWICE, OutboxRow
from tripkit.storage.work import MailServerRow
from tripkit.testing import NOW, make_moment
from tripkit.worker.delivery import deliver_due
from tripkit.worker.heart import Passer
from tripkit.worker.leases import Lease, Limits, lease
from tripkit.worker.retries import AFTER_GREYLISTING, AGAIN_AFTER, GIVE_UP_AFTER, SERVER_AWAY
from tripkit.worker.smtp import Smtp

MINUTE = timedelta(minutes=1)
LATER = timedelta(seconds=90)
"""After the first wait, also when the test itself took a while."""
AFTER_GREY = timedelta(minutes=8)
NO_LIMITS = Limits()


def waits(row: OutboxRow, since: timedelta, wait: timedelta) -> bool:
    """Whether its next try comes about so long after: a fifth more or less, and what the test took meanwhile."""
    return wait * 0.8 <= row.next_at - NOW - since <= wait * 1.2 + MINUTE / 2


def test_a_confirmation_is_delivered_once(outbox: Outbox, mail_server: MailServer) -> None:
    outbox.sign_up()
    assert (outbox.deliver(), outbox.deliver(), outbox.deliver(timedelta(days=9))) == (1, 0, 0)
    assert mail_server.addresses() == ["leyla@tripkit.example"]
    row = outbox.row()
    assert (row.state, row.attempts, row.leased_by, row.leased_until, row.last_error) == ("sent", 1, None, None, None)
    assert near(row.sent_at, NOW)
    assert mail_server.took[0].id == f"<{row.message_id}@tripkit.example>"


def test_the_secret_is_in_the_message_and_nowhere_else_afterwards(outbox: Outbox, mail_server: MailServer) -> None:
    outbox.sign_up()
    secret = outbox.row().payload["token"]
    outbox.deliver()
    body = mail_server.took[0].message.get_body(("plain",))
    assert body is not None and f"https://trips.example/en/booking/{secret}/" in body.get_content().splitlines()
    assert outbox.row().payload["token"] == ""
    assert outbox.session.scalar(select(LinkRow.digest)) == digest_of(secret)


def test_nothing_is_sent_before_the_commit_nor_after_a_rollback(outbox: Outbox, mail_server: MailServer) -> None:
    outbox.sign_up()
    outbox.deliver()

    def tell_and_look(session: Session) -> None:
        booking = session.scalars(select(BookingRow)).one()
        tell(session, "link", booking=booking, token="secret", moment=make_moment())
        session.flush()
        assert outbox.deliver() == 0, "not before the commit"

    with sessions(outbox.engine)() as other:
        with write(other):
            tell_and_look(other)
            other.rollback()
        assert outbox.deliver() == 0
        with write(other):
            tell_and_look(other)
        assert outbox.deliver() == 1
    assert len(mail_server.took) == 2


def test_a_bookings_messages_keep_their_order(outbox: Outbox, mail_server: MailServer) -> None:
    made = outbox.sign_up()
    cancel_participants(outbox.session, booking_id=made.booking_id, moment=make_moment())
    outbox.sign_up("Jonas Ekdahl")
    mail_server.at_recipient = ["451 Greylisted, come again"]
    assert outbox.deliver() == 1
    assert mail_server.addresses() == ["jonas@tripkit.example"]
    assert outbox.states() == [("waiting", 1), ("waiting", 0), ("sent", 1)]
    assert outbox.deliver(AFTER_GREY) == 2
    subjects = [str(took.message["Subject"]) for took in mail_server.took[1:]]
    assert [subject.split(".")[0] for subject in subjects] == ["One place is confirmed", "Leyla Norrman is cancelled"]


def test_a_greylisted_message_comes_again_with_the_same_identity(outbox: Outbox, mail_server: MailServer) -> None:
    outbox.sign_up()
    mail_server.at_recipient = ["451 4.7.1 <leyla@tripkit.example> is greylisted"] * 2
    assert outbox.deliver() == 0
    row = outbox.row()
    assert row.last_error == "Greylisted: recipient refused: 451 4.7.1 … is greylisted", "whom it is about is not noted"
    assert waits(row, timedelta(), AFTER_GREYLISTING[0])
    assert outbox.deliver(4 * MINUTE) == 0
    assert outbox.row().attempts == 1, "it is not tried before its time"
    assert outbox.deliver(8 * MINUTE) == 0
    assert waits(outbox.row(), 8 * MINUTE, AFTER_GREYLISTING[1])
    assert outbox.deliver(27 * MINUTE) == 1
    assert [took.id for took in mail_server.took] == [f"<{row.message_id}@tripkit.example>"]
    assert outbox.row().last_error is None


def test_a_recipient_whose_mailbox_is_full_is_tried_sooner_than_a_greylisted_one(
    outbox: Outbox, mail_server: MailServer
) -> None:
    outbox.sign_up()
    mail_server.at_recipient = ["452 4.2.2 The mailbox is full"]
    outbox.deliver()
    assert waits(outbox.row(), timedelta(), AGAIN_AFTER[0])


def test_waits_are_spread_so_that_what_failed_together_does_not_come_back_together(
    outbox: Outbox, mail_server: MailServer
) -> None:
    for number in range(8):
        outbox.sign_up(f"Person{number}")
    mail_server.at_recipient = ["452 Too many at once"] * 8
    outbox.deliver()
    spread = [row.next_at for row in outbox.rows()]
    assert max(spread) - min(spread) > AGAIN_AFTER[0] * 0.05


@pytest.mark.parametrize("at", ["at_recipient", "at_data"])
def test_a_refused_message_is_dead_and_holds_nobody_up(outbox: Outbox, mail_server: MailServer, at: str) -> None:
    made = outbox.sign_up()
    send_new_link(outbox.session, email="leyla@tripkit.example", code=made.code, moment=make_moment())
    outbox.sign_up("Jonas Ekdahl")
    setattr(mail_server, at, ["550 5.1.1 No such person here"])
    assert outbox.deliver() == 2
    assert outbox.states() == [("dead", 1), ("sent", 1), ("sent", 1)]
    assert "550 5.1.1 No such person here" in (outbox.rows()[0].last_error or "")
    assert outbox.deliver(timedelta(days=9)) == 0


def test_a_refused_sender_is_a_setting_to_put_right_so_nothing_dies(outbox: Outbox, mail_server: MailServer) -> None:
    outbox.sign_up()
    mail_server.at_sender = ["553 Not your address"]
    assert outbox.deliver() == 0
    assert outbox.row().state == "waiting"
    assert outbox.row().last_error == "Away: sender refused: 553 Not your address"
    assert outbox.deliver(LATER) == 1


def test_a_server_that_is_away_stops_the_round_and_costs_no_message_a_try(outbox: Outbox) -> None:
    outbox.sign_up()
    outbox.sign_up("Jonas Ekdahl")
    nobody = Smtp(f"smtp://127.0.0.1:{free_port()}")
    assert outbox.deliver(transport=nobody) == 0
    assert outbox.states() == [("waiting", 0), ("waiting", 0)]
    assert (outbox.rows()[0].last_error or "").startswith("ServerAway: ConnectionRefusedError")
    assert outbox.deliver(LATER) == 2


def test_a_server_that_is_away_is_left_alone_longer_and_longer_by_everybody(outbox: Outbox) -> None:
    outbox.sign_up()
    nobody, tried, now = Smtp(f"smtp://127.0.0.1:{free_port()}"), [], timedelta()
    for _ in range(len(SERVER_AWAY) + 2):
        outbox.deliver(now, nobody)
        away = outbox.server(nobody.server)
        assert away.away_until is not None
        tried.append((away.away_until - NOW - now) / timedelta(seconds=1))
        assert outbox.deliver(now, nobody) == 0
        assert outbox.server(nobody.server).failures == len(tried), "nobody asks it meanwhile"
        now = away.away_until - NOW + timedelta(seconds=1)
    for wait, expected in zip(tried, (*SERVER_AWAY, SERVER_AWAY[-1], SERVER_AWAY[-1]), strict=True):
        assert 0.8 <= wait / expected.total_seconds() <= 1.2 + 10 / expected.total_seconds()
    assert outbox.states() == [("waiting", 0)], "and nothing is given up for it"


def test_a_server_that_is_back_starts_with_a_clean_slate(outbox: Outbox, mail_server: MailServer) -> None:
    outbox.sign_up()
    with write(outbox.session):
        name = Smtp(mail_server.url).server
        outbox.session.add(MailServerRow(name=name, failures=3, away_until=NOW, last_error="away"))
    assert outbox.deliver(LATER) == 1
    server = outbox.server(name)
    assert (server.failures, server.away_until, server.last_error) == (0, None, None)


def test_a_server_that_hangs_is_left_in_time(outbox: Outbox, mail_server: MailServer) -> None:
    outbox.sign_up()
    mail_server.slow = 3
    patient = Smtp(mail_server.url, patience=0.3, long_patience=0.3)
    assert outbox.deliver(transport=patient) == 0
    assert outbox.states() == [("waiting", 1)]
    assert "LineCut" in (outbox.row().last_error or "")
    assert outbox.server(patient.server).failures == 1


def test_a_line_dropped_after_data_leads_to_the_same_message_again(outbox: Outbox, mail_server: MailServer) -> None:
    outbox.sign_up()
    mail_server.at_data = [DROP]
    assert outbox.deliver() == 0
    assert outbox.states() == [("waiting", 1)]
    assert outbox.deliver(LATER) == 1
    first, second = mail_server.took
    assert first.id == second.id, "who has got it twice can tell that it is the same"
    assert (outbox.row().last_error or "").startswith(f"{MAY_BE_TWICE}. LineCut: "), "and so can who runs the server"


def test_what_may_have_arrived_twice_stays_noted_whatever_else_goes_wrong(
    outbox: Outbox, mail_server: MailServer
) -> None:
    outbox.sign_up()
    mail_server.at_data = [DROP]
    assert outbox.deliver() == 0
    mail_server.at_recipient = ["451 Not now"]
    assert outbox.deliver(LATER) == 0
    assert outbox.deliver(timedelta(days=1)) == 1
    noted = outbox.row().last_error or ""
    assert noted.startswith(f"{MAY_BE_TWICE}. LineCut: ") and "451 Not now" in noted
    with sessions(outbox.engine)() as session:
        assert [one.id for one in message_list(session, states=["sent"], twice=True)] == [outbox.row().id]


def test_a_message_that_always_loses_the_line_holds_nobody_up(outbox: Outbox, mail_server: MailServer) -> None:
    outbox.sign_up()
    mail_server.at_data = [DROP]
    outbox.deliver()
    outbox.sign_up("Jonas Ekdahl")
    assert outbox.deliver(timedelta(seconds=10)) == 1
    assert mail_server.addresses()[-1] == "jonas@tripkit.example"


def test_many_messages_go_over_one_line(outbox: Outbox, mail_server: MailServer) -> None:
    for number in range(12):
        outbox.sign_up(f"Person{number}")
    mail_server.at_recipient = ["250 OK"] * 5 + ["550 Not here"]
    assert outbox.deliver() == 11
    assert len(mail_server.peers) == 1


def test_no_more_are_in_hand_at_once_than_the_server_is_to_take(outbox: Outbox) -> None:
    for number in range(3):
        outbox.sign_up(f"Person{number}")
    two = Limits("mail.example:25", at_once=2)
    with sessions(outbox.engine)() as others:
        assert [type(lease(others, Passer(), NOW, two)) for _ in range(3)] == [Lease, Lease, type(None)]
        assert isinstance(lease(others, Passer(), NOW, NO_LIMITS), Lease)


def test_no_more_go_in_a_minute_than_the_server_is_to_take(outbox: Outbox, mail_server: MailServer) -> None:
    for number in range(3):
        outbox.sign_up(f"Person{number}")
    outbox.settings = replace(outbox.settings, mail_per_minute=2)
    assert outbox.deliver() == 1, "the next one may go in half a minute, and nobody waits that long for it"
    assert outbox.deliver(timedelta(seconds=10)) == 0
    assert outbox.deliver(timedelta(seconds=40)) == 1
    outbox.settings = replace(outbox.settings, mail_per_minute=600)
    outbox.sign_up("Jonas Ekdahl")
    assert outbox.deliver(timedelta(seconds=90)) == 2, "a tenth of a second is waited for"


@pytest.mark.parametrize("answer", ["421 Going down", "500 What", "554 No"])
def test_a_taken_message_is_not_sent_again_for_a_bad_goodbye(
    outbox: Outbox, mail_server: MailServer, answer: str
) -> None:
    outbox.sign_up()
    mail_server.at_quit = answer
    assert (outbox.deliver(), outbox.deliver(timedelta(days=1))) == (1, 0)
    assert len(mail_server.took) == 1


def test_a_recipient_is_given_five_days(sqlite_outbox: Outbox, mail_server: MailServer) -> None:
    sqlite_outbox.sign_up()
    mail_server.at_recipient = ["452 The mailbox is full"] * 1000
    tried, now = [], timedelta()
    while sqlite_outbox.row().state == "waiting":
        sqlite_outbox.deliver(now)
        tried.append(now)
        now = sqlite_outbox.row().next_at - NOW
    assert GIVE_UP_AFTER <= tried[-1] < GIVE_UP_AFTER + 2 * AGAIN_AFTER[-1]
    apart = [later - earlier for earlier, later in pairwise(tried)]
    expected = [*AGAIN_AFTER, AGAIN_AFTER[-1], AGAIN_AFTER[-1]]
    assert all(0.8 * wait <= real <= 1.2 * wait + MINUTE / 2 for wait, real in zip(expected, apart, strict=False))


def test_after_a_week_without_a_worker_the_first_try_is_not_the_last(
    sqlite_outbox: Outbox, mail_server: MailServer
) -> None:
    sqlite_outbox.sign_up()
    mail_server.at_recipient = ["452 The mailbox is full"]
    sqlite_outbox.deliver(timedelta(days=7))
    assert sqlite_outbox.states() == [("waiting", 1)]


def test_what_was_given_up_can_be_taken_up_again(outbox: Outbox, mail_server: MailServer) -> None:
    outbox.sign_up()
    mail_server.at_recipient = ["550 Not yet known here"]
    outbox.deliver()
    assert take_up_messages(outbox.session, state="dead", moment=make_moment()) == 1
    assert outbox.states() == [("waiting", 0)]
    assert outbox.deliver() == 1
    assert take_up_messages(outbox.session, state="dead", moment=make_moment()) == 0
    body = mail_server.took[0].message.get_body(("plain",))
    assert body is not None and "/en/booking/" in body.get_content(), "its link is still in it"


def test_a_message_that_cannot_be_written_lets_the_others_by(
    outbox: Outbox, mail_server: MailServer, caplog: pytest.LogCaptureFixture
) -> None:
    outbox.sign_up()
    with write(outbox.session):
        outbox.session.scalars(select(OutboxRow)).one().kind = "poison"
    outbox.sign_up("Jonas Ekdahl")
    assert outbox.deliver() == 1
    assert mail_server.addresses() == ["jonas@tripkit.example"]
    assert outbox.states() == [("waiting", 1), ("sent", 1)]
    assert outbox.rows()[0].last_error == "KeyError: 'poison'"
    assert f"message {outbox.rows()[0].id} could not be written" in caplog.text
    for days in range(1, 9):
        outbox.deliver(timedelta(days=days))
    assert outbox.states() == [("dead", len(AGAIN_AFTER) + 1), ("sent", 1)]


def test_one_message_is_in_hand_at_a_time(outbox: Outbox, mail_server: MailServer) -> None:
    in_hand = []

    def count_them() -> None:
        with sessions(outbox.engine)() as other:
            in_hand.append(
                other.scalar(select(func.count()).select_from(OutboxRow).where(OutboxRow.leased_until.is_not(None)))
            )

    mail_server.when_it_comes = count_them
    for name in ("Leyla", "Jonas", "Karin"):
        outbox.sign_up(name)
    assert outbox.deliver() == 3
    assert in_hand == [1, 1, 1]


def test_a_lease_keeps_others_away_until_it_runs_out(outbox: Outbox) -> None:
    outbox.sign_up()
    with sessions(outbox.engine)() as dies:
        assert isinstance(lease(dies, Passer(), NOW, NO_LIMITS), Lease)
    assert outbox.deliver(4 * MINUTE) == 0
    assert outbox.deliver(5 * MINUTE) == 1


def test_a_sent_message_is_noted_though_the_lease_was_lost(outbox: Outbox, mail_server: MailServer) -> None:
    """A server that takes longer than the lease: somebody else has it in hand by then, and may stop."""

    def another_takes_it() -> None:
        with sessions(outbox.engine)() as other:
            assert isinstance(lease(other, Passer(), NOW + 6 * MINUTE, NO_LIMITS), Lease)

    outbox.sign_up()
    mail_server.when_it_comes = another_takes_it
    assert outbox.deliver() == 1
    assert outbox.row().state == "sent"
    mail_server.when_it_comes = lambda: None
    assert outbox.deliver(timedelta(hours=1)) == 0


def test_a_failure_after_a_lost_lease_leaves_the_message_to_who_has_it(outbox: Outbox, mail_server: MailServer) -> None:
    def another_takes_it() -> None:
        with sessions(outbox.engine)() as other:
            assert isinstance(lease(other, Passer(), NOW + 6 * MINUTE, NO_LIMITS), Lease)

    outbox.sign_up()
    mail_server.when_it_comes = another_takes_it
    mail_server.at_data = ["554 No"]
    assert outbox.deliver() == 0
    row = outbox.row()
    assert (row.state, row.attempts, row.last_error) == ("waiting", 2, None)
    assert row.leased_by is not None


def test_a_worker_that_is_told_to_stop_leaves_the_rest(outbox: Outbox, mail_server: MailServer) -> None:
    outbox.sign_up()
    outbox.sign_up("Jonas Ekdahl")
    sent = deliver_due(
        sessions(outbox.engine), Smtp(mail_server.url), outbox.settings, stopped=lambda: bool(mail_server.took)
    )
    assert sent == 1
    assert outbox.states() == [("sent", 1), ("waiting", 0)]
