"""``tripkit event export``, ``new`` and ``schema``: what is written can be read, and nothing is written over unasked."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from tests.attacks import hostile_pictures
from tests.cli.conftest import Shell, edit
from tests.emptying import empty
from tripkit.actions.change_logo import change_logo
from tripkit.cli.demo import sample_directory
from tripkit.cli.event_starter import starter_files
from tripkit.domain.places import TripState
from tripkit.domain.trips import Logo
from tripkit.eventfile import read_event
from tripkit.eventfile.errors import Findings
from tripkit.eventfile.schema import NAMES, generated_schema, schema_text
from tripkit.eventfile.yamltree import parse, plain
from tripkit.pictures import draw_logo
from tripkit.reads.trip_page import trip_page
from tripkit.storage.pictures import LogoRow
from tripkit.storage.trips import OrganisationRow
from tripkit.testing import NOW, applied, booked, make_item, make_moment, make_trip


def test_the_sample_is_exported_and_applied_again_without_a_change(served: Shell) -> None:
    assert served("event", "apply", sample_directory()).exit_code == 0
    done = served("event", "export", "studieresekansliet/gothenburg-2019", "out")
    assert done.exit_code == 0
    written = [path for path in Path("out").rglob("*") if path.is_file() and ".tripkit" not in path.parts]
    assert done.output == f"Wrote {len(written)} files into out.\n"
    assert served("event", "check", "out").exit_code == 0
    for command in ("plan", "apply"):
        again = served("event", command, "out")
        assert (again.exit_code, again.output) == (0, "Nothing to change.\n")
    first, second = read_event(sample_directory()), read_event(Path("out"))
    assert (first.organisation, first.trip, first.pictures) == (second.organisation, second.trip, second.pictures)


def test_a_trip_with_bookings_and_moved_items_comes_back_as_it_is(served: Shell, session: Session) -> None:
    trip_id = applied(session)
    booked(session, trip_id, 3)
    later = make_item("extra", make_trip().programme[0].starts_at, make_trip().programme[0].ends_at)
    applied(session, make_trip(programme=(*make_trip().programme, later)))
    assert served("event", "export", "resebyran/hamnstad", "out").exit_code == 0
    assert served("event", "apply", "out").output == "Nothing to change.\n"


def test_a_directory_that_is_not_empty_is_left_alone_unless_told(
    served: Shell, directory: Path, session: Session
) -> None:
    applied(session)
    edit(directory / "event.yaml", ("  size: 10\n", "  size: 12 # my own note\n"))
    before = (directory / "event.yaml").read_text("utf-8")
    done = served("event", "export", "resebyran/hamnstad", directory)
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr == "hamnstad is not empty. Name an empty or new directory, or say --overwrite.\n"
    assert (directory / "event.yaml").read_text("utf-8") == before
    assert served("event", "export", "resebyran/hamnstad", directory, "--overwrite").exit_code == 0
    assert read_event(directory).trip == make_trip()


def test_a_folder_of_other_things_is_never_written_into(served: Shell, session: Session, tmp_path: Path) -> None:
    applied(session)
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "love.txt").touch()
    done = served("event", "export", "resebyran/hamnstad", "letters", "--overwrite")
    assert done.exit_code == 1
    assert done.stderr == "letters holds other files and no event.yaml. Name an empty or new directory.\n"
    (tmp_path / "file").touch()
    assert served("event", "export", "resebyran/hamnstad", "file").stderr == "file is not a directory.\n"
    done = served("event", "export", "resebyran/hamnstad", "file/below")
    assert (done.exit_code, done.stderr) == (1, "file/below cannot be written: Not a directory\n")


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("resebyran/hamstad", "There is no trip resebyran/hamstad. Did you mean resebyran/hamnstad?\n"),
        ("hamnstad", "There is no trip hamnstad. Did you mean resebyran/hamnstad?\n"),
        ("x/y", "There is no trip x/y. There are: resebyran/hamnstad\n"),
    ],
)
def test_a_trip_that_is_not_there_is_said_with_those_that_are(
    served: Shell, session: Session, asked: str, said: str
) -> None:
    assert served("event", "export", asked, "out").stderr == f"There is no trip {asked}, nor any other.\n"
    applied(session)
    done = served("event", "export", asked, "out")
    assert (done.exit_code, done.stderr) == (1, said)
    assert not Path("out").exists()


@pytest.mark.parametrize("language", ["en", "sv"])
def test_the_small_trip_is_right_in_every_language_and_takes_signups_at_once(
    served: Shell, session: Session, language: str
) -> None:
    done = served("event", "new", "Höstresan 2027", "--language", language)
    assert done.exit_code == 0
    assert done.output.endswith(": tripkit event check 'Höstresan 2027'\n")
    checked = served("event", "check", "Höstresan 2027")
    assert checked.exit_code == 0 and checked.output.count("\n") == 1, "there is not even a warning"
    assert served("event", "apply", "Höstresan 2027").exit_code == 0
    page = trip_page(session, organisation="my-organisation", trip="hostresan-2027", now=NOW)
    assert page is not None and page.state is TripState.OPEN


def test_the_small_trip_is_the_same_in_both_languages_but_for_its_comments(shell: Shell) -> None:
    for language in ("en", "sv"):
        shell("event", "new", f"{language}/trip", "--language", language)
    english, swedish = (Path(f"{language}/trip/event.yaml").read_text("utf-8") for language in ("en", "sv"))
    assert "# What one person pays" in english and "# Vad en person betalar" in swedish

    def without_comments(text: str) -> list[str]:
        return [line for line in text.splitlines() if not line.lstrip().startswith("# ")]

    assert without_comments(english) == without_comments(swedish)


@pytest.mark.parametrize("today", [date(2026, 11, 25), date(2027, 10, 1), date(2028, 2, 29), date(2030, 12, 31)])
def test_the_small_trip_is_right_on_any_day(tmp_path: Path, today: date) -> None:
    for name, data in starter_files("Resan", today, str).items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(data)
    event = read_event(tmp_path)
    assert event.warnings == ()
    assert event.trip.starts_on.weekday() == 3 and (event.trip.starts_on - today).days in range(120, 127)


def test_nothing_is_written_where_something_is(shell: Shell, directory: Path) -> None:
    before = (directory / "event.yaml").read_bytes()
    done = shell("event", "new", directory)
    assert (done.exit_code, done.stderr) == (1, "hamnstad is there already. Name an empty or new directory.\n")
    assert (directory / "event.yaml").read_bytes() == before


def test_the_schema_beside_a_trip_is_the_one_that_is_printed_and_knows_the_small_trip(shell: Shell) -> None:
    shell("event", "new", "trip")
    printed = shell("event", "schema").output
    text = Path("trip/event.yaml").read_text("utf-8")
    assert text.splitlines()[0] == "# yaml-language-server: $schema=.tripkit/event.schema.json"
    assert Path("trip/.tripkit/event.schema.json").read_text("utf-8") == printed
    schema = json.loads(printed)
    Draft202012Validator.check_schema(schema)
    tree = parse("event.yaml", text, Findings())
    assert tree is not None
    written = json.loads(json.dumps(plain(tree), default=float))
    assert not [*Draft202012Validator(schema).iter_errors(written)]
    written["trip"]["sise"] = 3
    assert [*Draft202012Validator(schema).iter_errors(written)]


@pytest.mark.parametrize("name", ["event", "story"])
def test_the_schema_that_is_shipped_is_the_one_the_format_makes(name: str) -> None:
    assert schema_text(name) == generated_schema(name)


def test_schemas_are_written_beside_a_trip_that_has_none(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    done = shell("event", "schema", "--into", "mine")
    assert done.output.splitlines() == [f"mine/.tripkit/{name}.schema.json" for name in NAMES]
    assert Path(done.output.splitlines()[1]).read_text("utf-8") == shell("event", "schema", "story").output
    done = shell("event", "schema", "--into", "nowhere")
    assert (done.exit_code, done.stderr) == (1, "There is no directory nowhere.\n")
    assert json.loads(shell("event", "schema", "segments").output)["type"] == "array"


def test_a_logo_that_was_sent_to_a_page_goes_out_and_into_an_empty_installation(
    served: Shell, session: Session, engine: Engine
) -> None:
    applied(session)
    host = session.scalars(select(OrganisationRow.id)).one()
    session.rollback()
    drawn = draw_logo(hostile_pictures.hidden())
    logo = Logo(name="logo.png", digest=drawn.digest, width=drawn.width, height=drawn.height, text={"sv": "Byrån å"})
    change_logo(session, organisation_id=host, logo=logo, data=drawn.data, moment=make_moment())
    session.rollback()
    assert served("event", "export", "resebyran/hamnstad", "out").exit_code == 0
    assert Path("out/pictures/logo.png").read_bytes() == drawn.data
    for command in ("plan", "apply"):
        assert served("event", command, "out").output == "Nothing to change.\n"
    empty(engine)
    assert served("event", "apply", "out").exit_code == 0
    session.rollback()
    assert session.scalars(select(OrganisationRow.look)).one().logo == logo
    assert session.scalars(select(LogoRow.data)).one() == drawn.data
    session.rollback()
    edit(
        Path("out/event.yaml"),
        ("    logo: logo.png\n", ""),
        ("    logo_text: {sv: Byrån å}\n", ""),
        ("  look:\n", ""),
    )
    assert "~ organisation: logo, no longer logo.png" in served("event", "plan", "out").output
    assert served("event", "apply", "out").exit_code == 0
    session.rollback()
    assert session.scalars(select(LogoRow)).all() == []
