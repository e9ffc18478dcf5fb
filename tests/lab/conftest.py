"""What every test of the lab may ask for."""

from __future__ import annotations

from lab_bench import bench, opened, options

__all__ = ["bench", "opened", "options"]
