"""The lists of what a trip asks its participants and tells them, as forms; no page, no rule."""

from __future__ import annotations

from tripkit.domain.campaigns import Who
from tripkit.domain.questions import QuestionKind
from tripkit.domain.reminders import Anchor, Side
from tripkit.domain.sentences import sentence
from tripkit.web.organiser.editing.fields import MARKDOWN, Field, Kind, line, number, prose, word
from tripkit.web.organiser.editing.section import EMPTY_ALL, Section

_QUESTION_KINDS = {
    QuestionKind.TEXT.value: sentence("a line of text"),
    QuestionKind.LONG_TEXT.value: sentence("a longer text"),
    QuestionKind.NUMBER.value: sentence("a number"),
    QuestionKind.YES_NO.value: sentence("yes or no"),
    QuestionKind.ONE_OF.value: sentence("one of several answers"),
    QuestionKind.MANY_OF.value: sentence("several of several answers"),
    QuestionKind.DATE.value: sentence("a day"),
    QuestionKind.EMAIL.value: sentence("an e-mail address"),
    QuestionKind.PHONE.value: sentence("a telephone number"),
    QuestionKind.COUNTRY.value: sentence("a country"),
}
_ANCHORS = {
    Anchor.TRIP_STARTS.value: sentence("the trip's first day"),
    Anchor.TRIP_ENDS.value: sentence("the trip's last day"),
    Anchor.SIGNUP_CLOSES.value: sentence("the day sign-up closes"),
    Anchor.CHANGES_UNTIL.value: sentence("the last day for changes"),
    Anchor.FREE_CANCEL_UNTIL.value: sentence("the last day of free cancelling"),
}
_SIDES = {Side.BEFORE.value: sentence("before"), Side.AFTER.value: sentence("after")}
_WHO = {
    Who.WITH_PLACE.value: sentence("those who have a place"),
    Who.WAITING.value: sentence("those who wait for one"),
    Who.EVERYBODY.value: sentence("both"),
}

ASKED_AND_TOLD = (
    Section(
        key="questions",
        title=sentence("Questions"),
        one=sentence("New question"),
        lead=sentence("What each participant is asked when they sign up. Ask for no more than you need."),
        empty=sentence("No questions. Name and e-mail are asked for anyway."),
        name="name",
        fields=(
            line("name", sentence("The question"), needed=True),
            Field(path="kind", kind=Kind.ONE_OF, label=sentence("The answer is"), choices=_QUESTION_KINDS, needed=True),
            prose("help", sentence("What helps to answer it")),
            Field(path="required", kind=Kind.FLAG, label=sentence("It has to be answered"), usual=False),
            Field(
                path="sensitive",
                kind=Kind.FLAG,
                label=sentence("It is about health, diet or belief"),
                usual=False,
                hint=sentence("Answers are then sealed, and seen only by those who say why."),
            ),
            Field(
                path="options",
                kind=Kind.ROWS,
                label=sentence("Answers to choose from"),
                hint=sentence("For one or several of several answers."),
                of=(word("key", sentence("Key"), most=60), line("name", sentence("Answer"), needed=True)),
            ),
            Field(
                path="segments",
                kind=Kind.MANY_OF_LIST,
                label=sentence("Put to"),
                section="segments",
                hint=EMPTY_ALL,
            ),
            Field(
                path="when.question",
                kind=Kind.ONE_OF_LIST,
                label=sentence("Only after this question"),
                section="questions",
            ),
            Field(
                path="when.answers",
                kind=Kind.WORDS,
                label=sentence("And only after these answers"),
                hint=sentence("Their keys, commas between; yes or no for a question of that kind."),
            ),
            number("at_least", sentence("The smallest number allowed")),
            number("at_most", sentence("The largest number allowed")),
            number(
                "kept_days",
                sentence("Days after the trip until the answers are erased"),
                hint=sentence("Left empty: as long as the rest."),
                most=3650,
            ),
        ),
    ),
    Section(
        key="practical",
        title=sentence("Practical information"),
        one=sentence("New piece of information"),
        lead=sentence("How one gets there, what to bring, where to sleep."),
        empty=sentence("Nothing practical yet."),
        name="title",
        fields=(
            line("title", sentence("Title"), needed=True),
            prose("text", sentence("What there is to know"), needed=True, hint=MARKDOWN),
        ),
    ),
    Section(
        key="reminders",
        title=sentence("Reminders"),
        one=sentence("New reminder"),
        lead=sentence("Letters that go out by themselves when their day has come, once to each booking."),
        empty=sentence("No reminders. One some days before the trip spares you many questions."),
        name="subject",
        fields=(
            line(
                "subject",
                sentence("Subject"),
                needed=True,
                hint=sentence("{{name}}, {{trip}} and {{code}} stand for the contact person, the title and the code."),
            ),
            prose(
                "text",
                sentence("Text"),
                needed=True,
                hint=sentence("{{link}} stands for the secret link to the booking."),
            ),
            number("when.days", sentence("Days"), needed=True, hint=sentence("0 for the day itself."), most=365),
            Field(path="when.side", kind=Kind.ONE_OF, label=sentence("Before or after"), choices=_SIDES, needed=True),
            Field(path="when.anchor", kind=Kind.ONE_OF, label=sentence("Which day"), choices=_ANCHORS, needed=True),
            Field(path="when.at", kind=Kind.TIME, label=sentence("At"), needed=True),
            Field(path="to", kind=Kind.ONE_OF, label=sentence("To"), choices=_WHO, usual="with_place"),
            Field(
                path="segments",
                kind=Kind.MANY_OF_LIST,
                label=sentence("Groups"),
                section="segments",
                hint=EMPTY_ALL,
            ),
            Field(
                path="visits",
                kind=Kind.MANY_OF_LIST,
                label=sentence("Who has chosen"),
                section="programme",
                hint=EMPTY_ALL,
            ),
        ),
    ),
)
