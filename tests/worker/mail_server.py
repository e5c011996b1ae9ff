"""A mail server of our own: takes messages and keeps them, or does to them what it is told to."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from threading import Event
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope

DROP = "drop"
"""Instead of an answer: the connection is cut."""


@dataclass
class Took:
    """One message a server took. ``to``: recipients of the envelope, ``bounces_to``: its sender."""

    to: list[str]
    message: EmailMessage
    bounces_to: str = ""

    @property
    def id(self) -> str:
        return str(self.message["Message-ID"])


@dataclass
class MailServer:
    """What it is to answer, and what it has taken.

    ``at_recipient``, ``at_sender``, ``at_data``: answers to give in turn, the usual one when there is none left; to
    DATA after the message was read. ``slow``: seconds before the answer to DATA. ``reached``: a message has come.
    ``peers``: the other ends of the lines it took messages on.
    """

    port: int = 0
    at_sender: list[str] = field(default_factory=list)
    at_recipient: list[str] = field(default_factory=list)
    at_data: list[str] = field(default_factory=list)
    at_quit: str = "221 Bye"
    slow: float = 0.0
    took: list[Took] = field(default_factory=list)
    logins: list[tuple[bytes, bytes]] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)
    peers: set[object] = field(default_factory=set)
    reached: Event = field(default_factory=Event)
    when_it_comes: Callable[[], object] = lambda: None

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def addresses(self) -> list[str]:
        """To whom the messages it took went, in their order."""
        return [address for took in self.took for address in took.to]

    async def handle_MAIL(self, server: Any, session: Any, envelope: Envelope, address: str, options: list[str]) -> str:  # noqa: N802
        envelope.mail_from = address
        self.peers.add(session.peer)
        return self.at_sender.pop(0) if self.at_sender else "250 OK"

    async def handle_RCPT(self, server: Any, _s: Any, envelope: Envelope, address: str, options: list[str]) -> str:  # noqa: N802
        answer = self.at_recipient.pop(0) if self.at_recipient else "250 OK"
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: Any, session: Any, envelope: Envelope) -> str:  # noqa: N802
        self.reached.set()
        self.when_it_comes()
        await asyncio.sleep(self.slow)
        answer = self.at_data.pop(0) if self.at_data else "250 Taken"
        if answer == DROP or answer.startswith("250"):
            message = message_from_bytes(envelope.content or b"", policy=policy.default)
            assert isinstance(message, EmailMessage)
            self.took.append(Took(list(envelope.rcpt_tos), message, envelope.mail_from or ""))
            self.encrypted.append(server.transport.get_extra_info("ssl_object") is not None)
        if answer == DROP:
            server.transport.abort()
        return answer

    async def handle_QUIT(self, server: Any, session: Any, envelope: Envelope) -> str:  # noqa: N802
        return self.at_quit

    def log_in(self, server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        self.logins.append((data.login, data.password))
        return AuthResult(success=data.password == b"s3cret/ord", handled=False)


@contextmanager
def serve(
    mail: MailServer, *, tls: ssl.SSLContext | None = None, log_in: bool = False, wrapped: bool = False
) -> Iterator[MailServer]:
    """Serve until the block ends. ``tls``: offered as STARTTLS; ``wrapped``: from the first word instead."""
    options: dict[str, Any] = (
        {"authenticator": mail.log_in, "auth_require_tls": tls is not None and not wrapped} if log_in else {}
    )
    if tls is not None:
        options |= {"ssl_context": tls} if wrapped else {"tls_context": tls}
    controller = Controller(mail, hostname="127.0.0.1", port=mail.port or free_port(), ready_timeout=10, **options)
    controller.start()
    mail.port = controller.port
    try:
        yield mail
    finally:
        controller.stop()


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
