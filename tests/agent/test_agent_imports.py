"""Channel lists of a spreadsheet or a player become forms, and each bad line one sentence."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_console.agent.imports import MAX_ROWS, code_of, rows
from noc_console.agent.refusals import BadRequest

M3U = """#EXTM3U url-tvg="http://127.0.0.1/epg.xml"
#EXTINF:-1 tvg-id="vtv1" tvg-name="VTV 1 HD" group-title="News, local",VTV1 - Thời sự
#EXTVLCOPT:network-caching=1000
http://127.0.0.1:8080/vtv1/master.m3u8
#EXTINF:-1,Just a name
http://127.0.0.1:8080/just/manifest.mpd
rtp://239.1.1.1:1234
mms://127.0.0.1/old
"""


def test_a_players_list_gives_code_name_group_and_url() -> None:
    first, second, third, fourth = rows(M3U)
    assert first.form and second.form and third.form
    assert first.line == 2
    assert first.form.channel_code == "CH_OTT_VTV1"
    assert first.form.channel_name == "VTV1 - Thời sự"
    assert first.form.labels == ["News, local"]
    assert first.form.input_url == "http://127.0.0.1:8080/vtv1/master.m3u8"
    assert second.form.channel_code == "CH_OTT_JUST_A_NAME"
    assert third.form.input_url == "rtp://239.1.1.1:1234"
    assert fourth.form is None
    assert fourth.line == 8
    assert "must begin with http" in fourth.message


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_spreadsheet_may_separate_by_comma_semicolon_or_tab(delimiter: str) -> None:
    table = [
        ["\ufeffchannel_code", "channel_name", "input_url", "tier", "enabled", "labels", "note"],
        ["CH_1", "Một", "http://127.0.0.1/1.m3u8", "2", "false", "a|b", "ignored"],
        [""] * 7,
    ]
    (row,) = rows("\r\n".join(delimiter.join(line) for line in table))
    assert row.form
    assert (row.form.channel_code, row.form.tier, row.form.enabled) == ("CH_1", 2, False)
    assert row.form.labels == ["a", "b"]


def test_a_quoted_cell_may_hold_the_delimiter_and_a_line_break() -> None:
    (row,) = rows('channel_code,channel_name,input_url\nCH_1,"News,\nlate",http://127.0.0.1/1.m3u8\n')
    assert row.form is None
    assert "control characters" in row.message


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "The list is empty."),
        ("   \n ", "The list is empty."),
        ("name,address\nx,y\n", "The first line must name the columns, at least channel_code and input_url."),
        (
            "<html><body>404</body></html>",
            "The first line must name the columns, at least channel_code and input_url.",
        ),
        ("channel_code,input_url\n" + "x" * 9000, "A line of the list is longer than 8192 characters."),
    ],
)
def test_what_is_no_list_is_refused_in_a_sentence(text: str, sentence: str) -> None:
    with pytest.raises(BadRequest, match=sentence.replace(".", r"\.")):
        rows(text)


def test_a_list_may_not_be_endless() -> None:
    lines = [f"CH_{number},http://127.0.0.1/{number}" for number in range(MAX_ROWS + 1)]
    with pytest.raises(BadRequest, match="more than 5000 channels"):
        rows("channel_code,input_url\n" + "\n".join(lines))


def test_the_second_line_of_a_code_is_named_with_the_first() -> None:
    first, second = rows("code,url\nCH_1,http://127.0.0.1/1\nCH_1,http://127.0.0.1/2\n")
    assert first.form
    assert second.message == "CH_1 is already in line 2."


@given(st.text(max_size=300))
def test_no_text_is_more_than_a_refusal(text: str) -> None:
    for start in ("#EXTM3U\n", "channel_code,input_url\n", ""):
        try:
            found = rows(start + text)
        except BadRequest:
            continue
        assert all(row.form or row.message for row in found)


@given(st.text(max_size=80))
def test_every_name_gives_a_code_the_form_takes(name: str) -> None:
    listed = f"#EXTM3U\n#EXTINF:-1,x\nhttp://127.0.0.1/{code_of(name)}"
    assert code_of(name).startswith("CH_")
    assert rows(listed)[0].form
