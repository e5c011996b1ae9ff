"""What counts as a right answer to a question, and which questions are asked of whom; no form."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from unicodedata import normalize

from tripkit.domain.questions import Answer, Answers, Question, QuestionKind
from tripkit.domain.refusals import Problem
from tripkit.domain.sentences import Sentence, sentence

LONGEST = {QuestionKind.TEXT: 500, QuestionKind.LONG_TEXT: 5000}
"""Longest answers in characters; other kinds are short by nature."""
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"  # RFC 5322, 3.2.3
_LABEL = r"[^\W_](?:[^\W_]|-)*"
_EMAIL = re.compile(rf"{_ATOM}(?:\.{_ATOM})*@(?:{_LABEL}\.)+{_LABEL}")
_PHONE = re.compile(r"\+?[0-9][0-9 ()/.-]{4,24}")
_NUMBER = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,9})?")
# Control characters, separators of lines and paragraphs, spaces of no width, overrides of direction, tags, and what is no
# character. Joiners and marks of direction stay: names in Persian or Hebrew are written with them.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u200b\u2028-\u202e\u2060-\u2069\ufeff\ufffe\uffff\U000e0000-\U000e007f]"
)
_BLANK = "\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0"
_ONLY_BLANK = re.compile(rf"[\s\x00-\x1f{_BLANK}]*")


def is_email(text: str) -> bool:
    """Whether it is an address that mail can be sent to (RFC 5321 lengths, RFC 5322 dot-atom; the domain in any script)."""
    local, _, domain = text.rpartition("@")
    if len(text) > 254 or len(local) > 64 or _EMAIL.fullmatch(text) is None:
        return False
    try:
        known = domain.encode("idna")
    except UnicodeError:  # A part of the domain that has no form mail servers know.
        return False
    return len(known.rpartition(b".")[2]) >= 2 and not goes_elsewhere(domain)


def goes_elsewhere(domain: str) -> bool:
    """Whether mail would go to a domain of other letters (RFC 3490), as for straße.example to strasse.example.

    Whoever has that one would read what is meant for this one, and one mailbox would have many addresses.
    """
    if domain.isascii():
        return False
    try:
        return domain.encode("idna").decode("idna").lower() != normalize("NFC", domain).lower()
    except UnicodeError:  # No domain at all.
        return False


def has_unseen_characters(text: str) -> bool:
    """Whether it holds control or bidirectional override characters, which can hide what a reader sees."""
    return _UNSEEN.search(text) is not None


def is_blank(text: str) -> bool:
    """Whether a reader sees nothing of it: spaces, joiners, letters without a shape."""
    return _ONLY_BLANK.fullmatch(text) is not None


def is_asked(question: Question, segment: str, answers: Answers) -> bool:
    """Whether this question is put to somebody of this segment who gave these answers."""
    if question.segments and segment not in question.segments:
        return False
    if question.when is None:
        return True
    given = answers.get(question.when.question)
    keys = (
        {"yes" if given else "no"}
        if isinstance(given, bool)
        else {given}
        if isinstance(given, str)
        else set(given or ())
    )
    return not keys.isdisjoint(question.when.answers)


def asked(questions: Iterable[Question], segment: str, answers: Answers) -> tuple[Question, ...]:
    """The questions put to somebody, in order. An answer to a question that is not asked opens no further one."""
    put: list[Question] = []
    heard: dict[str, Answer] = {}
    for question in questions:
        if is_asked(question, segment, heard):
            put.append(question)
            heard[question.key] = answers.get(question.key)
    return tuple(put)


def without_sensitive(questions: Iterable[Question]) -> tuple[Question, ...]:
    """The questions that somebody else may answer for a participant: not those about health, diet or belief."""
    return tuple(question for question in questions if not question.sensitive)


def check_answers(questions: Iterable[Question], segment: str, answers: Answers, at: str) -> tuple[Problem, ...]:
    """What is wrong with one participant's answers. ``at``: the path before the question's key.

    Answers to questions that are not asked are not looked at; `kept` drops them.
    """
    problems = (
        (question, _wrong(question, answers.get(question.key))) for question in asked(questions, segment, answers)
    )
    return tuple(Problem(f"{at}.{question.key}", wrong) for question, wrong in problems if wrong is not None)


def kept(questions: Iterable[Question], segment: str, answers: Answers) -> dict[str, Answer]:
    """The answers to store: of questions that were asked, and answered."""
    return {
        question.key: answers[question.key]
        for question in asked(questions, segment, answers)
        if not _is_empty(answers.get(question.key))
    }


def _is_empty(answer: Answer) -> bool:
    return answer is None or answer == () or (isinstance(answer, str) and not answer.strip())


def _wrong(question: Question, answer: Answer) -> Sentence | None:
    if _is_empty(answer):
        return _missing(question) if question.required else None
    if question.kind is QuestionKind.YES_NO:
        return None if isinstance(answer, bool) else sentence("Answer yes or no.")
    if question.kind is QuestionKind.MANY_OF:
        known = {option.key for option in question.options}
        fine = isinstance(answer, tuple) and known.issuperset(answer)
        return None if fine else sentence("Choose among the answers in the list.")
    if not isinstance(answer, str):
        return sentence("Write the answer as text.")
    return _wrong_text(question, answer)


def _missing(question: Question) -> Sentence:
    if question.kind in {QuestionKind.ONE_OF, QuestionKind.MANY_OF, QuestionKind.YES_NO, QuestionKind.COUNTRY}:
        return sentence("Choose an answer to “{question}”.", question=question.name)
    return sentence("Answer “{question}”.", question=question.name)


def _wrong_text(question: Question, answer: str) -> Sentence | None:
    longest = LONGEST.get(question.kind, 254)
    if len(answer) > longest:
        return sentence(
            "The answer is {length} characters long. At most {longest} fit.", length=len(answer), longest=longest
        )
    if has_unseen_characters(answer):
        return sentence("The answer holds characters that cannot be seen. Write it again by hand.")
    match question.kind:
        case QuestionKind.ONE_OF if answer not in {option.key for option in question.options}:
            return sentence("Choose among the answers in the list.")
        case QuestionKind.NUMBER:
            return _wrong_number(question, answer)
        case QuestionKind.DATE:
            return _wrong_date(answer)
        case QuestionKind.EMAIL if not is_email(answer):
            return sentence("The address is not whole. Write all of it, as in name@workplace.example.")
        case QuestionKind.PHONE if not _PHONE.fullmatch(answer):
            return sentence("Write the number with digits, with + and country code if it is not Swedish.")
        case QuestionKind.COUNTRY if re.fullmatch("[A-Z]{2}", answer) is None:
            return sentence("Choose a country in the list.")
    return None


def _wrong_number(question: Question, answer: str) -> Sentence | None:
    written = answer.replace("\u00a0", "").replace(" ", "").replace(",", ".")
    if _NUMBER.fullmatch(written) is None:
        return sentence("Write a number with digits.")
    number = Decimal(written)
    if question.at_least is not None and number < question.at_least:
        return sentence("The number is at least {least}.", least=question.at_least)
    if question.at_most is not None and number > question.at_most:
        return sentence("The number is at most {most}.", most=question.at_most)
    return None


def _wrong_date(answer: str) -> Sentence | None:
    try:
        date.fromisoformat(answer)
    except ValueError:
        return sentence("Write the date as year-month-day, 2019-01-24.")
    return None
