"""Whatever is noted in the audit log has a sentence there, and no sentence is about what is never done."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import get_args

from tests.house.tree import modules, shown
from tripkit.actions.note_refused import Refused
from tripkit.domain.done import DONE

NAMED_BY_A_VARIABLE = {
    "src/tripkit/actions/answer_invitation.py": {"accept_invitation", "decline_invitation"},
    "src/tripkit/actions/announce_signup.py": {"signup_opened", "signup_ended"},
    "src/tripkit/actions/booking_access.py": set[str](),  # What `audited` says is looked at where it is said.
    "src/tripkit/actions/change_member.py": {"change_role", "leave", "remove_member"},
    "src/tripkit/actions/note_refused.py": set(get_args(Refused)),
    "src/tripkit/actions/take_up_messages.py": {"take_up_message", "drop_message"},
}
"""Modules in which a call of `audit` does not say by itself what is noted, and what that can be."""


def named(node: ast.expr | None, where: str) -> Iterator[str | re.Pattern[str]]:
    """What an expression can be: names, or patterns of them."""
    match node:
        case ast.Constant(value=str(name)):
            yield name
        case ast.IfExp(body=first, orelse=second):
            yield from named(first, where)
            yield from named(second, where)
        case ast.JoinedStr(values=parts):
            yield re.compile("".join(re.escape(str(p.value)) if isinstance(p, ast.Constant) else r"\w+" for p in parts))
        case _:
            assert where in NAMED_BY_A_VARIABLE, f"{where}: say here what it notes"
            yield from NAMED_BY_A_VARIABLE[where]


def noted() -> dict[str | re.Pattern[str], str]:
    """All that is noted anywhere, each with a module that does."""
    found: dict[str | re.Pattern[str], str] = {}
    for path in modules():
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            if isinstance(node.func, ast.Name) and node.func.id == "audit":
                found |= dict.fromkeys(named(node.args[1], shown(path)), shown(path))
            for keyword in node.keywords:
                if keyword.arg == "audited":
                    found |= dict.fromkeys(named(keyword.value, shown(path)), shown(path))
    return found


def test_everything_that_is_noted_has_a_sentence() -> None:
    lacking = {
        str(one): where
        for one, where in noted().items()
        if not (one in DONE if isinstance(one, str) else any(one.fullmatch(name) for name in DONE))
    }
    assert lacking == {}, "say in domain/done.py what was done, in words for who reads the log"


def test_no_sentence_is_about_what_is_never_done() -> None:
    known = noted()
    names = {one for one in known if isinstance(one, str)}
    patterns = [one for one in known if not isinstance(one, str)]
    assert [name for name in DONE if name not in names and not any(one.fullmatch(name) for one in patterns)] == []
