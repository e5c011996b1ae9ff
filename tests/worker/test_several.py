"""Several workers at once, and workers that are killed: nothing twice, nothing forgotten."""

from __future__ import annotations

import multiprocessing
import signal
from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from tests.together import together
from tests.worker import crowd
from tests.worker.mail_server import MailServer
from tests.worker.outbox import Outbox
from tripkit.storage.bookings import BookingRow
from tripkit.worker.leases import LEASE

PROCESSES = 3
MESSAGES = 30

pytestmark = [pytest.mark.timeout(240), pytest.mark.xdist_group("races")]


def run(work: object, outbox: Outbox, processes: int = PROCESSES) -> None:
    go = multiprocessing.get_context("spawn").Event()
    started = [crowd.process(work, outbox.settings, number, go) for number in range(processes)]  # type: ignore[arg-type]
    go.set()
    assert crowd.exit_codes(started) == [0] * processes


def fill(outbox: Outbox, messages: int = MESSAGES) -> None:
    for number in range(messages):
        outbox.sign_up(f"Person{number}")


def test_without_the_lease_messages_are_sent_twice(outbox: Outbox, mail_server: MailServer) -> None:
    fill(outbox, 5)
    mail_server.slow = 0.2
    run(crowd.with_threads_and_no_lease, outbox, processes=2)
    assert len(mail_server.took) > len({took.id for took in mail_server.took})


def test_several_processes_with_a_thread_each_send_every_message_once(outbox: Outbox, mail_server: MailServer) -> None:
    fill(outbox)
    mail_server.slow = 0.02
    run(crowd.with_threads, outbox)
    assert Counter(took.id for took in mail_server.took) == {
        f"<{row.message_id}@tripkit.example>": 1 for row in outbox.rows()
    }
    assert outbox.states() == [("sent", 1)] * MESSAGES


def test_two_threads_of_one_process_send_every_message_once(outbox: Outbox, mail_server: MailServer) -> None:
    fill(outbox)
    assert sum(together(outbox.deliver, outbox.deliver)) == MESSAGES
    assert len({took.id for took in mail_server.took}) == len(mail_server.took) == MESSAGES


def test_a_worker_killed_while_it_sends_is_followed_by_another(outbox: Outbox, mail_server: MailServer) -> None:
    outbox.sign_up()
    mail_server.slow, mail_server.at_data = 1.0, ["451 Who was that?"]
    killed = crowd.process(crowd.deliver_once, outbox.settings, timedelta())
    assert mail_server.reached.wait(30)
    assert killed.pid is not None
    killed.kill()
    assert crowd.exit_codes([killed]) == [-signal.SIGKILL]
    assert outbox.states() == [("waiting", 1)]
    assert outbox.deliver(LEASE / 2) == 0, "it is in the dead one's hand still"
    mail_server.slow, mail_server.at_data = 0, []
    assert outbox.deliver(LEASE + timedelta(seconds=30)) == 1
    assert len(mail_server.took) == 1
    assert outbox.states() == [("sent", 2)]


def test_a_worker_killed_after_the_server_took_it_leads_to_the_same_message_again(
    outbox: Outbox, mail_server: MailServer
) -> None:
    outbox.sign_up()
    mail_server.slow = 1.0
    killed = crowd.process(crowd.deliver_once, outbox.settings, timedelta())
    assert mail_server.reached.wait(30)
    killed.kill()
    crowd.exit_codes([killed])
    mail_server.slow = 0
    assert outbox.deliver(LEASE + timedelta(seconds=30)) == 1
    assert len({took.id for took in mail_server.took}) == 1


def test_without_the_outbox_a_process_killed_after_its_commit_forgets_the_message(
    outbox: Outbox, mail_server: MailServer
) -> None:
    assert crowd.exit_codes([crowd.process(crowd.sign_up_without_an_outbox_and_die, outbox.settings, outbox.trip)]) == [
        -9
    ]
    assert outbox.session.scalar(select(func.count()).select_from(BookingRow)) == 1
    assert outbox.deliver(timedelta(days=1)) == 0
    assert mail_server.took == []


def test_a_process_killed_after_its_commit_leaves_the_message_to_another(
    outbox: Outbox, mail_server: MailServer
) -> None:
    assert crowd.exit_codes([crowd.process(crowd.sign_up_and_die, outbox.settings, outbox.trip)]) == [-9]
    assert outbox.deliver() == 1
    assert mail_server.addresses() == ["leyla@tripkit.example"]
