"""The site map."""

from __future__ import annotations

from datetime import date
from xml.etree import ElementTree as ET

from tripkit.papers.sitemap import LONGEST, Page, sitemap

SPACES = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}


def test_every_language_of_a_page_names_all_of_them_and_itself() -> None:
    page = Page(
        addresses={"sv": "https://t.example/sv/?a=1&b=<2>", "en": "https://t.example/en/"}, changed_on=date(2027, 3, 1)
    )
    root = ET.fromstring(sitemap([page]))
    entries = root.findall("s:url", SPACES)
    assert [entry.findtext("s:loc", namespaces=SPACES) for entry in entries] == list(page.addresses.values())
    assert {entry.findtext("s:lastmod", namespaces=SPACES) for entry in entries} == {"2027-03-01"}
    for entry in entries:
        links = {link.get("hreflang"): link.get("href") for link in entry.findall("x:link", SPACES)}
        assert links == {**page.addresses, "x-default": page.addresses["sv"]}


def test_a_page_in_one_language_has_no_alternates() -> None:
    assert b"hreflang" not in sitemap([Page(addresses={"sv": "https://t.example/sv/"})])


def test_a_site_map_is_never_longer_than_the_protocol_takes() -> None:
    pages = (Page(addresses={"sv": f"https://t.example/{n}"}) for n in range(LONGEST + 5))
    assert len(ET.fromstring(sitemap(pages))) == LONGEST


def test_the_default_name_space_is_the_site_maps() -> None:
    data = sitemap([Page(addresses={"sv": "https://t.example/", "en": "https://t.example/en/"})])
    assert data.startswith(b"<?xml version='1.0' encoding='utf-8'?>")
    assert (
        b'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:xhtml="http://www.w3.org/1999/xhtml">'
        in data
    )
