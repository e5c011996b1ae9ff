"""Handing a message to a mail server (RFC 5321): encryption, log-in, and what its answers mean; no outbox."""

from __future__ import annotations

import re
import smtplib
import ssl
from contextlib import closing, suppress
from dataclasses import dataclass
from email.message import EmailMessage
from ipaddress import ip_address
from urllib.parse import unquote, urlsplit

from tripkit.worker.trouble import Away, Greylisted, LineCut, Refused, ServerAway, Trouble

PATIENCE = 20.0
"""Seconds to wait for a mail server to answer before it has the message."""
LONG_PATIENCE = 120.0
"""Seconds to wait while it takes the message: many read it for viruses first. RFC 5321, 4.5.3.2.6, would wait ten
minutes, but a worker has a message in hand for five."""
A_LINE_TAKES = 100
"""Messages handed over on one line before a new one is opened: many servers cut longer talks short."""
_LASTING = 500
_ADDRESS = re.compile(r"<?[^\s<>]+@[^\s<>]+>?")
_GREY = re.compile(r"greylist|graylist|4\.7\.1\b", re.IGNORECASE)
"""What servers say who want to see whether we come again (RFC 6647; 4.7.1 is “delivery not authorised” for now)."""


@dataclass(frozen=True, slots=True)
class Greeting:
    """How a mail server was met. ``is_safe``: nobody on the way can read what it is told."""

    is_encrypted: bool
    is_safe: bool


class Smtp:
    """A mail server: ``smtps`` encrypts from the first word, ``smtp`` as soon as the server can.

    A password is sent encrypted only, unless the server is on this machine. The line stays open from one message to the
    next until `close`; one of these is used by one thread.
    """

    def __init__(self, address: str, *, patience: float = PATIENCE, long_patience: float = LONG_PATIENCE) -> None:
        self._parts = urlsplit(address)
        self._patience, self._long_patience = patience, long_patience
        self._line: smtplib.SMTP | None = None
        self._sent = 0
        self.server = f"{self._parts.hostname}:{self._port()}"

    def send(self, message: EmailMessage, *, bounces_to: str | None = None) -> None:
        """Hand it over. Raises: Refused, Away, ServerAway."""
        server = self._open_line()
        try:
            server.send_message(message, from_addr=bounces_to)
        except (OSError, UnicodeError) as error:  # smtplib's own errors are OSErrors.
            trouble = _trouble(error)
            if isinstance(trouble, LineCut):
                self._drop_line()
            raise trouble from error
        self._sent += 1
        if self._sent >= A_LINE_TAKES:
            self.close()

    def greet(self) -> Greeting:
        """Connect, encrypt and log in as `send` does, and leave again without a message. Raises: ServerAway."""
        with closing(self):
            is_encrypted = isinstance(self._open_line().sock, ssl.SSLSocket)
        return Greeting(is_encrypted, is_encrypted or _is_this_machine(self._parts.hostname or ""))

    def close(self) -> None:
        """Say goodbye. An answer to that which is no good changes nothing: what was taken was taken."""
        if self._line is not None:
            _leave(self._line)
        self._line, self._sent = None, 0

    def _open_line(self) -> smtplib.SMTP:
        """The line that is open, if somebody still listens at its other end, else a new one. Raises: ServerAway."""
        if self._line is not None and not _listens(self._line):
            self._drop_line()
        if self._line is None:
            server = None
            try:
                server = self._connect()
                self._greet(server)
            except (OSError, ServerAway) as error:
                if server is not None:
                    _leave(server)
                raise ServerAway(_said(error)) from error
            if server.sock is not None:
                server.sock.settimeout(self._long_patience)
            self._line, self._sent = server, 0
        return self._line

    def _drop_line(self) -> None:
        if self._line is not None:
            self._line.close()
        self._line, self._sent = None, 0

    def _port(self) -> int:
        return self._parts.port or (465 if self._parts.scheme == "smtps" else 25)

    def _connect(self) -> smtplib.SMTP:
        host = self._parts.hostname or ""
        if self._parts.scheme == "smtps":
            context = ssl.create_default_context()
            return smtplib.SMTP_SSL(host, self._port(), timeout=self._patience, context=context)
        return smtplib.SMTP(host, self._port(), timeout=self._patience)

    def _greet(self, server: smtplib.SMTP) -> None:
        """Encrypt where it can be, and log in."""
        at_home = _is_this_machine(self._parts.hostname or "")
        server.ehlo_or_helo_if_needed()
        if self._parts.scheme == "smtp" and server.has_extn("starttls"):
            context = ssl.create_default_context()
            if at_home:
                # A server on this machine has a certificate nobody signed, and nobody stands between.
                context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
            server.starttls(context=context)
            server.ehlo()
        if self._parts.username:
            if not at_home and not isinstance(server.sock, ssl.SSLSocket):
                raise ServerAway("the server offers no encryption, and the password would be read on the way")
            server.login(unquote(self._parts.username), unquote(self._parts.password or ""))


def _is_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _listens(server: smtplib.SMTP) -> bool:
    """Whether the server is still there and ready for the next message."""
    try:
        return server.noop()[0] == 250
    except OSError:
        return False


def _leave(server: smtplib.SMTP) -> None:
    with suppress(OSError):
        if server.sock is not None:
            server.sock.settimeout(1)
        server.quit()
    server.close()


def _trouble(error: Exception) -> Trouble:
    """What an error after the greeting means for the message."""
    match error:
        case smtplib.SMTPRecipientsRefused():
            answers = [code for code, _ in error.recipients.values()]
            said = ", ".join(_words(*answer) for answer in error.recipients.values())
            if all(code >= _LASTING for code in answers):
                return Refused(f"recipient refused: {said}")
            return _later(f"recipient refused: {said}")
        case smtplib.SMTPSenderRefused():
            # The sender is the same in every message: a setting to be put right, not a message to be given up.
            return Away(f"sender refused: {_words(error.smtp_code, error.smtp_error)}")
        case smtplib.SMTPDataError():
            return Refused(_said(error)) if error.smtp_code >= _LASTING else _later(_said(error))
        case smtplib.SMTPNotSupportedError() | UnicodeError():
            return Refused(_said(error))
        case smtplib.SMTPServerDisconnected():
            return LineCut(_said(error))
        case smtplib.SMTPException():  # Before OSError, of which it is one.
            return Away(_said(error))
    return LineCut(_said(error))


def _later(said: str) -> Away:
    return (Greylisted if _GREY.search(said) else Away)(said)


def _said(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return _words(error.smtp_code, error.smtp_error)
    if isinstance(error, ServerAway):
        return str(error)
    return f"{type(error).__name__}: {error}"


def _words(code: int, said: bytes | str) -> str:
    """A server's answer. It is a stranger's text: one line, not a long one, and without whom it is about."""
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return _ADDRESS.sub("…", " ".join(f"{code} {text}".split()))[:300]
