"""Text of service information in its character tables."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_console.media.ts.text import decoded


@pytest.mark.parametrize(
    ("data", "text"),
    [
        pytest.param(b"VTV1 HD", "VTV1 HD", id="plain"),
        pytest.param(b"T\xc2el\xc2e", "T\u00e9l\u00e9", id="ISO 6937, the accent before its letter"),
        pytest.param(b"M\xc8unchen stra\xfbe", "M\u00fcnchen stra\u00dfe", id="ISO 6937, German"),
        pytest.param(b"5 \xa4", "5 \u20ac", id="the Euro sign of figure A.1"),
        pytest.param(b"\x15" + "Thời sự".encode(), "Thời sự", id="UTF-8"),
        pytest.param(b"\x11" + "Thời sự".encode("utf-16-be"), "Thời sự", id="UTF-16"),
        pytest.param(b"\x03\xc4\xe5", "\u0394\u03b5", id="Greek"),
        pytest.param(b"\x10\x00\x0f\xa4", "\u20ac", id="a table of 8859 by its number"),
        pytest.param(b"\x86loud\x87 and\x8anew line", "loud and new line", id="control codes"),
        pytest.param(b"\x15\xee\x82\x86loud\xee\x82\x87", "loud", id="control codes in UTF-8"),
        pytest.param(b"", "", id="nothing"),
    ],
)
def test_text(data: bytes, text: str) -> None:
    assert decoded(data) == text


@given(st.binary(max_size=255))
def test_any_bytes_are_some_text(data: bytes) -> None:
    assert len(decoded(data)) <= 255
