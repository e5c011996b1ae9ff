"""What does not fit the format: what is wrong, what is allowed, the nearest right word, and all of it at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.eventfile.written import STORY, changed, errors, errors_of, put, read

ITEM_DAY = "    title: {sv: Föreläsning, en: Lecture}\n    day: "
LEAD = "  lead: {sv: Två dagar., en: Two days.}"
KINDS = "allowed: site_visit, lecture, panel, workshop, transfer, meal, lodging, break, social"
NUMBER = "a number is wanted here; write it with digits and a decimal point, without quotes, as in 4850.00"
WHOLE = "a whole number is wanted here; write it with digits only, without quotes"
REMARK = '“#” starts a remark, so a text that starts with it needs quotes: size: "#20"'
PICTURE = (
    "this is not the name of a picture; write the name of a file in pictures/ that ends in .svg, .png, .jpg or .jpeg,"
    " with the letters a to z, digits, “.”, “_” and “-” only"
)
TABLE: list[tuple[str, str, str]] = [
    # Whole numbers
    ("  size: 20", "  size: 0", "14:9: the number is too small; at least 1"),
    ("  size: 20", "  size: 100001", "14:9: the number is too large; at most 100000"),
    ("  size: 20", f"  size: {'9' * 30}", "14:9: the number is too large; at most 100000"),
    ("  size: 20", "  size: 020", "14:9: a whole number is wanted here; write 20, without a 0 before it"),
    ("  size: 20", "  size: '20'", f"14:9: {WHOLE}"),
    ("  size: 20", "  size: 20.5", f"14:9: {WHOLE}"),
    ("  size: 20", "  size: [20]", f"14:9: {WHOLE}"),
    ("  size: 20", "  size:", "14:3: nothing is written after “size”; write it, or take the line away"),
    (
        "  size: 20",
        "  size: #20",
        f"14:3: nothing is written after “size”; {REMARK}",
    ),
    ("  size: 20", "  size: # 20", "14:3: nothing is written after “size”; write it, or take the line away"),
    ("  size: 20\n", "", "7:3: “size” is missing; how many people can come"),
    # Amounts
    ("net: 4850.00", "net: SEK", f"20:16: {NUMBER}"),
    ("net: 4850.00", "net: 4 850", f"20:16: {NUMBER}"),
    ("net: 4850.00", "net: true", f"20:16: {NUMBER}"),
    ("net: 4850.00", "net: .nan", "20:16: a number is wanted here"),
    (
        "net: 4850.00",
        "net: 4850,00",
        "20:21: nothing is written after “00”; a number has a point, not a comma: net: 4850.00",
    ),
    ("net: 4850.00", "net: 4850.005", "20:16: an amount has at most two decimals"),
    ("net: 4850.00", "net: 1e-400000", "20:16: an amount has at most two decimals"),
    ("net: 4850.00", "net: -1", "20:16: the number is too small; at least 0"),
    ("net: 4850.00", "net: 1e400000", "20:16: the number is too large; at most 10000000"),
    ("vat: 25", "vat: 101", "20:45: the number is too large; at most 100"),
    ("Kajen 1", "Kajen 1, position: {latitude: 91, longitude: 0}", "34:90: the number is too large; at most 90"),
    ("Kajen 1", "Kajen 1, position: {latitude: -90.5, longitude: 0}", "34:90: the number is too small; at least -90"),
    # Days, times and moments
    (f"{ITEM_DAY}2027-05-05", f"{ITEM_DAY}5/5", "46:10: “5/5” is not a day; write year-month-day, as in 2019-01-24"),
    (
        f"{ITEM_DAY}2027-05-05",
        f"{ITEM_DAY}20270505",
        "46:10: “20270505” is not a day; write year-month-day, as in 2027-05-05",
    ),
    (
        f"{ITEM_DAY}2027-05-05",
        f"{ITEM_DAY}2027-02-30",
        "46:10: there is no day 2027-02-30; write year-month-day, as in 2019-01-24",
    ),
    (f"{ITEM_DAY}2027-05-05", f"{ITEM_DAY}1969-12-31", "46:10: the year is not between 1970 and 2199"),
    ("    from: 08:00", "    from: 10.45", "47:11: “10.45” is not a time; write hours and minutes, as in 10:45"),
    ("    from: 08:00", "    from: 8:00", "47:11: “8:00” is not a time; write hours and minutes, as in 08:00"),
    ("    from: 08:00", "    from: kl 9.30", "47:11: “kl 9.30” is not a time; write hours and minutes, as in 09:30"),
    ("    from: 08:00", "    from: true", "47:11: “true” is not a time; write hours and minutes, as in 10:45"),
    ("    from: 08:00", "    from: 25:00", "47:11: there is no time 25:00; write hours and minutes, as in 10:45"),
    (
        "    from: 08:00",
        "    from: \u0968\u0968:00",
        "47:11: there is no time \u0968\u0968:00; write hours and minutes, as in 22:00",
    ),
    (
        "    to: 09:00",
        "    to: 24:00",
        "48:9: there is no time 24:00; write 00:00, and the next day, as to_day, with it",
    ),
    (
        "    opens: 2027-02-01 09:00",
        "    opens: 2027-02-01",
        "16:12: “2027-02-01” is not a moment; write day and time, as in 2027-02-01 09:00",
    ),
    (
        "    opens: 2027-02-01 09:00",
        "    opens: 2027-02-30 09:00",
        "16:12: there is no moment 2027-02-30 09:00; write day and time, as in 2018-10-01 09:00",
    ),
    # Words of which there are few
    ("kind: lecture", "kind: lectur", f"44:11: “lectur” is not known here; {KINDS}; did you mean “lecture”?"),
    ("kind: lecture", "kind: Lecture", f"44:11: “Lecture” is not known here; {KINDS}; did you mean “lecture”?"),
    ("kind: lecture", "kind: zzz", f"44:11: “zzz” is not known here; {KINDS}"),
    ("kind: lecture", "kind: föreläsning", f"44:11: “föreläsning” is not known here; {KINDS}; did you mean “lecture”?"),
    ("kind: lecture", "kind: [lecture]", f"44:11: one word is wanted here; {KINDS}"),
    ("kind: lecture", "kind: {lecture: 1}", f"44:11: one word is wanted here; {KINDS}"),
    (
        "  size: 20",
        "  size: 20\n  status: canceled",
        "15:11: “canceled” is not known here; allowed: draft, planned, postponed, cancelled; did you mean “cancelled”?",
    ),
    (
        "en: Morning}}",
        "en: Morning}, required: no}",
        "41:67: true or false is wanted here; write true for yes and false for no, without quotes",
    ),
    # Texts and lines
    (LEAD, "  lead: Två dagar.", "9:9: a text per language is wanted here; write it as in {sv: …, en: …}"),
    (LEAD, "  lead: [Två dagar.]", "9:9: a text per language is wanted here; write it as in {sv: …, en: …}"),
    (LEAD, "  lead: {sv: 5, en: Two.}", '9:14: text is wanted here; put quotes around it: "5"'),
    (LEAD, "  lead: {sv: '', en: Two.}", "9:14: the text is empty; write it, or take the line away"),
    (LEAD, "  lead: {sv: ' ', en: Two.}", "9:14: the text is empty; write it, or take the line away"),
    (
        LEAD,
        "  lead: {sv: Två, tre., en: Two.}",
        '9:19: nothing is written after “tre.”; inside { } a comma ends the text, so a text with a comma needs quotes: sv: "Två, tre."',
    ),
    ("name: Ada Berg", 'name: "Ada\\nBerg"', "39:22: this text goes on one line; take the line breaks and tabs away"),
    ("name: Ada Berg", f"name: {'a' * 301}", "39:22: the text is too long; at most 300 characters"),
    ("name: Ada Berg", "name: true", '39:22: text is wanted here; put quotes around it: "true"'),
    (
        "name: Disken",
        "name: Disken, phone: +46701234567",
        '19:34: text is wanted here; put quotes around it: "+46701234567"',
    ),
    ('    version: "1"', "    version: 1.10", '22:14: text is wanted here; put quotes around it: "1.10"'),
    # Keys, addresses, colours, pictures
    (
        "  key: hamnstad",
        "  key: Hamn stad",
        "7:8: a key has only the letters a to z, digits, and - between them; write it as in hamn-stad",
    ),
    ("  key: hamnstad", f"  key: {'a' * 61}", "7:8: the text is too long; at most 60 characters"),
    (
        "hej@tripkit.example",
        "hej@",
        "5:10: “hej@” is not an e-mail address; write all of it, as in name@workplace.example",
    ),
    (
        "hej@tripkit.example",
        "hej@tripkit.example\n  url: javascript:alert(1)",
        "6:8: “javascript:alert(1)” is not a web address; write all of it, starting with https:// or http://",
    ),
    (
        "hej@tripkit.example",
        "hej@tripkit.example\n  look: {brand: 'red;}</style><script>'}",
        '6:17: this is not a colour; write it as in "#1f6f8b", with quotes',
    ),
    ("Kajen 1", "Kajen 1, picture: ../../etc/passwd", f"34:78: {PICTURE}"),
    ("Kajen 1", "Kajen 1, picture: a/b.svg", f"34:78: {PICTURE}"),
    ("Kajen 1", "Kajen 1, picture: port.gif", f"34:78: {PICTURE}"),
    # Lists and groups
    ("between: [port, mill]", "between: [port]", "37:15: too few in the list; at least 2"),
    ("between: [port, mill]", "between: [port, mill, port]", "37:15: too many in the list; at most 2"),
    (
        "topics: [ports]",
        "topics: ports",
        "49:13: a list is wanted here; write [one, two], or lines that start with “- ”",
    ),
    ("topics: [ports]", "topics: [[ports]]", "49:14: text is wanted here"),
    (
        "  contact: {name: Disken}",
        "  contact: Disken",
        "19:12: a group of keys is wanted here; write it as in {name: Disken}",
    ),
    ("choices:\n", "choices:\n  -\n", "41:4: nothing is written here; take the “-” away"),
    # Unknown keys
    (
        "  contact: {name: Disken}",
        "  contact: {nmae: Disken, name: Disken}",
        "19:13: unknown key “nmae”; allowed here: name, email, phone; did you mean “name”?",
    ),
    ("minutes: 20", "minutes: 20, walking: true", "37:42: unknown key “walking”; allowed here: between, minutes"),
    # Codes of languages
    (
        "  languages: [sv, en]\n  size",
        "  languages: [sv, English]\n  size",
        "13:19: this is not a language code; write two small letters, as in sv or en",
    ),
    ("  languages: [sv, en]\n  size", "  languages: []\n  size", "13:14: too few in the list; at least 1"),
]


@pytest.mark.parametrize(("old", "new", "said"), TABLE)
def test_one_thing_wrong_is_said_alone_with_its_place(old: str, new: str, said: str, tmp_path: Path) -> None:
    assert errors_of(tmp_path, old, new) == [f"event.yaml:{said}"]


def test_a_telephone_number_keeps_its_first_zero_without_quotes(tmp_path: Path) -> None:
    assert read(tmp_path, "name: Disken", "name: Disken, phone: 0701234567").trip.contact.phone == "0701234567"


def test_a_mistyped_key_is_said_beside_the_key_it_leaves_missing(tmp_path: Path) -> None:
    said = errors_of(tmp_path, "  lead: {sv", "  laed: {sv")
    assert said[0] == "event.yaml:7:3: “lead” is missing; what it is, in a sentence or two"
    assert said[1].startswith("event.yaml:9:3: unknown key “laed”; allowed here: key, title, short_title, lead,")
    assert said[1].endswith("did you mean “lead”?")
    assert len(said) == 2


def test_a_mistyped_list_is_said_alone_and_not_everything_that_refers_to_it(tmp_path: Path) -> None:
    [said] = errors_of(
        tmp_path, "segments:\n", "segmets:\n", "    kind: lecture", "    kind: lecture\n    segments: [city]"
    )
    assert said.startswith("event.yaml:24:1: unknown key “segmets”; allowed here: organisation, trip, segments,")
    assert said.endswith("did you mean “segments”?")


def test_a_language_is_said_with_the_one_that_is_meant(tmp_path: Path) -> None:
    assert errors_of(tmp_path, "name: {sv: Hamnar, en: Ports}", "name: {se: Hamnar, eng: Ports}") == [
        "event.yaml:30:24: “name” is not written in sv, the first language; every text is written in sv at least",
        "event.yaml:30:25: “se” is not one of the languages of the trip; they are sv, en; did you mean “sv”?",
        "event.yaml:30:37: “eng” is not one of the languages of the trip; they are sv, en; did you mean “en”?",
    ]


def test_a_number_of_empty_lines_is_said_once_each_and_nothing_that_follows_from_them(tmp_path: Path) -> None:
    assert errors_of(
        tmp_path, "    choice: morning\n    size: 12", "    choice:\n    size:", "  size: 20", "  size:"
    ) == [
        "event.yaml:14:3: nothing is written after “size”; write it, or take the line away",
        "event.yaml:58:5: nothing is written after “choice”; write it, or take the line away",
        "event.yaml:59:5: nothing is written after “size”; write it, or take the line away",
    ]


def test_every_error_of_every_file_is_said_at_once_in_order_of_place(tmp_path: Path) -> None:
    event = changed(
        "email: hej@tripkit.example", "email: hej",
        "to: 2027-05-06", "to: 2027-05-99",
        "  size: 20", "  size: many",
        "currency: SEK", "currency: kr",
        "partner: harbour, largest_group: 12", "partner: harbor, largest_group: 12",
        "between: [port, mill]", "between: [port, mil]",
        "    topics: [ports]", "    topics: [port]",
        "    to: 09:00", "    to: 07:00",
        "answers: [vegan]", "answers: [vegna]",
    )  # fmt: skip
    story = STORY.replace("segment: city", "segment: town").replace("cancel: town", "cancel: twon")
    assert errors(put(tmp_path, event, story_dot_yaml=story, texts__purpose_dot_sv_dot_md=b"\xff")) == [
        "event.yaml:5:10: “hej” is not an e-mail address; write all of it, as in name@workplace.example",
        "event.yaml:11:32: there is no day 2027-05-99; write year-month-day, as in 2019-01-24",
        "event.yaml:14:9: a whole number is wanted here; write it with digits only, without quotes",
        "event.yaml:20:35: there is no currency “kr”; write the three letters of ISO 4217, as in SEK or EUR",
        "event.yaml:34:78: there is no “harbor” among partners; known: harbour; did you mean “harbour”?",
        "event.yaml:37:22: there is no “mil” among sites; known: port, mill; did you mean “mill”?",
        "event.yaml:48:9: it ends before it starts; when it ends on another day, write that day as to_day",
        "event.yaml:49:14: there is no “port” among topics; known: ports; did you mean “ports”?",
        "event.yaml:78:38: “diet” has no answer “vegna”; it has any, vegan; did you mean “vegan”?",
        "story.yaml:8:32: there is no “town” among segments; known: city, police",
        "story.yaml:10:36: there is no booking “twon”; known: town; did you mean “town”?",
        "texts/purpose.sv.md:1:1: this is not UTF-8 (byte 0xFF); save the file as UTF-8, in your editor under “Save as” or “Encoding”",
    ]  # fmt: skip
