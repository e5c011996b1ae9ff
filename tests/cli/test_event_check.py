"""``tripkit event check``: everything that is wrong at once, each at its place, in words."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Shell, edit
from tripkit.cli.demo import sample_directory


def test_a_right_directory_is_told_in_one_line_and_needs_no_database(shell: Shell, directory: Path) -> None:
    done = shell("event", "check", directory)
    assert (done.exit_code, done.output) == (
        0,
        "hamnstad can be used: “Study trip to Hamnstad”, 5–6 May 2027, with 6 programme items for 2 groups.\n",
    )


def test_every_error_is_told_at_once_at_its_line_and_column_with_the_nearest_right_word(
    shell: Shell, directory: Path
) -> None:
    edit(
        directory / "event.yaml",
        ("  size: 10\n", '  size: "10"\n'),
        ("email: disken@tripkit.example", "email: disken"),
        ("kind: lecture", "kind: lectuer"),
        ("    choice: am\n    size: 4\n", "    choise: am\n    size: 4\n"),
    )
    (directory / "texts").mkdir()
    (directory / "texts" / "purpos.sv.md").write_text("Se.", "utf-8")
    done = shell("event", "check", directory)
    assert (done.exit_code, done.stderr) == (1, "")
    lines = done.stdout.splitlines()
    assert lines == [
        "hamnstad/event.yaml:19:9: a whole number is wanted here; write it with digits only, without quotes",
        "hamnstad/event.yaml:20:38: “disken” is not an e-mail address; write all of it, as in name@workplace.example",
        (
            "hamnstad/event.yaml:60:11: “lectuer” is not known here; allowed: site_visit, lecture, panel, workshop, transfer, meal,"
            " lodging, break, social; did you mean “lecture”?"
        ),
        (
            "hamnstad/event.yaml:73:5: unknown key “choise”; allowed here: key, kind, title, summary, description, day, from, to,"
            " to_day, time_zone, site, topics, speakers, partners, segments, choice, size; did you mean “choice”?"
        ),
        lines[4],
        "5 errors.",
    ]
    assert lines[4].startswith("hamnstad/texts/purpos.sv.md:1:1: nothing is known by the name of this file; texts are ")


def test_warnings_are_marked_counted_and_do_not_stop_anything(shell: Shell, directory: Path) -> None:
    edit(
        directory / "event.yaml",
        ("lead: {sv: Två dagar i hamnen., en: Two days in the port.}", "lead: {sv: Två dagar.}"),
    )
    done = shell("event", "check", directory)
    assert done.exit_code == 0
    assert done.output.splitlines()[:2] == [
        "hamnstad/event.yaml:13:9: warning: no translation to en; those who read en see the text in sv",
        "One warning.",
    ]


def test_errors_and_warnings_are_told_in_order_of_place(shell: Shell, directory: Path) -> None:
    edit(
        directory / "event.yaml",
        ("lead: {sv: Två dagar i hamnen., en: Two days in the port.}", "lead: {sv: Två dagar.}"),
        ("  size: 10\n", "  size: 0\n"),
        ("place: {sv: Hamnstad, en: Hamnstad}", "place: {sv: Hamnstad, en: Hamnstad, fi: x}"),
    )
    done = shell("event", "check", directory)
    assert [line.partition(": ")[0] for line in done.output.splitlines()] == [
        "hamnstad/event.yaml:13:9",
        "hamnstad/event.yaml:15:39",
        "hamnstad/event.yaml:19:9",
        "2 errors. One warning.",
    ]


def test_it_speaks_swedish(shell: Shell, directory: Path) -> None:
    assert shell("event", "check", directory, "--language", "sv").output == (
        "hamnstad går att använda: ”Studieresa till Hamnstad”, 5–6 maj 2027, med 6 programpunkter för 2 målgrupper.\n"
    )
    edit(directory / "event.yaml", ("    choice: am\n    size: 4\n", "    choise: am\n    size: 4\n"))
    told = shell("event", "check", directory, "--language", "sv").output
    assert told.startswith("hamnstad/event.yaml:73:5: okänd nyckel ”choise”; det här går att skriva: ")
    assert told.endswith("; menade du ”choice”?\nEtt fel.\n")


@pytest.mark.parametrize(
    ("written", "hint"),
    [
        ("{sv: Kaffe, te, en: Coffee}", 'needs quotes: sv: "Kaffe, te"'),
        ("{sv: Kaffe, te och saft, bulle, en: Coffee}", 'needs quotes: sv: "Kaffe, te och saft, bulle"'),
        ("{sv: Kaffe, en: }", "write it, or take the line away"),
        ("{sv: , en: Coffee}", "write it, or take the line away"),
    ],
)
def test_a_text_that_a_comma_splits_in_braces_is_said_to_need_quotes(
    shell: Shell, directory: Path, written: str, hint: str
) -> None:
    edit(directory / "event.yaml", ("{sv: Vegan, en: Vegan}", written))
    done = shell("event", "check", directory)
    assert done.exit_code == 1
    lines = [line for line in done.output.splitlines() if "nothing is written after" in line]
    assert lines and all(line.endswith(hint) for line in lines), done.output


def test_what_cannot_be_looked_at_yet_is_said(shell: Shell, directory: Path) -> None:
    edit(directory / "event.yaml", ("  size: 10\n", "  size: [10\n"))
    told = shell("event", "check", directory).output.splitlines()
    assert told[-2:] == ["One error.", "The rest is checked when event.yaml can be read."]


def test_the_file_may_be_named_instead_of_its_directory(shell: Shell, directory: Path) -> None:
    assert shell("event", "check", directory / "event.yaml").output == shell("event", "check", directory).output


def test_what_is_not_there_is_said(shell: Shell, tmp_path: Path) -> None:
    done = shell("event", "check", "nowhere")
    assert (done.exit_code, done.output) == (1, "nowhere:1:1: there is no such directory\nOne error.\n")
    (tmp_path / "empty").mkdir()
    done = shell("event", "check", "empty")
    assert done.exit_code == 1
    assert done.output.startswith(
        "empty/event.yaml:1:1: there is no file event.yaml in the directory; a trip is written"
    )


def test_a_trip_can_be_checked_as_another_years(shell: Shell, directory: Path) -> None:
    assert "4–5 May 2028" in shell("event", "check", directory, "--starting", "2028-05-04").output
    # The clocks are put forward in that night, so an item at half past two cannot be.
    edit(directory / "event.yaml", ("from: 10:00\n    to: 11:00", "from: 02:30\n    to: 03:30"))
    assert shell("event", "check", directory).exit_code == 0
    done = shell("event", "check", directory, "--starting", "2028-03-26")
    assert done.exit_code == 1
    assert "hamnstad/event.yaml:63:11: there is no 02:30 on 2028-03-26 in Europe/Stockholm" in done.output


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [
        ("--starting", "next year", "“next year” is not a day; write year-month-day, as in 2027-05-13."),
        ("--starting", "2027-02-30", "“2027-02-30” is not a day; write year-month-day, as in 2027-05-13."),
        ("--key", "Höst 2027", "“Höst 2027” is not a key; write small letters a to z, digits, and - between them."),
        ("--opens", "soon", "“soon” is not a moment; write day and time, as in “2027-02-01 09:00”."),
        ("--opens", "2027-03-28 02:30", "there is no 02:30 on 2027-03-28 in Europe/Stockholm"),
    ],
)
def test_an_option_that_cannot_be_is_said_and_ends_with_two(
    shell: Shell, directory: Path, option: str, value: str, said: str
) -> None:
    done = shell("event", "check", directory, option, value)
    assert done.exit_code == 2
    assert said in done.stderr


def test_the_sample_is_right(shell: Shell) -> None:
    done = shell("event", "check", sample_directory())
    assert done.exit_code == 0, done.output
