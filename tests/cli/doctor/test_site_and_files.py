"""The doctor on settings, secrets, files and the disk."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.doctor.conftest import Doctor
from tripkit.cli.doctor import files, site
from tripkit.settings import DATA_KEYS_ARE_MISSING, KEY_IS_MISSING

REAL = {
    "TRIPKIT_URL": "https://trips.example",
    "TRIPKIT_MAIL": "files:mail",
    "TRIPKIT_CLOCK": "",
    "TRIPKIT_PROXIES": "1",
    "TRIPKIT_SECRET_KEY": "abcdefgh ijklmnop",
}


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that everybody on this machine can look into; that of a test is not one."""
    folder = Path(tempfile.mkdtemp(prefix="tripkit-doctor-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def test_a_real_site_is_well(own_doctor: Doctor) -> None:
    said = own_doctor(**REAL)
    assert said.bad == [] and said.about("Settings") == [("fine", "The address is https://trips.example.")]


@pytest.mark.parametrize(
    ("wrong", "how", "what"),
    [
        ({"TRIPKIT_URL": "http://trips.example"}, "warning", "can be read on the way."),
        ({"TRIPKIT_DEMO": "yes"}, "wrong", "TRIPKIT_DEMO is on: everybody can read every message."),
        ({"TRIPKIT_CLOCK": "2018-12-10T09:00Z"}, "wrong", "The clock is set: here it is 2018-12-10 09:00 UTC."),
        ({"TRIPKIT_MAIL": ""}, "wrong", "Messages are printed on the console, and nobody gets them."),
        ({"TRIPKIT_PROXIES": "0"}, "warning", "all visitors count as one for the limits."),
        (
            {"TRIPKIT_SECRET_KEY": "aaaaaaaa aaaaaaaa"},
            "wrong",
            "TRIPKIT_SECRET_KEY is of so few different characters that it can be guessed.",
        ),
        (
            {"TRIPKIT_METRICS_TOKEN": "aaaaaaaa aaaaaaaa"},
            "wrong",
            "TRIPKIT_METRICS_TOKEN is of so few different characters that it can be guessed.",
        ),
    ],
)
def test_what_a_real_site_must_not_have_is_found(
    own_doctor: Doctor, wrong: dict[str, str], how: str, what: str
) -> None:
    (found,) = own_doctor(**{**REAL, **wrong}).bad
    assert found[:2] == ("Settings", how) and found[2].endswith(what)


@pytest.mark.parametrize("url", ["http://127.0.0.1:5000", "http://localhost", "http://trips.localhost:80"])
def test_trying_out_is_not_a_fault_unless_it_mails_people(own_doctor: Doctor, url: str) -> None:
    tried = {"TRIPKIT_URL": url, "TRIPKIT_DEMO": "yes", "TRIPKIT_CLOCK": "2018-12-10T09:00Z"}
    assert own_doctor(**tried).bad == []
    assert ("Settings", "warning", f"Messages go out by smtp, and their links lead to {url}.") in own_doctor(
        **tried, TRIPKIT_MAIL="smtp://127.0.0.1:1"
    ).bad


def test_metrics_without_what_they_need_are_found(own_doctor: Doctor, monkeypatch: pytest.MonkeyPatch) -> None:
    given = {**REAL, "TRIPKIT_METRICS_TOKEN": "abcdefgh ijklmnop"}
    assert own_doctor(**given).bad == []
    monkeypatch.setattr(site, "find_spec", {}.get)
    (found,) = own_doctor(**given).bad
    assert found[:2] == ("Settings", "wrong") and found[2].endswith("so no page can be served.")


@pytest.mark.parametrize(
    ("name", "sentence"), [("TRIPKIT_SECRET_KEY", KEY_IS_MISSING), ("TRIPKIT_DATA_KEYS", DATA_KEYS_ARE_MISSING)]
)
def test_a_missing_key_is_found(doctor: Doctor, name: str, sentence: str) -> None:
    said = doctor(**{name: ""})
    missing = ("Settings", "wrong", "A key is missing, and no page can be served.", sentence)
    is_postgres = any(what.startswith("PostgreSQL") for _, _, what, _ in said.findings)
    assert (missing in said.findings) == is_postgres
    assert missing not in doctor().findings


def test_files_that_everybody_can_read_are_found(own_doctor: Doctor, open_folder: Path) -> None:
    settings, database = open_folder / "tripkit.toml", open_folder / "trips.sqlite3"
    settings.write_text(f'database = "sqlite:///{database}"\nmail = "smtp://trips:hunter2@127.0.0.1:1"\n')
    secret = database.with_suffix(".secret")
    for file in (database, secret):
        file.touch()
    for file in (settings, database, secret):
        file.chmod(0o644)
    asked = {"TRIPKIT_SETTINGS": str(settings), "TRIPKIT_DATABASE": "", "TRIPKIT_MAIL": ""}
    assert own_doctor(**asked).about("Files")[:3] == [
        ("warning", f"{settings} holds passwords or keys, and everybody on this machine can read it."),
        ("warning", f"{database} holds names, addresses and answers, and everybody on this machine can read it."),
        ("warning", f"{secret} holds the key that signs forms, and everybody on this machine can read it."),
    ]
    for file in (settings, database, secret):
        file.chmod(0o600)
    assert own_doctor(**asked).about("Files")[0] == ("fine", "No file is open to people it is not for.")


def test_a_settings_file_without_a_secret_may_be_read_by_everybody(own_doctor: Doctor, open_folder: Path) -> None:
    settings = open_folder / "tripkit.toml"
    settings.write_text('log = "json"\nmail = "smtp://127.0.0.1:1"\n')
    settings.chmod(0o644)
    assert own_doctor(TRIPKIT_SETTINGS=str(settings)).about("Files")[0][0] == "fine"


def test_a_file_in_a_folder_that_is_closed_is_not_open(own_doctor: Doctor, tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    (tmp_path / "trips.sqlite3").chmod(0o644)
    assert own_doctor().about("Files")[0][0] == "fine"


def test_messages_that_go_into_what_is_no_folder_are_found(own_doctor: Doctor, tmp_path: Path) -> None:
    (tmp_path / "mail").write_text("a file")
    assert ("wrong", "Messages cannot be written into mail.") in own_doctor(TRIPKIT_MAIL="files:mail").about("Files")


@pytest.mark.parametrize(("bound", "how"), [("FULL", "wrong"), ("NEARLY_FULL", "warning")])
def test_a_disk_that_is_full_is_found(
    own_doctor: Doctor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bound: str, how: str
) -> None:
    monkeypatch.setattr(files, bound, 2**60)
    (found,) = [one for one in own_doctor().bad if one[0] == "Files"]
    assert found[1] == how and found[2].endswith(f"are free in {tmp_path}.")
