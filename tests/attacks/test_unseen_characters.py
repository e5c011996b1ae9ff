"""Characters nobody sees, in every text a form takes: refused in words or taken out, so that no name hides another."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.fuzz.forms import Form, Found
from tests.web.conftest import TRIP, Site
from tests.web.everywhere import Stay, contents
from tests.web.signup_visitor import filled_in, page
from tripkit.domain.answers import has_unseen_characters, is_blank
from tripkit.storage import db

UNSEEN = {
    "NUL": "a\0b",
    "a control character": "a\x08b",
    "a control character of the upper half": "a\x9bb",
    "text that runs backwards": "a\u202eb",
    "text kept apart": "a\u2066b\u2069",
    "a line separator": "a\u2028b",
    "tags": "a\U000e0041\U000e007fb",
    "no character": "a\uffffb",
}
WITHOUT_WIDTH = ("\u200b", "\u2060", "\ufeff")
NOTHING = ("\u200b\u200b", "\u200d", "\u3164", "\u2800\u2800", " \u00ad ", "\u200e", "\ufe0f", "\uffa0", "\u2063")


def forms(site: Site, stay: Stay) -> Iterator[Form]:
    """The forms that are filled in: signing up, and what a booking's page leads to."""
    mine = f"/en/booking/{stay.made.token}/"
    person = f"{mine}participants/{stay.participant}/"
    for path in (f"{TRIP}sign-up/", f"{mine}contact/", f"{person}correct/", f"{person}hand-over/", "/en/booking/"):
        yield next(form for form in Found(site.get(path).text, path).forms if form.method == "POST")


def values(form: Form) -> dict[str, str]:
    """A form filled in as an honest person does."""
    kept = {
        one.name: one.values[0] for one in form.fields if one.values and one.kind not in {"radio", "checkbox", "submit"}
    }
    known = filled_in([], "nora@tripkit.example") | {
        "participants-0-name": "Nora",
        "participants-0-email": "nora@tripkit.example",
        "participants-0-answers-arrives": "Train",
        "invoice_reference": "4711",
        "contact_phone": "000-00 00 00",
        "email": "nora@tripkit.example",
        "code": "AAAA-AAAA",
    }
    return {name: value or known.get(name, "") for name, value in kept.items()} | {
        name: value for name, value in known.items() if name in {one.name for one in form.fields} and not kept.get(name)
    }


def texts(form: Form) -> list[str]:
    """The fields one writes in."""
    return [one.name for one in form.fields if one.kind in {"text", "textarea", "email", "tel"}]


def everything(site: Site) -> str:
    """Every text in the database."""
    site.session.rollback()
    rows = [repr(row) for table in db.metadata.sorted_tables for row in site.session.execute(table.select())]
    site.session.rollback()
    return "\n".join(rows)


@pytest.mark.parametrize("what", UNSEEN)
def test_they_are_refused_in_words_in_every_text_of_every_form(site: Site, stay: Stay, what: str) -> None:
    before = contents(site.session)
    tried = 0
    for form in forms(site, stay):
        for name in texts(form):
            answer = site.client.post(form.path, data=values(form) | {name: UNSEEN[what]})
            # Who asks for a link with a code that cannot be is answered as anybody.
            assert answer.status_code == 422 or form.path == "/en/booking/", (form.path, name)
            assert page(answer).title or answer.status_code == 303
            tried += 1
    assert tried >= 15
    assert contents(site.session) == before
    assert UNSEEN[what] not in everything(site)


def test_without_them_the_same_forms_are_taken(site: Site, stay: Stay) -> None:
    answers = {form.path: site.client.post(form.path, data=values(form)) for form in forms(site, stay)}
    assert {path: answer.status_code for path, answer in answers.items()} == dict.fromkeys(answers, 303)


@pytest.mark.parametrize("sign", WITHOUT_WIDTH)
def test_spaces_of_no_width_are_left_out_of_what_was_copied(site: Site, sign: str) -> None:
    site.publish()
    form = Found(site.get(f"{TRIP}sign-up/").text, f"{TRIP}sign-up/").forms[0]
    typed = values(form) | filled_in([(name, value) for name, value in values(form).items()])
    typed |= {
        "contact_name": f"No{sign}ra",
        "contact_email": f"{sign}nora@tripkit.example{sign}",
        "participants-0-name": "",
    }
    assert site.client.post(f"{TRIP}sign-up/", data=typed).status_code == 303
    assert "'Nora'" in everything(site)
    assert sign not in everything(site)


@pytest.mark.parametrize("name", NOTHING)
def test_a_name_nobody_can_see_is_no_name(site: Site, stay: Stay, name: str) -> None:
    assert is_blank(name)
    form = next(iter(forms(site, stay)))
    for field in ("contact_name", "organisation"):
        answer = site.client.post(form.path, data=values(form) | {field: name})
        assert answer.status_code == 422, field


@pytest.mark.parametrize(
    "name", ["Åsa Öberg", "می‌خواهم", "שלום\u200f", "Zoë", "O’Brien", "李小龙", "👩‍🚒 Eva", "İpek", "-"]
)
def test_names_as_people_write_them_are_names(name: str) -> None:
    assert not is_blank(name)
    assert not has_unseen_characters(name)
