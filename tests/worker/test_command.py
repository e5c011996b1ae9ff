"""``tripkit worker`` as a process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from datetime import timedelta

import pytest
from sqlalchemy import update

from tests.worker.mail_server import MailServer
from tests.worker.outbox import Outbox
from tripkit.storage import write
from tripkit.storage.outbox import OutboxRow
from tripkit.testing import NOW


def command(outbox: Outbox, *arguments: str, name: str = "worker") -> subprocess.Popen[str]:
    settings = {
        "TRIPKIT_DATABASE": outbox.settings.database_url,
        "TRIPKIT_MAIL": outbox.settings.mail,
        "TRIPKIT_CLOCK": NOW.isoformat(),
        "TRIPKIT_LOG_LEVEL": "warning",
    }
    return subprocess.Popen(
        [sys.executable, "-m", "tripkit", name, *arguments],
        env={**os.environ, **settings},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def said(outbox: Outbox, name: str, *arguments: str) -> str:
    """What a command says; it has to end."""
    return command(outbox, *arguments, name=name).communicate(timeout=60)[0]


def test_once_delivers_what_is_due_and_ends(outbox: Outbox, mail_server: MailServer) -> None:
    outbox.sign_up()
    running = command(outbox, "--once")
    assert running.communicate(timeout=60) == ("Sent: 1.\n", None)
    assert running.returncode == 0
    assert len(mail_server.took) == 1


def test_what_was_given_up_is_listed_shown_and_taken_up_again(outbox: Outbox, mail_server: MailServer) -> None:
    code = outbox.sign_up().code
    mail_server.at_recipient = ["550 5.1.1 <leyla@tripkit.example>: not yet"]
    outbox.deliver()
    number = outbox.row().id
    assert command(outbox, "--once").communicate(timeout=60)[0] == "Sent: 0.\n"
    listed = said(outbox, "mail", "list")
    why = "Refused: recipient refused: 550 5.1.1 …: not yet"
    assert listed.splitlines() == [
        f"{number}  confirmation, booking {code}, written {NOW:%Y-%m-%d %H:%M} UTC: given up. {why}",
        "All together: 0 waiting, 1 given up, 0 held, 0 paused, 0 dropped, 0 sent.",
    ]
    shown = said(outbox, "mail", "show", str(number))
    assert "To:         leyla@tripkit.example" in shown and "Tries:      1" in shown
    assert said(outbox, "mail", "retry", str(number)) == "Taken up again: 1.\n"
    assert said(outbox, "mail", "retry", "--all") == "Taken up again: 0.\n"
    assert command(outbox, "--once").communicate(timeout=60)[0] == "Sent: 1.\n"
    assert outbox.states() == [("sent", 1)]
    assert f"{number}  confirmation, booking {code}" in said(outbox, "mail", "list", "--booking", code)
    assert f"{number}  confirmation" not in said(outbox, "mail", "list", "--twice"), "a refusal leaves no doubt"


def test_messages_that_are_held_go_when_they_are_released_and_never_when_they_are_dropped(
    outbox: Outbox, mail_server: MailServer
) -> None:
    for name in ("Leyla", "Jonas"):
        outbox.sign_up(name)
    with write(outbox.session):
        outbox.session.execute(update(OutboxRow).values(state="held"))
    assert outbox.deliver(timedelta(days=1)) == 0
    first, second = (row.id for row in outbox.rows())
    assert said(outbox, "mail", "drop", str(first)) == "Dropped: 1.\n"
    assert said(outbox, "mail", "release", "--all") == "Taken up again: 1.\n"
    assert outbox.deliver(timedelta(days=1)) == 1
    assert mail_server.addresses() == ["jonas@tripkit.example"]
    assert outbox.states() == [("dropped", 0), ("sent", 1)]
    assert second > first


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("retry",), "Say which messages by their numbers, or --all."),
        (("release", "3", "--all"), "Say which messages by their numbers, or --all."),
        (("show", "99"), "There is no message 99. The list: tripkit mail list"),
    ],
)
def test_what_cannot_be_done_is_said(sqlite_outbox: Outbox, arguments: tuple[str, ...], sentence: str) -> None:
    assert sentence in said(sqlite_outbox, "mail", *arguments)


def test_the_doctor_names_what_was_given_up_and_what_is_tried_again(outbox: Outbox, mail_server: MailServer) -> None:
    codes = [outbox.sign_up(name).code for name in ("Leyla", "Jonas")]
    mail_server.at_recipient = ["550 5.1.1 No such person", "451 Come again"]
    outbox.deliver()
    doctor = command(outbox, name="doctor")
    said = doctor.communicate(timeout=60)[0]
    assert (
        f"  wrong    Booking {codes[0]}: the message “confirmation” is given up. Refused: recipient refused: "
        "550 5.1.1 No such person. When the reason is put right: tripkit mail retry --all\n"
    ) in said
    assert (
        "  warning  Messages that failed and are tried again: 1. One of them: Away: recipient refused: 451 Come again."
    ) in said
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
