"""Where messages go: an SMTP server, files, or the console; what fails says whether it is worth trying again."""

from __future__ import annotations

import os
import sys
from email.message import EmailMessage
from pathlib import Path
from typing import Protocol

from tripkit.worker.smtp import Smtp
from tripkit.worker.trouble import ServerAway


class Transport(Protocol):
    """Takes messages to where they are read. ``server``: the mail server's name, empty where there is none to spare."""

    server: str

    def send(self, message: EmailMessage, *, bounces_to: str | None = None) -> None:
        """Deliver it; when this returns, it is delivered. Raises: Refused, Away, ServerAway.

        ``bounces_to``: the address of the envelope, to which it comes back when nobody takes it; None = the sender.
        """

    def close(self) -> None:
        """Say goodbye, when nothing more is to be sent for now. It can be used again after that."""


def transport_of(mail: str) -> Transport:
    """The transport a TRIPKIT_MAIL setting names."""
    scheme, _, rest = mail.partition(":")
    if scheme == "files":
        return Files(Path(rest))
    return Console() if scheme == "console" else Smtp(mail)


class Console:
    """Prints messages, for trying things out."""

    server = ""

    def send(self, message: EmailMessage, *, bounces_to: str | None = None) -> None:
        """Print who gets it and its plain text."""
        body = message.get_body(("plain",))
        text = body.get_content() if body is not None else ""
        # In one piece: two threads that print must not mix their messages.
        sys.stdout.write(f"--- mail to {message['To']}: {message['Subject']}\n{text}\n")
        sys.stdout.flush()

    def close(self) -> None:
        """Nothing is open."""


class Files:
    """Writes each message to a file of its own, whole or not at all."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.server = f"files:{folder}"

    def send(self, message: EmailMessage, *, bounces_to: str | None = None) -> None:
        """Write it; the same message again is the same file."""
        name = "".join(sign for sign in str(message["Message-ID"]).split("@")[0] if sign.isalnum())
        half = self.folder / f".{name}.{os.getpid()}.half"
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            half.write_bytes(message.as_bytes())
            half.replace(self.folder / f"{name}.eml")
        except OSError as error:
            raise ServerAway(f"{type(error).__name__}: {error}") from error

    def close(self) -> None:
        """Nothing is open."""
