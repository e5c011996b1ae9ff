"""The site map for search engines (sitemaps.org 0.9), each page with its other languages; which pages, is handed in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from xml.etree import ElementTree as ET

_SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
_XHTML = "http://www.w3.org/1999/xhtml"
LONGEST = 50_000
"""Addresses in one site map, by the protocol; what comes after is left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page in its languages. ``addresses``: language to absolute address, the language it was written in first."""

    addresses: Mapping[str, str]
    changed_on: date | None = None


def sitemap(pages: Iterable[Page]) -> bytes:
    """An entry for every language of every page, each naming all of them (hreflang has to be mutual)."""
    ET.register_namespace("", _SITEMAP)
    ET.register_namespace("xhtml", _XHTML)
    root = ET.Element(f"{{{_SITEMAP}}}urlset")
    for page in pages:
        if len(root) + len(page.addresses) > LONGEST:
            break
        for address in page.addresses.values():
            entry = ET.SubElement(root, f"{{{_SITEMAP}}}url")
            ET.SubElement(entry, f"{{{_SITEMAP}}}loc").text = address
            if page.changed_on is not None:
                ET.SubElement(entry, f"{{{_SITEMAP}}}lastmod").text = page.changed_on.isoformat()
            for language, other in _alternates(page):
                ET.SubElement(entry, f"{{{_XHTML}}}link", {"rel": "alternate", "hreflang": language, "href": other})
    document: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return document


def _alternates(page: Page) -> list[tuple[str, str]]:
    if len(page.addresses) < 2:
        return []
    return [*page.addresses.items(), ("x-default", next(iter(page.addresses.values())))]
