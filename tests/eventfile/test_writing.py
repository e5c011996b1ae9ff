"""Writing: what is read again is equal, whatever the texts; twice gives the same bytes; nothing else is touched."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.eventfile.trips import ODD, QUICK, organisations, trips
from tests.eventfile.written import DRAWING, EVENT, STORY, changed, put
from tripkit.domain.refusals import ChangeRefused
from tripkit.domain.trips import Organisation, Picture, Trip
from tripkit.eventfile import Event, read_event, write_event
from tripkit.eventfile.errors import Findings
from tripkit.eventfile.schema import NAMES
from tripkit.eventfile.yaml_style import to_yaml
from tripkit.eventfile.yamltree import parse, plain
from tripkit.testing import make_organisation, make_trip

PICTURES = {"a.svg": Picture(name="a.svg", media_type="image/svg+xml", data=DRAWING.encode())}
SAMPLE = Path(__file__).parents[2] / "sample_events" / "gothenburg_2019"


def contents(directory: Path) -> dict[str, bytes]:
    """Every file there is, by its name."""
    files = (path for path in sorted(directory.rglob("*")) if path.is_file())
    return {path.relative_to(directory).as_posix(): path.read_bytes() for path in files}


def values(event: Event) -> tuple[Organisation, Trip, dict[str, Picture]]:
    return event.organisation, event.trip, dict(event.pictures)


@settings(
    max_examples=25,
    phases=QUICK,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)
@given(organisation=organisations, trip=trips())
def test_what_is_written_is_read_as_it_was(organisation: Organisation, trip: Trip) -> None:
    with tempfile.TemporaryDirectory() as folder:
        written = Path(folder) / "trip"
        names = write_event(written, organisation, trip, PICTURES)
        assert sorted(names) == sorted(contents(written))
        event = read_event(written)
        assert values(event) == (organisation, trip, PICTURES)
        again = Path(folder) / "again"
        write_event(again, *values(event))
        assert contents(again) == contents(written)


@settings(max_examples=300, deadline=None)
@given(text=st.text(max_size=60) | st.sampled_from(ODD), inner=st.sampled_from([[], ["a", "b"]]))
@example(text="a\n  b", inner=[])
@example(text="\n", inner=[])
@example(text="x\u2028y", inner=[])
@example(text="5\x85\u00b2*", inner=["? a"])
@example(text="\u00e9\x85 \ufffd", inner=[])
def test_any_text_comes_back_from_yaml_as_it_was(text: str, inner: list[str]) -> None:
    written = {
        "alone": text,
        "group": {"sv": text, "x": 1},
        "list": [text, *inner],
        "deep": [{"a": {"b": text, "c": inner}}],
    }
    findings = Findings()
    node = parse("event.yaml", to_yaml(written), findings)
    unseen = [error for error in findings.errors if "cannot be seen" not in str(error)]
    assert unseen == []
    if not findings.errors:
        assert node is not None and plain(node) == written


def test_the_sample_comes_back_as_it_was(tmp_path: Path) -> None:
    event = read_event(SAMPLE)
    write_event(tmp_path / "copy", *values(event))
    assert values(read_event(tmp_path / "copy")) == values(event)


def test_a_small_event_is_written_as_people_would(tmp_path: Path) -> None:
    event = read_event(put(tmp_path / "event", changed('version: "1"', 'version: "no: 1"')))
    write_event(tmp_path / "copy", *values(event))
    written = (tmp_path / "copy/event.yaml").read_text("utf-8")
    for as_it_was in (
        "  days: {from: 2027-05-05, to: 2027-05-06}\n",
        "  sign_up: {opens: 2027-02-01 09:00, closes: 2027-04-20 17:00, free_cancel_until: 2027-04-01}\n",
        "  price: {net: 4850.00, currency: SEK, vat: 25}\n",
        "    guaranteed: {places: 4, until: 2027-03-01 00:00}\n",
        "  - between: [port, mill]\n    minutes: 20\n",
        "    from: 08:00\n    to: 09:00\n",
        "    topics: [ports]\n",
        "\npractical:\n  - key: shoes\n",
    ):
        assert as_it_was in written, as_it_was
    assert written.startswith("# yaml-language-server: $schema=.tripkit/event.schema.json\n")


def test_long_texts_get_files_of_their_own(tmp_path: Path) -> None:
    trip = replace(make_trip(), purpose={"sv": "Rad ett.\n\nRad två.", "en": "One."}, lead={"sv": "x" * 500})
    write_event(tmp_path, make_organisation(), trip, {})
    assert (tmp_path / "texts/purpose.sv.md").read_text("utf-8") == "Rad ett.\n\nRad två.\n"
    assert sorted(path.name for path in (tmp_path / "texts").iterdir()) == ["purpose.en.md", "purpose.sv.md"]


def test_writing_again_takes_away_what_is_no_longer_part_of_the_trip_and_nothing_else(tmp_path: Path) -> None:
    put(
        tmp_path,
        EVENT.replace("topics:\n  - {key: ports, name: {sv: Hamnar, en: Ports}}\n", ""),
        topics_dot_yaml="- {key: ports, name: {sv: Hamnar, en: Ports}}\n",
        story_dot_yaml=STORY,
        README_dot_md="Mine.",
        _dot_git__config="x",
        pictures__old_dot_svg=DRAWING,
        pictures__sketch_dot_psd="x",
        texts__purpose_dot_sv_dot_md="Se.",
        texts__notes_dot_txt="x",
    )
    write_event(tmp_path, make_organisation(), make_trip(), PICTURES)
    assert sorted(contents(tmp_path)) == [
        ".git/config",
        *sorted(f".tripkit/{name}.schema.json" for name in NAMES),
        "README.md",
        "event.yaml",
        "pictures/a.svg",
        "pictures/sketch.psd",
        "story.yaml",
        "texts/notes.txt",
    ]
    assert (tmp_path / "README.md").read_text() == "Mine."


def refused(directory: Path, pictures: dict[str, Picture] | None = None, trip: Trip | None = None) -> str:
    with pytest.raises(ChangeRefused) as raised:
        write_event(directory, make_organisation(), trip or make_trip(), pictures or {})
    return str(raised.value)


def test_a_directory_of_other_things_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.docx").write_text("x")
    assert refused(tmp_path) == f"{tmp_path} holds other files and no event.yaml. Name an empty or new directory."
    assert sorted(contents(tmp_path)) == ["thesis.docx"]
    assert refused(tmp_path / "thesis.docx") == f"{tmp_path / 'thesis.docx'} is not a directory."


def test_a_hidden_file_does_not_make_a_directory_full(tmp_path: Path) -> None:
    (tmp_path / ".gitignore").write_text("x")
    write_event(tmp_path, make_organisation(), make_trip(), {})
    assert values(read_event(tmp_path)) == (make_organisation(), make_trip(), {})


@pytest.mark.parametrize("name", ["../a.svg", "/a.svg", "x/../../a.svg", ".a.svg", "a.html", "å.svg", "a\n.svg", ""])
def test_a_picture_whose_name_leads_elsewhere_is_refused_before_anything_is_written(name: str, tmp_path: Path) -> None:
    picture = Picture(name=name, media_type="image/svg+xml", data=b"x")
    assert refused(tmp_path / "trip", {"a.svg": picture}) == f"“{name}” cannot be the name of a picture's file."
    assert contents(tmp_path) == {}


LONG = replace(make_trip(), purpose={"sv": "x" * 500, "en": "y"})


@pytest.mark.parametrize("trip", [make_trip(), LONG], ids=["nothing to write there", "texts to write there"])
def test_nothing_is_written_or_taken_away_behind_a_link_out_of_the_directory(trip: Trip, tmp_path: Path) -> None:
    elsewhere = put(tmp_path / "elsewhere", texts__purpose_dot_sv_dot_md="Mine.")
    directory = put(tmp_path / "event")
    (directory / "texts").symlink_to(elsewhere / "texts")
    before = contents(elsewhere)
    if trip is LONG:
        mine = contents(directory)
        assert refused(directory, trip=LONG) == "texts/purpose.sv.md points out of the directory."
        assert contents(directory) == mine
    else:
        write_event(directory, make_organisation(), trip, {})
    assert contents(elsewhere) == before


def test_a_file_that_is_a_link_is_replaced_and_what_it_led_to_stays(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text(EVENT)
    directory = tmp_path / "event"
    directory.mkdir()
    (directory / "event.yaml").symlink_to("../mine.yaml")
    write_event(directory, make_organisation(), make_trip(), {})
    assert (tmp_path / "mine.yaml").read_text() == EVENT
    assert not (directory / "event.yaml").is_symlink()


def test_a_folder_in_a_files_place_and_a_link_as_the_directory_are_refused(tmp_path: Path) -> None:
    directory = put(tmp_path / "event")
    (directory / "pictures/a.svg").mkdir(parents=True)
    assert refused(directory, PICTURES) == "pictures/a.svg cannot be written: something else is there."
    assert (directory / "event.yaml").read_text("utf-8") == EVENT
    (tmp_path / "link").symlink_to(directory)
    assert refused(tmp_path / "link") == f"{tmp_path / 'link'} is not a directory."


def test_no_draft_is_left_when_writing_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: Path, target: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match="No space left"):
        write_event(tmp_path / "trip", make_organisation(), make_trip(), {})
    assert contents(tmp_path) == {}
