"""Bring a database to our shape before anything reads it, and refuse one that is newer than we are."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

from noc_console.errors import KnownError

HEAD = "0006"


def migrate(engine: Engine, name: str) -> None:
    """Run the missing migrations in one transaction; `name` is what the operator calls the database.

    Raises `KnownError` when the database was written by a newer version of the program.
    """
    with engine.begin() as connection:
        found = _revision(connection)
        if found == HEAD:
            return
        if found is not None and found > HEAD:
            raise KnownError(
                f"{name} was written by a newer version of noc-console (schema {found}, ours is {HEAD}); "
                "update this program or choose another file with --db."
            )
        _upgrade(connection)


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _upgrade(connection: Connection) -> None:
    # alembic is imported only when there is something to do: it costs a tenth of a second at every start
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
