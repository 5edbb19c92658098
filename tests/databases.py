"""A PostgreSQL server of the tests' own, where Debian's PostgreSQL is installed."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def server_programs() -> Path | None:
    """The folder of initdb and pg_ctl, or None."""
    if found := shutil.which("initdb"):
        return Path(found).parent
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    return folders[-1] if folders else None


@contextmanager
def postgres() -> Iterator[str]:
    """The URL of an empty server that listens on a socket in a folder of its own."""
    programs = server_programs()
    assert programs is not None
    # PostgreSQL does not run as root; Debian's package makes a user for it.
    user = "postgres" if os.geteuid() == 0 else None
    folder = Path(tempfile.mkdtemp(prefix="jixiao-pg-"))
    if user:
        shutil.chown(folder, user)
    data = folder / "data"

    def run(program: str, *args: str) -> None:
        subprocess.run(
            [programs / program, "-D", data, *args],
            check=True, user=user, cwd=folder, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL,
        )  # fmt: skip

    run("initdb", "-A", "trust", "-U", "jixiao", "-E", "UTF8", "--locale=C", "-N")
    run("pg_ctl", "-w", "-o", f"-k {folder} -c listen_addresses=", "start")
    try:
        yield f"postgresql://jixiao@/postgres?host={folder}"
    finally:
        run("pg_ctl", "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)
