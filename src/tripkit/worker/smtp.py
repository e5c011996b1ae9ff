"""Handing a message to a mail server (RFC 5321): encryption, log-in, and what its answers mean; no outbox."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.message import EmailMessage
from ipaddress import ip_address
from urllib.parse import unquote, urlsplit

from tripkit.worker.trouble import Away, Refused, ServerAway, Trouble

PATIENCE = 20.0
"""Seconds to wait for a mail server to answer before it has the message."""
LONG_PATIENCE = 120.0
"""Seconds to wait while it takes the message: many read it for viruses first. RFC 5321, 4.5.3.2.6, would wait ten
minutes, but a worker has a message in hand for five."""
_LASTING = 500


class Smtp:
    """A mail server: ``smtps`` encrypts from the first word, ``smtp`` as soon as the server can.

    A password is sent encrypted only, unless the server is on this machine.
    """

    def __init__(self, address: str, *, patience: float = PATIENCE, long_patience: float = LONG_PATIENCE) -> None:
        self._parts = urlsplit(address)
        self._patience, self._long_patience = patience, long_patience

    def send(self, message: EmailMessage) -> None:
        """Hand it over. Raises: Refused, Away, ServerAway."""
        with self._connected() as server:
            try:
                server.send_message(message)
            except (OSError, UnicodeError) as error:
                raise _trouble(error) from error

    # smtplib's own errors are OSErrors.
    @contextmanager
    def _connected(self) -> Iterator[smtplib.SMTP]:
        # Not `with smtplib.SMTP(…)`: that raises when QUIT is answered badly, after the message was taken, and a
        # message that was taken must not be sent again.
        server: smtplib.SMTP | None = None
        try:
            try:
                server = self._connect()
                self._greet(server)
            except OSError as error:
                raise ServerAway(_said(error)) from error
            if server.sock is not None:
                server.sock.settimeout(self._long_patience)
            yield server
        finally:
            if server is not None:
                _leave(server)

    def _connect(self) -> smtplib.SMTP:
        host = self._parts.hostname or ""
        if self._parts.scheme == "smtps":
            context = ssl.create_default_context()
            return smtplib.SMTP_SSL(host, self._parts.port or 465, timeout=self._patience, context=context)
        return smtplib.SMTP(host, self._parts.port or 25, timeout=self._patience)

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
            return (Refused if all(code >= _LASTING for code in answers) else Away)(f"recipient refused: {said}")
        case smtplib.SMTPSenderRefused():
            # The sender is the same in every message: a setting to be put right, not a message to be given up.
            return Away(f"sender refused: {_words(error.smtp_code, error.smtp_error)}")
        case smtplib.SMTPDataError():
            return (Refused if error.smtp_code >= _LASTING else Away)(_said(error))
        case smtplib.SMTPNotSupportedError() | UnicodeError():
            return Refused(_said(error))
        case smtplib.SMTPServerDisconnected():
            return ServerAway(_said(error))
        case smtplib.SMTPException():  # Before OSError, of which it is one.
            return Away(_said(error))
    return ServerAway(_said(error))


def _said(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return _words(error.smtp_code, error.smtp_error)
    if isinstance(error, ServerAway):
        return str(error)
    return f"{type(error).__name__}: {error}"


def _words(code: int, said: bytes | str) -> str:
    """A server's answer. It is a stranger's text: one line, and not a long one."""
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return " ".join(f"{code} {text}".split())[:300]
