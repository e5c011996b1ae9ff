"""What a reader of a message sees, in its plain text and in its HTML."""

from __future__ import annotations

from email import message_from_bytes, policy
from email.message import EmailMessage
from html.parser import HTMLParser


def received(message: EmailMessage) -> EmailMessage:
    """The message as it arrives: written to bytes and read again."""
    read = message_from_bytes(message.as_bytes(), policy=policy.default)
    assert isinstance(read, EmailMessage)
    return read


def body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    assert part is not None
    return str(part.get_content())


def plain(message: EmailMessage) -> str:
    return body(message, "plain")


def shown(message: EmailMessage) -> Html:
    return Html(body(message, "html"))


class Html(HTMLParser):
    """The HTML of a message: ``pieces`` of visible text and addresses of links, in order; ``heading``; its tags."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.html = html
        self.pieces: list[str] = []
        self.headings: list[str] = []
        self.tags: list[str] = []
        self.links: list[str] = []
        self.language = ""
        self._open: list[str] = []
        self._hidden = 0
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        values = dict(attrs)
        if tag == "html":
            self.language = values.get("lang") or ""
        if tag in {"meta", "br"}:
            return
        self._open.append(tag)
        if self._hidden or tag in {"head", "style"} or "display:none" in (values.get("style") or ""):
            self._hidden += 1
        if tag == "a":
            self.links.append(values["href"] or "")

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag, f"{tag} is closed, and was not the last one opened"
        self._hidden -= self._hidden > 0
        if tag == "a":
            self.pieces.append(self.links[-1])

    def handle_data(self, data: str) -> None:
        words = " ".join(data.split())
        if words and not self._hidden:
            self.pieces.append(words)
            if self._open[-1] == "h1":
                self.headings.append(words)

    @property
    def text(self) -> str:
        return " ".join(self.pieces)
