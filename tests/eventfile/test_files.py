"""The files of an event directory: bytes that are no text, links that lead out, names, sizes, files nobody reads."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.eventfile.written import DRAWING, EVENT, STORY, changed, errors, errors_of, put, read, warnings_of
from tripkit.eventfile import read_event
from tripkit.eventfile.directory import LARGEST_TEXT

UTF8 = "save the file as UTF-8, in your editor under “Save as” or “Encoding”"
UNKNOWN_TEXT = (
    "nothing is known by the name of this file; texts are texts/organisation.<language>.md, texts/purpose.<language>.md,"
    " texts/terms.<language>.md, and <key>.<language>.md in texts/segments/, texts/topics/, texts/partners/, texts/sites/,"
    " texts/speakers/, texts/programme/, texts/practical/, texts/reminders/"
)
UNSEEN = "take it away, or write the word again by hand"


def test_a_byte_order_mark_and_line_ends_of_windows_change_nothing(tmp_path: Path) -> None:
    plain = read_event(put(tmp_path / "plain", EVENT, story_dot_yaml=STORY))
    windows = "\ufeff" + EVENT.replace("\n", "\r\n")
    assert read_event(put(tmp_path / "windows", windows, story_dot_yaml=STORY.replace("\n", "\r\n"))) == plain
    assert read_event(put(tmp_path / "mac", EVENT.replace("\n", "\r"), story_dot_yaml=STORY)) == plain


def test_latin_1_is_said_with_its_byte_and_place(tmp_path: Path) -> None:
    assert errors(put(tmp_path, EVENT.encode("latin-1"))) == [f"event.yaml:3:21: this is not UTF-8 (byte 0xE5); {UTF8}"]


def test_utf_16_is_said_at_the_first_byte(tmp_path: Path) -> None:
    assert errors(put(tmp_path, EVENT.encode("utf-16"))) == [f"event.yaml:1:1: this is not UTF-8 (byte 0xFF); {UTF8}"]


def test_characters_nobody_sees_are_said_each_at_its_place(tmp_path: Path) -> None:
    event = changed("name: {sv: Staden", "name: {sv: Sta\u202eden", "name: {sv: Porten", "name: {sv: Por\x1bten")
    assert errors(put(tmp_path, event)) == [
        f"event.yaml:25:31: a character that cannot be seen, U+202E; {UNSEEN}",
        f"event.yaml:34:31: a character that cannot be seen, U+001B; {UNSEEN}",
    ]


def test_a_file_of_nul_bytes_is_said_five_times_and_not_a_million(tmp_path: Path) -> None:
    assert len(errors(put(tmp_path, b"\0" * 900_000))) == 5


@pytest.mark.parametrize("content", ["", "\n\n", "# a comment\n", "---\n"])
def test_an_empty_file_is_said_to_be_empty(content: str, tmp_path: Path) -> None:
    [said] = errors(put(tmp_path, content))
    assert said.split("; ")[0] in {"event.yaml:1:1: the file is empty", "event.yaml:2:1: keys are wanted here"}


def test_a_file_that_is_a_list_is_said_to_want_keys(tmp_path: Path) -> None:
    assert errors(put(tmp_path, "- organisation\n- trip\n")) == [
        "event.yaml:1:1: keys are wanted here; start with “organisation:” and “trip:”"
    ]


def test_a_directory_without_event_yaml_says_what_to_do(tmp_path: Path) -> None:
    assert errors(tmp_path) == [
        "event.yaml:1:1: there is no file event.yaml in the directory; a trip is written in a file of this name; “tripkit event new” makes one to start from"
    ]
    (tmp_path / "event.yml").write_text(EVENT)
    assert errors(tmp_path) == [
        "event.yaml:1:1: there is no file event.yaml in the directory; rename event.yml to event.yaml"
    ]


def test_no_directory_at_all_is_said(tmp_path: Path) -> None:
    assert errors(tmp_path / "nowhere") == [f"{tmp_path / 'nowhere'}:1:1: there is no such directory"]


def test_lists_may_stand_in_files_of_their_own_name_and_are_the_same(tmp_path: Path) -> None:
    head, _, rest = EVENT.partition("topics:\n")
    topics, _, rest = rest.partition("partners:\n")
    event = f"{head}partners:\n{rest}"
    whole = read_event(put(tmp_path / "whole"))
    assert read_event(put(tmp_path / "parts", event, topics_dot_yaml=topics)) == whole


def test_a_list_in_two_places_is_refused(tmp_path: Path) -> None:
    assert errors_of(tmp_path, topics_dot_yaml="- {key: x, name: {sv: X, en: X}}\n") == [
        "event.yaml:29:1: “topics” is written here and in topics.yaml; keep one of them"
    ]


def test_errors_of_a_list_in_its_own_file_are_said_there_beside_those_of_the_others(tmp_path: Path) -> None:
    event = changed("topics:\n  - {key: ports, name: {sv: Hamnar, en: Ports}}\n", "", "  size: 20\n", "  size: 0\n")
    assert errors(put(tmp_path, event, topics_dot_yaml="- key: ports\n", story_dot_yaml="bookings: x\n")) == [
        "event.yaml:14:9: the number is too small; at least 1",
        "story.yaml:1:11: a list is wanted here; write [one, two], or lines that start with “- ”",
        "topics.yaml:1:3: “name” is missing; its name",
    ]


def test_a_list_file_that_is_no_list_is_said_and_nothing_that_refers_to_it(tmp_path: Path) -> None:
    event = changed("topics:\n  - {key: ports, name: {sv: Hamnar, en: Ports}}\n", "")
    assert errors(put(tmp_path, event, topics_dot_yaml="topics:\n- key: ports\n")) == [
        "topics.yaml:1:1: a list is wanted here; write lines that start with “- ”; the name of the list is the name of the file already"
    ]


def test_texts_in_files_become_part_of_what_they_are_named_after(tmp_path: Path) -> None:
    event = read(
        tmp_path,
        texts__purpose_dot_sv_dot_md="Se <script>alert(1)</script>\n\n- ett\n",
        texts__purpose_dot_en_dot_md="See.\n",
        texts__sites__port_dot_sv_dot_md="Om porten.\n",
        texts__sites__port_dot_en_dot_md="About the port.\n",
    )
    # Markdown is kept as it is written: whoever shows it makes it harmless.
    assert event.trip.purpose == {"sv": "Se <script>alert(1)</script>\n\n- ett", "en": "See."}
    assert event.trip.sites[0].description == {"sv": "Om porten.", "en": "About the port."}
    assert event.warnings == ()


def test_texts_that_belong_to_nothing_are_said_with_the_nearest_right_name(tmp_path: Path) -> None:
    assert errors_of(
        tmp_path,
        texts__sites__prot_dot_sv_dot_md="x",
        texts__site__port_dot_sv_dot_md="x",
        texts__terms_dot_sv_dot_md="x",
        texts__purpose_dot_de_dot_md="x",
        texts__purpose_dot_sv_dot_md="x",
    ) == [
        "texts/purpose.de.md:1:1: “de” is not one of the languages of the trip; they are sv, en",
        f"texts/site/port.sv.md:1:1: {UNKNOWN_TEXT}",
        "texts/sites/prot.sv.md:1:1: there is no “prot” among sites; known: port, mill; did you mean “port”?",
        "texts/terms.sv.md:1:1: this text is also written in event.yaml, line 23; keep one of them",
    ]


def test_files_and_folders_nobody_reads_are_warned_of_but_not_hidden_ones_or_a_readme(tmp_path: Path) -> None:
    assert warnings_of(
        tmp_path,
        README_dot_md="x",
        _dot_git__config="x",
        sties_dot_yaml="[]",
        picture__port_dot_svg=DRAWING,
        notes_dot_docx="x",
    ) == [
        "notes.docx:1:1: this file is not read",
        "picture/:1:1: this folder is not read; did you mean “pictures”?",
        "sties.yaml:1:1: this file is not read; did you mean “sites.yaml”?",
    ]


def outside(tmp_path: Path) -> Path:
    secret = tmp_path / "elsewhere"
    secret.mkdir()
    (secret / "purpose.sv.md").write_text("The database's password.")
    return secret


def test_links_that_lead_out_of_the_directory_are_not_followed(tmp_path: Path) -> None:
    secret, directory = outside(tmp_path), put(tmp_path / "event")
    (directory / "texts").mkdir()
    (directory / "texts/purpose.sv.md").symlink_to(secret / "purpose.sv.md")
    (directory / "pictures").mkdir()
    (directory / "pictures/a.svg").symlink_to("/etc/hostname")
    (directory / "story.yaml").symlink_to("../elsewhere/purpose.sv.md")
    assert errors(directory) == [
        f"{name}:1:1: {name} points out of the event directory; copy the file into it"
        for name in ("pictures/a.svg", "story.yaml", "texts/purpose.sv.md")
    ]


def test_a_folder_that_is_a_link_out_is_not_even_listed(tmp_path: Path) -> None:
    secret, directory = outside(tmp_path), put(tmp_path / "event")
    (directory / "texts").symlink_to(secret)
    assert errors(directory) == ["texts/:1:1: texts points out of the event directory; copy the file into it"]


def test_links_within_the_directory_are_followed(tmp_path: Path) -> None:
    directory = put(tmp_path, shared_dot_md="Se.", texts__purpose_dot_en_dot_md="See.")
    (directory / "texts/purpose.sv.md").symlink_to("../shared.md")
    assert read_event(directory).trip.purpose == {"sv": "Se.", "en": "See."}


def test_links_in_a_circle_are_said_like_others_that_lead_nowhere(tmp_path: Path) -> None:
    directory = put(tmp_path)
    (directory / "texts").mkdir()
    (directory / "texts/purpose.sv.md").symlink_to("purpose.sv.md")
    [said] = errors(directory)
    assert said.startswith("texts/purpose.sv.md:1:1: ")


def test_what_is_no_file_is_not_opened(tmp_path: Path) -> None:
    directory = put(tmp_path)
    os.mkfifo(directory / "story.yaml")  # Opening it would wait for ever.
    assert errors(directory) == ["story.yaml:1:1: there is no file story.yaml"]


def test_names_that_cannot_be_shown_are_refused_without_showing_them(tmp_path: Path) -> None:
    directory = put(tmp_path, pictures__fine_dot_svg=DRAWING)
    (directory / "pictures/\x1b[2Jx.svg").write_text(DRAWING)
    (directory / os.fsdecode(b"pictures/\xff.svg")).write_text(DRAWING)
    hint = "a character that cannot be seen is in the name of this file; give it another name"
    assert errors(directory) == [f"pictures/?.svg:1:1: {hint}", f"pictures/?[2Jx.svg:1:1: {hint}"]


def test_a_text_larger_than_a_megabyte_is_refused_unread(tmp_path: Path) -> None:
    at_most = put(tmp_path / "fits", EVENT + "#" * (LARGEST_TEXT - len(EVENT.encode())))
    assert read_event(at_most).trip.key == "hamnstad"
    too_large = put(tmp_path / "larger", EVENT + "#" * (LARGEST_TEXT + 1 - len(EVENT.encode())))
    assert errors(too_large) == ["event.yaml:1:1: event.yaml is too large; at most 1 MB"]


def test_a_file_that_may_not_be_read_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    directory = put(tmp_path)
    monkeypatch.setattr(Path, "read_bytes", refuse)  # Root may read everything, so the system cannot be asked to.
    assert errors(directory) == ["event.yaml:1:1: event.yaml cannot be read: Permission denied"]
