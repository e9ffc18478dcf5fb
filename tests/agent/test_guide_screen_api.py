"""What the guide's screen asks of a running agent besides the walk: its guide, pictures, the seal of a checklist."""

from __future__ import annotations

from pathlib import Path

import pytest
import running_agent

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 70_000
LIST = """
guide: CL-OWN
version: 1
kind: checklist
title: Own check
steps:
  - {id: one, kind: items, text: One, items: [{id: looked, text: Looked at}], next: sign}
  - {id: sign, kind: sign-off, roles: shift-lead}
"""


@pytest.mark.timeout(120)
def test_a_walk_keeps_its_guide_takes_pictures_and_is_sealed_when_signed(tmp_path: Path) -> None:
    site = tmp_path / "guides"
    site.mkdir()
    (site / "cl-own.yaml").write_text(LIST)
    with running_agent.running(tmp_path / "local.db") as agent:
        made = agent.post("/guides/runs", {"guide": "CL-OWN", "by": "Lan"}, 201)
        path = f"/guides/runs/{made['run_id']}"
        assert made["guide"]["version"] == 1
        (site / "cl-own.yaml").write_text(LIST.replace("version: 1", "version: 2"))
        running_agent.until(lambda: agent.get("/guides/CL-OWN")["guide"]["version"] == 2, "the changed file")
        assert agent.get(f"{path}/guide")["guide"]["version"] == 1

        asked = {"text": "seen", "step": "one", "by": "Lan"}
        noted = agent.http.post(f"{path}/pictures", content=PNG, params=asked).json()["run"]["run"]["notes"]
        assert agent.http.get(f"/captures/{noted[0]['picture']}").content == PNG
        refused = agent.http.post(f"{path}/pictures", content=b"GIF89a", params=asked)
        assert (refused.status_code, refused.json()["message"]) == (400, "The picture is neither PNG nor JPEG.")

        early = agent.http.post(
            f"{path}/deeds", json={"kind": "signed", "step": "sign", "role": "shift-lead", "by": "Lan"}
        )
        assert early.status_code == 409
        assert agent.get(path)["run"]["seal"] == ""
        agent.post(f"{path}/deeds", {"kind": "marked", "item": "looked", "state": "done", "by": "Lan"})
        signed = agent.post(f"{path}/deeds", {"kind": "signed", "step": "sign", "role": "shift-lead", "by": "Lan"})[
            "run"
        ]
        assert len(signed["seal"]) == 64
        agent.post(f"{path}/deeds", {"kind": "noted", "text": "later", "by": "Minh"})
        assert agent.get(path)["run"]["seal"] == signed["seal"]
        assert all("Own check" not in one["text"] for one in agent.get("/board")["agent"]["news"])
