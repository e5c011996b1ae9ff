"""Signing in by a mailed link or a password, and out again; what a stranger learns from it is nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import get_args

import pytest
from sqlalchemy import select, update

from tests.statements import count_statements
from tests.web.accounts import HOME, SIGN_IN, Browser, mailed_token
from tests.web.conftest import Site
from tests.web.signup_visitor import page
from tripkit.actions.forget_sign_ins import SIGN_INS_KEPT, forget_sign_ins
from tripkit.actions.note_refused import Refused, note_refusals, note_refused
from tripkit.actions.passwords import hash_of
from tripkit.app import create_app
from tripkit.domain.accounts import LINK_LASTS, PROOF_LASTS, SIGN_IN_LASTS, UNUSED_LASTS
from tripkit.storage import db, write
from tripkit.storage.accounts import AccountRow, RefusedSignInRow, SignInLinkRow, SignInRow
from tripkit.storage.outbox import AuditRow, OutboxRow
from tripkit.testing import NOW, make_moment

EMAIL = "asa@tripkit.example"


@pytest.fixture
def browser(site: Site) -> Browser:
    return Browser(site.app, site.session.get_bind())


def notices(site: Site) -> list[str]:
    site.session.rollback()
    rows = site.session.scalars(select(OutboxRow.payload).where(OutboxRow.kind == "notice").order_by(OutboxRow.id))
    return [row["what"] for row in rows]


def with_password(site: Site, password: str) -> None:
    with write(site.session):
        site.session.execute(update(AccountRow).values(password=hash_of(password)))


def test_a_mailed_link_signs_in_whoever_presses_its_button(site: Site, browser: Browser) -> None:
    assert browser.get(HOME).location == "/en/account/sign-in/?next=/en/account/"
    asked = browser.send(SIGN_IN, email=f" {EMAIL.upper()} ")
    assert (asked.status_code, asked.location) == (303, "/en/account/sign-in/?sent=yes")
    assert "is on its way" in browser.see(asked.location).words
    opened = browser.send(f"/en/account/sign-in/{mailed_token(browser.engine)}/")
    assert (opened.status_code, opened.location) == (303, HOME)
    home = browser.see(HOME)
    assert EMAIL.upper() in home.words
    assert "Firefox, Linux" in home.words
    assert home.title.startswith("My account")


def test_a_link_that_is_only_looked_at_stays_good(site: Site, browser: Browser) -> None:
    browser.send(SIGN_IN, email=EMAIL)
    link = f"/en/account/sign-in/{mailed_token(browser.engine)}/"
    scanner = Browser(site.app, browser.engine)
    scanner.see(link)
    assert scanner.get(HOME).status_code == 303
    assert browser.send(link).location == HOME


def test_a_link_is_good_once_and_for_half_an_hour(site: Site, browser: Browser) -> None:
    browser.sign_in(EMAIL)
    link = f"/en/account/sign-in/{mailed_token(browser.engine)}/"
    thief = Browser(site.app, browser.engine)
    again = thief.post(link)
    assert again.status_code == 404
    assert "was used already" in page(again).words
    thief.send(SIGN_IN, email=EMAIL)
    site.at(NOW + LINK_LASTS + timedelta(minutes=1))
    late = thief.post(f"/en/account/sign-in/{mailed_token(browser.engine)}/")
    assert late.status_code == 404
    assert thief.get(HOME).status_code == 303


def test_the_secret_of_a_link_is_stored_nowhere_but_in_its_message(site: Site, browser: Browser) -> None:
    browser.send(SIGN_IN, email=EMAIL)
    token = mailed_token(browser.engine)
    assert token not in {row.digest for row in site.session.scalars(select(SignInLinkRow))}
    assert len(site.session.scalars(select(SignInLinkRow)).one().digest) == 64


def test_asking_for_a_link_says_the_same_whether_there_is_such_an_account(site: Site, browser: Browser) -> None:
    browser.sign_in(EMAIL)
    stranger = Browser(site.app, browser.engine)
    answers = [stranger.send(SIGN_IN, email=email) for email in (EMAIL, "nobody@tripkit.example")]
    assert len({(answer.status_code, answer.location, answer.data) for answer in answers}) == 1
    assert notices(site).count("sign_in") == 3


def test_a_password_signs_in_and_a_wrong_one_says_no_more_than_an_unknown_address(site: Site, browser: Browser) -> None:
    browser.sign_in(EMAIL)
    with_password(site, "fyra glada ord här")
    other = Browser(site.app, browser.engine)
    wrong = [
        other.send(SIGN_IN, email=email, password=password)
        for email, password in ((EMAIL, "not this one at all"), ("nobody@tripkit.example", "fyra glada ord här"))
    ]
    assert [answer.status_code for answer in wrong] == [422, 422]
    assert len({page(answer).words.replace(EMAIL, "").replace("nobody@tripkit.example", "") for answer in wrong}) == 1
    assert other.get(HOME).status_code == 303
    right = other.send(SIGN_IN, email=EMAIL, password="fyra glada ord här", next="/en/")
    assert (right.status_code, right.location) == (303, "/en/")
    assert other.see(HOME)


@pytest.mark.parametrize(
    "onwards",
    [
        "//evil.example/",
        "https://evil.example/",
        "/\\evil.example",
        "\\\\evil.example",
        "javascript:alert(1)",
        "/\t/evil.example",
    ],
)
def test_nobody_is_led_away_after_signing_in(site: Site, browser: Browser, onwards: str) -> None:
    browser.sign_in(EMAIL)
    with_password(site, "fyra glada ord här")
    other = Browser(site.app, browser.engine)
    assert other.send(SIGN_IN, email=EMAIL, password="fyra glada ord här", next=onwards).location == HOME


def test_a_session_that_somebody_planted_is_none_of_whoever_signs_in(site: Site, browser: Browser) -> None:
    browser.see(SIGN_IN)
    before = browser.client.get_cookie("tripkit")
    browser.sign_in(EMAIL)
    after = browser.client.get_cookie("tripkit")
    assert before is not None
    assert after is not None
    thief = Browser(site.app, browser.engine)
    thief.client.set_cookie("tripkit", before.value)
    assert thief.get(HOME).status_code == 303
    thief.client.set_cookie("tripkit", after.value)
    assert thief.see(HOME), "the test can tell"


def test_signing_in_anew_leaves_no_earlier_sign_in_of_the_browser_behind(site: Site, browser: Browser) -> None:
    browser.sign_in(EMAIL)
    before = browser.client.get_cookie("tripkit")
    assert before is not None
    site.at(NOW + PROOF_LASTS)
    browser.send("/en/account/again/")  # As somebody without a password proves it: by a link.
    assert browser.send(f"/en/account/sign-in/{mailed_token(browser.engine)}/").location == HOME
    thief = Browser(site.app, browser.engine)
    thief.client.set_cookie("tripkit", before.value)
    assert thief.get(HOME).status_code == 303
    site.session.rollback()
    assert [row.ended_at is None for row in site.session.scalars(select(SignInRow).order_by(SignInRow.id))] == [
        False,
        True,
    ]
    assert "new_device" not in notices(site)


def test_a_new_browser_is_told_of_and_a_known_one_is_not(site: Site, browser: Browser) -> None:
    browser.sign_in(EMAIL)
    assert "new_device" not in notices(site), "the first time is no news"
    browser.send("/en/account/sign-out/", at=HOME)
    browser.sign_in(EMAIL)
    assert "new_device" not in notices(site)
    Browser(site.app, browser.engine).sign_in(EMAIL)
    assert notices(site).count("new_device") == 1


def test_an_account_that_was_long_unused_is_told_when_somebody_signs_in(site: Site, browser: Browser) -> None:
    browser.sign_in(EMAIL)
    later = NOW + SIGN_INS_KEPT + SIGN_IN_LASTS + timedelta(days=1)
    forget_sign_ins(site.session, moment=make_moment(later))
    assert site.session.scalars(select(SignInRow)).all() == [], "nothing is known of any browser by then"
    site.at(later)
    Browser(site.app, browser.engine).sign_in(EMAIL)
    assert notices(site).count("new_device") == 1


def test_signing_out_ends_it_on_the_server(site: Site, browser: Browser) -> None:
    browser.sign_in(EMAIL)
    kept = browser.client.get_cookie("tripkit")
    assert kept is not None
    assert browser.send("/en/account/sign-out/", at=HOME).location == SIGN_IN
    browser.client.set_cookie("tripkit", kept.value)
    assert browser.get(HOME).status_code == 303


def test_one_signs_out_elsewhere_and_nobody_else_out(site: Site, browser: Browser) -> None:
    phone, stranger = Browser(site.app, browser.engine), Browser(site.app, browser.engine)
    stranger.sign_in("other@tripkit.example")
    for one in (browser, phone):
        one.sign_in(EMAIL)
    rows = site.session.scalars(select(SignInRow.id).order_by(SignInRow.id)).all()
    browser.send("/en/account/sign-out/", at=HOME, which=str(rows[0]))
    assert stranger.see(HOME), "a number of somebody else's does nothing"
    browser.send("/en/account/sign-out/", at=HOME, which="others")
    assert phone.get(HOME).status_code == 303
    assert browser.see(HOME)
    assert stranger.see(HOME)


def test_a_sign_in_ends_by_itself(site: Site, browser: Browser) -> None:
    browser.sign_in(EMAIL)
    at = NOW
    while at < NOW + SIGN_IN_LASTS - UNUSED_LASTS / 2:
        at += UNUSED_LASTS / 2
        site.at(at)
        assert browser.get(HOME).status_code == (200 if at < NOW + SIGN_IN_LASTS else 303)
    site.at(NOW + SIGN_IN_LASTS + timedelta(minutes=1))
    assert browser.get(HOME).status_code == 303
    idle = Browser(site.app, browser.engine)
    idle.sign_in(EMAIL)
    site.at(NOW + SIGN_IN_LASTS + UNUSED_LASTS + timedelta(minutes=2))
    assert idle.get(HOME).status_code == 303


def test_every_form_of_an_account_takes_its_token(site: Site, browser: Browser) -> None:
    browser.sign_in(EMAIL)
    for path in ("/en/account/sign-out/", "/en/account/again/", "/en/account/bookings/ABCD-2345/"):
        answer = browser.post(path, which="others")
        assert answer.status_code in {400, 422}, path
        assert "had been open too long" in page(answer).words, path
    assert browser.see(HOME), "still signed in"
    assert browser.post(SIGN_IN, email=EMAIL).status_code == 422


def test_who_did_what_is_in_the_log_without_names(site: Site, browser: Browser) -> None:
    browser.sign_in(EMAIL)
    browser.send("/en/account/sign-out/", at=HOME)
    account = site.session.scalar(select(AccountRow.id))
    rows = site.session.scalars(select(AuditRow).order_by(AuditRow.id)).all()
    assert [(row.action, row.account_id) for row in rows] == [
        (one, account) for one in ("make_account", "sign_in", "sign_out")
    ]
    assert EMAIL not in str([(row.actor, row.origin, row.reason, row.details) for row in rows])


def refusals(site: Site, at: datetime) -> list[tuple[str, int | None, dict[str, object]]]:
    """What the log holds of those who were refused, once the scheduled work was done at this time."""
    site.session.rollback()
    note_refusals(site.session, moment=make_moment(at))
    rows = site.session.scalars(select(AuditRow).order_by(AuditRow.id)).all()
    return [(row.action, row.account_id, row.details) for row in rows if row.action in get_args(Refused)]


def test_who_is_refused_is_counted_and_the_log_and_the_account_are_told(site: Site, browser: Browser) -> None:
    browser.sign_in(EMAIL)
    with_password(site, "fyra glada ord här")
    account = site.session.scalar(select(AccountRow.id))
    thief = Browser(site.app, browser.engine)
    for _ in range(3):
        thief.send(SIGN_IN, email=EMAIL, password="fyra ledsna ord här")
    thief.send(SIGN_IN, email="nobody@tripkit.example", password="fyra ledsna ord här")
    used = f"/en/account/sign-in/{mailed_token(browser.engine)}/"
    token = dict(thief.see(SIGN_IN).fields)["csrf_token"]
    assert thief.post(used, csrf_token=token).status_code == 404
    assert thief.post("/en/account/sign-in/nonsense/", csrf_token=token).status_code == 404
    site.session.rollback()
    rows = site.session.scalars(select(RefusedSignInRow).order_by(RefusedSignInRow.id)).all()
    assert [(row.account_id, row.what, row.times) for row in rows] == [
        (account, "wrong_password", 3),
        (None, "wrong_password", 1),
        (account, "used_link", 1),
    ]
    assert "nobody@tripkit.example" not in str([vars(row) for row in rows]), "what was tried is not kept"
    assert refusals(site, NOW + timedelta(minutes=1)) == [], "the hour is not over"
    noted = [
        ("wrong_password", None, {"account": account, "times": 3}),
        ("used_link", None, {"account": account, "times": 1}),
    ]
    for _ in range(2):
        assert refusals(site, NOW + timedelta(hours=1)) == noted
    seen = browser.see("/en/account/security/").words
    assert "A wrong password was given" in seen
    assert "3 times, the last one on" in seen
    assert "Refused lately" not in stranger_s_security_page(site, browser)


def stranger_s_security_page(site: Site, browser: Browser) -> str:
    stranger = Browser(site.app, browser.engine)
    stranger.sign_in("other@tripkit.example")
    return stranger.see("/en/account/security/").words


def test_however_often_somebody_tries_the_log_gets_one_entry_an_hour(site: Site, browser: Browser) -> None:
    browser.sign_in(EMAIL)
    account = site.session.scalar(select(AccountRow.id))
    for minute in range(0, 120, 3):
        site.session.rollback()
        at = make_moment(NOW.replace(minute=0) + timedelta(minutes=minute))
        note_refused(site.session, "wrong_password", account_id=account, moment=at)
        note_refused(site.session, "wrong_password", account_id=None, moment=at)
    counted = [details["times"] for _, _, details in refusals(site, NOW + timedelta(hours=3))]
    assert counted == [20, 20]


def test_a_wrong_password_costs_the_same_statements_whether_there_is_such_an_account(
    site: Site, browser: Browser
) -> None:
    browser.sign_in(EMAIL)
    with_password(site, "fyra glada ord här")
    stranger = Browser(site.app, browser.engine)
    with site.app.app_context():
        own = db.engine
    for _ in range(2):
        asked = []
        for email in (EMAIL, "nobody@tripkit.example"):
            token = dict(stranger.see(SIGN_IN).fields)["csrf_token"]
            with count_statements(own) as statements:
                stranger.post(SIGN_IN, csrf_token=token, email=email, password="fyra ledsna ord här")
            asked.append([one.split()[0] for one in statements])
        assert asked[0] == asked[1]
        assert "UPDATE" in asked[0], "the test can tell"


def test_no_page_that_says_to_wait_holds_what_was_tried(site: Site) -> None:
    client = create_app(replace(site.app.extensions["tripkit"], limits=True)).test_client()
    token = dict(page(client.get(SIGN_IN)).fields)["csrf_token"]
    tried = {"csrf_token": token, "email": EMAIL, "password": "fyra ledsna ord här"}
    answers = [client.post(SIGN_IN, data=tried) for _ in range(11)]
    assert [answer.status_code for answer in answers] == [422] * 10 + [429]
    assert all("ledsna" not in answer.text for answer in answers)
    assert EMAIL in answers[0].text, "the test can tell"
