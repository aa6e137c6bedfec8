"""PostgreSQL, version 12 and later: a server somewhere, or the embedded one."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Any, ClassVar

from pydantic import ValidationInfo, field_validator, model_validator

from anon_assets.contracts.database import Database, Publication, Snapshot
from anon_assets.errors import ConnectionFailed, TargetRefused, UsageError
from anon_assets.paths import ProjectPath
from anon_assets.resources.databases.postgres.connect import connect, parse_url, place_of, translated
from anon_assets.resources.databases.postgres.embedded import server_parameters
from anon_assets.resources.databases.postgres.mark import read_mark
from anon_assets.resources.databases.postgres.publishing import open_publication
from anon_assets.resources.databases.postgres.reading import open_snapshot
from anon_assets.sealed import Reference

__all__ = ["Postgres", "create_database"]

# The system identifier is of the cluster, the oid of the database in it; the start time tells a restored copy apart.
_IDENTITY = """
SELECT system_identifier::text || '/' || extract(epoch FROM pg_postmaster_start_time())::text || '/' ||
       (SELECT oid::text FROM pg_database WHERE datname = current_database())
FROM pg_control_system()"""


class Postgres(Database):
    """A PostgreSQL database.

    Args:
        url: ``{env: NAME}`` or ``{file: PATH}`` that holds a libpq URL; or the URL itself when it has no password.
        embedded: the data directory of an embedded server, started on first use, instead of ``url``.
        database: the database's name on the embedded server.
        writable: false for a database that must never be published into.

    Needs on a source: SELECT on every table (and USAGE on the schemas); nothing is written to it. Needs on a target: to
    own the database or its schemas.
    """

    title: ClassVar[str] = "PostgreSQL 12 or later"

    url: Reference | str | None = None
    embedded: ProjectPath | None = None
    database: str | None = None

    @field_validator("url", mode="before")
    @classmethod
    def _holds_no_password(cls, value: Any, info: ValidationInfo) -> Any:
        if isinstance(value, Mapping):
            return Reference.model_validate(dict(value), context=info.context)
        if isinstance(value, str) and any("password" in key or "secret" in key for key in parse_url(value)):
            raise ValueError("a url with a password written out; put the url in a variable and write {env: NAME}")
        return value

    @model_validator(mode="after")
    def _names_one_server(self) -> Postgres:
        if (self.url is None) == (self.embedded is None):
            raise ValueError("name one server: url, or embedded with database")
        if (self.embedded is None) != (self.database is None):
            raise ValueError("embedded and database belong together")
        return self

    def parameters(self, database: str | None = None) -> dict[str, str]:
        """Parameters for libpq, with the password: for drivers only. Starts the embedded server.

        Args:
            database: another database of the same server.

        Raises: KeyUnavailable; ConnectionFailed; MissingExtra.
        """
        if self.embedded is not None:
            return {**server_parameters(self.embedded), "dbname": database or str(self.database)}
        try:
            found = parse_url(self._url())
        except ValueError as error:
            raise ConnectionFailed(f"postgres {self.url}", str(error), "check what the reference leads to") from None
        return {**found, "dbname": database} if database else found

    def _url(self) -> str:
        return self.url.resolve("postgres").reveal_text().strip() if isinstance(self.url, Reference) else str(self.url)

    def identity(self) -> str:
        """The server's identity and start, and the database's object id: equal over socket and TCP."""
        info = self.parameters()
        connection = connect(info)
        try:
            with translated(place_of(info)):
                row = connection.execute(_IDENTITY).fetchone()
            return f"postgres/{row[0] if row else ''}"
        finally:
            connection.close()

    def snapshot(self) -> AbstractContextManager[Snapshot]:
        """See the contract; the exported snapshot lives as long as the block."""
        return open_snapshot(self.parameters())

    def publication(self, product: str) -> AbstractContextManager[Publication]:
        """See the contract. Raises also: TargetRefused when ``writable`` is false."""
        if not self.writable:
            raise TargetRefused(self.describe(), "is declared not writable", "publish into another database")
        return open_publication(self.parameters(), product)

    def published(self) -> tuple[str, str] | None:
        """What our mark says."""
        info = self.parameters()
        connection = connect(info, "BEGIN READ ONLY")
        try:
            with translated(place_of(info)):
                mark = read_mark(connection)
            return (mark[0], mark[1]) if mark else None
        finally:
            connection.close()

    def describe(self) -> str:
        """Host and database, or the reference where it leads nowhere yet; does not connect."""
        if self.embedded is not None:
            return f"postgres embedded {self.embedded}/{self.database}"
        try:
            return place_of(parse_url(self._url()))
        except Exception:  # noqa: BLE001  whatever is wrong is told when the connection is opened
            return f"postgres {self.url}" if isinstance(self.url, Reference) else "postgres"


def create_database(database: Postgres) -> bool:
    """Create the database of an embedded server if it is missing.

    Returns: whether it was created. Raises: UsageError for a server that is not embedded; ConnectionFailed.
    """
    if database.embedded is None:
        raise UsageError(database.describe(), "only databases of the embedded server are created", "create it yourself")
    info = database.parameters("postgres")
    connection = connect(info, "BEGIN READ ONLY")
    try:
        with translated(place_of(info)):
            known = connection.execute("SELECT FROM pg_database WHERE datname = %s", [database.database]).fetchone()
            connection.execute("COMMIT")
            if known is None:
                name = str(database.database).replace('"', '""')
                connection.execute(f"CREATE DATABASE \"{name}\" TEMPLATE template0 ENCODING 'UTF8'".encode())
        return known is None
    finally:
        connection.close()
