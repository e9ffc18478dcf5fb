"""How much of an input's picture is decoded, and of which rung."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Give inputs a media mode; those of before get the usual one."""
    op.add_column("inputs", sa.Column("media", sa.String(20), nullable=False, server_default="keyframes"))
    op.add_column("inputs", sa.Column("media_rung", sa.String(200), nullable=False, server_default=""))
