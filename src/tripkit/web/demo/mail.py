"""What a demonstration has sent: the list of messages, each one as text and as it looks, its files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from flask import Response, abort, render_template, url_for

from tripkit.i18n import LANGUAGES
from tripkit.web.demo import blueprint
from tripkit.web.frame import page_language, settings
from tripkit.web.framed import framed
from tripkit.web.routing import Policy, route
from tripkit.web.security import keep_secret

blueprint.after_request(keep_secret)
_MOST = 200
"""Messages in the list, the newest ones."""


@dataclass(frozen=True, slots=True)
class Sent:
    """One message. ``name``: of its file, without ending."""

    name: str
    to: str
    subject: str
    at: datetime
    language: str


@route(blueprint, "/demo/mail/", policy=Policy.DEMO)
def mail() -> str:
    """Every message, newest first."""
    found = sorted(_messages(), key=lambda sent: sent.at, reverse=True)
    return render_template(
        "demo/mail.html",
        language=page_language(),
        alternates={one: url_for("demo.mail", language=one) for one in LANGUAGES},
        messages=found[:_MOST],
        more=len(found) - _MOST,
    )


@route(blueprint, "/demo/mail/<name>/", policy=Policy.DEMO)
def message(name: str) -> str:
    """One message."""
    found = _read(name)
    body = found.get_body(("plain",))
    return render_template(
        "demo/message.html",
        language=page_language(),
        alternates={one: url_for("demo.message", name=name, language=one) for one in LANGUAGES},
        name=name,
        sent=_sent(name, found),
        sender=str(found["From"]),
        text=body.get_content() if body is not None else "",
        files=[part.get_filename() for part in found.iter_attachments()],
    )


@route(blueprint, "/demo/mail/<name>/html", policy=Policy.DEMO)
def html(name: str) -> Response:
    """How a message looks, in a sandbox: its styles are its own, and nothing in it runs. Links open in the whole window."""
    body = _read(name).get_body(("html",)) or abort(404)
    return framed(body.get_content())


@route(blueprint, "/demo/mail/<name>/files/<int:number>", policy=Policy.DEMO)
def file(name: str, number: int) -> Response:
    """A file that came with a message."""
    parts = list(_read(name).iter_attachments())
    if number >= len(parts):
        abort(404)
    content = parts[number].get_payload(decode=True)
    response = Response(content if isinstance(content, bytes) else b"", mimetype=parts[number].get_content_type())
    response.headers["Content-Disposition"] = f'attachment; filename="{parts[number].get_filename()}"'
    return response


def _folder() -> Path | None:
    scheme, _, folder = settings().mail.partition(":")
    return Path(folder) if scheme == "files" else None


def _messages() -> Iterator[Sent]:
    folder = _folder()
    for path in folder.glob("*.eml") if folder is not None else ():
        yield _sent(path.stem, _parsed(path))


def _read(name: str) -> EmailMessage:
    folder = _folder()
    is_one = name.isascii() and name.isalnum() and len(name) < 100  # Longer than any, and than a file's name may be.
    path = folder / f"{name}.eml" if folder is not None and is_one else None
    return _parsed(path) if path is not None and path.is_file() else abort(404)


def _parsed(path: Path) -> EmailMessage:
    found = message_from_bytes(path.read_bytes(), policy=policy.default)
    assert isinstance(found, EmailMessage)
    return found


def _sent(name: str, found: EmailMessage) -> Sent:
    return Sent(
        name=name,
        to=str(found["To"]),
        subject=str(found["Subject"]).strip(),
        at=found["Date"].datetime,
        language=str(found["Content-Language"]),
    )
