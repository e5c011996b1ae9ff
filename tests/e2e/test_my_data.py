"""From a mailed link to one's bookings, to what is kept, to being forgotten; and what the organisation's record says of it."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from contextlib import closing

import pytest
from playwright.sync_api import expect

from tests.e2e.browsing import Visitor, path_of
from tests.e2e.demonstration import NOW, Site
from tests.e2e.test_way_out import look
from tests.mailing.reading import plain

SIGN_IN = {"sv": "Logga in", "en": "Sign in"}
SEE = {"sv": "Se det som finns", "en": "See what is kept"}
FORGET = {"sv": "Glöm mig", "en": "Have me forgotten"}
ERASE = {"sv": "Radera allt", "en": "Erase everything"}
SURE = {"sv": "Jag är säker. Glöm mig.", "en": "I am sure. Forget me."}
FORGOTTEN = {"sv": "Du är glömd.", "en": "You are forgotten."}


def contact(site: Site) -> str:
    """The address of somebody who has booked."""
    with closing(sqlite3.connect(site.database)) as connection:
        wanted = "SELECT contact_email FROM booking WHERE erased_at IS NULL ORDER BY id LIMIT 1"
        return str(connection.execute(wanted).fetchone()[0])


def make_owner(site: Site, email: str) -> str:
    """Make whoever has this address an owner of the first organisation; its key."""
    with closing(sqlite3.connect(site.database)) as connection, connection:
        host, key = connection.execute("SELECT id, key FROM organisation ORDER BY id LIMIT 1").fetchone()
        (account,) = connection.execute("SELECT id FROM account WHERE email = ?", (email,)).fetchone()
        connection.execute(
            "INSERT INTO member (account_id, organisation_id, role, made_at) VALUES (?, ?, 'owner', ?)",
            (account, host, NOW.isoformat(" ")),
        )
    return str(key)


@pytest.mark.parametrize("language", ["sv", "en"])
def test_whoever_signs_in_sees_what_is_kept_and_is_forgotten(
    fresh_site: Site, visit: Callable[..., Visitor], language: str
) -> None:
    someone, email = visit(fresh_site.url, language=language), contact(fresh_site)
    page = someone.go(f"/{language}/account/")
    assert path_of(page) == f"/{language}/account/sign-in/?next=/{language}/account/"
    look(someone, "sign-in")
    page.fill("#email", email)
    page.locator("main button[type=submit]").click()
    expect(page.locator(".notice.good")).to_be_visible()
    look(someone, "sign-in-sent")
    letter = fresh_site.wait_for_mail(to=email, count=1)[-1]
    assert SIGN_IN[language] in str(letter["Subject"])
    (link,) = set(re.findall(r"https?://[^/\s]+(/\S+/account/sign-in/[^/\s]+/)", plain(letter)))
    someone.go(link)
    look(someone, "sign-in-link")
    page.locator("main button[type=submit]").click()
    assert path_of(page) == f"/{language}/account/"
    look(someone, "account")
    page.get_by_role("link", name=SEE[language]).click()
    look(someone, "my-data")
    key = make_owner(fresh_site, email)
    someone.go(f"/{language}/organise/{key}/personal-data/")
    expect(page.locator("table")).to_be_visible()
    look(someone, "personal-data")
    someone.go(f"/{language}/account/forget-me/")
    page.get_by_role("button", name=ERASE[language]).click()
    look(someone, "forget-me-unsure")
    page.get_by_label(SURE[language]).check()
    page.get_by_role("button", name=ERASE[language]).click()
    look(someone, "forget-me-owner")  # The last owner stays.
    with closing(sqlite3.connect(fresh_site.database)) as connection, connection:
        connection.execute("DELETE FROM member")
    page.get_by_label(SURE[language]).check()
    page.get_by_role("button", name=ERASE[language]).click()
    expect(page.locator(".notice.good")).to_contain_text(FORGOTTEN[language])
    look(someone, "forgotten")
    assert contact(fresh_site) != email
