"""The outbox: every notice, and what became of it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

Big = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Create the table of notices."""
    op.create_table(
        "outbox",
        sa.Column("notice_id", sa.String(100), primary_key=True),
        sa.Column("alarm_id", sa.Integer, nullable=False),
        sa.Column("receiver", sa.String(100), nullable=False),
        sa.Column("action", sa.String(20), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("reason", sa.String(50), nullable=False),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("queued_at", sa.Float(53), nullable=False),
        sa.Column("due_at", sa.Float(53), nullable=False),
        sa.Column("done_at", sa.Float(53)),
        sa.Column("seq", Big, nullable=False),
        sa.Column("body", sa.JSON, nullable=False),
    )
    op.create_index("outbox_by_state", "outbox", ["state", "seq"])
    op.create_index("outbox_by_alarm", "outbox", ["alarm_id", "seq"])
    op.create_index("outbox_by_seq", "outbox", ["seq"])
