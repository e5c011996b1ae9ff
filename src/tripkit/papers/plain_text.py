"""Markdown as plain text, for readers that show no markup; pages and messages render their own HTML."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from markdown_it import MarkdownIt
from markdown_it.token import Token

_MARKDOWN = MarkdownIt("commonmark", {"html": False})
_BREAK = re.compile("\r\n?|\u2028|\u2029")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u2028\u2029]")


def plain_text(markdown: str) -> str:
    """Paragraphs apart by an empty line, list items behind a dash, links with their address in brackets."""
    text = "".join(_blocks(_MARKDOWN.parse(_CONTROL.sub("", _BREAK.sub("\n", markdown)))))
    return re.sub(r"\n{3,}", "\n\n", text).strip()


def one_line(text: str) -> str:
    """A text without control characters and line breaks, as titles and names have to be."""
    return " ".join(_CONTROL.sub(" ", text).split())


def _blocks(tokens: Iterable[Token]) -> Iterator[str]:
    lists: list[int | None] = []
    for token in tokens:
        match token.type:
            case "inline":
                yield _inline(token.children or ())
            case "bullet_list_open":
                lists.append(None)
            case "ordered_list_open":
                lists.append(int(token.attrGet("start") or 1))
            case "bullet_list_close" | "ordered_list_close":
                lists.pop()
                yield "\n"
            case "list_item_open":
                yield "  " * (len(lists) - 1) + ("- " if lists[-1] is None else f"{lists[-1]}. ")
                lists[-1] = None if lists[-1] is None else lists[-1] + 1
            case "paragraph_close":
                yield "\n" if token.hidden or lists else "\n\n"
            case "heading_close":
                yield "\n\n"
            case "fence" | "code_block":
                yield token.content + "\n"
            case "hr":
                yield "\n"


def _inline(tokens: Iterable[Token]) -> str:
    text: list[str] = []
    links: list[tuple[str, int]] = []
    for token in tokens:
        match token.type:
            case "text" | "code_inline":
                text.append(token.content)
            case "softbreak":
                text.append(" ")
            case "hardbreak":
                text.append("\n")
            case "image":
                text.append(token.content)
            case "link_open":
                links.append((str(token.attrGet("href") or ""), len(text)))
            case "link_close":
                address, start = links.pop()
                shown = "".join(text[start:])
                if address.removeprefix("mailto:") not in {shown, ""}:
                    text.append(f" ({address.removeprefix('mailto:')})")
    return "".join(text)
