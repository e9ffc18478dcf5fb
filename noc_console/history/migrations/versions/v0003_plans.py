"""Maintenance windows and suppressions, and what operators changed in the rules."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

Big = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Create the tables of what is planned."""
    op.create_table(
        "maintenance",
        sa.Column("window_id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("seq", Big, nullable=False),
        sa.Column("body", sa.JSON, nullable=False),
    )
    op.create_table(
        "rule_changes",
        sa.Column("change_id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("level", sa.String(20), nullable=False),
        sa.Column("target", sa.String(100), nullable=False),
        sa.Column("rule", sa.String(100), nullable=False),
        sa.Column("seq", Big, nullable=False),
        sa.Column("body", sa.JSON, nullable=False),
    )
