"""Where messages go: an SMTP server, files, or the console; what fails says whether it is worth trying again."""

from __future__ import annotations

import os
import smtplib
import ssl
import sys
from email.message import EmailMessage
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

_PATIENCE = 20
"""Seconds to wait for a mail server."""


class Refused(Exception):
    """The message will never be taken: the address or the message itself is refused."""


class Away(Exception):
    """It could not be delivered now; trying again later may help."""


class Transport(Protocol):
    """Takes a message to where it is read."""

    def send(self, message: EmailMessage) -> None:
        """Deliver it. Raises: Refused, Away."""


def transport_of(mail: str) -> Transport:
    """The transport a TRIPKIT_MAIL setting names."""
    scheme, _, rest = mail.partition(":")
    if scheme == "files":
        return Files(Path(rest))
    return Console() if scheme == "console" else Smtp(mail)


class Console:
    """Prints messages, for trying things out."""

    def send(self, message: EmailMessage) -> None:
        """Print who gets it and its plain text."""
        body = message.get_body(("plain",))
        text = body.get_content() if body is not None else ""
        sys.stdout.write(f"--- mail to {message['To']}: {message['Subject']}\n{text}\n")
        sys.stdout.flush()


class Files:
    """Writes each message to a file of its own, whole or not at all."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def send(self, message: EmailMessage) -> None:
        """Write it; the same message again is the same file."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            name = "".join(sign for sign in str(message["Message-ID"]).split("@")[0] if sign.isalnum())
            half = self.folder / f".{name}.{os.getpid()}.half"
            half.write_bytes(message.as_bytes())
            half.replace(self.folder / f"{name}.eml")
        except OSError as error:
            raise Away(str(error)) from error


class Smtp:
    """Hands messages to a mail server: ``smtps`` encrypts from the first word, ``smtp`` as soon as the server can."""

    def __init__(self, address: str) -> None:
        self.parts = urlsplit(address)

    def send(self, message: EmailMessage) -> None:
        """Hand it over."""
        try:
            with self._connect() as server:
                server.send_message(message)
        except smtplib.SMTPRecipientsRefused as error:
            answers = [code for code, _ in error.recipients.values()]
            raise (Refused if all(code >= 500 for code in answers) else Away)(
                f"recipient refused: {answers}"
            ) from error
        except smtplib.SMTPResponseException as error:
            lasting = error.smtp_code >= 500 and not isinstance(error, smtplib.SMTPAuthenticationError)
            raise (Refused if lasting else Away)(f"{error.smtp_code} {error.smtp_error!r}"[:300]) from error
        except smtplib.SMTPNotSupportedError as error:
            raise Refused(str(error)) from error
        except (OSError, smtplib.SMTPException) as error:
            raise Away(f"{type(error).__name__}: {error}"[:300]) from error

    def _connect(self) -> smtplib.SMTP:
        host = self.parts.hostname or ""
        if self.parts.scheme == "smtps":
            context = ssl.create_default_context()
            server: smtplib.SMTP = smtplib.SMTP_SSL(host, self.parts.port or 465, timeout=_PATIENCE, context=context)
        else:
            server = smtplib.SMTP(host, self.parts.port or 25, timeout=_PATIENCE)
            server.ehlo()
            if server.has_extn("starttls"):
                server.starttls(context=ssl.create_default_context())
                server.ehlo()
        if self.parts.username:
            server.login(unquote(self.parts.username), unquote(self.parts.password or ""))
        return server
