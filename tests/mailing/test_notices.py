"""Notices about accounts and organisations: the same in text and in HTML, in both languages, and no name gets out of its line."""

from __future__ import annotations

from datetime import UTC, datetime
from html import unescape
from typing import Any

import pytest

from tests.mailing.reading import body, plain, received
from tripkit.i18n import LANGUAGES, say
from tripkit.mailing.compose import compose_notice
from tripkit.mailing.notice import Notice
from tripkit.mailing.notice_words import NOTICES, Words

SITE = "resor.tripkit.example"
NAMED: dict[str, Any] = {
    "site": SITE,
    "browser": "Firefox, Windows",
    "change": "password",
    "organisation": {"sv": "Resebyrån", "en": "The travel bureau"},
    "role": "organiser",
    "trip": None,
    "who": "drift@tripkit.example",
    "key": "resebyran",
    "reason": "To help with a form",
    "name": "Åsa",
    "email": "asa@tripkit.example",
    "until": "2027-01-01T10:00:00+00:00",
}


def noticed(words: Words, language: str) -> Notice:
    return Notice(
        language=language,
        sender=f"no-reply@{SITE}",
        sender_name=SITE,
        recipient="asa@tripkit.example",
        recipient_name="",
        answers_to="",
        heading=say(words.heading, language),
        paragraphs=tuple(say(one, language) for one in words.paragraphs),
        button=say(words.button, language) if words.button else "",
        link=f"https://{SITE}/{language}/{words.path.format(token='secret')}" if words.button else "",
        small=say(words.small, language) if words.small else "",
        why=say(words.why, language),
        written_at=datetime(2027, 1, 1, tzinfo=UTC),
        message_id="0" * 32,
    )


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("what", NOTICES)
def test_a_notice_says_the_same_in_text_and_in_html(what: str, language: str) -> None:
    notice = noticed(NOTICES[what](NAMED), language)
    message = received(compose_notice(notice))
    text, html = plain(message), unescape(body(message, "html"))
    assert message["Subject"] == notice.heading
    assert message["Content-Language"] == language
    assert message["Auto-Submitted"] == "auto-generated"
    assert "{" not in text
    for said in (notice.heading, *notice.paragraphs, notice.button, notice.link, notice.small, notice.why):
        assert said in text
        for word in said.split():
            assert word.strip("“”\"'<>&.,:") in html, (said, word)


def test_what_an_organisation_is_called_stays_in_its_line_and_is_no_markup() -> None:
    hostile = {"en": "Evil\r\nBcc: all@tripkit.example\r\n\r\n<script>alert(1)</script> =?utf-8?q?=0A?="}
    message = received(compose_notice(noticed(NOTICES["invitation"]({**NAMED, "organisation": hostile}), "en")))
    assert message["Bcc"] is None
    assert set(message.keys()) <= {
        *("Subject", "From", "To", "Reply-To", "Date", "Message-ID", "Auto-Submitted", "MIME-Version"),
        *("Content-Type", "Content-Transfer-Encoding", "Content-Language"),
    }
    assert "<script>" not in body(message, "html")
    assert not any(line.startswith("Bcc:") for line in plain(message).splitlines()), "nor is it a paragraph of ours"
