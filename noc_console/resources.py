"""Finds the files that ship beside the code, in a checkout and in an installed wheel alike."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).parent
_ROOT = _PACKAGE / "_shipped" if (_PACKAGE / "_shipped").is_dir() else _PACKAGE.parent


def resource(name: str) -> Path:
    """Return the path of a file or folder below `resources/`."""
    return _ROOT / "resources" / name


def playbooks() -> Path:
    """Return the folder of the shipped guides."""
    return _ROOT / "playbooks"
