"""``tripkit settings``: what is set and from where, with nothing secret in it; and what starts when something is wrong."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Shell
from tripkit.app import create_app
from tripkit.settings import DATA_KEYS_ARE_MISSING, KEY_IS_MISSING, WrongSetting

SECRETS = {
    "TRIPKIT_DATABASE": "postgresql://trips:hunter2@host/trips?sslpassword=hunter2&sslmode=require",
    "TRIPKIT_MAIL": "smtp://trips:hunter2@hunter2@mail.example",
    "TRIPKIT_REDIS_URL": "redis://:hunter2@127.0.0.1:6379/0",
    "TRIPKIT_SECRET_KEY": "hunter2 hunter2 hunter2",
    "TRIPKIT_DATA_KEYS": "d0" * 32,
    "TRIPKIT_METRICS_TOKEN": "hunter2 hunter2 hunter2",
}


def test_each_setting_is_shown_with_where_it_comes_from(shell: Shell) -> None:
    Path("trips.toml").write_text('\nurl = "https://trips.example"\nproxies = 2\n')
    done = shell("settings", "--json", TRIPKIT_SETTINGS="trips.toml", TRIPKIT_PROXIES="1")
    found = {row["name"]: (row["value"], row["from"]) for row in json.loads(done.output)}
    assert found["TRIPKIT_URL"] == ("https://trips.example", "trips.toml:2")
    assert found["TRIPKIT_PROXIES"] == ("1", "environment")
    assert found["TRIPKIT_WORKER"] == ("yes", "default")
    assert found["TRIPKIT_MAIL_FROM"] == ("–", "default")
    assert found["TRIPKIT_CLOCK"] == (shell.environment["TRIPKIT_CLOCK"], "environment")


@pytest.mark.parametrize("words", [("settings",), ("settings", "--json"), ("settings", "--check")], ids=" ".join)
def test_no_secret_is_shown(shell: Shell, words: tuple[str, ...]) -> None:
    done = shell(*words, **SECRETS)
    assert done.exit_code == 0 and "hunter2" not in done.output and "d0d0" not in done.output
    if words == ("settings",):
        assert "postgresql+psycopg://trips:***@host/trips?sslpassword=***&sslmode=require" in done.output
        assert "redis://:***@127.0.0.1:6379/0" in done.output
        assert "smtp://trips:***@mail.example" in done.output
        assert done.output.count("(hidden)") == 3


def test_to_check_says_nothing_but_what_is_wrong(shell: Shell) -> None:
    assert (shell("settings", "--check").exit_code, shell("settings", "--check").output) == (0, "")
    done = shell("settings", "--check", TRIPKIT_MIAL="x", TRIPKIT_LOG="x")
    assert done.exit_code == 1
    assert done.output == (
        "Error: 2 settings cannot be used:\n"
        "- TRIPKIT_MIAL is not a setting; did you mean TRIPKIT_MAIL?\n"
        "- TRIPKIT_LOG is “x”; write text or json.\n"
    )
    done = shell("settings", "--check", TRIPKIT_DATABASE="postgresql://host/trips")
    assert done.output == f"Error: {KEY_IS_MISSING}\n{DATA_KEYS_ARE_MISSING}\n"


def test_the_application_ends_with_every_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRIPKIT_PROXIES", "many")
    monkeypatch.setenv("TRIPKIT_LOG", "loud")
    with pytest.raises(WrongSetting, match=r"2 settings cannot be used:\n- TRIPKIT_PROXIES .*\n- TRIPKIT_LOG "):
        create_app()


def test_under_gunicorn_the_faults_are_the_last_of_what_is_said(tmp_path: Path) -> None:
    pytest.importorskip("gunicorn")
    command = [sys.executable, "-m", "gunicorn", "--check-config", "tripkit.app:create_app()"]
    wrong = {**os.environ, "TRIPKIT_PROXIES": "many", "TRIPKIT_MAIL": "smtp:hunter2"}
    done = subprocess.run(command, cwd=tmp_path, env=wrong, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1 and "hunter2" not in done.stderr + done.stdout
    assert done.stderr.splitlines()[-3:] == [
        "tripkit.settings.wrong.WrongSetting: 2 settings cannot be used:",
        "- TRIPKIT_MAIL cannot be used; write console:, files:DIRECTORY or smtp://user:password@host:port.",
        "- TRIPKIT_PROXIES is “many”; write a whole number from 0 to 9.",
    ]
