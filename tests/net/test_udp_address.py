"""Addresses of UDP and RTP inputs: what they name, and what is refused with one sentence."""

from __future__ import annotations

import pytest

from noc_console.errors import KnownError
from noc_console.net.udp_url import udp_address


@pytest.mark.parametrize(
    ("url", "host", "port", "source", "interface", "is_rtp"),
    [
        ("udp://@239.1.1.1:1234", "239.1.1.1", 1234, None, "", False),
        ("udp://239.1.1.1:1234", "239.1.1.1", 1234, None, "", False),
        ("udp://10.0.0.9@232.1.1.1:5000?iface=eth0", "232.1.1.1", 5000, "10.0.0.9", "eth0", False),
        (
            "udp://@232.1.1.1:5000?sources=10.0.0.9&iface=10.1.1.1",
            "232.1.1.1",
            5000,
            "10.0.0.9",
            "10.1.1.1",
            False,
        ),
        ("rtp://@[ff15::1]:5004", "ff15::1", 5004, None, "", True),
        ("udp://@:1234", "0.0.0.0", 1234, None, "", False),
        ("udp://127.0.0.1:1234", "127.0.0.1", 1234, None, "", False),
    ],
)
def test_an_address_says_group_port_sender_interface_and_form(
    url: str, host: str, port: int, source: str | None, interface: str, is_rtp: bool
) -> None:
    found = udp_address(url)
    assert (str(found.host), found.port, found.interface, found.is_rtp) == (host, port, interface, is_rtp)
    assert (str(found.source) if found.source else None) == source


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("udp://@239.1.1.1", "names no port"),
        ("udp://@239.1.1.1:99999", "is not an address"),
        ("udp://@headend.example:1234", "is not an IP address"),
        ("udp://10.0.0.9@10.0.0.8:5000", "for a multicast group only"),
        ("udp://10.0.0.9@[ff15::1]:5000", "not of one IP version"),
        ("http://239.1.1.1:80/", "does not begin with udp:// or rtp://"),
        ("udp://@[ff15::1:5004", "is not an address"),
    ],
)
def test_what_is_no_address_is_one_sentence(url: str, sentence: str) -> None:
    with pytest.raises(KnownError, match=sentence):
        udp_address(url)
