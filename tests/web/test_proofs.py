"""What somebody proves themselves with: codes from an app, recovery codes, a password; and what a thief gets by trying."""

from __future__ import annotations

import re
import subprocess
import sys
from datetime import timedelta

import pyotp
import pytest
from sqlalchemy import select, update

from tests.web.accounts import HOME, SIGN_IN, Browser, mailed_token
from tests.web.conftest import Site
from tests.web.signup_visitor import page
from tripkit.actions.note_refused import note_refusals
from tripkit.actions.passwords import known_passwords
from tripkit.domain.accounts import PROOF_LASTS
from tripkit.domain.passwords import LONGEST_PIECE, SHORTEST_PASSWORD
from tripkit.domain.rights import Role
from tripkit.domain.second_factors import HALF_LASTS, STEP, WAIT, WRONG_CODES
from tripkit.storage import write
from tripkit.storage.accounts import AccountRow, RecoveryCodeRow, SignInRow
from tripkit.storage.members import MemberRow
from tripkit.storage.outbox import AuditRow, OutboxRow
from tripkit.storage.trips import OrganisationRow
from tripkit.testing import NOW, make_moment

EMAIL = "asa@tripkit.example"
HALF = "/en/account/second-factor/"
AGAIN = "/en/account/again/"
SECURITY = "/en/account/security/"
APP = f"{SECURITY}app/"
LATER = STEP * 10
"""After so long the code that was used to set it up is over."""


@pytest.fixture
def browser(site: Site) -> Browser:
    signed = Browser(site.app, site.session.get_bind())
    signed.sign_in(EMAIL)
    return signed


def changes(site: Site) -> list[str]:
    """What the account was told of."""
    site.session.rollback()
    rows = site.session.scalars(select(OutboxRow.payload).where(OutboxRow.kind == "notice").order_by(OutboxRow.id))
    return [row["values"]["change"] for row in rows if row["what"] == "changed"]


def set_up(site: Site, browser: Browser) -> pyotp.TOTP:
    """An app, set up as somebody does who types the key in; afterwards its first code is over."""
    shown = browser.see(APP)
    found = re.search(r"<code>([A-Z2-7 ]+)</code>", shown.html)
    assert found is not None
    app = pyotp.TOTP(found[1].replace(" ", ""))
    fields = dict(shown.fields)
    answer = browser.post(APP, **{**fields, "code": app.at(NOW)})
    assert (answer.status_code, answer.location) == (303, f"{SECURITY}?done=one_time")
    site.at(NOW + LATER)
    return app


def half(site: Site, engine_of: Browser) -> Browser:
    """Another browser, in which the first proof was given."""
    other = Browser(site.app, engine_of.engine)
    answer = other.sign_in(EMAIL)
    assert (answer.status_code, answer.location) == (303, HALF)
    return other


def recovery_codes(browser: Browser) -> list[str]:
    answer = browser.send(f"{SECURITY}recovery-codes/", at=SECURITY)
    assert answer.status_code == 200
    return re.findall(r"<code>([a-z0-9-]{19})</code>", answer.text)


def test_an_app_counts_once_its_first_code_is_right_and_is_asked_for_from_then_on(site: Site, browser: Browser) -> None:
    wrong = browser.send(APP, code="000000", pending=dict(browser.see(APP).fields)["pending"])
    assert wrong.status_code == 422
    assert site.session.scalar(select(AccountRow.totp)) is None
    app = set_up(site, browser)
    assert changes(site) == ["one_time_added"]
    other = half(site, browser)
    entered = other.send(HALF, code=app.at(NOW + LATER))
    assert (entered.status_code, entered.location) == (303, HOME)
    assert other.see(HOME)


def test_the_key_is_the_same_after_a_wrong_code_and_is_drawn_without_styles(site: Site, browser: Browser) -> None:
    fields = dict(browser.see(APP).fields)
    again = browser.post(APP, **{**fields, "code": "1"})
    assert dict(page(again).fields)["pending"] == fields["pending"]
    assert "<svg" in again.text
    assert "style=" not in again.text


def test_a_key_shown_to_somebody_else_cannot_be_slipped_in(site: Site, browser: Browser) -> None:
    thief = Browser(site.app, browser.engine)
    thief.sign_in("thief@tripkit.example")
    shown = thief.see(APP)
    key = re.search(r"<code>([A-Z2-7 ]+)</code>", shown.html)
    assert key is not None
    code = pyotp.TOTP(key[1].replace(" ", "")).at(NOW)
    answer = browser.send(APP, pending=dict(shown.fields)["pending"], code=code)
    assert answer.status_code == 422
    accounts = site.session.scalars(select(AccountRow.totp)).all()
    assert accounts == [None, None]


