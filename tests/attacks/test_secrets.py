"""Secrets that are guessed, used for something else, used too late, or found in a copy of the database: they open nothing."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import select

from tests.statements import count_statements
from tests.web.accounts import Browser, mailed_token, signed_in_client
from tests.web.conftest import Site
from tests.web.everywhere import ARGUMENT, Stay, contents, engine_of, rules
from tests.web.signup_visitor import page, send
from tripkit.actions.recording import make_ways_out
from tripkit.reads.trip_plan import trip_plan
from tripkit.storage import db, write
from tripkit.storage.accounts import SignInLinkRow
from tripkit.storage.bookings import BookingRow
from tripkit.storage.outbox import OutboxRow
from tripkit.testing import NOW, booked

READER = "kontakt@tripkit.example"


def secrets_of(site: Site) -> dict[str, str]:
    """A secret of each kind, each of them made for the same person: the booking's, the way out's, the sign-in's."""
    trip = site.publish()
    made = booked(site.session, trip, contact_email=READER)
    plan = trip_plan(site.session, trip)
    assert plan is not None
    site.session.rollback()
    with write(site.session):
        way_out = make_ways_out(site.session, [(made.booking_id, READER)], plan[2], NOW)[0]
    browser = Browser(site.app, engine_of(site))
    browser.send("/en/account/sign-in/", email=READER)
    return {"booking": made.token, "unsubscribe": way_out, "sign-in": mailed_token(engine_of(site))}


def test_a_secret_for_one_purpose_opens_nothing_else(site: Site) -> None:
    found = secrets_of(site)
    assert len(set(found.values())) == 3
    opened: dict[str, set[str]] = {purpose: set() for purpose in found}
    before = contents(site.session)
    for rule in rules(site.app):
        if "token" not in rule.arguments:
            continue
        for purpose, token in found.items():
            values = {"language": "en", "token": token, "participant_id": "1", "offer_id": "1"}
            path = ARGUMENT.sub(lambda match, values=values: values.get(match[1], "1"), rule.rule)  # type: ignore[misc]
            if site.app.test_client().get(path).status_code == 200:
                opened[purpose].add(rule.rule.split("<token>")[0].strip("/").split("/")[-1])
    assert opened == {purpose: {purpose} for purpose in found}
    assert contents(site.session) == before


def test_nothing_in_a_copy_of_the_database_opens_anything_that_is_stored(site: Site) -> None:
    """What waits to be sent holds its secret until it is sent; what opens it afterwards is a digest."""
    found = secrets_of(site)
    site.session.rollback()
    stored = "\n".join(
        repr(row)
        for table in db.metadata.sorted_tables
        if table.name != "outbox"
        for row in site.session.execute(table.select())
    )
    assert [purpose for purpose, token in found.items() if token in stored] == []


def test_a_sign_in_link_is_good_once_and_not_for_long(site: Site) -> None:
    token = secrets_of(site)["sign-in"]
    path = f"/en/account/sign-in/{token}/"
    late = site.session.scalars(select(SignInLinkRow)).one().expires_at - NOW
    site.session.rollback()
    assert late <= timedelta(hours=1)
    site.at(NOW + late + timedelta(seconds=1))
    assert site.get(path).status_code == 404
    site.at(NOW)
    browser, other = (Browser(site.app, engine_of(site)) for _ in range(2))
    assert browser.send(path).status_code == 303
    assert other.get(path).status_code == 404


def test_a_booking_code_is_not_guessed(site: Site) -> None:
    """A thousand codes that look like one, and all that are one sign away: the answer is the same, and nothing is sent."""
    trip = site.publish()
    made = booked(site.session, trip, contact_email=READER)
    site.session.rollback()
    before = site.session.scalars(select(OutboxRow.id)).all()
    signs = sorted({*"ABCDEFGHJKLMNPQRSTUVWXYZ23456789", *made.code} - {"-"})
    chance = random.Random(7)
    guesses = ["".join(chance.choice(signs) if sign != "-" else sign for sign in made.code) for _ in range(200)]
    guesses += [made.code[:-1] + sign for sign in signs if sign != made.code[-1]]
    form = page(site.get("/en/booking/"))
    answers = {
        (answer.status_code, answer.location)
        for guess in guesses
        if guess != made.code
        for answer in [send(site.client, "/en/booking/", form, {"email": READER, "code": guess})]
    }
    assert answers == {(303, "/en/booking/?sent=yes")}
    site.session.rollback()
    assert site.session.scalars(select(OutboxRow.id)).all() == before
    assert len(signs) ** len(made.code.replace("-", "")) > 10**11


@pytest.mark.parametrize("address", ["nobody@tripkit.example", "KONTAKT2@tripkit.example"])
def test_whether_there_is_a_code_is_told_neither_by_words_nor_by_work(site: Site, stay: Stay, address: str) -> None:
    """As many statements for a code there is, with somebody else's address, as for one there is not."""
    site.session.rollback()
    code = site.session.get_one(BookingRow, stay.made.booking_id).code
    site.session.rollback()
    form = page(site.get("/en/booking/"))
    work = []
    for guess in (code, "AAAA-AAAA"):
        with count_statements(engine_of(site)) as sent:
            answer = send(site.client, "/en/booking/", form, {"email": address, "code": guess})
        work.append((answer.status_code, answer.location, len(sent)))
    assert work[0] == work[1]


@pytest.mark.parametrize(
    "change", ["another sign", "no signature", "another key", "another algorithm", "somebody else's secret"]
)
def test_a_cookie_that_was_changed_is_no_cookie(site: Site, change: str) -> None:
    client = signed_in_client(site.app, engine_of(site), READER)
    home = "/en/account/"
    assert client.get(home).status_code == 200
    cookie = client.get_cookie(site.app.config["SESSION_COOKIE_NAME"])
    assert cookie is not None
    content, _, signature = cookie.value.partition(".")
    forged = {
        "another sign": f"{content}.{signature[:-2]}xx",
        "no signature": content,
        "another key": URLSafeTimedSerializer("another key, 32 characters long.", "cookie-session").dumps(
            {"_user_id": "1"}
        ),
        "another algorithm": f"{content}..none",
        "somebody else's secret": f"{content[:-4]}AAAA.{signature}",
    }[change]
    other = site.app.test_client()
    other.set_cookie(cookie.key, forged)
    assert other.get(home).status_code == 303


@pytest.mark.parametrize(
    "code",
    [
        "\u0661\u0662\u0663\u0664\u0665\u0666",
        "åäöåäö",
        "\U0001f5301234",
        "\uff11\uff12\uff13\uff14\uff15\uff16",
        "\x00",
        "9" * 99,
    ],
)
def test_a_code_in_other_signs_is_a_wrong_code(site: Site, code: str) -> None:
    browser = Browser(site.app, engine_of(site))
    browser.sign_in(READER)
    path = "/en/account/security/app/"
    answer = browser.post(path, **{**dict(browser.see(path).fields), "code": code})
    assert answer.status_code == 422
