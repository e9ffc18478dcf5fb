"""The content of a trap, and what of a configuration is refused, without any network."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_console.catalogues import alarm_types
from noc_console.errors import KnownError
from noc_console.model import Severity
from noc_console.notify.snmp_config import Destination, keys_of, read_config, warning_of
from noc_console.notify.snmp_content import MAX_TEXT_BYTES, clipped, iso, trap_of, varbinds
from noc_console.notify.snmp_engine import identity_of

ROOT = "1.3.6.1.4.1.37211.100"
# the OIDs that the sources of the requirement name themselves
NAMED = {
    "TS_SYNC_LOSS": (1, 1), "PAT_ERROR": (1, 2), "PMT_ERROR": (1, 3), "PTS_DTS_ERROR": (1, 4), "CC_ERROR": (2, 1),
    "PCR_JITTER": (2, 2), "VIDEO_MOS_LOW": (3, 1), "VIDEO_FREEZE": (3, 2), "BLACK_FRAME": (3, 3),
    "LOUDNESS_OUT_OF_RANGE": (4, 1), "AUDIO_SILENCE": (4, 2), "HDR_METADATA_MISSING": (5, 1),
    "ABR_SEGMENT_MISSING": (6, 1), "HTTP_5XX": (7, 1),
}  # fmt: skip


@pytest.mark.parametrize(("alarm_type", "suffix"), NAMED.items())
def test_the_fourteen_oids_of_the_sources(alarm_type: str, suffix: tuple[int, ...]) -> None:
    trap = trap_of("raise", "", {"alarm_type": alarm_type, "severity": "major"}, 0.0, ROOT)
    assert trap.oid[-2:] == suffix
    assert ".".join(map(str, trap.oid[:-2])) == ROOT


@pytest.mark.parametrize("severity", list(Severity))
def test_severities_have_the_numbers_of_rfc_3877(severity: Severity) -> None:
    trap = trap_of("raise", "", {"alarm_type": "CC_ERROR", "severity": str(severity)}, 0.0, ROOT)
    config = read_config({"destinations": ["h"]})
    numbers = {"cleared": 1, "indeterminate": 2, "critical": 3, "major": 4, "minor": 5, "warning": 6}
    assert varbinds(trap, config, "2c", 0.0)[2][2] == numbers[severity]


def test_the_uptime_wraps_as_timeticks_do() -> None:
    trap = trap_of("raise", "", {"alarm_type": "CC_ERROR", "severity": "major"}, 0.0, ROOT)
    config = read_config({"destinations": ["h"]})
    assert varbinds(trap, config, "2c", 2**32 / 100 + 1)[0][2] == 100


@given(st.text(max_size=600))
def test_a_text_fits_and_stays_utf8_on_one_line(text: str) -> None:
    content = clipped(text)
    assert len(content.encode()) <= MAX_TEXT_BYTES
    assert "\n" not in content


def test_every_alarm_type_has_an_oid_below_the_root() -> None:
    assert all(row.oid.count(".") == 2 for row in alarm_types().values() if row.oid)


def test_times_are_utc_with_milliseconds() -> None:
    assert iso(1790000000.25) == "2026-09-21T14:13:20.250Z"


@pytest.mark.parametrize(
    ("told", "host", "port"),
    [
        ("nms", "nms", 162),
        ("10.50.0.10:1162", "10.50.0.10", 1162),
        ("[fe80::1]:99", "fe80::1", 99),
        ("::1", "::1", 162),
    ],
)
def test_short_forms_of_a_destination(told: str, host: str, port: int) -> None:
    (destination,) = read_config({"destinations": [told]}).destinations
    assert (destination.host, destination.port) == (host, port)


@pytest.mark.parametrize(
    ("config", "says"),
    [
        ({"destinations": []}, "destinations: "),
        ({"destinations": ["h"], "root": "x"}, "root: 'x' is not an OID such as 1.3.6.1.4.1.37211.100."),
        ({"destinations": [{"host": "h", "version": "1", "inform": True}]}, "SNMP v1 knows no informs"),
        ({"destinations": [{"host": "h", "version": "3"}]}, "SNMP v3 needs a user name"),
        ({"destinations": [{"host": "h", "priv": "des"}]}, "encryption needs authentication"),
        ({"destinations": ["h:99999"]}, "destinations.0.port: "),
        ({"destinations": ["h"], "community": "secret-word"}, "community: Extra inputs are not permitted."),
    ],
)
def test_a_wrong_configuration_is_one_sentence_without_secrets(config: dict[str, object], says: str) -> None:
    with pytest.raises(KnownError) as wrong:
        read_config(config)
    assert says in str(wrong.value)
    assert "secret-word" not in str(wrong.value)
    assert "\n" not in str(wrong.value)


def test_each_destination_has_its_own_keys_in_one_secret() -> None:
    secret = '{"10.0.0.1:162": {"community": "one"}, "10.0.0.2:162": {"community": "two"}}'
    pair = [Destination(host=f"10.0.0.{number}") for number in (1, 2)]
    assert [keys_of(secret, one).community for one in pair] == ["one", "two"]
    assert keys_of("plain", pair[0]).community == "plain"
    assert keys_of("", pair[0]).community == "public"


@pytest.mark.parametrize("secret", ['{"a": ', '{"h:162": 5}'])
def test_a_secret_that_cannot_be_read_is_not_told(secret: str) -> None:
    with pytest.raises(KnownError) as wrong:
        keys_of(secret, Destination(host="h"))
    assert secret not in str(wrong.value)


def test_the_owner_of_the_default_root_is_warned_of_and_no_other() -> None:
    assert "IANA" in warning_of(ROOT)
    assert warning_of("1.3.6.1.4.1.27872.100") == ""


def test_an_engine_id_is_the_same_after_a_restart_and_its_boots_grow() -> None:
    first, second = (identity_of("a", (1, 3, 6, 1, 4, 1, 32473), at) for at in (6e8, 6e8 + 61))
    assert first.engine_id == second.engine_id
    assert second.boots > first.boots
    assert first.engine_id.hex().startswith("80007ed905")  # RFC 3411: first bit, enterprise, format 5
    assert identity_of("b", (1, 3, 6, 1, 4, 1, 32473), 6e8).engine_id != first.engine_id
