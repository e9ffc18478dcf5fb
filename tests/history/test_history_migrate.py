"""The migrations make exactly the tables the code reads, on SQLite and on PostgreSQL."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import replace
from itertools import takewhile
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

import noc_console.history.migrations
from noc_console.history import Template, catalogue, journal, migrate, projections
from noc_console.history.engines import any_engine, sqlite_engine
from noc_console.history.schema import metadata
from noc_console.model import Channel, Event, Input, Kind, Layer


def differences(engine):
    with engine.connect() as connection:
        return compare_metadata(MigrationContext.configure(connection), metadata)


def test_the_migrations_end_where_the_code_says(tmp_path):
    folder = Path(noc_console.history.migrations.__file__).parent
    assert ScriptDirectory(str(folder)).get_current_head() == migrate.HEAD


def test_on_sqlite_the_migrated_tables_are_those_of_the_code(tmp_path):
    engine = sqlite_engine(tmp_path / "local.db")
    migrate.migrate(engine, "local.db")
    assert differences(engine) == []
    migrate.migrate(engine, "local.db")
    engine.dispose()


def test_a_new_file_can_be_read_by_its_owner_only(tmp_path):
    engine = sqlite_engine(tmp_path / "local.db")
    migrate.migrate(engine, "local.db")
    engine.dispose()
    assert (tmp_path / "local.db").stat().st_mode & 0o077 == 0


@pytest.fixture(scope="module")
def postgres(tmp_path_factory):
    """A PostgreSQL server of our own on a socket in a folder of its own."""
    pytest.importorskip("psycopg", reason="the extra 'postgres' is not installed")
    places = os.pathsep.join([os.environ["PATH"], *map(str, Path("/usr/lib/postgresql").glob("*/bin"))])
    initdb, postgres = shutil.which("initdb", path=places), shutil.which("postgres", path=places)
    if not (initdb and postgres):
        pytest.skip("no PostgreSQL server is installed here")
    folder = tmp_path_factory.mktemp("pg")
    prefix = []
    if os.geteuid() == 0:
        subprocess.run(["chown", "-R", "nobody", folder], check=True)
        for parent in takewhile(lambda one: one.name.startswith(("pytest", "popen")), folder.parents):
            parent.chmod(0o755)
        prefix = ["setpriv", "--reuid=nobody", "--clear-groups"]
    run = [*prefix, initdb, "-D", str(folder / "db"), "-U", "noc", "-A", "trust", "-N", "--no-sync"]
    made = subprocess.run(run, capture_output=True, cwd=folder)
    if made.returncode:
        pytest.skip(f"no PostgreSQL cluster can be made here: {made.stderr.decode()[-200:]}")
    server = subprocess.Popen(
        [*prefix, postgres, "-D", str(folder / "db"), "-k", str(folder), "-c", "listen_addresses=", "-F"],
        stderr=subprocess.PIPE, text=True, cwd=folder,
    )  # fmt: skip
    for line in server.stderr:
        if "ready to accept connections" in line:
            break
    engine = any_engine(f"postgresql+psycopg://noc@/postgres?host={folder}")
    yield engine
    engine.dispose()
    server.terminate()
    server.stderr.close()
    server.wait(10)


def test_on_postgresql_migrations_catalogue_events_and_alarms_work(postgres):
    migrate.migrate(postgres, "the database")
    assert differences(postgres) == []
    made = Channel(0, "CH_A", "Tin", inputs=(Input(0, 0, Layer.ORIGIN, Kind.HLS, "http://a.example/m.m3u8"),))
    with postgres.begin() as connection:
        saved = catalogue.save_channel(connection, made, 1.0)
        template = catalogue.save_template(connection, Template("TPL_A", min_mos=3.5, rules={"A": 1}), 1.0)
        alarm = {"alarm_id": 5, "alarm_type": "SEGMENT_SLOW", "severity": "major", "raised_at": 3.0}
        events = (Event("AlarmRaised", 3.0, saved.id, 0, {"alarm": alarm}, 1), Event("Noted", 4.0, seq=2))
        journal.write_events(connection, events)
        projections.project(connection, events)
        journal.write_meta(connection, "journal_id", "abc")
    with postgres.begin() as connection:
        changed = catalogue.save_channel(connection, replace(saved, name="News"), 2.0)
        assert catalogue.read_channels(connection) == (changed,)
        assert catalogue.read_templates(connection) == (template,)
        assert journal.read_events(connection, 0, frozenset(), 10) == events
        assert projections.open_alarms(connection) == (alarm,)
        assert projections.rebuild(connection) == 1
        assert projections.alarm_events(connection, 5) == events[:1]
        assert journal.last_seq(connection) == 2