def test_the_secret_lies_sealed(site: Site, browser: Browser) -> None:
    app = set_up(site, browser)
    stored = site.session.scalar(select(AccountRow.totp))
    assert stored is not None
    assert app.secret not in stored
    assert stored[8] == "."


def test_who_is_half_in_gets_nowhere(site: Site, browser: Browser) -> None:
    set_up(site, browser)
    other = half(site, browser)
    gone_to = [other.get(path).location for path in (HOME, SECURITY, APP, AGAIN, "/en/account/my-data/")]
    assert [place.partition("?")[0] for place in gone_to] == [HALF] * len(gone_to)
    for path in (
        f"{SECURITY}app/remove/",
        f"{SECURITY}recovery-codes/",
        f"{SECURITY}password/",
        "/en/account/sign-out/",
    ):
        answer = other.send(path, at=HALF, remove="yes", which="others")
        assert (answer.status_code, answer.location.partition("?")[0]) == (303, HALF), path
    assert browser.see(HOME), "nobody was signed out"
    site.session.rollback()
    assert site.session.scalar(select(AccountRow.totp)) is not None


def test_a_code_is_good_once_and_so_is_every_one_before_it(site: Site, browser: Browser) -> None:
    app = set_up(site, browser)
    now = NOW + LATER
    assert half(site, browser).send(HALF, code=app.at(now)).status_code == 303
    thief = half(site, browser)
    for code in (app.at(now), app.at(now - STEP)):
        replayed = thief.send(HALF, code=code)
        assert replayed.status_code == 422
        assert "was used already" in page(replayed).words
    assert thief.send(HALF, code=app.at(now + STEP)).location == HOME, "one step ahead is a clock that is ahead"


