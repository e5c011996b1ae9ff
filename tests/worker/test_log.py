"""What a worker writes to its log: rounds and jobs with numbers of their own, and nobody's address."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys

import pytest
from sqlalchemy import Engine

from tests.worker.mail_server import MailServer
from tests.worker.outbox import Outbox
from tests.worker.test_jobs import Work, run
from tripkit.testing import NOW


def test_a_job_is_a_line_with_how_much_it_did(sqlite_engine: Engine, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "tripkit.worker"):
        run(sqlite_engine, Work())
    (line,) = caplog.records
    assert line.about.pop("ms") >= 0  # type: ignore[attr-defined]
    assert line.about == {"job": "work", "done": 2, "statements": 0}  # type: ignore[attr-defined]


def test_a_worker_writes_objects_each_round_under_its_number_and_no_address(
    sqlite_outbox: Outbox, mail_server: MailServer
) -> None:
    sqlite_outbox.sign_up()
    sqlite_outbox.sign_up("Bo Ek")
    mail_server.at_recipient = ["550 5.1.1 <leyla@tripkit.example>: no Leyla Norrman here"]
    done = subprocess.run(
        [sys.executable, "-m", "tripkit", "worker", "--once"],
        env={
            **os.environ,
            "TRIPKIT_DATABASE": sqlite_outbox.settings.database_url,
            "TRIPKIT_MAIL": sqlite_outbox.settings.mail,
            "TRIPKIT_CLOCK": NOW.isoformat(),
            "TRIPKIT_LOG": "json",
            "TRIPKIT_LOG_LEVEL": "debug",
        },
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert done.stdout == "Sent: 1.\n"
    assert "@" not in done.stderr and "Leyla" not in done.stderr, "a mail server says whom it does not know"
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    given_up, delivery = (
        line for line in lines if line["logger"].endswith(("delivery", "worker")) and line["level"] != "debug"
    )
    assert given_up["message"] == "message 1 is given up after 1 tries: Refused: 550 5.1.1"
    assert (delivery["round"], delivery["done"], delivery["id"]) == ("delivery", 1, given_up["id"])
    jobs = [line for line in lines if "job" in line]
    assert len(jobs) == len({line["id"] for line in jobs}) >= 5, "each has a number of its own"
