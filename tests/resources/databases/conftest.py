"""A second server, of another version and with the contrib extensions, where the system has one installed."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

PASSWORD = "hunter2 ü%'"


class SystemServer:
    """A cluster of its own from the system's PostgreSQL, with a role that must give a password over TCP."""

    def __init__(self, directory: Path, port: int) -> None:
        self.directory, self.port, self._number = directory, port, 0

    def create(self, name: str, owner: str = "postgres") -> str:
        self._number += 1
        unique = f"{name}_{self._number}"
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{unique}" OWNER {owner}')
        return self.url(unique)

    def url(self, database: str, user: str = "postgres") -> str:
        return f"postgresql://{user}@/{database}?host={self.directory}&port={self.port}"


@pytest.fixture(scope="session")
def system_server() -> Iterator[SystemServer]:
    programs = max(Path("/usr/lib/postgresql").glob("*/bin/initdb"), default=None)
    if programs is None:
        pytest.skip("needs a PostgreSQL server of the system, which brings the contrib extensions")
    account = [] if os.geteuid() else ["runuser", "-u", "postgres", "--"]
    directory = Path(tempfile.mkdtemp(prefix="as-"))
    if account:
        try:
            os.chown(directory, pwd.getpwnam("postgres").pw_uid, -1)
        except KeyError:
            pytest.skip("needs the system account postgres, as root may not run a server")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]

    def call(program: str, *arguments: str) -> None:
        command = [*account, str(programs.with_name(program)), *arguments]
        done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False, cwd="/")
        assert done.returncode == 0, (program, done.returncode)

    data = str(directory / "data")
    call("initdb", "-D", data, "-U", "postgres", "--auth-local=trust", "--auth-host=scram-sha-256", "-E", "UTF8", "-N")
    options = f"-k {directory} -p {port} -c listen_addresses=127.0.0.1 -c fsync=off"
    call("pg_ctl", "-D", data, "-w", "-l", str(directory / "log"), "-o", options, "start")
    try:
        server = SystemServer(directory, port)
        with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
            connection.execute(
                psycopg.sql.SQL("CREATE ROLE keeper LOGIN PASSWORD {}").format(psycopg.sql.Literal(PASSWORD))
            )
        yield server
    finally:
        call("pg_ctl", "-D", data, "-m", "immediate", "stop")
        shutil.rmtree(directory, ignore_errors=True)
