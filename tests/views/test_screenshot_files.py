"""Pictures of views: what is refused, and one drawn by the real command."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtGui import QImage

from noc_console.errors import KnownError
from noc_console.views.screenshot import VIEWS, run


def test_an_unknown_view_is_refused_with_those_there_are(tmp_path):
    with pytest.raises(KnownError, match="overview, wall, channels"):
        run("nowhere", tmp_path / "x.png", db=None, attach="", theme="", size="1920x1080", after=1)


@pytest.mark.parametrize("size", ["big", "10x10", "1920", "99999x1080", "1920x-1"])
def test_a_size_that_is_none_is_refused(size, tmp_path):
    with pytest.raises(KnownError, match="is not a size"):
        run("wall", tmp_path / "x.png", db=None, attach="", theme="", size=size, after=1)


def test_every_view_of_the_command_line_is_there():
    assert set(VIEWS) == {
        *("overview", "wall", "channels", "channel", "alarms", "add-channel", "import", "lab", "keys", "palette")
    }


def test_an_empty_history_is_drawn(tmp_path: Path):
    file = tmp_path / "wall.png"
    command = [sys.executable, "-m", "noc_console", "screenshot", "wall", str(file), "--db", str(tmp_path / "a.db")]
    done = subprocess.run(
        [*command, "--after", "0", "--size", "1366x768"], capture_output=True, timeout=50, check=False
    )
    assert done.returncode == 0, done.stderr.decode()
    image = QImage(str(file))
    assert (image.width(), image.height()) == (1366, 768)
    assert image.pixelColor(5, 5).name() == "#151b23"
