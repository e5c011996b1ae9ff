"""Addresses as accounts compare them: two that are one have one mailbox, and one mailbox is not two; and where pages may lead on to."""

from __future__ import annotations

import sys
from collections import defaultdict
from unicodedata import normalize

import pytest

from tripkit.domain.accounts import email_key
from tripkit.domain.answers import is_email
from tripkit.domain.signup import check_email


def mailbox(address: str) -> str:
    """Where a message to this address goes."""
    local, _, domain = address.rpartition("@")
    return f"{local}@{domain.encode('idna').decode('ascii')}".lower()


def test_no_two_addresses_that_mail_servers_tell_apart_are_one_account_and_the_other_way_round() -> None:
    changing = (sign for sign in map(chr, range(sys.maxunicode + 1)) if normalize("NFKC", sign).casefold() != sign)
    keys, mailboxes = defaultdict[str, set[str]](set), defaultdict[str, set[str]](set)
    for sign in changing:
        for one in {sign, normalize("NFKC", sign), sign.casefold(), sign.lower(), sign.upper()}:
            address = f"asa@a{one}b.example"
            if is_email(address):
                keys[email_key(address)].add(mailbox(address))
                mailboxes[mailbox(address)].add(email_key(address))
    assert len(keys) > 100, "there are such addresses"
    assert [found for found in (*keys.values(), *mailboxes.values()) if len(found) > 1] == []


@pytest.mark.parametrize("address", ["asa@ÅLSÅ.example", " Asa@ålså.EXAMPLE "])
def test_one_address_written_in_several_ways_is_one_account(address: str) -> None:
    assert is_email(address.strip())
    assert email_key(address) == email_key("asa@ålså.example")


@pytest.mark.parametrize("domain", ["straße.example", "\uff57ork.example", "\ufb01rm.example", "\U0001d5ba.example"])
def test_a_domain_that_mail_servers_know_by_other_letters_is_refused_in_words(domain: str) -> None:
    (problem,) = check_email("email", f"asa@{domain}")
    assert "other letters" in problem.sentence.text
    assert not list(check_email("email", "asa@xn--strae-oqa.example"))
