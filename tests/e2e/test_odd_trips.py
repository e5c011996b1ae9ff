"""Trips no sample has: names of absurd length, and one with nothing but what has to be there."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.browsing import Visitor, faults, scrolls_sideways
from tests.e2e.demonstration import CLOCK, Site

LONG = "Nordvästersjökustartilleriflygspaningssimulatoranläggningsmaterielunderhållsuppföljningssystemet"
COMMON = """
organisation: {{key: byran, name: {{sv: {name}}}, languages: [sv], email: hej@byran.example}}
trip:
  key: resan
  title: {{sv: {name}}}
  lead: {{sv: En resa.}}
  days: {{from: 2019-06-04, to: 2019-06-04}}
  place: {{sv: {name}}}
  time_zone: Europe/Stockholm
  size: {size}
  languages: [sv]
  contact: {{name: {name}, email: disken@byran.example}}
  price: {{net: {price}, currency: SEK, vat: 25}}
  terms: {{version: "1", text: {{sv: Villkor.}}}}
segments:
  - {{key: first, name: {{sv: {name}}}}}
"""
MORE = f"""
  - {{key: second, name: {{sv: {LONG}}}, at_most: 1}}
sites:
  - {{key: site, name: {{sv: {LONG}}}, address: {LONG}, position: {{latitude: 57.7, longitude: 12.0}}}}
choices:
  - {{key: choice, title: {{sv: {LONG}}}}}
programme:
  - {{key: one, kind: site_visit, title: {{sv: {LONG}}}, day: 2019-06-04, from: "10:00", to: "11:00", site: site, choice: choice,
     size: 1, speakers: [person]}}
  - {{key: two, kind: site_visit, title: {{sv: Kort}}, day: 2019-06-04, from: "10:00", to: "11:00", choice: choice, size: 1}}
speakers:
  - {{key: person, name: {LONG}, title: {{sv: {LONG}}}}}
questions:
  - {{key: which, name: {{sv: {LONG}}}, kind: one_of, required: true, options: [{{key: long, name: {{sv: {LONG}}}}}, {{key: no, name: {{sv: Nej}}}}]}}
"""


def put_in_place(site: Site, folder: Path, text: str) -> str:
    """Apply an event directory to the site's database. The path of its trip."""
    folder.mkdir()
    (folder / "event.yaml").write_text(text, encoding="utf-8")
    subprocess.run(
        [sys.executable, "-m", "tripkit", "event", "apply", str(folder)],
        env={**os.environ, "TRIPKIT_DATABASE": f"sqlite:///{site.database}", "TRIPKIT_CLOCK": CLOCK},
        check=True,
        capture_output=True,
    )
    return "/sv/byran/resan/"


def test_names_of_any_length_break_and_nothing_scrolls_sideways(
    fresh_site: Site, visit: Callable[..., Visitor], tmp_path: Path
) -> None:
    root = put_in_place(fresh_site, tmp_path / "long", COMMON.format(name=LONG, size=400, price="9999999.50") + MORE)
    someone = visit(fresh_site.url)
    wide = {}
    for path in (
        "/sv/",
        "/sv/byran/",
        root,
        *(root + part for part in ("sign-up/?people=2", "sites/site/", "speakers/person/", "programme/one/")),
    ):
        someone.go(path)
        wide[path] = scrolls_sideways(someone.page)
    assert {what: by for what, by in wide.items() if by} == {}


@pytest.mark.parametrize("size", ["phone", "desktop"])
def test_a_trip_with_nothing_but_what_has_to_be_there(
    fresh_site: Site, visit: Callable[..., Visitor], tmp_path: Path, size: str
) -> None:
    root = put_in_place(fresh_site, tmp_path / "bare", COMMON.format(name="Alla", size=1, price=0))
    someone = visit(fresh_site.url, size=size)
    page = someone.go(root)
    assert faults(page) == []
    page.locator(".state .btn").first.click()
    page.locator("#contact_name").fill("W" * 118)
    page.locator("#organisation").fill(LONG)
    page.locator("#contact_email").fill(f"{'lang.' * 8}adress@arbetsplatsen.example")
    page.locator("#terms_version").check()
    assert faults(page) == []
    page.locator("[data-send]").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Din plats är klar.")
    assert faults(page) == []
    assert scrolls_sideways(page) == ""
    page = someone.go(root)
    expect(page.locator(".state p").first).to_contain_text("Den enda platsen är tagen.")
    page = someone.go(f"{root}sign-up/")
    expect(page.locator("[data-outlook]")).to_be_visible()
    expect(page.locator("[data-outlook]")).not_to_contain_text("önskemål")
    assert faults(page) == []
