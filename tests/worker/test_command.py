"""``tripkit worker`` as a process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest

from tests.worker.mail_server import MailServer
from tests.worker.outbox import Outbox
from tripkit.testing import NOW


def command(outbox: Outbox, *arguments: str, name: str = "worker") -> subprocess.Popen[str]:
    settings = {
        "TRIPKIT_DATABASE": outbox.settings.database_url,
        "TRIPKIT_MAIL": outbox.settings.mail,
        "TRIPKIT_CLOCK": NOW.isoformat(),
    }
    return subprocess.Popen(
        [sys.executable, "-m", "tripkit", name, *arguments],
        env={**os.environ, **settings},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def test_once_delivers_what_is_due_and_ends(outbox: Outbox, mail_server: MailServer) -> None:
    outbox.sign_up()
    running = command(outbox, "--once")
    assert running.communicate(timeout=60) == ("Sent: 1.\n", None)
    assert running.returncode == 0
    assert len(mail_server.took) == 1


def test_again_takes_up_what_was_given_up(outbox: Outbox, mail_server: MailServer) -> None:
    outbox.sign_up()
    mail_server.at_recipient = ["550 Not yet"]
    outbox.deliver()
    assert command(outbox, "--once").communicate(timeout=60)[0] == "Sent: 0.\n"
    assert command(outbox, "--once", "--again").communicate(timeout=60)[0] == "Taken up again: 1.\nSent: 1.\n"
    assert outbox.states() == [("sent", 1)]


def test_the_doctor_names_what_was_given_up_and_what_is_tried_again(outbox: Outbox, mail_server: MailServer) -> None:
    codes = [outbox.sign_up(name).code for name in ("Leyla", "Jonas")]
    mail_server.at_recipient = ["550 5.1.1 No such person", "451 Come again"]
    outbox.deliver()
    doctor = command(outbox, name="doctor")
    assert doctor.communicate(timeout=60)[0].splitlines() == [
        f"Booking {codes[0]}: the message “confirmation” is given up. Refused: recipient refused: 550 5.1.1 No such person",
        "When the reason is put right, send them with: tripkit worker --once --again",
        "Messages that failed and are tried again: 1. One of them: Away: recipient refused: 451 Come again",
    ]
    assert doctor.returncode == 1


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_works_until_it_is_told_to_stop(
    sqlite_outbox: Outbox, mail_server: MailServer, number: signal.Signals
) -> None:
    sqlite_outbox.sign_up()
    running = command(sqlite_outbox)
    assert mail_server.reached.wait(60)
    sqlite_outbox.sign_up("Jonas Ekdahl")
    until = time.monotonic() + 30
    while len(mail_server.took) < 2 and time.monotonic() < until:
        time.sleep(0.05)
    running.send_signal(number)
    assert running.communicate(timeout=30)[0] == "Working. Stop with Ctrl-C.\n"
    assert running.returncode == 0
    assert sqlite_outbox.states() == [("sent", 1), ("sent", 1)]
