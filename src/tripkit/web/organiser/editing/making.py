"""A new trip from a handful of answers, or from one there is already; everything else is written afterwards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from flask import abort, redirect, request, url_for
from flask.typing import ResponseReturnValue

from tripkit.actions.make_trip import make_trip
from tripkit.domain.refusals import Problem
from tripkit.domain.sentences import Sentence, sentence
from tripkit.domain.texts import Text
from tripkit.domain.trips import Organisation
from tripkit.eventfile.as_written import Written
from tripkit.eventfile.errors import EventErrors
from tripkit.eventfile.format.nearly_right import as_key
from tripkit.i18n import LANGUAGES, say
from tripkit.reads.trip_document import TripDocument, trip_document
from tripkit.reads.trip_list import organisation as find_organisation
from tripkit.reads.trip_list import trip_titles
from tripkit.reads.trip_plan import find_trip
from tripkit.web.account.page import LOST_SESSION
from tripkit.web.frame import now, page_language, session
from tripkit.web.guards import here
from tripkit.web.organiser import blueprint
from tripkit.web.organiser.editing.fields import Field, Kind, line, number, prose
from tripkit.web.organiser.editing.forms import Filled, Reading, read, shown
from tripkit.web.organiser.editing.page import CHANGE, filled_sent, languages_of, show_editing
from tripkit.web.organiser.page import ACTS, member_acts, show
from tripkit.web.routing import Policy, route
from tripkit.web.signup.csrf import CsrfForm

_DAYS = (
    Field(path="from", kind=Kind.DAY, label=sentence("First day"), needed=True),
    Field(path="to", kind=Kind.DAY, label=sentence("Last day"), needed=True),
)
_NEW = (
    line(
        "title",
        sentence("What is it called?"),
        needed=True,
        hint=sentence("As in a study trip to Göteborg. Leave a language empty, and the trip is not in it."),
    ),
    prose("lead", sentence("What is it, in a sentence or two?"), needed=True),
    line("place", sentence("Where does it go?"), needed=True, hint=sentence("In a word or two, as in Göteborg.")),
    *_DAYS,
    number("size", sentence("How many can come?"), needed=True, usual=None, most=100_000),
    line(
        "segments",
        sentence("Whom is it for?"),
        hint=sentence("Groups, commas between, as in municipalities, police. Left empty: one group for all."),
    ),
    Field(path="net", kind=Kind.AMOUNT, label=sentence("What does one person pay, without tax?"), needed=True),
    Field(path="vat", kind=Kind.AMOUNT, label=sentence("Tax in percent"), needed=True),
)
_COPY = (
    line("title", sentence("What is it called?"), needed=True),
    Field(path="from", kind=Kind.DAY, label=sentence("First day"), needed=True),
)
_EVERYBODY = sentence("Participants")
_TERMS = sentence(
    "The sign-up is binding. Until the last day of free cancelling it costs nothing to cancel; after that the whole price is"
    " charged. A place can be handed over to a colleague without cost. What you write is used for the trip alone, and erased"
    " after it."
)


@route(
    blueprint,
    "/<language>/organise/<organisation>/new-trip/",
    policy=Policy.MEMBER,
    needs=CHANGE,
    methods=("GET", "POST"),
    limits=(ACTS,),
)
def new_trip(language: str, organisation: str) -> ResponseReturnValue:
    """The form, and a draft made from it."""
    page_language()
    host = find_organisation(session(), organisation) or abort(404)
    offered = tuple(dict.fromkeys((*host.languages, *LANGUAGES)))
    if request.method != "POST":
        return _form(offered, shown(_NEW, {"vat": 25}, offered))
    languages = _written_in(filled_sent(), offered)
    form = Reading(filled_sent(), languages, [])
    if not CsrfForm().is_ours():
        return _form(offered, filled_sent(), problems=[LOST_SESSION])
    values = read(_NEW, form)
    problems = form.problems
    if not problems:
        try:
            key = make_trip(
                session(),
                organisation_id=here().organisation_id,
                document=_document(host, languages, values),
                moment=member_acts(),
            )
        except EventErrors as errors:
            problems = [_problem(error.file, _said(error.sentence), languages) for error in errors.errors]
        else:
            return redirect(_edit_page(key), 303)
    return _form(offered, filled_sent(), problems=problems)


def _written_in(filled: Filled, offered: Sequence[str]) -> tuple[str, ...]:
    """The languages that something is written in, of those that are offered; the first one where nothing is."""
    texts = [field.path for field in _NEW if field.kind in {Kind.LINE, Kind.PROSE}]
    written = (
        one for one in offered if any(word.strip() for text in texts for word in filled.get(f"{text}-{one}", ()))
    )
    return tuple(written) or tuple(offered[:1])


def _form(offered: Sequence[str], filled: Filled, **values: Any) -> ResponseReturnValue:
    others = trip_titles(session(), organisation_id=here().organisation_id)
    return show(
        "organiser/editing/new.html",
        fields=_NEW,
        filled=filled,
        spoken=offered,
        others=others,
        choices={},
        **values,
    )


def _edit_page(key: str) -> str:
    where = {"language": page_language(), "organisation": here().organisation_key, "trip": key}
    return url_for("organiser.edit", done="made", **where)  # type: ignore[arg-type]  # A mapping of words.


def _document(host: Organisation, languages: Sequence[str], values: Mapping[str, Any]) -> Written:
    """A whole trip from few answers, right in every other respect."""
    first = date.fromisoformat(values["from"])
    groups = _groups(values.get("segments") or _in_all(_EVERYBODY, languages), languages)
    zone = here().time_zone
    trip = {
        "key": "new",
        "title": values["title"],
        "lead": values["lead"],
        "place": values["place"],
        "days": {"from": values["from"], "to": values["to"]},
        "time_zone": zone if zone != "UTC" else "Europe/Stockholm",
        "languages": list(languages),
        "size": values["size"],
        "sign_up": _sign_up(first),
        "contact": {"name": _in_first(host.name, host.languages), "email": host.email},
        "price": {"net": values["net"], "currency": "SEK", "vat": values["vat"]},
        "terms": {"version": "1", "text": _in_all(_TERMS, languages)},
    }
    return {"trip": trip, "segments": groups}


def _sign_up(first: date) -> Written:
    """Sign-up closes two weeks before, and cancelling is free until four, as far as those are ahead."""
    today = now().date()
    closes, free = first - timedelta(days=14), first - timedelta(days=28)
    return {
        **({"closes": f"{closes.isoformat()} 17:00"} if closes > today else {}),
        **({"free_cancel_until": free.isoformat()} if free > today else {}),
    }


def _groups(texts: Text, languages: Sequence[str]) -> list[Written]:
    """Groups named on one line in each language, the first ones belonging together, and so on."""
    named = {language: [word.strip() for word in text.split(",") if word.strip()] for language, text in texts.items()}
    firsts = named.get(languages[0], [])
    found: dict[str, Written] = {}
    for index, word in enumerate(firsts):
        key = as_key(word) or f"group-{index + 1}"
        names = {language: words[index] for language, words in named.items() if index < len(words)}
        found.setdefault(key, {"key": key, "name": names})
    return list(found.values())


def _in_first(texts: Text, languages: Sequence[str]) -> str:
    return texts.get(languages[0]) or next(iter(texts.values()), "")


def _in_all(said: Sentence, languages: Sequence[str]) -> Text:
    ours = [language for language in languages if language in LANGUAGES]
    found = {language: say(said, language) for language in ours}
    return found if languages[0] in found else {languages[0]: say(said, "en"), **found}


def _said(said: Sentence) -> Sentence:
    words = say(said, page_language())
    return Sentence("{said}", {"said": f"{words[:1].upper()}{words[1:].rstrip('.')}."})


def _problem(path: str, said: Sentence, languages: Sequence[str]) -> Problem:
    names = {"trip/days/from": "from", "trip/days/to": "to", "trip/size": "size", "trip/price/net": "net"}
    names |= {"trip/price/vat": "vat", "trip/days": "from"}
    names |= {f"trip/{one}": f"{one}-{languages[0]}" for one in ("title", "lead", "place")}
    return Problem(names.get(path, ""), said)


@route(
    blueprint,
    "/<language>/organise/<organisation>/new-trip/<source>/",
    policy=Policy.MEMBER,
    needs=CHANGE,
    methods=("GET", "POST"),
    limits=(ACTS,),
)
def copy_trip(language: str, organisation: str, source: str) -> ResponseReturnValue:
    """The form, and a draft made of what is written of a trip, on other days."""
    page_language()
    trip_id = find_trip(session(), organisation, source) or abort(404)
    found = trip_document(session(), trip_id) or abort(404)
    spoken = languages_of(found)
    if request.method != "POST":
        filled: Filled = shown(_COPY, {"title": found.document["trip"]["title"]}, spoken)
        return _copy_form(found, source, filled)
    filled, form = filled_sent(), Reading(filled_sent(), spoken, [])
    if not CsrfForm().is_ours():
        return _copy_form(found, source, filled, problems=[LOST_SESSION])
    values = read(_COPY, form)
    if form.problems:
        return _copy_form(found, source, filled, problems=form.problems)
    trip = {name: value for name, value in found.document["trip"].items() if name != "short_title"}
    try:
        key = make_trip(
            session(),
            organisation_id=here().organisation_id,
            document={**found.document, "trip": {**trip, "title": values["title"]}},
            copied_from=trip_id,
            starting=date.fromisoformat(values["from"]),
            moment=member_acts(),
        )
    except EventErrors as errors:
        problems = [Problem("from", _said(error.sentence)) for error in errors.errors]
        return _copy_form(found, source, filled, problems=problems)
    return redirect(_edit_page(key), 303)


def _copy_form(found: TripDocument, source: str, filled: Filled, **values: Any) -> ResponseReturnValue:
    return show_editing(
        "organiser/editing/copy.html", found, source=source, fields=_COPY, filled=filled, choices={}, **values
    )
