"""On every page for who is signed in stands a button to sign out, or, while they are half in, one to turn away."""

from __future__ import annotations

from flask import url_for

from tests.web.accounts import signed_in_client
from tests.web.conftest import Site
from tests.web.everywhere import WALKER, address, engine_of, stay_at
from tests.web.signup_visitor import page
from tripkit.web.routing import Policy, policies

AS_OTHERS_GET_IT = {f"organiser.{name}" for name in ("preview", "letter_html", "letter_to_html", "system_message_html")}
"""What is shown within another page, or as the participants will see it: the page around it has the button."""
SIGNED_IN = {Policy.ACCOUNT, Policy.PROVED, Policy.MEMBER, Policy.ADMINISTRATOR}


def test_every_page_for_who_is_signed_in_says_how_to_sign_out(site: Site) -> None:
    stay = stay_at(site)
    walker = signed_in_client(site.app, engine_of(site), WALKER)
    runs = signed_in_client(site.app, engine_of(site), "runs@tripkit.example", is_administrator=True)
    declared = policies(site.app)
    with site.app.test_request_context():
        way_out = url_for("account.leave", language="en")
    seen, without = 0, []
    for rule in site.app.url_map.iter_rules():
        policy = declared[rule.rule, rule.endpoint]
        if policy not in SIGNED_IN or "GET" not in (rule.methods or ()) or rule.endpoint in AS_OTHERS_GET_IT:
            continue
        client = runs if policy is Policy.ADMINISTRATOR else walker
        answer = client.get(address(rule, {**stay.values, "language": "en"}), headers={"Accept-Language": "en"})
        if answer.status_code != 200 or answer.mimetype != "text/html":
            continue  # A file, or a page that leads on.
        seen += 1
        if f'<form action="{way_out}" method="post">' not in answer.text or "Sign out" not in page(answer).words:
            without.append(rule.rule)
    assert without == []
    assert seen > 15


def test_who_is_half_in_can_turn_away(site: Site) -> None:
    half = signed_in_client(site.app, engine_of(site), "half@tripkit.example", is_whole=False)
    shown = page(half.get("/en/account/second-factor/", headers={"Accept-Language": "en"}))
    assert "Do not sign in" in shown.words
