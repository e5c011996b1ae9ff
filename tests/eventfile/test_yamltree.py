"""YAML 1.2 to a tree: what is text and what is not, where everything stands, and what is refused."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tripkit.eventfile.errors import Findings, Position
from tripkit.eventfile.yamltree import Mapping, Node, Sequence, key_position, node_at, parse, plain, scalar_value


def tree(text: str) -> Node:
    findings = Findings()
    node = parse("event.yaml", text, findings)
    assert findings.errors == [] and node is not None
    return node


def said(text: str) -> list[str]:
    findings = Findings()
    parse("event.yaml", text, findings)
    return [str(error) for error in findings.errors]


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("no", "no"),
        ("yes", "yes"),
        ("on", "on"),
        ("10:30", "10:30"),
        ("2027-05-05", "2027-05-05"),
        ("2027-05-05 10:30", "2027-05-05 10:30"),
        ("0123", "0123"),
        ("0701234567", "0701234567"),
        ("08.30", "08.30"),
        ("0x1F", "0x1F"),
        ("0o17", "0o17"),
        ("1_000", "1_000"),
        ("1 000", "1 000"),
        ("4850,00", "4850,00"),
        ("<<", "<<"),
        ("true", True),
        ("FALSE", False),
        ("~", None),
        ("", None),
        ("null", None),
        ("0", 0),
        ("-12", -12),
        ("+46", 46),
        ("0.5", Decimal("0.5")),
        ("4850.00", Decimal("4850.00")),
        (".5", Decimal("0.5")),
        ("5.", Decimal(5)),
        ("1e3", Decimal(1000)),
        ("-1.5E-2", Decimal("-0.015")),
        (".inf", Decimal("Infinity")),
        ("-.INF", Decimal("-Infinity")),
    ],
)
def test_a_scalar_is_what_yaml_1_2_says_and_never_a_date_or_a_time(written: str, value: object) -> None:
    found = scalar_value(written)
    assert (type(found), found) == (type(value), value)


def test_an_amount_keeps_its_decimals() -> None:
    assert str(scalar_value("4850.00")) == "4850.00"


@pytest.mark.parametrize("written", ["9" * 1001, "9" * 500_000, "1e9999999999999999999", "1e-9999999999999999999"])
def test_a_number_too_large_to_be_one_stays_text(written: str) -> None:
    assert scalar_value(written) == written


def test_not_a_number_is_a_number_of_no_value() -> None:
    found = scalar_value(".nan")
    assert isinstance(found, Decimal) and found.is_nan()


def test_quotes_make_text_of_everything() -> None:
    assert plain(tree("a: 'true'\nb: \"5\"\nc: '~'\nd: ''\ne: |\n  5\n")) == {
        "a": "true",
        "b": "5",
        "c": "~",
        "d": "",
        "e": "5\n",
    }


def walk(node: Node, path: tuple[str | int, ...] = ()) -> list[tuple[tuple[str | int, ...], int, int]]:
    """(path, line, column) of every value, and of every key with ``key`` after its path."""
    found = [(path, node.at.line, node.at.column)]
    if isinstance(node, Mapping):
        for key, inner in node.nodes.items():
            at = node.key_at[key]
            found += [((*path, key, "key"), at.line, at.column), *walk(inner, (*path, key))]
    if isinstance(node, Sequence):
        for index, inner in enumerate(node.nodes):
            found += walk(inner, (*path, index))
    return found


def test_every_key_and_value_knows_its_line_and_column() -> None:
    text = "a: 1\nbå: {c: x,  d: [y, 'z']}\nlist:\n  - k: v\n\n  -   w\n"
    assert walk(tree(text)) == [
        ((), 1, 1),
        (("a", "key"), 1, 1),
        (("a",), 1, 4),
        (("bå", "key"), 2, 1),
        (("bå",), 2, 5),
        (("bå", "c", "key"), 2, 6),
        (("bå", "c"), 2, 9),
        (("bå", "d", "key"), 2, 13),
        (("bå", "d"), 2, 16),
        (("bå", "d", 0), 2, 17),
        (("bå", "d", 1), 2, 20),
        (("list", "key"), 3, 1),
        (("list",), 4, 3),
        (("list", 0), 4, 5),
        (("list", 0, "k", "key"), 4, 5),
        (("list", 0, "k"), 4, 8),
        (("list", 1), 6, 7),
    ]


def test_a_path_that_is_not_written_leads_to_the_innermost_group_there_is() -> None:
    root = tree("trip:\n  days: {from: x}\n")
    assert node_at(root, ("trip", "days", "to")).at == Position("event.yaml", 2, 9)
    assert node_at(root, ("trip", "sign_up", "opens")).at == Position("event.yaml", 2, 3)
    assert key_position(root, ("trip", "days")) == Position("event.yaml", 2, 3)
    assert key_position(root, ("trip", "size")) == Position("event.yaml", 2, 3)


def test_a_key_written_twice_is_said_with_the_line_of_the_first() -> None:
    assert said("a: 1\nb: {c: 1, c: 2}\na: 3\na: 4\n") == [
        "event.yaml:2:11: “c” is here twice; it stands on line 2 already",
        "event.yaml:3:1: “a” is here twice; it stands on line 1 already",
        "event.yaml:4:1: “a” is here twice; it stands on line 1 already",
    ]


def test_a_merge_key_is_a_key_like_any_other() -> None:
    assert plain(tree("a:\n  <<: {b: 1}\n  c: 2\n")) == {"a": {"<<": {"b": 1}, "c": 2}}


def test_anchors_and_aliases_are_refused_one_by_one() -> None:
    hint = "anchors and aliases (& and *) are not used here; write it out, or put quotes around the text"
    assert said("a: &x [1]\nb: *x\n") == [f"event.yaml:1:4: {hint}", f"event.yaml:2:4: {hint}"]


def test_what_aliases_would_multiply_a_billion_times_is_never_built() -> None:
    bomb = "a: &a [x, x]\n" + "".join(f"{b}: &{b} [*{a}, *{a}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True))
    findings = Findings()
    node = parse("event.yaml", bomb, findings)
    assert node is not None and len(str(plain(node))) < 1000


def test_tags_are_refused() -> None:
    hint = "tags (!) are not used here; put quotes around the text"
    assert said("a: !!python/object:os.system x\nb: !x y\n") == [f"event.yaml:1:4: {hint}", f"event.yaml:2:4: {hint}"]


@pytest.mark.parametrize("text", ["[" * 300_000, "{a: " * 100_000, "- " * 100_000, "? " * 100_000])
def test_brackets_and_levels_without_end_are_refused_at_the_twenty_first(text: str) -> None:
    assert [error.partition(": ")[2] for error in said(text)] == ["too many brackets or levels are inside each other"]


def test_twenty_levels_are_read() -> None:
    assert said("[" * 21 + "]" * 21) == []
    assert said("[" * 22 + "]" * 22) == ["event.yaml:1:22: too many brackets or levels are inside each other"]


def test_a_group_as_a_key_is_refused() -> None:
    assert said("? {a: b}\n: c\nd: e\n") == ["event.yaml:1:3: a key must be a word"]


def test_a_second_document_is_refused() -> None:
    assert said("---\na: 1\n---\nb: 2\n") == [
        "event.yaml:3:1: a second document starts here; one file holds one; take away the line “---”"
    ]


def test_characters_written_as_codes_are_refused_when_nobody_sees_them() -> None:
    assert said('a: "x\\0y\\u202Ez"\n') == [
        "event.yaml:1:4: a character that cannot be seen, U+0000",
        "event.yaml:1:4: a character that cannot be seen, U+202E",
    ]


def test_comments_alone_are_no_tree() -> None:
    assert parse("event.yaml", "# nothing\n", Findings()) is None


PROBLEMS: list[tuple[str, str]] = [
    ("a:\n\tb: c\n", "2:1: a tab stands where YAML wants spaces; indent with spaces"),
    (
        "a: b: c\n",
        "1:5: this colon makes no sense here; a text with a colon in it needs quotes around it; a new key needs a line of its own",
    ),
    ("x: 1\na {b: c, d: e}\n", "2:2: a key without a colon after it; write “key: value”, with a space after the colon"),
    ("a:\n  b\n  c: d\n", "2:3: a key without a colon after it; write “key: value”, with a space after the colon"),
    (
        "a:\n  b:c\n  d: e\n",
        "2:4: a space is missing after this colon; write “key: value”, with a space after the colon",
    ),
    ("a:\n  -b: c\n    d: e\n", "2:3: a space is missing after this “-”; write “- ”, and then the key"),
    ("a: 1\nb\n", "2:1: a key without a colon after it; write “key: value”, with a space after the colon"),
    (
        "a: 1\n  b: 2\n",
        "2:4: this colon makes no sense here; a text with a colon in it needs quotes around it; a new key needs a line of its own",
    ),
    (
        "a:\n  b: 1\n c: 2\n",
        "3:2: this line does not line up with those above it; keys of one list or group start in the same column",
    ),
    ('a: "b\nc: d\n', "1:4: the quote that starts here is not closed; write the same quote at its end"),
    (
        "a: [b\n",
        "1:4: the file ends in the middle of what starts here; look for a quote or a bracket that is not closed",
    ),
    (
        "a: [b, c\nd: e\n",
        "1:4: the “[” that starts here is not closed by line 2; a text with a comma, a colon, a quote or a bracket in it needs quotes around it",
    ),
    (
        "a: {b: c: d}\n",
        "1:9: a “}” or a comma is missing before this; a text with a comma, a colon, a quote or a bracket in it needs quotes around it",
    ),
    ("a: - b\n", "1:4: a list starts on a line of its own; write “- ” below the key, not beside it"),
    (
        'a: "C:\\Min"\n',
        "1:8: between double quotes, “\\” starts a code, and this is none; write “\\\\” for the character itself, or put single quotes around the text",
    ),
    ("a: | b\n", "1:6: the text starts on the line below “|” or “>”; indent it by two spaces"),
    ('a: "b" c\n', "1:8: the text goes on after its closing quote; put the quotes around all of it, or leave them out"),
    ("a: @b\n", "1:4: a text cannot start with this character; put quotes around the text"),
    ("a: %b\n", "1:4: a text cannot start with this character; put quotes around the text"),
    ("a: ]\n", "1:4: a text cannot start with this character; put quotes around the text"),
    ("a: *\n", "1:5: a text cannot start with this character; put quotes around the text"),
    ("a: ? b\n", "1:4: a text cannot start with this character; put quotes around the text"),
]


@pytest.mark.parametrize(("text", "problem"), PROBLEMS)
def test_what_is_not_yaml_is_said_in_plain_words_at_its_place(text: str, problem: str) -> None:
    assert said(text) == [f"event.yaml:{problem}"]


def nested(depth: int) -> Any:
    return {"a": nested(depth - 1)} if depth else "b"


def test_plain_values_have_no_positions() -> None:
    assert plain(tree("{a: {a: {a: b}}}")) == nested(3)