@pytest.mark.parametrize(("steps", "is_good"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_clock_may_be_one_step_off_and_not_two(site: Site, browser: Browser, steps: int, is_good: bool) -> None:
    app = set_up(site, browser)
    answer = half(site, browser).send(HALF, code=app.at(NOW + LATER + steps * STEP))
    assert (answer.status_code == 303) is is_good


def test_after_five_wrong_codes_the_right_one_waits_too_in_every_browser(site: Site, browser: Browser) -> None:
    app = set_up(site, browser)
    for _ in range(WRONG_CODES):
        assert half(site, browser).send(HALF, code="000000").status_code == 422
    fresh = half(site, browser)
    refused = fresh.send(HALF, code=app.at(NOW + LATER))
    assert refused.status_code == 422
    assert "Wait 15 minutes" in page(refused).words
    site.at(NOW + LATER + WAIT + LATER)
    assert half(site, browser).send(HALF, code=app.at(NOW + LATER + WAIT + LATER)).status_code == 303


def test_a_half_sign_in_is_over_after_a_quarter_of_an_hour(site: Site, browser: Browser) -> None:
    set_up(site, browser)
    other = half(site, browser)
    site.at(NOW + LATER + HALF_LASTS + STEP)
    assert other.get(HALF).location == HOME
    assert other.get(HOME).location.startswith(SIGN_IN)


def test_what_was_known_of_a_half_sign_in_opens_nothing_once_it_is_whole(site: Site, browser: Browser) -> None:
    app = set_up(site, browser)
    other = half(site, browser)
    before = other.client.get_cookie("tripkit")
    other.send(HALF, code=app.at(NOW + LATER))
    assert other.see(HOME)
    thief = Browser(site.app, browser.engine)
    assert before is not None
    thief.client.set_cookie("tripkit", before.value)
    assert thief.get(HOME).location.startswith(SIGN_IN)


def test_one_may_turn_away_from_the_second_proof(site: Site, browser: Browser) -> None:
    set_up(site, browser)
    other = half(site, browser)
    assert other.send(HALF, leave="yes").location == SIGN_IN
    assert other.get(HOME).location.startswith(SIGN_IN)
    site.session.rollback()
    assert site.session.scalars(select(SignInRow.ended_at).order_by(SignInRow.id.desc())).first() is not None


def test_recovery_codes_are_seen_once_and_each_is_good_once(site: Site, browser: Browser) -> None:
    app = set_up(site, browser)
    codes = recovery_codes(browser)
    assert len(set(codes)) == 10
    stored = site.session.scalars(select(RecoveryCodeRow.digest)).all()
    assert not {code.replace("-", "") for code in codes} & set(stored)
    assert "10 codes are left" in browser.see(SECURITY).words
    assert codes[0] not in browser.see(SECURITY).html
    typed = codes[3].replace("-", " ").upper()
    assert half(site, browser).send(HALF, code=typed).location == HOME
    assert "9 codes are left" in browser.see(SECURITY).words
    assert changes(site) == ["one_time_added", "recovery_made", "recovery_used"]
    assert half(site, browser).send(HALF, code=codes[3]).status_code == 422
    recovery_codes(browser)
    assert half(site, browser).send(HALF, code=codes[4]).status_code == 422, "those before are void"
    assert half(site, browser).send(HALF, code=app.at(NOW + LATER)).status_code == 303


def test_somebody_else_s_recovery_code_opens_nothing(site: Site, browser: Browser) -> None:
    set_up(site, browser)
    site.at(NOW)
    thief = Browser(site.app, browser.engine)
    thief.sign_in("thief@tripkit.example")
    set_up(site, thief)
    codes = recovery_codes(thief)
    assert half(site, browser).send(HALF, code=codes[0]).status_code == 422


def test_dangerous_things_take_the_second_proof_and_a_mailbox_is_not_enough(site: Site, browser: Browser) -> None:
    app = set_up(site, browser)
    now = NOW + PROOF_LASTS + LATER
    site.at(now)
    asked = browser.get(SECURITY)
    assert asked.location == f"{AGAIN}?next={SECURITY}"
    shown = browser.see(asked.location)
    assert "Mail me a link" not in shown.words
    sent = len(changes(site))
    by_mail = browser.send(AGAIN, password="whatever it is")
    assert by_mail.status_code == 422
    assert browser.get(SECURITY).status_code == 303
    proved = browser.send(AGAIN, code=app.at(now), next=SECURITY)
    assert (proved.status_code, proved.location) == (303, SECURITY)
    assert browser.see(SECURITY)
    assert len(changes(site)) == sent


def test_a_mailed_link_leads_no_further_than_to_the_second_proof(site: Site, browser: Browser) -> None:
    set_up(site, browser)
    other = Browser(site.app, browser.engine)
    other.send(SIGN_IN, email=EMAIL, next="/en/account/my-data/")
    opened = other.send(f"/en/account/sign-in/{mailed_token(browser.engine)}/")
    assert opened.location.partition("?")[0] == HALF
    assert other.get("/en/account/my-data/").location.partition("?")[0] == HALF


def test_a_first_second_proof_signs_out_whoever_got_in_without_it(site: Site, browser: Browser) -> None:
    thief = Browser(site.app, browser.engine)
    thief.sign_in(EMAIL)
    set_up(site, browser)
    assert thief.get(HOME).status_code == 303
    assert browser.see(HOME)


def test_a_password_is_chosen_changed_and_taken_away(site: Site, browser: Browser) -> None:
    other = Browser(site.app, browser.engine)
    other.sign_in(EMAIL)
    for weak in ("short", "aaaaaaaaaaaaa", "asa@tripkit.example", "qwertyuiopåas"):
        refused = browser.send(f"{SECURITY}password/", at=SECURITY, password=weak)
        assert refused.status_code == 422, weak
    chosen = browser.send(f"{SECURITY}password/", at=SECURITY, password="fyra glada ord här")
    assert chosen.location == f"{SECURITY}?done=password"
    assert other.get(HOME).status_code == 303, "signed out elsewhere"
    assert other.send(SIGN_IN, email=EMAIL, password="fyra glada ord här").location == HOME
    browser.send(f"{SECURITY}password/", at=SECURITY, remove="yes")
    assert other.get(HOME).status_code == 303
    assert (
        Browser(site.app, browser.engine).send(SIGN_IN, email=EMAIL, password="fyra glada ord här").status_code == 422
    )
    assert changes(site) == ["password", "password_removed"]


@pytest.mark.parametrize(
    ("password", "said"),
    [
        ("Leavemealone", "passwords that are tried first"),
        ("iloveyou-sunshine-2026", "passwords that are tried first"),
        ("resande-i-tid", "what this site or your organisation is called"),
        ("min tripkit är bra", "what this site or your organisation is called"),
        ("Provorten2026!", "what this site or your organisation is called"),
    ],
)
def test_a_password_everybody_tries_first_is_refused_in_words(
    site: Site, browser: Browser, password: str, said: str
) -> None:
    site.publish()
    with write(site.session):
        host = site.session.scalar(select(OrganisationRow.id))
        site.session.execute(update(OrganisationRow).values(name={"sv": "Provorten", "en": "Resande i tid"}))
        account = site.session.scalar(select(AccountRow.id))
        site.session.add(
            MemberRow(account_id=account, organisation_id=host, trip_id=None, role=Role.READER, made_at=NOW)
        )
    refused = browser.send(f"{SECURITY}password/", at=SECURITY, password=password)
    assert refused.status_code == 422
    assert said in page(refused).words
    assert password not in refused.text
    assert site.session.scalar(select(AccountRow.password)) is None


def test_the_list_of_known_passwords_is_long_and_loaded_for_nobody_else() -> None:
    known = known_passwords()
    assert len(known) == 30_000
    assert sum(len(one) >= SHORTEST_PASSWORD for one in known) == 229, "as docs/security.md says"
    assert {one for one in known if one != one.casefold()} == set(), "they are compared in small letters"
    assert max(map(len, known)) <= LONGEST_PIECE
    begun = "import sys, tripkit.app, tripkit.web.account; sys.exit('zxcvbn' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", begun], check=False).returncode == 0


