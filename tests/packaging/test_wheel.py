"""The wheel holds what a console needs: code, catalogues, rules, fonts, migrations; and nothing of the checkout."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def names(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    folder = tmp_path_factory.mktemp("wheel")
    command = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--quiet",
        "--no-deps",
        "--no-build-isolation",
        "-w",
        str(folder),
    ]
    subprocess.run([*command, str(ROOT)], check=True, timeout=120)
    (wheel,) = folder.glob("noc_console-*.whl")
    return zipfile.ZipFile(wheel).namelist()


def test_everything_that_is_read_at_run_time_is_in_the_wheel(names: list[str]) -> None:
    shipped = {name.partition("_shipped/")[2] for name in names if "_shipped/" in name}
    wanted = {f"resources/{file.relative_to(ROOT / 'resources')}" for file in (ROOT / "resources").rglob("*.*")}
    assert wanted - shipped == set()
    assert any(name.startswith("noc_console/history/migrations/") and name.endswith(".py") for name in names)


def test_nothing_of_the_checkout_is_in_the_wheel(names: list[str]) -> None:
    assert not [name for name in names if name.startswith("tests/") or ".db" in name or "__pycache__" in name]


def test_the_command_is_installed(names: list[str]) -> None:
    assert any(name.endswith("entry_points.txt") for name in names)


def test_no_lock_names_a_registry() -> None:
    for lock in ROOT.glob("requirements*.lock"):
        text = lock.read_text()
        assert "://" not in text, lock.name
        assert "--index" not in text and "--find-links" not in text, lock.name


def test_the_agents_lock_has_no_screen() -> None:
    text = (ROOT / "requirements-agent.lock").read_text().lower()
    assert not [name for name in ("pyside6", "pyqtgraph", "qasync") if f"\n{name}" in text]
