"""Pictures: there when asked for, what their name says, and drawings that only draw."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.attacks.hostile_pictures import NO_PICTURES, encoded, photograph, plain
from tests.eventfile.written import DRAWING, EVENT, changed, errors, put, read
from tripkit.eventfile import read_event
from tripkit.eventfile.directory import LARGEST_PICTURE
from tripkit.eventfile.errors import Findings
from tripkit.eventfile.svg import check_svg
from tripkit.pictures import draw_shown

SVG = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">'
OUT = "only a part of the same picture can be used, as in url(#wave)"
PART = "only a part of the same picture can be used, as in #wave"
ONLY = "a picture holds shapes and words only: nothing that runs, moves or is fetched"


def said(drawing: str | bytes) -> list[str]:
    findings = Findings()
    check_svg("pictures/a.svg", drawing.encode() if isinstance(drawing, str) else drawing, findings)
    return [str(error).removeprefix("pictures/a.svg:") for error in findings.errors]


HOSTILE: list[tuple[str, str]] = [
    ("<script>alert(1)</script>", f"<script> is not allowed in a picture; {ONLY}"),
    ('<x:script xmlns:x="http://www.w3.org/2000/svg"/>', f"<script> is not allowed in a picture; {ONLY}"),
    ('<p xmlns="http://www.w3.org/1999/xhtml"/>', f"<p> is not allowed in a picture; {ONLY}"),
    ("<foreignObject/>", f"<foreignObject> is not allowed in a picture; {ONLY}"),
    ("<animate/>", f"<animate> is not allowed in a picture; {ONLY}"),
    ("<set/>", f"<set> is not allowed in a picture; {ONLY}"),
    ("<image/>", f"<image> is not allowed in a picture; {ONLY}"),
    ("<a/>", f"<a> is not allowed in a picture; {ONLY}"),
    ("<feImage/>", f"<feImage> is not allowed in a picture; {ONLY}"),
    ('<g onload="x()"/>', "onload= is not allowed in a picture; a picture does nothing"),
    ('<g ONCLICK="x()"/>', "ONCLICK= is not allowed in a picture; a picture does nothing"),
    ('<use href="https://tripkit.example/a.svg#b"/>', f"href= points out of the picture; {PART}"),
    ('<use xlink:href="//tripkit.example/a.svg#b"/>', f"href= points out of the picture; {PART}"),
    ('<use href="data:image/svg+xml,x"/>', f"href= points out of the picture; {PART}"),
    ('<use href=" javascript:alert(1)"/>', f"href= points out of the picture; {PART}"),
    ('<g fill="url(https://tripkit.example/a)"/>', f"fill fetches something from outside; {OUT}"),
    ("<g fill=\"url( 'a.svg#b' )\"/>", f"fill fetches something from outside; {OUT}"),
    ('<g style="background: URL(a.png)"/>', f"style fetches something from outside; {OUT}"),
    ('<g style="b: \\75 rl(x)"/>', f"style fetches something from outside; {OUT}"),
    ("<style>@import 'a.css';</style>", f"style fetches something from outside; {OUT}"),
    ("<style>a { b: ur<!-- -->l(x) }</style>", f"style fetches something from outside; {OUT}"),
    ("<style><![CDATA[a { b: url(x) }]]></style>", f"style fetches something from outside; {OUT}"),
    ('<?xml-stylesheet href="a.css"?>', "a picture has no <?xml-stylesheet?> here; take the line away"),
]


@pytest.mark.parametrize(("inside", "problem"), HOSTILE)
def test_a_drawing_that_does_more_than_draw_is_refused(inside: str, problem: str) -> None:
    [found] = said(f"{SVG}\n{inside}\n</svg>")
    assert found.partition(": ")[2] == problem
    assert found.startswith(("2:", "3:"))


def test_a_drawing_may_use_its_own_parts_and_carry_the_notes_of_its_program() -> None:
    fine = (
        f'<?xml version="1.0" encoding="UTF-8"?>{SVG}<defs><linearGradient id="wave"/></defs>'
        "<style>.a { fill: url(#wave) }</style>"
        '<use xlink:href="#wave"/><use href="#wave"/><rect fill="url(#wave)" style="fill: url(\'#wave\')"/>'
        '<metadata><n:note xmlns:n="http://www.inkscape.org/namespaces/inkscape" n:href="https://tripkit.example"/></metadata>'
        '<path d="M0,0//1"/><text xml:space="preserve">Gård</text></svg>'
    )
    assert said(fine) == []


def test_entities_are_not_even_looked_at() -> None:
    laughs = "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefghi", "bcdefghij", strict=True))
    bomb = f'<!DOCTYPE svg [<!ENTITY a "ha">{laughs}]>{SVG}<text>&j;</text></svg>'
    assert said(bomb) == ["1:15: a picture has no DOCTYPE or entities here; take the line away"]
    outside = f'<!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]>{SVG}<text>&a;</text></svg>'
    assert said(outside) == ["1:15: a picture has no DOCTYPE or entities here; take the line away"]


def test_a_drawing_in_another_encoding_is_refused_since_a_browser_would_read_it_otherwise() -> None:
    hint = "this picture is not UTF-8; save it as SVG in UTF-8"
    assert said(f'<?xml version="1.0" encoding="Shift_JIS"?>{SVG}</svg>') == [f"1:1: {hint}"]
    assert said(f"{SVG}</svg>".encode("utf-16")) == [f"1:1: {hint}"]


def test_what_is_no_drawing_is_said() -> None:
    assert said("<html/>") == [
        '1:1: this is not an SVG picture; the first tag is <svg xmlns="http://www.w3.org/2000/svg">'
    ]
    assert said("<svg/>") == [
        '1:1: this is not an SVG picture; the first tag is <svg xmlns="http://www.w3.org/2000/svg">'
    ]
    assert said(f"{SVG}<g></svg>") == [f"1:{len(SVG) + 6}: this is not a whole SVG picture: mismatched tag"]
    assert said("") == ["1:1: this is not a whole SVG picture: no element found"]


def test_a_drawing_full_of_wrong_things_is_said_ten_times_and_not_a_million() -> None:
    assert len(said(f"{SVG}{'<a/>' * 100_000}</svg>")) == 10


def test_pictures_are_read_with_their_kind(tmp_path: Path) -> None:
    png, jpeg = encoded(plain(), "PNG"), photograph()
    event = read(
        tmp_path,
        "partner: harbour, largest_group",
        "partner: harbour, picture: a.png, largest_group",
        "name: Ada Berg",
        "name: Ada Berg, picture: b.jpg",
        pictures__a_dot_png=png,
        pictures__b_dot_jpg=jpeg,
        texts__purpose_dot_sv_dot_md="![Hamnen](c.svg)",
        texts__purpose_dot_en_dot_md="![The port](c.svg)",
        pictures__c_dot_svg=DRAWING,
    )
    assert [(name, one.media_type, one.data) for name, one in sorted(event.pictures.items())] == [
        ("a.png", "image/png", png),
        ("b.jpg", "image/jpeg", jpeg),
        ("c.svg", "image/svg+xml", DRAWING.encode()),
    ]
    assert {name: one.shown for name, one in event.pictures.items()} == {
        "a.png": draw_shown(png),
        "b.jpg": draw_shown(jpeg),
        "c.svg": None,
    }
    assert event.warnings == ()


def test_a_picture_that_is_not_there_is_said_with_the_nearest_that_is(tmp_path: Path) -> None:
    event = changed("name: Ada Berg", "name: Ada Berg, picture: prot.svg")
    assert errors(put(tmp_path, event, pictures__port_dot_svg=DRAWING)) == [
        "event.yaml:39:41: there is no file pictures/prot.svg; there are: port.svg; did you mean “port.svg”?"
    ]


def test_pictures_nobody_shows_or_can_name_are_warned_of(tmp_path: Path) -> None:
    put(tmp_path, EVENT, pictures__port_dot_svg=DRAWING, pictures__old_dot_gif="x")
    (tmp_path / "pictures/min hamn.svg").write_text(DRAWING)
    name = "this file is not read; pictures end in .svg, .png, .jpg or .jpeg, and have no spaces or other letters in the name"
    assert [str(warning) for warning in read_event(tmp_path).warnings] == [
        f"pictures/min hamn.svg:1:1: {name}",
        f"pictures/old.gif:1:1: {name}",
        "pictures/port.svg:1:1: this picture is shown nowhere",
    ]


def test_a_picture_that_is_not_what_its_name_says_is_refused(tmp_path: Path) -> None:
    assert errors(
        put(tmp_path, EVENT, pictures__a_dot_png="<html>", pictures__b_dot_jpeg="x", pictures__c_dot_svg=b"\xff")
    ) == [
        "pictures/a.png:1:1: this is not a PNG picture, though its name says so",
        "pictures/b.jpeg:1:1: this is not a JPEG picture, though its name says so",
        "pictures/c.svg:1:1: this picture is not UTF-8; save it as SVG in UTF-8",
    ]


@pytest.mark.parametrize("what", ["the beginning of a JPEG", "half a PNG", "a PNG with a large text"])
def test_a_photograph_that_is_broken_is_refused_in_words(tmp_path: Path, what: str) -> None:
    name = "pictures__a_dot_jpg" if "JPEG" in what else "pictures__a_dot_png"
    (found,) = errors(put(tmp_path, EVENT, **{name: NO_PICTURES[what]}))
    assert found.partition(": ")[2] == "This picture is broken or not whole. Save it anew, and choose that file."


def test_a_picture_larger_than_five_megabytes_is_refused_unread(tmp_path: Path) -> None:
    large = b"\x89PNG\r\n\x1a\n" + b"\0" * (LARGEST_PICTURE - 7)
    assert errors(put(tmp_path, EVENT, pictures__a_dot_png=large)) == [
        "pictures/a.png:1:1: pictures/a.png is too large; at most 5 MB"
    ]
