"""What is asked of the pages of letters to many, one line each; nothing is measured here."""

from __future__ import annotations

from bench.askers import MEMBER
from bench.grown_letters import SUBJECT, TEXT
from bench.look import Look, act

_LETTERS = "/en/organise/{host}/trips/{trip}/letters/"
_DRAFT = f"{_LETTERS}{{letter}}/"
_SENT = f"{_LETTERS}{{sent}}/"
_WRITTEN = {"subject": SUBJECT, "text": TEXT}
_LETTER = {
    f"{name}-{one}": words.replace("{", "{{").replace("}", "}}")
    for name, text in _WRITTEN.items()
    for one, words in text.items()
}
"""What is typed, as it is written in the draft: braces are doubled, since names of an asker stand in single ones."""


def _page(name: str, endpoint: str, path: str, statements: int) -> Look:
    return Look(name=name, endpoint=endpoint, path=path, who=MEMBER, statements=statements)


LOOKS: tuple[Look, ...] = (
    _page("letters", "organiser.letters", _LETTERS, 6),
    _page("letter that was sent", "organiser.letter", _SENT, 9),
    _page("how far a letter is", "organiser.letter_progress_json", f"{_SENT}progress.json", 7),
    _page("letter to one of them", "organiser.letter_to", f"{_SENT}sent/{{code}}/", 9),
    _page("letter to one of them as it looks", "organiser.letter_to_html", f"{_SENT}sent/{{code}}/html", 9),
    _page("form: new letter", "organiser.new_letter", f"{_LETTERS}new/", 8),
    _page("form: draft of a letter", "organiser.write_letter", f"{_DRAFT}write/", 10),
    _page("letter before it is sent", "organiser.letter_preview", f"{_DRAFT}preview/", 15),
    _page("letter before it is sent as it looks", "organiser.letter_html", f"{_DRAFT}preview/html", 15),
    _page("form: send a letter", "organiser.send_letter", f"{_DRAFT}send/", 15),
    _page("messages of the trip's own", "organiser.system_messages", f"{_LETTERS}by-itself/", 4),
    _page("message of the trip's own as it looks", "organiser.system_message_html", f"{_LETTERS}by-itself/html", 4),
    act("write a letter", "organiser.new_letter", f"{_LETTERS}new/", MEMBER, 8, fields=_LETTER),
    act(
        "change a draft",
        "organiser.write_letter",
        f"{_DRAFT}write/",
        MEMBER,
        8,
        fields=_LETTER,
    ),
    act("read a letter", "organiser.letter_is_read", f"{_DRAFT}read/", MEMBER, 8, form=f"{_DRAFT}preview/"),
    act("try a letter out", "organiser.test_letter", f"{_DRAFT}test/", MEMBER, 9, form=f"{_DRAFT}preview/"),
    act("send a letter", "organiser.send_letter", f"{_DRAFT}send/", MEMBER, 9, fields={"when": "now"}),
    act(
        "cancel a letter", "organiser.steer_letter", f"{_DRAFT}steer/", MEMBER, 10, fields={"do": "cancel"}, form=_DRAFT
    ),
)
