"""Questions: what goes with which kind, and conditions that can come true."""

from __future__ import annotations

from tripkit.domain.deadlines import RETENTION_DAYS
from tripkit.domain.questions import QuestionKind
from tripkit.domain.sentences import sentence
from tripkit.eventfile.errors import Findings, list_words, nearest_word
from tripkit.eventfile.format.programme import EventEntry, QuestionEntry

_CHOSEN = {QuestionKind.ONE_OF, QuestionKind.MANY_OF}
_CONDITIONAL = {QuestionKind.YES_NO, *_CHOSEN}


def check_questions(entry: EventEntry, *, whole: bool, findings: Findings) -> None:
    """Note what does not fit. ``whole``: all questions could be read, so that a missing one is really missing."""
    earlier: dict[str, QuestionEntry] = {}
    later = {question.key for question in entry.questions}
    longest = entry.trip.retention.days if entry.trip.retention else RETENTION_DAYS
    for question in entry.questions:
        if question.kept_days is not None and question.kept_days > longest:
            findings.error(
                question.where("kept_days"),
                sentence("everything people wrote is erased after {count} days, answers too", count=longest),
                sentence("write fewer days here, or more in retention"),
            )
        _check_kind(question, findings)
        _check_condition(question, earlier, later, whole, findings)
        earlier[question.key] = question


def _check_kind(question: QuestionEntry, findings: Findings) -> None:
    kinds = sentence("they are for one_of and many_of")
    if question.kind in _CHOSEN and len(question.options) < 2:
        findings.error(
            question.where("options"),
            sentence("a question of kind {kind} has at least two options", kind=question.kind.value),
            sentence("write them as in {example}", example="options: [{key: bus, name: {en: By bus}}, …]"),
        )
    elif question.kind not in _CHOSEN and question.options:
        findings.error(
            question.key_at("options"),
            sentence("a question of kind {kind} has no options", kind=question.kind.value),
            kinds,
        )
    for name in ("at_least", "at_most"):
        if question.kind is not QuestionKind.NUMBER and getattr(question, name) is not None:
            findings.error(
                question.key_at(name),
                sentence("a question of kind {kind} has no {key}", kind=question.kind.value, key=name),
                sentence("it is for number"),
            )
    if question.at_least is not None and question.at_most is not None and question.at_most < question.at_least:
        findings.error(question.where("at_most"), sentence("this is less than at_least"))


def _check_condition(
    question: QuestionEntry, earlier: dict[str, QuestionEntry], later: set[str], whole: bool, findings: Findings
) -> None:
    when = question.when
    if when is None:
        return
    asked = earlier.get(when.question)
    if asked is None:
        if when.question in later:
            what = sentence("“{key}” is not asked before this question", key=when.question)
        else:
            what = sentence("there is no “{key}” among questions", key=when.question)
        hint = sentence("earlier questions: {words}", words=list_words(earlier)) if earlier else None
        if whole:
            findings.error(when.where("question"), what, hint, nearest_word(when.question, earlier))
        return
    if asked.kind not in _CONDITIONAL:
        findings.error(
            when.where("question"),
            sentence(
                "“{key}” is of kind {kind}, whose answers are not known before", key=asked.key, kind=asked.kind.value
            ),
            sentence("a condition looks at a question of kind yes_no, one_of or many_of"),
        )
        return
    allowed = ["yes", "no"] if asked.kind is QuestionKind.YES_NO else [option.key for option in asked.options]
    for index, answer in enumerate(when.answers):
        if answer not in allowed:
            findings.error(
                when.where("answers", index),
                sentence("“{key}” has no answer “{answer}”", key=asked.key, answer=answer),
                sentence("it has {words}", words=list_words(allowed)),
                nearest_word(answer, allowed),
            )
    if question.segments and asked.segments and not set(question.segments) & set(asked.segments):
        findings.warn(
            when.where("question"),
            sentence("nobody is asked this: “{key}” is put to other groups", key=asked.key),
        )
