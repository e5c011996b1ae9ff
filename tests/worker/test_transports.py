"""Messages to files and to the console."""

from __future__ import annotations

import threading
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from tests.mailing.letters import make_letter
from tests.worker.mail_server import MailServer
from tests.worker.outbox import Outbox
from tripkit.mailing.compose import compose
from tripkit.worker.smtp import Smtp
from tripkit.worker.transports import Console, Files, transport_of
from tripkit.worker.trouble import ServerAway


def test_the_setting_names_the_transport(tmp_path: Path) -> None:
    files = transport_of(f"files:{tmp_path}")
    assert isinstance(files, Files) and files.folder == tmp_path
    assert isinstance(transport_of("console:"), Console)
    assert isinstance(transport_of("smtp://localhost"), Smtp)
    assert isinstance(transport_of("smtps://localhost"), Smtp)


def test_a_message_is_a_file_that_can_be_read_again(tmp_path: Path) -> None:
    message = compose(make_letter())
    Files(tmp_path / "new" / "folder").send(message)
    (file,) = (tmp_path / "new" / "folder").iterdir()
    assert file.name == f"{'5f' * 16}.eml"
    read = message_from_bytes(file.read_bytes(), policy=policy.default)
    assert read["Subject"] == message["Subject"]
    assert len(list(read.iter_attachments())) == 2  # type: ignore[attr-defined]  # policy.default makes an EmailMessage


def test_the_same_message_again_is_the_same_file(tmp_path: Path) -> None:
    for _ in range(2):
        Files(tmp_path).send(compose(make_letter()))
    assert len(list(tmp_path.iterdir())) == 1


def test_a_file_is_there_whole_or_not_at_all(tmp_path: Path) -> None:
    """Somebody who reads the folder all the time never sees a message without its end."""
    whole = {len(compose(make_letter(message_id=f"{number:032x}")).as_bytes()) for number in range(40)}
    seen: set[int] = set()
    over = threading.Event()

    def read() -> None:
        while not over.is_set():
            seen.update(file.stat().st_size for file in tmp_path.glob("*.eml"))

    reader = threading.Thread(target=read)
    reader.start()
    try:
        for number in range(40):
            Files(tmp_path).send(compose(make_letter(message_id=f"{number:032x}")))
    finally:
        over.set()
        reader.join()
    assert seen <= whole
    assert len(list(tmp_path.iterdir())) == 40


def test_a_folder_that_cannot_be_written_is_tried_again(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file, where a folder should be")
    with pytest.raises(ServerAway, match="FileExistsError"):
        Files(tmp_path / "taken").send(compose(make_letter()))


def test_a_message_id_cannot_lead_out_of_the_folder(tmp_path: Path) -> None:
    Files(tmp_path / "mail").send(compose(make_letter(message_id="../../out")))
    assert [file.name for file in (tmp_path / "mail").iterdir()] == ["out.eml"]


def test_the_console_shows_who_gets_what(capsys: pytest.CaptureFixture[str]) -> None:
    Console().send(compose(make_letter("link", "en")))
    shown = capsys.readouterr().out
    assert shown.startswith("--- mail to Karin Almfelt <karin@kommunen.example>: Here is a new link to your booking.")
    assert "https://trips.example/sv/booking/" in shown


def test_the_outbox_is_delivered_to_files(outbox: Outbox, mail_server: MailServer, tmp_path: Path) -> None:
    outbox.sign_up()
    (tmp_path / "mail").write_text("in the way")
    assert outbox.deliver(transport=Files(tmp_path / "mail")) == 0
    assert outbox.states() == [("waiting", 0)]
    (tmp_path / "mail").unlink()
    assert outbox.deliver(timedelta(seconds=10), Files(tmp_path / "mail")) == 1
    assert [file.stem for file in (tmp_path / "mail").iterdir()] == [outbox.row().message_id]
