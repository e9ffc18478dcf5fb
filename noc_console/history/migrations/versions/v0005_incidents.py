"""Incidents, their tasks, and which events each of them is told by."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

Big = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Create the tables of the incident record."""
    op.create_table(
        "incidents",
        sa.Column("incident_id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("severity", sa.String(20), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("commander", sa.String(100), nullable=False),
        sa.Column("opened_at", sa.Float(53), nullable=False),
        sa.Column("closed_at", sa.Float(53)),
        sa.Column("seq", Big, nullable=False),
        sa.Column("body", sa.JSON, nullable=False),
    )
    op.create_index("incidents_by_state", "incidents", ["state", "opened_at"])
    op.create_table(
        "incident_tasks",
        sa.Column("incident_id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("task_id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("owner", sa.String(100), nullable=False),
        sa.Column("due_at", sa.Float(53)),
        sa.Column("done_at", sa.Float(53)),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "incident_events",
        sa.Column("incident_id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("seq", Big, primary_key=True, autoincrement=False),
        sqlite_with_rowid=False,
    )