def test_a_name_is_changed_and_shown_as_it_was_written(site: Site, browser: Browser) -> None:
    assert browser.send(f"{SECURITY}name/", at=SECURITY, name=" Åsa <b>Ek</b> ").status_code == 303
    assert "Åsa <b>Ek</b>" in browser.see(HOME).words
    assert browser.send(f"{SECURITY}name/", at=SECURITY, name="x" * 200).status_code == 422


def test_the_last_second_proof_stays_while_an_organisation_demands_one(site: Site, browser: Browser) -> None:
    site.publish()
    set_up(site, browser)
    with write(site.session):
        account = site.session.scalar(select(AccountRow.id))
        host = site.session.scalar(select(OrganisationRow.id))
        site.session.execute(update(OrganisationRow).values(second_factor=True))
        site.session.add(
            MemberRow(account_id=account, organisation_id=host, trip_id=None, role=Role.READER, made_at=NOW)
        )
    refused = browser.send(f"{APP}remove/", at=SECURITY)
    assert refused.status_code == 422
    assert "lets nobody in without a second proof" in page(refused).words
    site.session.rollback()
    assert site.session.scalar(select(AccountRow.totp)) is not None
    with write(site.session):
        site.session.execute(update(OrganisationRow).values(second_factor=False))
    recovery_codes(browser)
    assert browser.send(f"{APP}remove/", at=SECURITY).location == f"{SECURITY}?done=one_time_removed"
    assert site.session.scalars(select(RecoveryCodeRow)).all() == []
    assert Browser(site.app, browser.engine).sign_in(EMAIL).location == HOME


def test_recovery_codes_need_something_that_can_be_lost(site: Site, browser: Browser) -> None:
    refused = browser.send(f"{SECURITY}recovery-codes/", at=SECURITY)
    assert refused.status_code == 422
    assert site.session.scalars(select(RecoveryCodeRow)).all() == []


def test_every_form_of_the_proofs_takes_its_token(site: Site, browser: Browser) -> None:
    for path in ("name/", "password/", "app/", "app/remove/", "passkeys/", "passkeys/remove/", "recovery-codes/"):
        answer = browser.post(f"{SECURITY}{path}", name="Thief", password="fyra glada ord här", remove="yes")
        assert answer.status_code == 422, path
        assert "had been open too long" in page(answer).words, path
    assert site.session.scalar(select(AccountRow.name)) == ""


def test_the_log_tells_of_every_change_and_of_no_secret(site: Site, browser: Browser) -> None:
    app = set_up(site, browser)
    codes = recovery_codes(browser)
    half(site, browser).send(HALF, code="123456")
    half(site, browser).send(HALF, code=codes[0])
    site.session.rollback()
    note_refusals(site.session, moment=make_moment(NOW + LATER + timedelta(hours=2)))
    rows = site.session.scalars(select(AuditRow).order_by(AuditRow.id)).all()
    done = [row.action for row in rows]
    for action in ("set_up_one_time", "make_recovery_codes", "wrong_code", "second_factor"):
        assert action in done
    said = str([(row.actor, row.origin, row.reason, row.details) for row in rows])
    assert not [secret for secret in (EMAIL, app.secret, "123456", *codes) if secret in said]


@pytest.mark.parametrize("password", ["  Tolv Tecken  ", "högt över ängen 🌲 Ö", "p" * 90 + "aBcDe" * 22])
def test_a_password_is_taken_as_it_is_written(site: Site, browser: Browser, password: str) -> None:
    shown = browser.see(SECURITY).html
    assert re.search(r'id="password" name="password" type="password"[^>]* autocomplete="new-password"', shown)
    assert browser.send(f"{SECURITY}password/", at=SECURITY, password=password).status_code == 303
    for near in (password.strip(), password.swapcase(), password[:72], password + " "):
        if near != password:
            other = Browser(site.app, browser.engine)
            assert other.send(SIGN_IN, email=EMAIL, password=near).status_code == 422, near
    assert Browser(site.app, browser.engine).send(SIGN_IN, email=EMAIL, password=password).location == HOME
