"""The tables of local.db as SQLAlchemy knows them; the migrations create them."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Numeric,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

metadata = MetaData()

# An INTEGER primary key is SQLite's own row number; PostgreSQL wants the wide type.
Big = BigInteger().with_variant(Integer, "sqlite")

meta = Table(
    "meta",
    metadata,
    Column("key", String(50), primary_key=True),
    Column("value", Text, nullable=False),
)

#
probes = Table(
    "probes",
    metadata,
    Column("probe_id", Integer, primary_key=True),
    Column("probe_name", String(50), nullable=False, unique=True),
    Column("layer", Integer, nullable=False),
    Column("location", String(100), nullable=False),
    Column("ip_address", String(64), nullable=False),
    Column("port", Integer, nullable=False),
    Column("snmp_enabled", Boolean, nullable=False),
    Column("snmp_version", String(10), nullable=False),
    Column("created_at", Float, nullable=False),
    sqlite_autoincrement=True,
)

# R-177; what has no column of its own is in `rules`
templates = Table(
    "templates",
    metadata,
    Column("template_id", Integer, primary_key=True),
    Column("template_name", String(50), nullable=False, unique=True),
    Column("description", Text, nullable=False),
    Column("codec", String(20), nullable=False),
    Column("min_mos", Numeric(3, 1, asdecimal=False)),
    Column("max_mos", Numeric(3, 1, asdecimal=False)),
    Column("loudness_target", Numeric(5, 2, asdecimal=False)),
    Column("loudness_tolerance", Numeric(5, 2, asdecimal=False)),
    Column("macroblocking_threshold", Numeric(5, 2, asdecimal=False)),
    Column("freeze_threshold_ms", Integer),
    Column("black_threshold_ms", Integer),
    Column("pcr_jitter_threshold_ns", Integer),
    Column("rules", JSON, nullable=False),
    Column("created_at", Float, nullable=False),
    sqlite_autoincrement=True,
)

# R-175; `input_url` and `probe_id` are those of the lowest-layer input, all inputs are in `inputs`
channels = Table(
    "channels",
    metadata,
    Column("channel_id", Integer, primary_key=True),
    Column("channel_code", String(50), nullable=False, unique=True),
    Column("channel_name", String(200), nullable=False),
    Column("channel_type", String(10), nullable=False),
    Column("channel_class", String(20), nullable=False),
    Column("tier", Integer, nullable=False),
    Column("codec", String(20), nullable=False),
    Column("resolution", String(20), nullable=False),
    Column("fps", Numeric(5, 2, asdecimal=False)),
    Column("is_4k", Boolean, nullable=False),
    Column("is_hdr", Boolean, nullable=False),
    Column("has_atmos", Boolean, nullable=False),
    Column("probe_id", Integer, ForeignKey("probes.probe_id")),
    Column("input_url", Text, nullable=False),
    Column("template_id", Integer, ForeignKey("templates.template_id")),
    Column("template_name", String(50), nullable=False),
    Column("enabled", Boolean, nullable=False),
    Column("is_alarmed", Boolean, nullable=False),
    Column("is_demo", Boolean, nullable=False),
    Column("labels", JSON, nullable=False),
    Column("badges", JSON, nullable=False),
    Column("created_at", Float, nullable=False),
    Column("updated_at", Float, nullable=False),
    sqlite_autoincrement=True,
)

inputs = Table(
    "inputs",
    metadata,
    Column("input_id", Integer, primary_key=True),
    Column("channel_id", Integer, ForeignKey("channels.channel_id", ondelete="CASCADE"), nullable=False, index=True),
    Column("layer", Integer, nullable=False),
    Column("kind", String(20), nullable=False),
    Column("url", Text, nullable=False),
    Column("level", String(20), nullable=False),
    Column("poll_s", Float, nullable=False),
    Column("access", JSON, nullable=False),
    Column("expected", JSON, nullable=False),
    Column("media", String(20), nullable=False, server_default="keyframes"),
    Column("media_rung", String(200), nullable=False, server_default=""),
    sqlite_autoincrement=True,
)

# Series outlive their inputs: what was measured stays readable after a channel is removed.
series = Table(
    "series",
    metadata,
    Column("series_id", Integer, primary_key=True),
    Column("input_id", Integer, nullable=False),
    Column("rung", String(200), nullable=False),
    Column("metric", String(100), nullable=False),
    UniqueConstraint("input_id", "rung", "metric", name="series_once"),
)
Index("series_by_metric", series.c.metric)

journal = Table(
    "journal",
    metadata,
    Column("seq", Big, primary_key=True, autoincrement=False),
    Column("at", Float(53), nullable=False),
    Column("kind", String(50), nullable=False),
    Column("channel_id", Integer, nullable=False),
    Column("input_id", Integer, nullable=False),
    Column("newest", Float(53), nullable=False),  # ticks: the time of the newest sample; events: 0
    Column("body", LargeBinary, nullable=False),
)
Index(
    "journal_events",
    journal.c.kind,
    journal.c.seq,
    sqlite_where=text("kind <> 'Tick'"),
    postgresql_where=text("kind <> 'Tick'"),
)

# R-178; `body` is the whole alarm object of the API
alarms = Table(
    "alarms",
    metadata,
    Column("alarm_id", Integer, primary_key=True, autoincrement=False),
    Column("channel_id", Integer),
    Column("input_id", Integer),
    Column("alarm_type", String(50), nullable=False),
    Column("severity", String(20), nullable=False),
    Column("message", Text, nullable=False),
    Column("acknowledged", Boolean, nullable=False),
    Column("acknowledged_by", String(100), nullable=False),
    Column("acknowledged_at", Float(53)),
    Column("resolved", Boolean, nullable=False),
    Column("resolved_at", Float(53)),
    Column("raised_at", Float(53), nullable=False),
    Column("cleared_at", Float(53)),
    Column("created_at", String(40), nullable=False),
    Column("seq", Big, nullable=False),
    Column("body", JSON, nullable=False),
)
Index("alarms_by_time", alarms.c.raised_at)
Index("alarms_by_channel", alarms.c.channel_id, alarms.c.raised_at)
Index("alarms_open", alarms.c.resolved)

# which events an alarm's history is made of
alarm_events = Table(
    "alarm_events",
    metadata,
    Column("alarm_id", Integer, primary_key=True, autoincrement=False),
    Column("seq", Big, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)

# One row for each sealed window: `step_s` is 0 while it holds the values as measured, else their raster.
windows = Table(
    "windows",
    metadata,
    Column("start", Integer, primary_key=True, autoincrement=False),
    Column("span_s", Integer, nullable=False),
    Column("step_s", Integer, nullable=False),
    Column("samples", Big, nullable=False),
    Column("bytes", Big, nullable=False),
)

# `block_id` is minute << 32 | series: appended in order, found by one seek.
blocks = Table(
    "blocks",
    metadata,
    Column("block_id", Big, primary_key=True, autoincrement=False),
    Column("times_of", Integer, nullable=False),  # the series of the same window whose row holds the times
    Column("stats", LargeBinary, nullable=False),
    Column("times", LargeBinary),
    Column("vals", LargeBinary, nullable=False),
)

hourly = Table(
    "hourly",
    metadata,
    Column("series_id", Integer, primary_key=True, autoincrement=False),
    Column("hour", Integer, primary_key=True, autoincrement=False),
    Column("n", Integer, nullable=False),
    Column("low", Float, nullable=False),
    Column("high", Float, nullable=False),
    Column("total", Float(53), nullable=False),
    sqlite_with_rowid=False,
)

captures = Table(
    "captures",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("media_type", String(100), nullable=False),
    Column("capture_class", String(30), nullable=False),
    Column("size_bytes", Big, nullable=False),
    Column("created_at", Float(53), nullable=False),
    Column("pinned", Boolean, nullable=False),
)
Index("captures_by_age", captures.c.capture_class, captures.c.created_at)

# Every notice and what became of it; `body` is the notice. Written by the events NoticeQueued and those after it.
outbox = Table(
    "outbox",
    metadata,
    Column("notice_id", String(100), primary_key=True),
    Column("alarm_id", Integer, nullable=False),
    Column("receiver", String(100), nullable=False),
    Column("action", String(20), nullable=False),
    Column("state", String(20), nullable=False),
    Column("reason", String(50), nullable=False),
    Column("outcome", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("queued_at", Float(53), nullable=False),
    Column("due_at", Float(53), nullable=False),
    Column("done_at", Float(53)),
    Column("seq", Big, nullable=False),
    Column("body", JSON, nullable=False),
)
Index("outbox_by_state", outbox.c.state, outbox.c.seq)
Index("outbox_by_alarm", outbox.c.alarm_id, outbox.c.seq)
Index("outbox_by_seq", outbox.c.seq)

# Windows that hide alarms; `body` is the whole window of the API
maintenance = Table(
    "maintenance",
    metadata,
    Column("window_id", Integer, primary_key=True, autoincrement=False),
    Column("kind", String(20), nullable=False),
    Column("name", String(200), nullable=False),
    Column("seq", Big, nullable=False),
    Column("body", JSON, nullable=False),
)

# What operators changed in the rules: by tier, by channel, or rules of their own
rule_changes = Table(
    "rule_changes",
    metadata,
    Column("change_id", Integer, primary_key=True, autoincrement=False),
    Column("level", String(20), nullable=False),
    Column("target", String(100), nullable=False),
    Column("rule", String(100), nullable=False),
    Column("seq", Big, nullable=False),
    Column("body", JSON, nullable=False),
)

# One row for each walk through a guide; `body` is its summary. Written by the events that carry a run.
guide_runs = Table(
    "guide_runs",
    metadata,
    Column("run_id", Integer, primary_key=True, autoincrement=False),
    Column("guide", String(100), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("alarm_id", Integer, nullable=False),
    Column("alarm_type", String(50), nullable=False),
    Column("channel_id", Integer, nullable=False),
    Column("is_over", Boolean, nullable=False),
    Column("started_at", Float(53), nullable=False),
    Column("ended_at", Float(53)),
    Column("seq", Big, nullable=False),
    Column("body", JSON, nullable=False),
)
Index("guide_runs_by_guide", guide_runs.c.guide, guide_runs.c.started_at)
Index("guide_runs_by_alarm", guide_runs.c.alarm_id)
Index("guide_runs_over", guide_runs.c.is_over)

# Which events a run is made of
guide_run_events = Table(
    "guide_run_events",
    metadata,
    Column("run_id", Integer, primary_key=True, autoincrement=False),
    Column("seq", Big, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)

# Which events tell the evidence of an alarm: questions answered, playlists, cut-outs, frames
evidence_events = Table(
    "evidence_events",
    metadata,
    Column("alarm_id", Integer, primary_key=True, autoincrement=False),
    Column("seq", Big, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)

# Incidents; `body` is the whole incident of the API
incidents = Table(
    "incidents",
    metadata,
    Column("incident_id", Integer, primary_key=True, autoincrement=False),
    Column("title", String(200), nullable=False),
    Column("severity", String(20), nullable=False),
    Column("state", String(20), nullable=False),
    Column("commander", String(100), nullable=False),
    Column("opened_at", Float(53), nullable=False),
    Column("closed_at", Float(53)),
    Column("seq", Big, nullable=False),
    Column("body", JSON, nullable=False),
)
Index("incidents_by_state", incidents.c.state, incidents.c.opened_at)

# M095: who promised what until when, over all incidents
incident_tasks = Table(
    "incident_tasks",
    metadata,
    Column("incident_id", Integer, primary_key=True, autoincrement=False),
    Column("task_id", Integer, primary_key=True, autoincrement=False),
    Column("text", Text, nullable=False),
    Column("owner", String(100), nullable=False),
    Column("due_at", Float(53)),
    Column("done_at", Float(53)),
    sqlite_with_rowid=False,
)

# Which events an incident is told by
incident_events = Table(
    "incident_events",
    metadata,
    Column("incident_id", Integer, primary_key=True, autoincrement=False),
    Column("seq", Big, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)
