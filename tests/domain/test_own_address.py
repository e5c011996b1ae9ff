"""What may be an organisation's own address, and how it is written."""

from __future__ import annotations

import pytest

from tripkit.domain.own_address import check_host, host_of, proof, shown_host

SITE = "trips.example"


@pytest.mark.parametrize(
    ("typed", "host"),
    [
        ("resor.tripkit.example", "resor.tripkit.example"),
        ("  https://Resor.Tripkit.Example/ ", "resor.tripkit.example"),
        ("http://resor.tripkit.example.", "resor.tripkit.example"),
        ("resor.göteborg.example", "resor.xn--gteborg-90a.example"),
        ("RESOR.GÖTEBORG.example", "resor.xn--gteborg-90a.example"),
        ("resor.xn--gteborg-90a.example", "resor.xn--gteborg-90a.example"),
        ("resor.go\u0308teborg.example", "resor.xn--gteborg-90a.example"),
        ("resor.localhost", "resor.localhost"),
    ],
)
def test_a_name_is_written_as_dns_has_it(typed: str, host: str) -> None:
    assert host_of(typed) == host
    assert list(check_host("host", host, site=SITE)) == []
    assert host_of(shown_host(host)) == host


@pytest.mark.parametrize(
    "typed",
    [
        *(
            "",
            " ",
            "localhost",
            "trips.example",
            "TRIPS.example.",
            "10.0.0.1",
            "[::1]",
            "::1",
            "0x7f.1",
            "resor.example:8080",
        ),
        *(
            "resor.example/path",
            "user@resor.example",
            "resor_2.example",
            "-resor.example",
            "resor-.example",
            "a..example",
        ),
        *(
            f"{'a' * 64}.example",
            ".".join(["abcdefgh"] * 29),
            "resor example.se",
            "*.example",
            "resor.example?x",
            "ftp://a.b",
        ),
        *("resor.exa\u200bmple\u2024", "resor.example\r\nX: y", "<b>.example", "straße.example", "\ufb01rm.example"),
    ],
)
def test_what_is_no_name_of_ones_own_is_refused(typed: str) -> None:
    problems = list(check_host("host", host_of(typed), site=SITE))
    assert [problem.at for problem in problems] == ["host"], host_of(typed)


def test_only_who_has_the_key_answers_to_a_word() -> None:
    assert proof("key", "word") == proof("key", "word")
    assert len({proof("key", "word"), proof("other", "word"), proof("key", "other")}) == 3
