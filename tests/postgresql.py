"""A real PostgreSQL server for the tests, on a loopback port, all of it in one folder."""

import getpass
import itertools
import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import create_engine

from bot.storage import open_database
from tests.serving import free_port

_USER = "cybo"
_TEMPLATE = "template_cybo"
# A test's database need not survive a power cut.
_FAST = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=200"


def programs() -> Path | None:
    """Find the newest server's programs; Debian keeps one folder a version."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: p.parts[-3])
    return found[-1].parent if found else None


def program(name: str) -> str:
    """Give the path of one of them."""
    folder = programs()
    assert folder
    return str(folder / name)


@dataclass
class Postgresql:
    """A running server; every database in it is a copy of one that was migrated."""

    folder: Path
    port: int
    _numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    @classmethod
    def start(cls, folder: Path) -> "Postgresql":
        """Start it; returns when it answers."""
        # It refuses to run as root.
        user = pwd.getpwnam("postgres" if os.geteuid() == 0 else getpass.getuser())
        shutil.chown(folder, user.pw_uid, user.pw_gid)
        server = cls(folder, free_port())
        server._run("initdb", "--username", _USER, "--auth=trust", "--encoding=UTF8", "--no-sync")
        options = f"-p {server.port} -k {folder} -c listen_addresses=127.0.0.1 {_FAST}"
        server._run("pg_ctl", "start", "-w", "-o", options, "-l", str(folder / "server.log"))
        server.create(_TEMPLATE, "template1")
        open_database(server.url(_TEMPLATE)).dispose()
        return server

    def stop(self) -> None:
        """Stop it."""
        self._run("pg_ctl", "stop", "-m", "immediate")

    def url(self, database: str) -> str:
        """Give the address of a database."""
        return f"postgresql://{_USER}@127.0.0.1:{self.port}/{database}"

    def new_database(self, template: str = _TEMPLATE) -> str:
        """Make a database, with all tables unless told otherwise; gives its address."""
        name = f"test_{next(self._numbers)}"
        self.create(name, template)
        return self.url(name)

    def create(self, name: str, template: str) -> None:
        """Make a database after a template."""
        # Twice as fast as the default for a small template.
        self._execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")

    def drop(self, url: str) -> None:
        """Remove a database, whoever is still connected to it."""
        self._execute(f"DROP DATABASE {url.rpartition('/')[2]} WITH (FORCE)")

    def _execute(self, statement: str) -> None:
        engine = create_engine(self.url("postgres"), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.exec_driver_sql(statement)
        engine.dispose()

    def _run(self, name: str, *words: str) -> None:
        owner = self.folder.stat()
        subprocess.run(
            [program(name), "-D", str(self.folder / "data"), *words],
            cwd=self.folder,
            # The server would keep a pipe open for as long as it runs.
            stdout=subprocess.DEVNULL,
            check=True,
            timeout=60,
            **({"user": owner.st_uid, "group": owner.st_gid} if os.geteuid() == 0 else {}),
        )
