"""Tables as files: no cell that people wrote is a formula, and all of it is still to be read."""

from __future__ import annotations

import csv
import tracemalloc
from io import StringIO

import pytest

from tripkit.papers.tables import csv_of, harmless

FORMULAS = (
    *("=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1+1", "\r=1+1", "\n=1", "  =1+1", '"=1+1', "'=1+1", "\u201d=1+1"),
    *(
        "\uff1d1+1",
        "\uff0b1",
        "\uff0d1",
        "\uff20SUM(A1)",
        "\ufe621",
        "\u200b=1+1",
        "\u00a0=1+1",
        "\u22121",
        "+46 70 000 00 00",
    ),
)


@pytest.mark.parametrize("cell", FORMULAS)
def test_what_a_spreadsheet_would_reckon_with_gets_an_apostrophe_and_loses_nothing(cell: str) -> None:
    assert harmless(cell).startswith("'")
    assert harmless(cell)[-len(cell) :] == cell or harmless(cell).replace("'", "") == cell.replace("'", "")


@pytest.mark.parametrize(
    "cell", ["", "Åsa Ek", "1+1", "a=b", "Växjö", "070-000 00 00", "asa@example.org", "«Bo»", "  Bo"]
)
def test_everything_else_is_left_as_it_is(cell: str) -> None:
    assert harmless(cell) == cell


@pytest.mark.parametrize("cell", ["Bo;=1+1", "Bo,=1+1;", "Bo\t@SUM(A1)", "Bo\n=1+1", "Bo\r\n -1"])
def test_a_sign_that_ends_a_cell_elsewhere_begins_no_formula(cell: str) -> None:
    assert "'" in harmless(cell)
    assert harmless(cell).replace("'", "") == cell


def test_a_table_opens_with_a_double_click_in_sweden() -> None:
    written = b"".join(csv_of(["Namn", "Ort"], [["Åsa; Ek", 'Hon sa "ö"'], ["Rad\n2", ""]]))
    assert written.startswith(b"\xef\xbb\xbf"), "so that Excel takes it for UTF-8"
    text = written.decode("utf-8-sig")
    assert text.splitlines()[0] == '"Namn";"Ort"'
    assert list(csv.reader(StringIO(text), delimiter=";")) == [
        ["Namn", "Ort"],
        ["Åsa; Ek", 'Hon sa "ö"'],
        ["Rad\n2", ""],
    ]


def test_a_long_table_takes_no_more_memory_than_a_short_one() -> None:
    def peak(rows: int) -> int:
        tracemalloc.start()
        size = sum(len(part) for part in csv_of(["a"] * 10, (["Åsa Ek, Växjö kommun"] * 10 for _ in range(rows))))
        assert size > rows * 200
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    short, long = peak(1_000), peak(10_000)
    assert long < 1.2 * short
