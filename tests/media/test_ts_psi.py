"""Tables as they come and change: services, versions, counts, and what every PID is for."""

from __future__ import annotations

from ts_sections import closed, descriptor, pat, payloads, pmt, sdt, section

from noc_console.media.ts.psi import MOST_CHANGES, Psi

AVC, AAC, SCTE = 0x1B, 0x0F, 0x86
ENGLISH = descriptor(0x0A, b"eng\x00")
CONAX = descriptor(0x09, b"\x0b\x00\xe1\x23")


def give(psi: Psi, pid: int, whole: bytes, at: float = 0.0, packet: int = 0) -> None:
    for starts, payload in payloads(whole):
        psi.feed(pid, starts, payload, packet, at)


def one_service() -> Psi:
    psi = Psi()
    give(psi, 0, pat({1: 0x100}))
    give(psi, 0x100, pmt(1, 0x200, [(AVC, 0x200, b""), (AAC, 0x201, ENGLISH)]))
    give(psi, 0x11, sdt({1: ("VTV", "VTV1 HD")}))
    return psi


def test_a_service_is_told_with_its_name_streams_and_languages() -> None:
    (service,) = one_service().report().services
    assert (service.id, service.name, service.provider) == (1, "VTV1 HD", "VTV")
    assert (service.pmt_pid, service.pcr_pid) == (0x100, 0x200)
    assert [(one.pid, one.kind, one.codec, one.languages) for one in service.streams] == [
        (0x200, "video", "avc1", ()),
        (0x201, "audio", "mp4a.40.2", ("eng",)),
    ]


def test_sections_are_asked_for_on_the_pids_the_pat_lists() -> None:
    psi = Psi()
    assert not psi.wanted[0x100]
    give(psi, 0, pat({0: 0x10, 1: 0x100}))
    assert psi.wanted[0x100]
    give(psi, 0, pat({0: 0x10, 1: 0x300}, version=1))
    assert psi.wanted[0x300] and not psi.wanted[0x100]


def test_every_pid_has_its_role() -> None:
    psi = one_service()
    assert psi.kinds[0x200] == 1 and psi.kinds[0x201] == 2
    assert psi.clock_pids[0x201] == 0x200 and psi.clock_pids[0x300] == -1
    assert psi.referenced[[0, 0x11, 0x100, 0x200, 0x201, 0x1FFF]].all() and not psi.referenced[0x300]
    assert psi.expected[[0x200, 0x201]].all() and not psi.expected[0x100]


def test_ca_systems_of_programme_and_stream_are_told_and_their_pids_are_referred_to() -> None:
    psi = Psi()
    give(psi, 0, pat({1: 0x100}))
    give(psi, 0x100, pmt(1, 0x200, [(AVC, 0x200, CONAX)]))
    give(psi, 1, section(0x01, 0xFFFF, descriptor(0x09, b"\x06\x04\xe1\x24")))
    (service,) = psi.report().services
    assert service.ca_systems == (0x0B00,) and service.is_scrambled
    assert psi.referenced[0x123] and psi.referenced[0x124]


def test_a_stream_of_cues_is_read_as_sections() -> None:
    psi = Psi()
    give(psi, 0, pat({1: 0x100}))
    give(psi, 0x100, pmt(1, 0x200, [(AVC, 0x200, b""), (SCTE, 0x1F0, b"")]))
    assert psi.wanted[0x1F0]


def test_a_blu_ray_programme_uses_the_number_of_cues_for_sound() -> None:
    psi = Psi()
    give(psi, 0, pat({1: 0x100}))
    give(psi, 0x100, pmt(1, 0x200, [(SCTE, 0x1100, b"")], info=descriptor(0x05, b"HDMV")))
    assert not psi.wanted[0x1100] and psi.kinds[0x1100] == 2


def test_a_pid_of_si_that_carries_a_stream_is_left_alone() -> None:
    psi = Psi()
    give(psi, 0, pat({1: 0x100}))
    give(psi, 0x100, pmt(1, 0x11, [(AVC, 0x11, b"")]))
    assert not psi.wanted[0x11]


def test_the_first_tables_are_no_change() -> None:
    assert one_service().events == []


def test_a_change_is_told_with_before_and_after() -> None:
    psi = one_service()
    give(psi, 0x100, pmt(1, 0x200, [(AVC, 0x200, b""), (AAC, 0x202, ENGLISH)], version=1), at=7.0)
    (event,) = psi.events
    assert event.kind == "PsiTableChanged" and event.at == 7.0
    assert not event.data["is_version_only"]
    assert list(event.data["before"]["streams"]) == ["0x0200", "0x0201"]
    assert list(event.data["after"]["streams"]) == ["0x0200", "0x0202"]
    assert any("0x0201 is gone" in line for line in event.data["changes"])
    assert any("0x0202 is new" in line for line in event.data["changes"])
    assert psi.kinds[0x202] == 2 and psi.kinds[0x201] == 0


