"""Letters that somebody wrote: their words filled in, whatever signs are in them; the way out; nothing of a booking's letters."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.mailing.letters import LANGUAGES, SECRET, make_letter
from tests.mailing.reading import plain, received, shown
from tripkit.mailing.compose import compose
from tripkit.mailing.letter import Letter
from tripkit.reads.filled_in import fill_in_letter

TEXT = """Hi {name},

the coach leaves **at nine**. What you need:

- shoes that bear mud
- the code {code}

See [the map](https://map.example/a) or your booking: {link}
"""
WAY_OUT = "https://trips.example/en/unsubscribe/Sj0-secret_of_43_characters/"
VALUES = {"name": "Karin Almfelt", "trip": "Hamnstad", "code": "7K4M-Q2WP", "link": SECRET}


def make(subject: str = "Soon on our way to {trip}", text: str = TEXT, language: str = "en", **changes: str) -> Letter:
    values = {**VALUES, **changes}
    return make_letter(
        "link",
        language,
        kind="letter",
        written=fill_in_letter(subject, text, values),
        unsubscribe=WAY_OUT,
        is_bulk=True,
    )


def test_subject_and_heading_are_what_was_written() -> None:
    message = received(compose(make()))
    assert message["Subject"] == "Soon on our way to Hamnstad"
    assert shown(message).headings == ["Soon on our way to Hamnstad"]
    assert "Soon on our way to Hamnstad" in plain(message).splitlines()


def test_words_in_braces_are_filled_in_and_nothing_else_is_said_in_our_name() -> None:
    text = plain(received(compose(make())))
    assert "Hi Karin Almfelt," in text and "- the code 7K4M-Q2WP" in text and SECRET in text
    assert "Hello Karin Almfelt," not in text, "the letter begins as its author wants it to"


@pytest.mark.parametrize("language", LANGUAGES)
def test_text_and_html_say_the_same(language: str) -> None:
    message = received(compose(make(language=language)))
    html = shown(message)
    assert "at nine" in html.text and "at nine" in plain(message)
    assert html.links.count(SECRET) == 2, "in the text and on the button"
    assert WAY_OUT in html.links and WAY_OUT in plain(message)
    assert "https://map.example/a" in html.links and "the map (https://map.example/a)" in plain(message)


def test_the_way_out_is_there_for_people_and_for_their_mail_programs() -> None:
    message = received(compose(make()))
    assert message["List-Unsubscribe"].strip() == f"<{WAY_OUT}>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["Precedence"] == "bulk"
    plain_one = received(compose(make_letter("confirmation")))
    assert not {"List-Unsubscribe", "List-Unsubscribe-Post", "Precedence"} & set(plain_one.keys())


def test_the_way_out_is_sent_as_it_is_however_long() -> None:
    # An encoded word (RFC 2047) is decoded nowhere in this header: the button would be missing in every mail program.
    way_out = f"https://studieresor.{'x' * 63}.example/en/unsubscribe/{'aB-_' * 11}/"
    by_mail = f"bounces+{'5f' * 16}@trips.example"
    letter = replace(make(), unsubscribe=way_out, unsubscribe_mail=by_mail)
    wanted = f"List-Unsubscribe: <{way_out}>,\r\n <mailto:{by_mail}?subject=unsubscribe>\r\n"
    assert wanted.encode() in compose(letter).as_bytes()
    assert f"List-Unsubscribe: <{way_out}>\r\n".encode() in compose(replace(letter, unsubscribe_mail="")).as_bytes()


@pytest.mark.parametrize(
    "name",
    [
        "[press here](https://evil.example)",
        "**bold** _it_ `code` # heading",
        "<script>alert(1)</script>",
        "{link} {name}",
        "![](https://evil.example/pixel)",
        "Anna\n\n# You have won\n\nhttps://evil.example",
        "& <b>",
        "\\[a\\](javascript:alert(1))",
    ],
)
def test_a_name_is_a_name_whatever_signs_are_in_it(name: str) -> None:
    message = received(compose(make(name=name)))
    html = shown(message)
    one_line = " ".join(name.split())
    assert f"Hi {one_line}," in html.text
    assert f"Hi {one_line}," in plain(message)
    assert not any("evil.example" in link for link in html.links)
    assert html.headings == ["Soon on our way to Hamnstad"]


@pytest.mark.parametrize("name", ["Eva\r\nBcc: all@evil.example", "=?utf-8?q?Eva=0D=0ABcc=3A_all=40evil.example?="])
def test_a_name_in_the_subject_ends_no_header(name: str) -> None:
    message = received(compose(make("News for {name}", name=name)))
    assert message["Bcc"] is None
    assert message["Subject"].startswith("News for Eva") or "=?" not in message["Subject"]


def test_what_an_organiser_writes_brings_no_script_and_no_picture_from_elsewhere() -> None:
    message = received(
        compose(
            make(text="<img src=https://evil.example/p><script>x</script> [a](javascript:x) ![p](https://e.example/p)")
        )
    )
    body = message.get_body(("html",))
    assert body is not None
    assert "<img" not in body.get_content() and "<script" not in body.get_content()
    assert 'href="javascript' not in body.get_content()
