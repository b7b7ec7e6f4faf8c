"""Starts a PostgreSQL server for a test run, in a temporary folder and never as root."""

import contextlib
import os
import pwd
import secrets
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

USER = "reader"


@dataclass(frozen=True)
class Served:
    """The server's port and its user's password."""

    port: int
    password: str

    def url(self, driver: str = "postgresql+psycopg", password: str = "") -> str:
        """Return the SQLAlchemy URL of its database."""
        return f"{driver}://{USER}:{password or self.password}@127.0.0.1:{self.port}/postgres"


def programs() -> Path | None:
    """Return the folder of initdb and pg_ctl, if PostgreSQL is installed."""
    found = shutil.which("initdb")
    folders = [Path(found).resolve().parent] if found else sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    return next((folder for folder in reversed(folders) if (folder / "pg_ctl").exists()), None)


def required() -> Path:
    """Return the folder of initdb and pg_ctl, or skip the test."""
    found = programs()
    if found is None:
        pytest.skip("PostgreSQL is not installed: neither initdb in PATH nor /usr/lib/postgresql")
    return found


def user() -> str | None:
    """Return the user that the server runs as, or None for the current one; root cannot run it."""
    if os.getuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return next(name for name in ("postgres", "nobody") if name in known)


@contextlib.contextmanager
def served(binaries: Path) -> Iterator[Served]:
    """Start a server on loopback, and stop it."""
    # Not in pytest's folder, which only the current user may enter.
    folder = Path(tempfile.mkdtemp(prefix="beacon-postgresql-"))
    runs_as = user()
    password = secrets.token_hex(12)
    (folder / "password").write_text(password, "utf-8")
    if runs_as is not None:
        for path in (folder, folder / "password"):
            shutil.chown(path, runs_as)
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]

    def run(*command: str) -> None:
        with (folder.parent / f"{folder.name}.log").open("ab") as log:
            subprocess.run(  # noqa: S603 - PostgreSQL's own programs
                [str(binaries / command[0]), *command[1:]],
                check=True,
                user=runs_as,
                cwd=folder,
                env={"PATH": os.defpath, "LC_ALL": "C"},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                timeout=120,
            )

    data, told = str(folder / "data"), f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off"
    run("initdb", "-D", data, "-U", USER, "-A", "scram-sha-256", f"--pwfile={folder}/password", "-E", "UTF8")
    try:
        run("pg_ctl", "-D", data, "-w", "-t", "60", "-l", f"{folder}/log", "-o", told, "start")
        yield Served(port, password)
    finally:
        run("pg_ctl", "-D", data, "-w", "-m", "immediate", "stop")
        shutil.rmtree(folder)
        (folder.parent / f"{folder.name}.log").unlink()
