"""Walks through guides, and where the evidence of an alarm is found in the journal."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

Big = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Create the tables of runs and evidence."""
    op.create_table(
        "guide_runs",
        sa.Column("run_id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("guide", sa.String(100), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("alarm_id", sa.Integer, nullable=False),
        sa.Column("alarm_type", sa.String(50), nullable=False),
        sa.Column("channel_id", sa.Integer, nullable=False),
        sa.Column("is_over", sa.Boolean, nullable=False),
        sa.Column("started_at", sa.Float(53), nullable=False),
        sa.Column("ended_at", sa.Float(53)),
        sa.Column("seq", Big, nullable=False),
        sa.Column("body", sa.JSON, nullable=False),
    )
    op.create_index("guide_runs_by_guide", "guide_runs", ["guide", "started_at"])
    op.create_index("guide_runs_by_alarm", "guide_runs", ["alarm_id"])
    op.create_index("guide_runs_over", "guide_runs", ["is_over"])
    op.create_table(
        "guide_run_events",
        sa.Column("run_id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("seq", Big, primary_key=True, autoincrement=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "evidence_events",
        sa.Column("alarm_id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("seq", Big, primary_key=True, autoincrement=False),
        sqlite_with_rowid=False,
    )
