"""Formulas in what people write: a list of participants that a spreadsheet opens reckons with none of them."""

from __future__ import annotations

import csv
from io import StringIO
from typing import Any

import pytest
from sqlalchemy import select

from tests.web.conftest import Site
from tests.web.membership import HOST, member, send
from tripkit.domain.rights import Role
from tripkit.papers import tables
from tripkit.storage.outbox import AuditRow
from tripkit.testing import make_participant

LIST = f"{HOST}trips/hamnstad/participants/"
ATTACKS = ('=HYPERLINK("http://evil.example","Bo")', "+1+cmd|' /C calc'!A0", "-2+3", "@SUM(1)", "\uff1d1+1", "Bo;=1+1")


def fetched(site: Site, **sought: Any) -> Any:
    return send(member(site, Role.OWNER, email="owner@tripkit.example"), f"{LIST}file/", at=LIST, **sought)


def cells(text: str, delimiter: str = ";") -> list[str]:
    """Every cell as a spreadsheet that parts them by this has it."""
    return [cell for row in csv.reader(StringIO(text), delimiter=delimiter) for cell in row]


def is_formula(cell: str) -> bool:
    """Whether a spreadsheet reckons with a cell; some take full-width signs for the usual ones."""
    return cell.lstrip(' "').startswith(("=", "+", "-", "@", "\uff1d"))


@pytest.fixture
def attacked(site: Site) -> Site:
    """A trip for which people with strange names have signed up, from a strange workplace."""
    trip_id = site.publish(largest_party=10)
    people = [make_participant(name, answers={"diet": "vegan"}) for name in ATTACKS]
    site.book(trip_id, people, organisation="=1+1", contact_phone="+46 70 000 00 00")
    return site


def test_without_the_guard_what_people_write_is_a_formula(attacked: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "harmless", lambda cell: cell)
    text = fetched(attacked).data.decode("utf-8-sig")
    assert {*ATTACKS[:5], "=1+1"} <= {cell for cell in cells(text) if is_formula(cell)}


def test_no_cell_is_a_formula_whatever_parts_them(attacked: Site) -> None:
    answer = fetched(attacked, column=["email", "phone", "workplace", "state"])
    text = answer.data.decode("utf-8-sig")
    assert answer.status_code == 200 and answer.mimetype == "text/csv"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="hamnstad-2027-03-01.csv"'
    assert answer.headers["Cache-Control"] == "no-store"
    for delimiter in ";,\t|":
        assert [cell for cell in cells(text, delimiter) if is_formula(cell)] == []
    assert "'+46 70 000 00 00" in cells(text), "still to be read"
    assert "Vegan" not in text and "vegan" not in text


def test_each_file_is_in_the_log_and_nothing_but_the_button_makes_one(attacked: Site) -> None:
    def noted() -> list[dict[str, Any]]:
        attacked.session.rollback()
        rows = select(AuditRow.details).where(AuditRow.action == "take_out_participants")
        return list(attacked.session.scalars(rows))

    owner = member(attacked, Role.OWNER)
    assert [owner.open(f"{LIST}file/", method=method).status_code for method in ("GET", "HEAD")] == [405, 405]
    assert owner.post(f"{LIST}file/").status_code == 400, "without the token of the form"
    assert noted() == []
    assert len(cells(fetched(attacked).text)) == 56
    few = send(owner, f"{LIST}file/", at=LIST, words="hyperlink")
    assert len(cells(few.text)) == 16
    assert noted() == [{"people": 6}, {"people": 1}]
    assert "A list of participants was taken out as a file" in owner.get(f"{HOST}log/").text
    assert "6 people" in owner.get(f"{HOST}trips/hamnstad/log/").text
