"""The terminal table puts the worst first and never says less than the board."""

from __future__ import annotations

import io
from typing import Any

from rich.console import Console

from noc_console.agent.table import age, drawn


def channel(code: str, severity: str = "cleared", **more: Any) -> dict[str, Any]:
    text = {"text": f"{code} is ill", "since": 940.0} if severity != "cleared" else {"text": "", "since": 0.0}
    return {"code": code, "name": code.title(), "state": "ok", "severity": severity, **text, **more}


def state(*channels: dict[str, Any], recording: str = "ok") -> dict[str, Any]:
    worker = {"state": "ok", "requests_per_s": 12.0}
    said = {"state": recording, "text": "the disk is full"}
    return {
        "at": 1000.0,
        "channels": list(channels),
        "agent": {"name": "local", "recording": said, "workers": [worker]},
    }


def printed(told: dict[str, Any], height: int = 40) -> str:
    console = Console(width=120, record=True, color_system=None, file=io.StringIO())
    console.print(drawn(told, "http://127.0.0.1:8443", "The token is in x.token.", height))
    return console.export_text()


def test_the_worst_comes_first_with_letter_and_word() -> None:
    text = printed(state(channel("CH_A"), channel("CH_B", "minor"), channel("CH_C", "critical")))
    assert text.index("CH_C") < text.index("CH_B") < text.index("CH_A")
    assert "C critical" in text
    assert "m minor" in text
    assert "60 s" in text
    assert "CH_C is ill" in text


def test_a_history_that_is_not_written_is_said_in_the_first_line() -> None:
    assert "NOT RECORDED: the disk is full" in printed(state(recording="not_recorded")).splitlines()[0]


def test_what_does_not_fit_is_counted() -> None:
    text = printed(state(*(channel(f"CH_{number:03}") for number in range(50))), height=20)
    assert "and 39 more" in text


def test_it_says_how_to_attach_and_what_to_do_without_channels() -> None:
    text = printed(state())
    assert "--attach http://127.0.0.1:8443" in text
    assert "No channel yet" in text


def test_ages_are_said_as_operators_do() -> None:
    assert [age(5), age(600), age(10_000), age(400_000), age(-1)] == ["5 s", "10 min", "3 h", "5 d", "0 s"]