def test_a_new_version_with_the_same_content_is_told_as_such() -> None:
    psi = one_service()
    give(psi, 0x100, pmt(1, 0x200, [(AVC, 0x200, b""), (AAC, 0x201, ENGLISH)], version=5))
    (event,) = psi.events
    assert event.data["is_version_only"] and event.data["changes"] == []
    assert event.data["text"] == "PMT of programme 1: version 0 became 5, the content is the same."


def test_a_renamed_service_is_a_change() -> None:
    psi = one_service()
    give(psi, 0x11, sdt({1: ("VTV", "VTV1")}, version=1))
    (event,) = psi.events
    assert "services 1 name changed from VTV1 HD to VTV1" in event.data["changes"]
    assert psi.report().services[0].name == "VTV1"


def test_the_same_table_again_and_again_is_no_change() -> None:
    psi = one_service()
    for at in range(10):
        give(psi, 0x100, pmt(1, 0x200, [(AVC, 0x200, b""), (AAC, 0x201, ENGLISH)]), at=at / 10)
    assert psi.events == [] and psi.stats["PMT"].sections == 11


def test_a_table_for_later_is_counted_and_not_in_force() -> None:
    psi = one_service()
    whole = pat({9: 0x900}, version=1)
    later = closed(whole[:1], 0xB0, whole[3:5] + bytes((whole[5] & 0xFE,)) + whole[6:-4])
    give(psi, 0, later)
    assert psi.tree.pat == {1: 0x100} and psi.events == [] and psi.stats["PAT"].sections == 2


def test_a_table_of_two_sections_is_in_force_when_both_are_there() -> None:
    psi = Psi()
    rows = [number.to_bytes(2, "big") + (0xE000 | 0x100 + number).to_bytes(2, "big") for number in (1, 2)]
    give(psi, 0, section(0, 1, rows[0], number=0, last=1))
    assert psi.tree.pat == {}
    give(psi, 0, section(0, 1, rows[1], number=1, last=1))
    assert psi.tree.pat == {1: 0x101, 2: 0x102}


def test_a_programme_that_comes_back_is_read_again() -> None:
    psi = one_service()
    give(psi, 0, pat({2: 0x300}, version=1))
    give(psi, 0, pat({1: 0x100}, version=2))
    assert psi.report().services[0].streams == ()
    give(psi, 0x100, pmt(1, 0x200, [(AVC, 0x200, b""), (AAC, 0x201, ENGLISH)]))
    assert len(psi.report().services[0].streams) == 2


def test_a_wrong_crc_counts_and_changes_nothing() -> None:
    psi = one_service()
    broken = bytearray(pat({9: 0x900}))
    broken[-1] ^= 0xFF
    give(psi, 0, bytes(broken), at=3.0, packet=77)
    (error,) = psi.errors
    assert (error.indicator, error.pid, error.packet_index) == ("2.2", 0, 77)
    assert psi.stats["PAT"].crc_errors == 1 and psi.tree.pat == {1: 0x100}


def test_versions_are_listed_as_they_came() -> None:
    psi = Psi()
    for version in (3, 4, 3, 31):
        give(psi, 0, pat({1: 0x100}, version=version))
    assert psi.stats["PAT"].versions == [3, 4, 31]


def test_a_section_over_packets_with_one_missing_is_dropped() -> None:
    psi = one_service()
    big = sdt({number: ("provider", f"a long name of service {number}") for number in range(1, 20)}, version=1)
    first, *rest = payloads(big)
    psi.feed(0x11, *first, 0, 0.0)
    psi.lost(0x11)
    for starts, payload in rest[1:]:
        psi.feed(0x11, starts, payload, 0, 0.0)
    assert psi.stats["SDT"].sections == 1 and psi.errors == []


def test_two_sections_in_one_packet_are_both_read() -> None:
    psi = Psi()
    body = b"\x00" + pat({1: 0x100}) + pat({1: 0x100, 2: 0x200}, version=1)
    psi.feed(0, True, body + b"\xff" * (184 - len(body)), 0, 0.0)
    assert psi.tree.pat == {1: 0x100, 2: 0x200}


def test_a_stream_that_changes_without_end_is_followed_once_a_tick() -> None:
    psi = one_service()
    for turn in range(MOST_CHANGES + 50):
        give(psi, 0x100, pmt(1, 0x200, [(AVC, 0x300 + turn, b"")], version=turn % 32))
    assert len(psi.events) <= MOST_CHANGES and psi.dropped >= 50
    psi.tick(1.0)
    assert psi.kinds[0x300 + MOST_CHANGES + 49] == 1
