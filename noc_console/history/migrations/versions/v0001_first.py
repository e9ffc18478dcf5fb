"""The first shape of local.db."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

Big = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Create every table."""
    op.create_table(
        "meta",
        sa.Column("key", sa.String(50), primary_key=True),
        sa.Column("value", sa.Text, nullable=False),
    )

    op.create_table(
        "probes",
        sa.Column("probe_id", sa.Integer, primary_key=True),
        sa.Column("probe_name", sa.String(50), nullable=False, unique=True),
        sa.Column("layer", sa.Integer, nullable=False),
        sa.Column("location", sa.String(100), nullable=False),
        sa.Column("ip_address", sa.String(64), nullable=False),
        sa.Column("port", sa.Integer, nullable=False),
        sa.Column("snmp_enabled", sa.Boolean, nullable=False),
        sa.Column("snmp_version", sa.String(10), nullable=False),
        sa.Column("created_at", sa.Float, nullable=False),
        sqlite_autoincrement=True,
    )

    op.create_table(
        "templates",
        sa.Column("template_id", sa.Integer, primary_key=True),
        sa.Column("template_name", sa.String(50), nullable=False, unique=True),
        sa.Column("description", sa.Text, nullable=False),
        sa.Column("codec", sa.String(20), nullable=False),
        sa.Column("min_mos", sa.Numeric(3, 1, asdecimal=False)),
        sa.Column("max_mos", sa.Numeric(3, 1, asdecimal=False)),
        sa.Column("loudness_target", sa.Numeric(5, 2, asdecimal=False)),
        sa.Column("loudness_tolerance", sa.Numeric(5, 2, asdecimal=False)),
        sa.Column("macroblocking_threshold", sa.Numeric(5, 2, asdecimal=False)),
        sa.Column("freeze_threshold_ms", sa.Integer),
        sa.Column("black_threshold_ms", sa.Integer),
        sa.Column("pcr_jitter_threshold_ns", sa.Integer),
        sa.Column("rules", sa.JSON, nullable=False),
        sa.Column("created_at", sa.Float, nullable=False),
        sqlite_autoincrement=True,
    )

    op.create_table(
        "channels",
        sa.Column("channel_id", sa.Integer, primary_key=True),
        sa.Column("channel_code", sa.String(50), nullable=False, unique=True),
        sa.Column("channel_name", sa.String(200), nullable=False),
        sa.Column("channel_type", sa.String(10), nullable=False),
        sa.Column("channel_class", sa.String(20), nullable=False),
        sa.Column("tier", sa.Integer, nullable=False),
        sa.Column("codec", sa.String(20), nullable=False),
        sa.Column("resolution", sa.String(20), nullable=False),
        sa.Column("fps", sa.Numeric(5, 2, asdecimal=False)),
        sa.Column("is_4k", sa.Boolean, nullable=False),
        sa.Column("is_hdr", sa.Boolean, nullable=False),
        sa.Column("has_atmos", sa.Boolean, nullable=False),
        sa.Column("probe_id", sa.Integer, sa.ForeignKey("probes.probe_id")),
        sa.Column("input_url", sa.Text, nullable=False),
        sa.Column("template_id", sa.Integer, sa.ForeignKey("templates.template_id")),
        sa.Column("template_name", sa.String(50), nullable=False),
        sa.Column("enabled", sa.Boolean, nullable=False),
        sa.Column("is_alarmed", sa.Boolean, nullable=False),
        sa.Column("is_demo", sa.Boolean, nullable=False),
        sa.Column("labels", sa.JSON, nullable=False),
        sa.Column("badges", sa.JSON, nullable=False),
        sa.Column("created_at", sa.Float, nullable=False),
        sa.Column("updated_at", sa.Float, nullable=False),
        sqlite_autoincrement=True,
    )

    op.create_table(
        "inputs",
        sa.Column("input_id", sa.Integer, primary_key=True),
        sa.Column("channel_id", sa.Integer, sa.ForeignKey("channels.channel_id", ondelete="CASCADE"), nullable=False),
        sa.Column("layer", sa.Integer, nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("level", sa.String(20), nullable=False),
        sa.Column("poll_s", sa.Float, nullable=False),
        sa.Column("access", sa.JSON, nullable=False),
        sa.Column("expected", sa.JSON, nullable=False),
        sqlite_autoincrement=True,
    )

    op.create_table(
        "series",
        sa.Column("series_id", sa.Integer, primary_key=True),
        sa.Column("input_id", sa.Integer, nullable=False),
        sa.Column("rung", sa.String(200), nullable=False),
        sa.Column("metric", sa.String(100), nullable=False),
        sa.UniqueConstraint("input_id", "rung", "metric", name="series_once"),
    )
    op.create_index(
        "series_by_metric",
        "series",
        ["metric"],
    )

    op.create_table(
        "journal",
        sa.Column("seq", Big, primary_key=True, autoincrement=False),
        sa.Column("at", sa.Float(53), nullable=False),
        sa.Column("kind", sa.String(50), nullable=False),
        sa.Column("channel_id", sa.Integer, nullable=False),
        sa.Column("input_id", sa.Integer, nullable=False),
        sa.Column("newest", sa.Float(53), nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
    )
    op.create_index(
        "journal_events",
        "journal",
        ["kind", "seq"],
        sqlite_where=sa.text("kind <> 'Tick'"),
        postgresql_where=sa.text("kind <> 'Tick'"),
    )

    op.create_table(
        "alarms",
        sa.Column("alarm_id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("channel_id", sa.Integer),
        sa.Column("input_id", sa.Integer),
        sa.Column("alarm_type", sa.String(50), nullable=False),
        sa.Column("severity", sa.String(20), nullable=False),
        sa.Column("message", sa.Text, nullable=False),
        sa.Column("acknowledged", sa.Boolean, nullable=False),
        sa.Column("acknowledged_by", sa.String(100), nullable=False),
        sa.Column("acknowledged_at", sa.Float(53)),
        sa.Column("resolved", sa.Boolean, nullable=False),
        sa.Column("resolved_at", sa.Float(53)),
        sa.Column("raised_at", sa.Float(53), nullable=False),
        sa.Column("cleared_at", sa.Float(53)),
        sa.Column("created_at", sa.String(40), nullable=False),
        sa.Column("seq", Big, nullable=False),
        sa.Column("body", sa.JSON, nullable=False),
    )
    op.create_index(
        "alarms_by_time",
        "alarms",
        ["raised_at"],
    )
    op.create_index(
        "alarms_by_channel",
        "alarms",
        ["channel_id", "raised_at"],
    )
    op.create_index(
        "alarms_open",
        "alarms",
        ["resolved"],
    )

    op.create_table(
        "alarm_events",
        sa.Column("alarm_id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("seq", Big, primary_key=True, autoincrement=False),
        sqlite_with_rowid=False,
    )

    op.create_table(
        "windows",
        sa.Column("start", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("span_s", sa.Integer, nullable=False),
        sa.Column("step_s", sa.Integer, nullable=False),
        sa.Column("samples", Big, nullable=False),
        sa.Column("bytes", Big, nullable=False),
    )

    op.create_table(
        "blocks",
        sa.Column("block_id", Big, primary_key=True, autoincrement=False),
        sa.Column("times_of", sa.Integer, nullable=False),
        sa.Column("stats", sa.LargeBinary, nullable=False),
        sa.Column("times", sa.LargeBinary),
        sa.Column("vals", sa.LargeBinary, nullable=False),
    )

    op.create_table(
        "hourly",
        sa.Column("series_id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("hour", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("n", sa.Integer, nullable=False),
        sa.Column("low", sa.Float, nullable=False),
        sa.Column("high", sa.Float, nullable=False),
        sa.Column("total", sa.Float(53), nullable=False),
        sqlite_with_rowid=False,
    )

    op.create_table(
        "captures",
        sa.Column("hash", sa.String(64), primary_key=True),
        sa.Column("media_type", sa.String(100), nullable=False),
        sa.Column("capture_class", sa.String(30), nullable=False),
        sa.Column("size_bytes", Big, nullable=False),
        sa.Column("created_at", sa.Float(53), nullable=False),
        sa.Column("pinned", sa.Boolean, nullable=False),
    )
    op.create_index(
        "captures_by_age",
        "captures",
        ["capture_class", "created_at"],
    )
    op.create_index("ix_inputs_channel_id", "inputs", ["channel_id"])
