"""Organisers' Markdown as safe HTML: no HTML of theirs, no scripts, no pictures from elsewhere; no page."""

from __future__ import annotations

from functools import lru_cache

import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup

_reader = MarkdownIt("commonmark", {"html": False, "linkify": False, "typographer": False}).enable("table")
_TAGS = {
    *("p", "br", "hr", "strong", "em", "a", "ul", "ol", "li", "blockquote", "code", "pre", "h3", "h4", "h5"),
    *("table", "thead", "tbody", "tr", "th", "td"),
}


@lru_cache(maxsize=2048)
def html_of(markdown: str) -> Markup:
    """The HTML of a Markdown text. Headings begin at ``h3``: the page's own come before them."""
    tokens = _reader.parse(markdown)
    for token in tokens:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{min(5, int(token.tag[1]) + 2)}"
    html = _reader.renderer.render(tokens, _reader.options, {})
    return Markup(  # noqa: S704 (nh3 has just cleaned it; this is where it becomes safe)
        nh3.clean(
            html,
            tags=_TAGS,
            attributes={"a": {"href"}, "ol": {"start"}},
            url_schemes={"http", "https", "mailto", "tel"},
            link_rel="noopener nofollow",
        )
    )


@lru_cache(maxsize=2048)
def line_of(markdown: str) -> Markup:
    """The HTML of a short text that stands in a paragraph of the page's own."""
    html = _reader.renderInline(markdown)
    return Markup(  # noqa: S704 (nh3 has just cleaned it; this is where it becomes safe)
        nh3.clean(
            html,
            tags={"strong", "em", "a", "br", "code"},
            attributes={"a": {"href"}},
            url_schemes={"http", "https", "mailto", "tel"},
            link_rel="noopener nofollow",
        )
    )
