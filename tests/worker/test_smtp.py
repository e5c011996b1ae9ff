"""Encryption and log-in at a mail server, and what its answers mean."""

from __future__ import annotations

import shutil
import smtplib
import ssl
import subprocess
from contextlib import closing
from email.message import EmailMessage
from pathlib import Path

import pytest

from tests.conftest import missing
from tests.worker.mail_server import MailServer, free_port, serve
from tripkit.worker import smtp as smtp_module
from tripkit.worker.smtp import Smtp
from tripkit.worker.trouble import Away, Greylisted, LineCut, Refused, ServerAway

PASSWORD = "s3cret%2Ford"


def a_message(to: str = "leyla@tripkit.example") -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Message-ID"] = "office@tripkit.example", to, "<one@tripkit.example>"
    message.set_content("Hello")
    return message


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate of 127.0.0.1 that nobody signed but itself, and its key, in one file."""
    openssl = shutil.which("openssl")
    if openssl is None:
        missing("openssl", "openssl is not installed: it makes a certificate for a test")
    folder = tmp_path_factory.mktemp("certificate")
    made = [
        str(openssl),
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-nodes",
        "-days",
        "2",
    ]
    made += ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    subprocess.run([*made, "-keyout", folder / "key.pem", "-out", folder / "only.pem"], check=True, capture_output=True)
    both = folder / "both.pem"
    both.write_text((folder / "key.pem").read_text() + (folder / "only.pem").read_text())
    return both


def send(server: Smtp) -> None:
    """Hand one message over, and say goodbye."""
    with closing(server):
        server.send(a_message())


@pytest.fixture
def tls(certificate: Path) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    return context


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """The server counts as one on another machine, where a certificate and encryption matter."""
    monkeypatch.setattr(smtp_module, "_is_this_machine", lambda _: False)


def test_a_server_that_can_encrypt_is_spoken_to_encrypted(tls: ssl.SSLContext) -> None:
    with serve(MailServer(), tls=tls) as mail:
        send(Smtp(mail.url))
    assert mail.encrypted == [True]


def test_a_server_that_cannot_is_spoken_to_plainly() -> None:
    with serve(MailServer()) as mail:
        send(Smtp(mail.url))
    assert mail.encrypted == [False]


def test_user_and_password_of_the_address_log_in(tls: ssl.SSLContext) -> None:
    with serve(MailServer(), tls=tls, log_in=True) as mail:
        send(Smtp(mail.url.replace("//", f"//tr%40ip:{PASSWORD}@")))
    assert mail.logins == [(b"tr@ip", b"s3cret/ord")]
    assert mail.addresses() == ["leyla@tripkit.example"]


def test_a_wrong_password_is_a_setting_to_put_right_and_is_not_said(tls: ssl.SSLContext) -> None:
    with serve(MailServer(), tls=tls, log_in=True) as mail, pytest.raises(ServerAway, match="535") as refused:
        send(Smtp(mail.url.replace("//", "//trip:wr0ng@")))
    assert "wr0ng" not in str(refused.value)


@pytest.mark.usefixtures("elsewhere")
def test_a_password_is_not_sent_over_a_line_others_can_read() -> None:
    with serve(MailServer(), log_in=True) as mail, pytest.raises(ServerAway, match="no encryption"):
        send(Smtp(mail.url.replace("//", f"//trip:{PASSWORD}@")))
    assert mail.logins == [] and mail.took == []


@pytest.mark.usefixtures("elsewhere")
def test_a_certificate_nobody_knows_is_not_trusted_elsewhere(tls: ssl.SSLContext) -> None:
    with serve(MailServer(), tls=tls) as mail, pytest.raises(ServerAway, match="CERTIFICATE_VERIFY_FAILED"):
        send(Smtp(mail.url))
    assert mail.took == []


@pytest.mark.usefixtures("elsewhere")
def test_a_certificate_the_machine_knows_is_trusted(
    tls: ssl.SSLContext, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with serve(MailServer(), tls=tls) as mail:
        send(Smtp(mail.url))
    assert mail.encrypted == [True]


def test_smtps_encrypts_from_the_first_word(
    tls: ssl.SSLContext, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with serve(MailServer(), tls=tls, wrapped=True, log_in=True) as mail:
        send(Smtp(mail.url.replace("smtp://", f"smtps://trip:{PASSWORD}@")))
    assert mail.encrypted == [True]
    assert mail.logins == [(b"trip", b"s3cret/ord")]


def test_smtps_at_a_server_that_speaks_plainly_is_not_there() -> None:
    with serve(MailServer()) as mail, pytest.raises(ServerAway):
        send(Smtp(mail.url.replace("smtp://", "smtps://"), patience=1))
    assert mail.took == []


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "::1", "localhost"])
def test_these_are_this_machine(host: str) -> None:
    assert smtp_module._is_this_machine(host)


@pytest.mark.parametrize("host", ["mail.tripkit.example", "10.0.0.1", "localhost.tripkit.example", ""])
def test_these_are_not(host: str) -> None:
    assert not smtp_module._is_this_machine(host)


@pytest.mark.parametrize(
    ("error", "means"),
    [
        (smtplib.SMTPRecipientsRefused({"a@x.example": (550, b"No")}), Refused),
        (smtplib.SMTPRecipientsRefused({"a@x.example": (450, b"Later")}), Away),
        (smtplib.SMTPRecipientsRefused({"a@x.example": (550, b"No"), "b@x.example": (450, b"Later")}), Away),
        (smtplib.SMTPSenderRefused(550, b"No", "o@x.example"), Away),
        (smtplib.SMTPDataError(554, b"Spam"), Refused),
        (smtplib.SMTPDataError(452, b"Full"), Away),
        (smtplib.SMTPRecipientsRefused({"a@x.example": (450, b"4.2.0 Greylisted, see help")}), Greylisted),
        (smtplib.SMTPDataError(451, b"4.7.1 Try again"), Greylisted),
        (smtplib.SMTPServerDisconnected("gone"), LineCut),
        (TimeoutError("timed out"), LineCut),
        (smtplib.SMTPNotSupportedError("SMTPUTF8"), Refused),
        (smtplib.SMTPHeloError(504, b"Who"), Away),
    ],
)
def test_what_an_answer_means(error: Exception, means: type[Exception]) -> None:
    assert type(smtp_module._trouble(error)) is means


def test_a_servers_long_answer_is_kept_short_and_on_one_line() -> None:
    said = str(smtp_module._trouble(smtplib.SMTPDataError(554, b"No\r\nand no\xff " + b"x" * 5000)))
    assert said.startswith("554 No and no� x") and len(said) == 300


def test_nobody_there_is_said_plainly() -> None:
    with pytest.raises(ServerAway, match="ConnectionRefusedError"):
        send(Smtp(f"smtp://127.0.0.1:{free_port()}"))
