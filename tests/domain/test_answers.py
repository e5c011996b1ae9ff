"""Which questions are put to whom, and what counts as an answer."""

from __future__ import annotations

from typing import Any

import pytest

from tripkit.domain.answers import asked, check_answers, kept
from tripkit.domain.questions import Condition, Option, Question, QuestionKind


def question(key: str, kind: QuestionKind = QuestionKind.TEXT, **changes: Any) -> Question:
    return Question(**{"key": key, "kind": kind, "name": {"en": key}, "help": {}, **changes})


OPTIONS = (Option(key="train", name={}), Option(key="car", name={}))


def wrong(one: Question, answer: Any) -> str | None:
    problems = check_answers([one], "city", {one.key: answer}, "answers")
    assert all(problem.at == f"answers.{one.key}" for problem in problems)
    return str(problems[0].sentence) if problems else None


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        (QuestionKind.TEXT, ["Åsa", "x" * 500], ["x" * 501, True, ("a",), "a\u202eb", "a\x00b"]),
        (QuestionKind.LONG_TEXT, ["one\ntwo"], ["x" * 5001]),
        (QuestionKind.NUMBER, ["0", "3,5", "1 000", "-2"], ["many", "NaN", "Infinity", "1e999999999"]),
        (QuestionKind.YES_NO, [True, False], ["yes"]),
        (QuestionKind.ONE_OF, ["train"], ["boat", True]),
        (QuestionKind.MANY_OF, [("train",), ("train", "car")], [("boat",), "train"]),
        (QuestionKind.DATE, ["2019-01-24"], ["24/1", "2019-02-30"]),
        (
            QuestionKind.EMAIL,
            ["asa.ek@kommun.example", "o'neil+x@a-b.co.example", "asa@ålösa.example"],
            [
                "asa@kommun",
                "a b@c.example",
                "@c.example",
                "a..b@c.example",
                "a:b@c.example",
                "åsa@c.example",
                "a@b..example",
            ],
        ),
        (QuestionKind.PHONE, ["031-12 34 56", "+46 31 12 34 56"], ["ring mig", "1"]),
        (QuestionKind.COUNTRY, ["SE"], ["Sverige", "se"]),
    ],
)
def test_each_kind_of_question_knows_its_answers(kind: QuestionKind, good: list[Any], bad: list[Any]) -> None:
    one = question("q", kind, options=OPTIONS)
    assert [answer for answer in good if wrong(one, answer) is not None] == []
    assert [answer for answer in bad if wrong(one, answer) is None] == []


@pytest.mark.parametrize("kind", list(QuestionKind))
def test_only_a_required_question_needs_an_answer(kind: QuestionKind) -> None:
    for empty in (None, "", " ", ()):
        if kind is not QuestionKind.YES_NO or empty is None:
            assert wrong(question("q", kind, options=OPTIONS), empty) is None
            assert wrong(question("q", kind, options=OPTIONS, required=True), empty) is not None


def test_a_number_keeps_within_its_bounds() -> None:
    one = question("q", QuestionKind.NUMBER, at_least=1, at_most=3)
    assert [wrong(one, answer) for answer in ("1", "3")] == [None, None]
    assert wrong(one, "0") == "The number is at least 1."
    assert wrong(one, "3,1") == "The number is at most 3."


def test_questions_are_put_to_their_segments_and_after_their_answers() -> None:
    questions = [
        question("eats", QuestionKind.ONE_OF, options=OPTIONS),
        question("which", when=Condition(question="eats", answers=("car",))),
        question("colour", when=Condition(question="which", answers=("red",))),
        question("badge", segments=("police",)),
        question("bed", QuestionKind.YES_NO),
        question("pillow", when=Condition(question="bed", answers=("yes",))),
    ]

    def keys(segment: str, **answers: Any) -> list[str]:
        return [one.key for one in asked(questions, segment, answers)]

    assert keys("city") == ["eats", "bed"]
    assert keys("police", eats="car", which="red", bed=True) == ["eats", "which", "colour", "badge", "bed", "pillow"]
    assert keys("city", eats="train", which="red", bed=False) == ["eats", "bed"]


def test_answers_to_what_is_not_asked_are_neither_checked_nor_kept() -> None:
    questions = [
        question("bed", QuestionKind.YES_NO),
        question("n", QuestionKind.NUMBER, when=Condition(question="bed", answers=("yes",))),
    ]
    assert check_answers(questions, "city", {"bed": False, "n": "stones"}, "a") == ()
    assert kept(questions, "city", {"bed": False, "n": "stones", "other": "x"}) == {"bed": False}
