"""Passkeys, honest and not: of another site, of somebody else, answered twice, copied, without a finger, too late."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests.web.accounts import HOME, SIGN_IN, Browser
from tests.web.authenticator import USER_PRESENT, Authenticator
from tests.web.conftest import Site
from tests.web.signup_visitor import page
from tests.web.test_proofs import AGAIN, HALF, SECURITY, changes, half
from tripkit.actions import passkeys
from tripkit.domain.accounts import PROOF_LASTS
from tripkit.domain.second_factors import CHALLENGE_LASTS, MOST_PASSKEYS
from tripkit.storage.accounts import PasskeyRow, SignInRow
from tripkit.testing import NOW

EMAIL = "asa@tripkit.example"
ORIGIN = "http://localhost:5000"
WITH_PASSKEY = "/en/account/passkey/"


@pytest.fixture
def named_site(site: Site) -> Site:
    """A site with a name, for which there can be passkeys."""
    site.app.extensions["tripkit"] = replace(site.app.extensions["tripkit"], url=ORIGIN)
    return site


@pytest.fixture
def browser(named_site: Site) -> Browser:
    signed = Browser(named_site.app, named_site.session.get_bind())
    signed.sign_in(EMAIL)
    return signed


def asked(browser: Browser, at: str) -> tuple[dict[str, Any], str]:
    """What the page asks of a passkey, and the token of its form."""
    shown = browser.see(at)
    said = shown.html.partition('data-asked="')[2].partition('"')[0]
    return json.loads(unescape(said)), dict(shown.fields)["csrf_token"]


def add(browser: Browser, key: Authenticator, name: str = "My phone") -> TestResponse:
    what, token = asked(browser, SECURITY)
    return browser.post(f"{SECURITY}passkeys/", csrf_token=token, passkey=name, credential=key.make(what))


def use(browser: Browser, key: Authenticator, at: str = SIGN_IN, to: str = WITH_PASSKEY) -> TestResponse:
    what, token = asked(browser, at)
    return browser.post(to, csrf_token=token, credential=key.use(what))


def stranger(browser: Browser) -> Browser:
    return Browser(browser.app, browser.engine)


def sign_ins(session: Session) -> int:
    session.rollback()
    return len(session.scalars(select(SignInRow.id)).all())


def test_a_passkey_is_added_and_signs_in_alone_wholly(named_site: Site, browser: Browser) -> None:
    key = Authenticator(ORIGIN)
    assert add(browser, key).location == f"{SECURITY}?done=passkey"
    assert changes(named_site) == ["passkey_added"]
    assert "My phone" in browser.see(SECURITY).words
    other = stranger(browser)
    signed = use(other, key)
    assert (signed.status_code, signed.location) == (303, HOME)
    assert EMAIL in other.see(HOME).words


def test_nobody_s_address_is_asked_and_none_is_told(named_site: Site, browser: Browser) -> None:
    add(browser, Authenticator(ORIGIN))
    what, _ = asked(stranger(browser), SIGN_IN)
    assert what.get("allowCredentials", []) == []
    assert EMAIL not in json.dumps(what)
    unknown = use(stranger(browser), Authenticator(ORIGIN, host="localhost"))
    assert unknown.status_code == 422
    assert "opens nothing here" in page(unknown).words


def test_it_is_the_second_proof_after_a_link_and_before_dangerous_things(named_site: Site, browser: Browser) -> None:
    key = Authenticator(ORIGIN)
    add(browser, key)
    other = half(named_site, browser)
    assert use(other, key, HALF, HALF).location == HOME
    named_site.at(NOW + PROOF_LASTS + timedelta(minutes=1))
    assert other.get(SECURITY).location.startswith(AGAIN)
    assert use(other, key, f"{AGAIN}?next={SECURITY}", f"{AGAIN}?next={SECURITY}").location == SECURITY
    assert other.see(SECURITY)


def test_somebody_else_s_passkey_is_no_second_proof(named_site: Site, browser: Browser) -> None:
    mine, theirs = Authenticator(ORIGIN), Authenticator(ORIGIN)
    add(browser, mine)
    thief = stranger(browser)
    thief.sign_in("thief@tripkit.example")
    add(thief, theirs)
    other = half(named_site, browser)
    assert use(other, theirs, HALF, HALF).status_code == 422
    assert other.get(HOME).location.startswith(HALF)
    disguised = replace(theirs, credential=mine.credential, handle=mine.handle)
    assert use(other, disguised, HALF, HALF).status_code == 422, "it has not the key"
    claimed = replace(theirs, handle=mine.handle)
    assert use(stranger(browser), claimed).status_code == 422, "it says it is another account's"


@pytest.mark.parametrize(
    "wrong",
    [
        {"origin": "http://localhost:5001"},
        {"origin": "https://localhost:5000"},
        {"origin": "http://localhost.evil.example"},
        {"host": "evil.example"},
        {"flags": USER_PRESENT},
        {"flags": 0},
    ],
)
def test_one_that_answers_elsewhere_or_unopened_is_refused(
    named_site: Site, browser: Browser, wrong: dict[str, Any]
) -> None:
    key = Authenticator(ORIGIN)
    add(browser, key)
    before = sign_ins(named_site.session)
    assert use(stranger(browser), replace(key, **wrong)).status_code == 422
    assert sign_ins(named_site.session) == before
    assert add(browser, Authenticator(**{"origin": ORIGIN, **wrong})).status_code == 422
    assert use(stranger(browser), key).status_code == 303, "the test can tell"


def test_a_challenge_is_answered_once_even_when_its_cookie_is_put_back(named_site: Site, browser: Browser) -> None:
    key = Authenticator(ORIGIN, count=None)
    add(browser, key)
    other = stranger(browser)
    what, token = asked(other, SIGN_IN)
    answer, cookie = key.use(what), other.client.get_cookie("tripkit")
    assert cookie is not None
    assert other.post(WITH_PASSKEY, csrf_token=token, credential=answer).status_code == 303
    thief = stranger(browser)
    thief.client.set_cookie("tripkit", cookie.value)
    assert thief.post(WITH_PASSKEY, csrf_token=token, credential=answer).status_code == 422
    assert thief.get(HOME).location.startswith(SIGN_IN)


def test_a_challenge_of_another_session_or_of_long_ago_is_none(named_site: Site, browser: Browser) -> None:
    key = Authenticator(ORIGIN)
    add(browser, key)
    one, other = stranger(browser), stranger(browser)
    what, _ = asked(one, SIGN_IN)
    _, token = asked(other, SIGN_IN)
    assert other.post(WITH_PASSKEY, csrf_token=token, credential=key.use(what)).status_code == 422
    what, token = asked(other, SIGN_IN)
    named_site.at(NOW + CHALLENGE_LASTS + timedelta(seconds=1))
    late = other.post(WITH_PASSKEY, csrf_token=token, credential=key.use(what))
    assert late.status_code == 422
    assert "came too late" in page(late).words


def test_a_copy_is_known_by_its_count(named_site: Site, browser: Browser) -> None:
    key = Authenticator(ORIGIN, count=5)
    add(browser, key)
    copied = replace(key)
    for _ in range(3):
        assert use(stranger(browser), key).status_code == 303
    assert use(stranger(browser), copied).status_code == 422
    assert use(stranger(browser), key).status_code == 303


def test_what_was_made_for_one_page_cannot_be_registered_at_another(named_site: Site, browser: Browser) -> None:
    key = Authenticator(ORIGIN)
    what, token = asked(browser, SECURITY)
    made = key.make(what)
    thief = stranger(browser)
    thief.sign_in("thief@tripkit.example")
    _, theirs = asked(thief, SECURITY)
    assert thief.post(f"{SECURITY}passkeys/", csrf_token=theirs, passkey="Mine", credential=made).status_code == 422
    assert browser.post(f"{SECURITY}passkeys/", csrf_token=token, passkey="Mine", credential=made).status_code == 303
    again = browser.post(f"{SECURITY}passkeys/", csrf_token=token, passkey="Mine", credential=made)
    assert again.status_code == 422
    assert len(named_site.session.scalars(select(PasskeyRow)).all()) == 1


def test_one_passkey_is_nobody_else_s_and_there_is_an_end_to_them(named_site: Site, browser: Browser) -> None:
    key = Authenticator(ORIGIN)
    add(browser, key)
    thief = stranger(browser)
    thief.sign_in("thief@tripkit.example")
    taken = add(thief, replace(key))
    assert taken.status_code == 422
    assert "registered already" in page(taken).words
    for number in range(MOST_PASSKEYS - 1):
        assert add(browser, Authenticator(ORIGIN), f"Key {number}").status_code == 303
    assert 'data-passkey="create"' not in browser.see(SECURITY).html


def test_only_one_s_own_passkeys_are_taken_away(named_site: Site, browser: Browser) -> None:
    key = Authenticator(ORIGIN)
    add(browser, key)
    (mine,) = named_site.session.scalars(select(PasskeyRow.id)).all()
    thief = stranger(browser)
    thief.sign_in("thief@tripkit.example")
    thief.send(f"{SECURITY}passkeys/remove/", at=SECURITY, which=str(mine))
    assert use(stranger(browser), key).status_code == 303, "it is still there"
    browser.send(f"{SECURITY}passkeys/remove/", at=SECURITY, which=str(mine))
    assert use(stranger(browser), key).status_code == 422
    assert changes(named_site)[-1] == "passkey_removed"


@pytest.mark.parametrize("name", ["", " ", "a" * 61, "a\u202eb", "\x07"])
def test_a_passkey_has_a_name_that_can_be_read(named_site: Site, browser: Browser, name: str) -> None:
    assert add(browser, Authenticator(ORIGIN), name).status_code == 422
    assert named_site.session.scalars(select(PasskeyRow)).all() == []


@pytest.mark.parametrize(
    "credential",
    [
        *(
            "",
            "{}",
            "[]",
            "null",
            "1",
            "[" * 5000,
            '{"response": 1}',
            '{"response": {"clientDataJSON": 1}}',
            "x" * 30_000,
        ),
        *('{"rawId": "AA", "response": {"clientDataJSON": "e30"}}', '{"id": "é", "rawId": "é", "response": {}}'),
    ],
)
def test_nothing_a_program_answers_is_a_fault(named_site: Site, browser: Browser, credential: str) -> None:
    for at, to in ((SIGN_IN, WITH_PASSKEY), (SECURITY, f"{SECURITY}passkeys/")):
        visitor = stranger(browser) if at == SIGN_IN else browser
        token = asked(visitor, at)[1]
        assert visitor.post(to, csrf_token=token, passkey="Key", credential=credential).status_code == 422


def test_nothing_signed_but_broken_is_a_fault(named_site: Site, browser: Browser) -> None:
    key = Authenticator(ORIGIN)
    add(browser, key)
    for broken in ("authenticatorData", "signature", "clientDataJSON", "userHandle"):
        for value in ("", "AA", "!", None, 1, ["AA"], {"a": 1}, "A" * 4000):
            other = stranger(browser)
            what, token = asked(other, SIGN_IN)
            answer = json.loads(key.use(what))
            answer["response"][broken] = value
            refused = other.post(WITH_PASSKEY, csrf_token=token, credential=json.dumps(answer))
            harmless = broken == "userHandle" and value in (
                "",
                "!",
                None,
            )  # It is left out by keys made for one account only.
            assert refused.status_code == (303 if harmless else 422), (broken, value)
    for broken in ("attestationObject", "clientDataJSON"):
        for value in ("", "AA", "oA", None, 1, "A" * 4000):
            what, token = asked(browser, SECURITY)
            answer = json.loads(Authenticator(ORIGIN).make(what))
            answer["response"][broken] = value
            refused = browser.post(
                f"{SECURITY}passkeys/", csrf_token=token, passkey="Key", credential=json.dumps(answer)
            )
            assert refused.status_code == 422, (broken, value)


def test_without_the_extra_or_without_a_name_passkeys_are_not_spoken_of(
    named_site: Site, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "passkey" in browser.see(SECURITY).words.casefold()
    with monkeypatch.context() as without:
        without.setattr(passkeys, "find_spec", lambda _: None)
        pages = [browser.see(SECURITY), stranger(browser).see(SIGN_IN)]
    named_site.app.extensions["tripkit"] = replace(named_site.app.extensions["tripkit"], url="http://127.0.0.1:5000")
    pages += [browser.see(SECURITY), stranger(browser).see(SIGN_IN)]
    assert ["data-passkey" in shown.html for shown in pages] == [False] * 4
