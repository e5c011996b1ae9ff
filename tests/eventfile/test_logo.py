"""The organisation's logo in an event directory: read as the same picture that a page takes, written, compared, and wrong in words."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.attacks.hostile_pictures import NO_PICTURES, SECRET, encoded, plain, told_png
from tests.eventfile.written import DRAWING, changed, errors, put, read
from tripkit.domain.trips import Logo, Look, Picture
from tripkit.eventfile import read_event, write_event
from tripkit.eventfile.plan import Difference, Edition, differences
from tripkit.i18n import say
from tripkit.pictures import draw_logo
from tripkit.testing import make_organisation, make_trip

PNG = encoded(plain((300, 100), (31, 111, 139, 255)), "PNG")
MAIL = "  email: hej@tripkit.example\n"
NAMED = f"{MAIL}  look: {{logo: mark.png, logo_text: {{sv: Byrån, en: The bureau}}}}\n"


def words(found: tuple[Difference, ...]) -> list[str]:
    return [say(one.sentence, "en") for one in found]


def test_it_is_read_as_the_same_picture_that_a_page_takes(tmp_path: Path) -> None:
    event = read(tmp_path, MAIL, NAMED, pictures__mark_dot_png=told_png())
    drawn = draw_logo(told_png())
    assert event.organisation.look.logo == Logo(
        name="mark.png", digest=drawn.digest, width=60, height=40, text={"sv": "Byrån", "en": "The bureau"}
    )
    assert event.logo == drawn.data
    assert SECRET.encode() not in drawn.data
    assert event.pictures == {}
    assert event.warnings == ()


def test_one_that_the_trip_shows_as_well_is_a_picture_of_the_trip_too(tmp_path: Path) -> None:
    purpose = "![Märket](mark.png)"
    event = read(
        tmp_path,
        MAIL,
        NAMED,
        pictures__mark_dot_png=PNG,
        texts__purpose_dot_sv_dot_md=purpose,
        texts__purpose_dot_en_dot_md=purpose,
    )
    assert event.pictures["mark.png"].data == PNG
    assert event.logo == draw_logo(PNG).data


def test_what_is_written_is_read_as_it_was_and_twice_is_the_same(tmp_path: Path) -> None:
    first = read(tmp_path / "one", MAIL, NAMED, pictures__mark_dot_png=PNG)
    write_event(tmp_path / "two", first.organisation, first.trip, first.pictures, first.logo)
    second = read_event(tmp_path / "two")
    assert (second.organisation, second.trip, second.logo) == (first.organisation, first.trip, first.logo)
    write_event(tmp_path / "three", second.organisation, second.trip, second.pictures, second.logo)
    assert (tmp_path / "three/pictures/mark.png").read_bytes() == (tmp_path / "two/pictures/mark.png").read_bytes()
    assert (tmp_path / "three/event.yaml").read_bytes() == (tmp_path / "two/event.yaml").read_bytes()


def test_another_picture_of_the_trip_keeps_its_name(tmp_path: Path) -> None:
    drawn = draw_logo(PNG)
    logo = Logo(name="a.png", digest=drawn.digest, width=drawn.width, height=drawn.height, text={})
    other = Picture(name="a.png", media_type="image/png", data=encoded(plain((9, 9)), "PNG"))
    host = make_organisation(look=Look(logo=logo))
    trip = make_trip(picture="a.png", picture_text={"sv": "Hamnen.", "en": "The port."})
    write_event(tmp_path / "trip", host, trip, {"a.png": other}, drawn.data)
    event = read_event(tmp_path / "trip")
    assert event.pictures == {"a.png": other}
    assert event.organisation.look.logo == replace(logo, name=f"logo-{drawn.digest[:12]}.png")
    assert event.logo == drawn.data


def test_what_comes_goes_and_changes_is_said(tmp_path: Path) -> None:
    one = read(tmp_path / "one", MAIL, NAMED, pictures__mark_dot_png=PNG)
    none = read(tmp_path / "none")
    other = read(tmp_path / "other", MAIL, NAMED, pictures__mark_dot_png=encoded(plain((80, 80)), "PNG"))

    def edition(event: object) -> Edition:
        return Edition(organisation=event.organisation, trip=event.trip, pictures=event.pictures)  # type: ignore[attr-defined]

    assert words(differences(edition(none), edition(one))) == [
        "organisation: logo, now mark.png",
        "organisation: what the logo says (sv), new",
        "organisation: what the logo says (en), new",
    ]
    assert words(differences(edition(one), edition(none)))[0] == "organisation: logo, no longer mark.png"
    assert words(differences(edition(one), edition(other))) == ["organisation: logo: drawn anew"]
    assert words(differences(None, edition(other), host=one.organisation))[0] == "organisation: logo: drawn anew"
    assert differences(edition(one), edition(one)) == ()


@pytest.mark.parametrize("what", ["a page", "half a PNG", "the beginning of a PNG", "a PNG with a large text"])
def test_one_that_is_broken_is_refused_in_words(tmp_path: Path, what: str) -> None:
    found = errors(put(tmp_path, changed(MAIL, NAMED), pictures__mark_dot_png=NO_PICTURES[what]))
    assert found
    assert all(one.startswith("pictures/mark.png:1:1: ") for one in found)


def test_it_is_a_png_that_is_there(tmp_path: Path) -> None:
    drawing = changed(MAIL, f"{MAIL}  look: {{logo: mark.svg}}\n")
    assert errors(put(tmp_path / "a", drawing, pictures__mark_dot_svg=DRAWING)) == [
        "event.yaml:6:16: a logo is a PNG; save it as PNG, of about 512 pixels"
    ]
    missing = errors(put(tmp_path / "b", changed(MAIL, NAMED), pictures__marks_dot_png=PNG))
    assert missing == [
        "event.yaml:6:16: there is no file pictures/mark.png; there are: marks.png; did you mean “marks.png”?"
    ]


def test_words_without_a_logo_are_warned_of(tmp_path: Path) -> None:
    event = read(tmp_path, MAIL, f"{MAIL}  look: {{logo_text: {{sv: Byrån, en: The bureau}}}}\n")
    assert [str(one) for one in event.warnings] == [
        "event.yaml:6:21: this says what a logo says, and there is no logo; name one with “logo:”"
    ]
