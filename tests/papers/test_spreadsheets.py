"""A table as a workbook: texts stay as they were written, numbers are numbers, and it comes in pieces."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator, Sequence
from decimal import Decimal
from io import BytesIO
from xml.etree import ElementTree
from zipfile import ZipFile

from tripkit.papers.spreadsheets import Cell, xlsx_of

SHEET = "xl/worksheets/sheet1.xml"
_IN = {"x": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
STRANGE = ("=1+1", "+46 70 000 00 00", "007", "<b>&\"'", "Åsa\nÖ", "x\x00\x0b\ufffe", "_x0041_", " a ", "\U0001f600")


def book(heading: Sequence[str], rows: Sequence[Sequence[Cell]], title: str = "hamnstad") -> ZipFile:
    return ZipFile(BytesIO(b"".join(xlsx_of(title, heading, rows))))


def cells(file: ZipFile) -> list[list[tuple[str | None, str]]]:
    """(type, what it holds) of each cell, row by row."""
    sheet = ElementTree.fromstring(file.read(SHEET))
    rows = sheet.findall("x:sheetData/x:row", _IN)
    return [[(cell.get("t"), "".join(cell.itertext())) for cell in row] for row in rows]


def test_texts_are_texts_and_numbers_numbers() -> None:
    file = book(["Namn", "Pris"], [[text, Decimal("4850.50")] for text in STRANGE] + [["", 3]])
    found = cells(file)
    assert found[0] == [("inlineStr", "Namn"), ("inlineStr", "Pris")]
    assert [row[0] for row in found[1:-1]] == [
        (
            "inlineStr",
            text.replace("\x00", "\ufffd")
            .replace("\x0b", "\ufffd")
            .replace("\ufffe", "\ufffd")
            .replace("_x0041_", "_x005F_x0041_"),
        )
        for text in STRANGE
    ]
    assert {row[1] for row in found[1:-1]} == {(None, "4850.50")}
    assert found[-1] == [(None, ""), (None, "3")]
    assert b"<f>" not in file.read(SHEET), "nothing is a formula"


def test_every_part_of_it_is_whole_and_named() -> None:
    file = book(["a"] * 28, [], title="[resa]: 2027/01*" + "x" * 40)
    assert file.testzip() is None
    for name in file.namelist():
        ElementTree.fromstring(file.read(name))
    types = file.read("[Content_Types].xml").decode()
    assert all(f"/{name}" in types for name in file.namelist() if name.startswith("xl/") and "rels" not in name)
    assert 'autoFilter ref="A1:AB1"' in file.read(SHEET).decode()
    name = ElementTree.fromstring(file.read("xl/workbook.xml"))[0][0].get("name") or ""
    assert len(name) <= 31 and not set(name) & set("[]:*?/\\")


def test_a_long_table_takes_as_much_memory_as_a_short_one() -> None:
    def rows(number: int) -> Iterator[list[Cell]]:
        return ([f"Person {n}", "kommunen", n] for n in range(number))

    def peak(number: int) -> int:
        tracemalloc.start()
        assert sum(map(len, xlsx_of("resa", ["a", "b", "c"], rows(number)))) > 1000
        taken = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return taken

    peak(10)
    assert peak(10_000) < 1.2 * peak(2_000) + 100_000
