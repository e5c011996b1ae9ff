"""Which addresses may be asked: every kind that leads into a network is refused, however it is dressed up."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

import pytest

from tripkit.outgoing.addresses import may_be_asked, resolved
from tripkit.outgoing.answers import NoSuchName

WITHIN = (
    *("127.0.0.1", "127.1.2.3", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1"),
    *("192.0.0.8", "192.0.0.170", "192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "240.0.0.1"),
    *("255.255.255.255", "192.88.99.1", "239.255.255.250"),
    *(
        "::",
        "::1",
        "::127.0.0.1",
        "::ffff:127.0.0.1",
        "::ffff:169.254.169.254",
        "::ffff:0:127.0.0.1",
        "fe80::1",
        "fc00::1",
    ),
    *("fd00:ec2::254", "fec0::1", "ff02::1", "100::1", "2001::1", "2001:db8::1", "2002:7f00:1::", "2002:0808:0808::"),
    *("64:ff9b::127.0.0.1", "64:ff9b::10.0.0.1", "64:ff9b:1::1", "3fff::1", "5f00::1", "4000::1", "2001:10::1"),
)
OUTSIDE = (
    *("8.8.8.8", "1.1.1.1", "193.10.0.1", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8", "2a00:1450:400f::1", "2606:4700::1111"),
)


@pytest.mark.parametrize("address", WITHIN)
def test_what_leads_into_a_network_is_not_asked(address: str) -> None:
    assert not may_be_asked(ip_address(address))


@pytest.mark.parametrize("address", OUTSIDE)
def test_what_everybody_reaches_is_asked(address: str) -> None:
    assert may_be_asked(ip_address(address))


def test_a_network_that_is_allowed_is_asked_and_its_neighbour_is_not() -> None:
    allowed = (ip_network("10.1.0.0/16"), ip_network("fd00:1::/32"))
    for address in ("10.1.2.3", "::ffff:10.1.2.3", "64:ff9b::10.1.2.3", "fd00:1::5"):
        assert may_be_asked(ip_address(address), allowed), address
    for address in ("10.2.0.1", "::ffff:10.2.0.1", "fd00:2::5", "127.0.0.1"):
        assert not may_be_asked(ip_address(address), allowed), address


def test_a_name_is_looked_up_by_this_machine() -> None:
    assert ip_address("127.0.0.1") in resolved("localhost", 5)
    # What some programs take for a name is an address: however it is written, it is looked at as one.
    assert resolved("2130706433", 5) == resolved("0x7f.1", 5) == (ip_address("127.0.0.1"),)
    for nowhere in ("nobody.invalid", "a" * 70 + ".example", ""):
        with pytest.raises(NoSuchName):
            resolved(nowhere, 5)
