"""The knobs of an agent, from the environment and the command line; secrets are never among them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, Field


def _usual_decoders() -> int:
    """Return half of the cores this process may use, at least one and at most eight."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 2
    return max(1, min(8, cores // 2))


class Settings(BaseModel, frozen=True):
    """Everything an agent can be told at start; each has a default that works."""

    name: str = "local"
    db: Path = Path("local.db")
    host: str = "127.0.0.1"
    port: int = 0
    workers: int = Field(default=1, ge=1, le=32)
    tick_s: float = Field(default=1.0, gt=0, le=10)
    seal_h: int = Field(default=2, ge=1, le=24)
    request_values_h: float = Field(default=48, ge=2)
    aggregates_d: float = Field(default=30, ge=1)
    hourly_months: int = Field(default=13, ge=1)
    ring_bytes: int = Field(default=1024**3, ge=16 * 1024**2)
    evidence_bytes: int = Field(default=64 * 1024**2, ge=1024**2)
    captures_bytes: int = Field(default=2 * 1024**3, ge=0)
    event_reserve_bytes: int = Field(default=8 * 1024**2, ge=0)
    worker_memory_bytes: int = Field(default=1024**3, ge=128 * 1024**2)
    decode_workers: int = Field(default_factory=_usual_decoders, ge=0, le=32)  # 0: no picture and sound
    media_bytes: int = Field(default=256 * 1024**2, ge=16 * 1024**2)  # of stretches that wait to be decoded
    media_folder: Path | None = None  # where they wait; chosen at start when not told
    worker_silent_s: float = Field(default=10.0, gt=1)
    max_playlist_bytes: int = Field(default=4 * 1024**2, ge=1024)
    max_segment_bytes: int = Field(default=256 * 1024**2, ge=1024)
    request_timeout_s: float = Field(default=10.0, gt=0)
    max_redirects: int = Field(default=5, ge=0)
    decrypt_aes128: bool = False
    idle_poll_s: float = Field(default=30.0, gt=0)
    notify: Literal["own", "site", "none"] = "own"
    acknowledgement_h: float = Field(default=2.0, ge=0, le=168)  # of critical and major alarms; 0: for ever
    operators: int = Field(default=1, ge=1, le=100)
    zone: str = Field(default="Asia/Ho_Chi_Minh", max_length=60)  # the site's time: checklists are due by it
    notify_held_s: float = Field(default=300.0, gt=0)
