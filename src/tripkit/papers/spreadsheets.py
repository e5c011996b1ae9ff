"""Tables as workbooks for a spreadsheet (XLSX), written piece by piece and kept nowhere; what is in them is read elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from html import escape
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

Cell = str | int | Decimal
"""Text stays text, whatever it looks like: a telephone number keeps its +, and nothing becomes a formula."""
_AT_ONCE = 200
_LONGEST = 32_767
"""Characters in a cell; more is a file that Excel wants to mend."""
_NEVER = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML cannot hold."""
_LIKE_A_SIGN = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
"""What is read as the number of a character (ECMA-376, 22.9.2.19) and is written by somebody who means what it says."""
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_SHEETS = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPES}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPES}.worksheet+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{_TYPES}.styles+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="rId2" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>',
    # The second style is for the heading: bold.
    "xl/styles.xml": f'<styleSheet xmlns="{_SHEETS}"><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/>'
    '</fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border/></borders>'
    '<cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="2"><xf xfId="0"/><xf xfId="0" fontId="1" applyFont="1"/>'
    "</cellXfs></styleSheet>",
}


class _Gathered:
    """A file that cannot be gone back in; what has been written to it is taken away again and again."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def write(self, piece: bytes) -> int:
        self._pieces.append(bytes(piece))
        return len(piece)

    def flush(self) -> None:
        """Nothing is kept back."""

    def taken(self) -> bytes:
        pieces, self._pieces = self._pieces, []
        return b"".join(pieces)


def xlsx_of(title: str, heading: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[bytes]:
    """A table as a workbook with one sheet, some rows at a time, so that a long one takes no more memory than a short one.

    The heading stays in sight and can be filtered by. ``title``: of the sheet, cut to the 31 characters there is room for.

    Source: ECMA-376, Office Open XML; texts stand in their cells, since a list of them would have to be known at the end.
    """
    gathered = _Gathered()
    with ZipFile(gathered, "w", ZIP_DEFLATED) as book:  # type: ignore[call-overload]  # all that it asks of a file
        for name, text in {**_PARTS, "xl/workbook.xml": _workbook(title)}.items():
            book.writestr(_named(name), _HEAD + text)
        with book.open(_named("xl/worksheets/sheet1.xml"), "w", force_zip64=True) as sheet:
            sheet.write((_HEAD + _before(len(heading)) + _row(1, heading, style=1)).encode())
            number = 1
            for number, row in enumerate(rows, start=2):
                sheet.write(_row(number, row).encode())
                if number % _AT_ONCE == 0:
                    yield gathered.taken()
            sheet.write(f'</sheetData><autoFilter ref="A1:{_letters(len(heading))}{number}"/></worksheet>'.encode())
    yield gathered.taken()


def _named(name: str) -> ZipInfo:
    # Without the time of day: the same list is the same file.
    info = ZipInfo(name)
    info.compress_type = ZIP_DEFLATED
    return info


def _workbook(title: str) -> str:
    name = escape(re.sub(r"[\[\]:*?/\\']", " ", _text(title)).strip()[:31] or "1")
    return (
        f'<workbook xmlns="{_SHEETS}" xmlns:r="{_OFFICE}"><sheets><sheet name="{name}" sheetId="1" r:id="rId1"/></sheets>'
        "</workbook>"
    )


def _before(columns: int) -> str:
    return (
        f'<worksheet xmlns="{_SHEETS}"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" '
        'activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
        f'<cols><col min="1" max="{max(1, columns)}" width="24" customWidth="1"/></cols><sheetData>'
    )


def _row(number: int, cells: Sequence[Cell], style: int = 0) -> str:
    styled = f' s="{style}"' if style else ""
    return f'<row r="{number}">{"".join(_cell(cell, styled) for cell in cells)}</row>'


def _cell(cell: Cell, styled: str) -> str:
    if not isinstance(cell, str):
        return f"<c{styled}><v>{cell}</v></c>"
    if not cell:
        return f"<c{styled}/>"
    return f'<c{styled} t="inlineStr"><is><t xml:space="preserve">{escape(_text(cell))}</t></is></c>'


def _text(text: str) -> str:
    return _LIKE_A_SIGN.sub("_x005F_", _NEVER.sub("\ufffd", text[:_LONGEST]))


def _letters(column: int) -> str:
    """The name of a column, counted from 1: A to Z, then AA."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters or "A"
