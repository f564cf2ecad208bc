"""A PostgreSQL server of the tests' own: a new one on a socket in a folder, gone at the end."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

PATIENCE = 60.0
"""Seconds after which a server that does not end is given up."""
# What a server does for its data's sake, this one's are not worth; nobody but the tests gets in.
SETTINGS = (
    "-F -c listen_addresses='' -c max_connections=60 -c autovacuum=off -c shared_buffers=16MB"
)


def programs() -> Path | None:
    """Return the folder of the server's programs, if there is one on this machine."""
    beside = shutil.which("initdb")
    if beside is not None:
        return Path(beside).resolve().parent
    # Debian keeps them off the path; the newest version is the last.
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return found[-1].parent if found else None


# Waits for the end of its input, which comes however its parent ends, and then stops the server, by
# the process id that it wrote into its folder, and takes the folder away.
GUARD = """
"$1/initdb" -D "$2" -A trust -U postgres -N >"$2.log" 2>&1 &&
    "$1/pg_ctl" start -D "$2" -w -l "$2.log" -o "$3 -k $2" >/dev/null &&
    echo ready && cat
"$1/pg_ctl" stop -D "$2" -w -m immediate >/dev/null
rm -rf "$2"
"""


@contextmanager
def server(folder: Path) -> Iterator[str]:
    """Run a server and yield the URL of a database in it.

    Args:
        folder: Where its programs are.
    """
    home = Path(tempfile.mkdtemp(prefix="bestsms-postgresql-"))
    account: dict[str, Any] = {}
    if os.geteuid() == 0:
        # Root may not run a server, and Debian has an account for it.
        found = pwd.getpwnam("postgres")
        os.chown(home, found.pw_uid, found.pw_gid)
        account = {"user": found.pw_uid, "group": found.pw_gid, "extra_groups": []}
    guard = subprocess.Popen(
        ["/bin/sh", "-c", GUARD, "sh", folder, home / "data", SETTINGS],
        cwd="/",
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
        **account,
    )
    try:
        assert guard.stdout is not None
        if guard.stdout.readline() != "ready\n":
            raise AssertionError((home / "data.log").read_text(encoding="utf-8"))
        at = quote(str(home / "data"), safe="")
        yield f"postgresql://postgres@/postgres?host={at}"
    finally:
        guard.communicate(timeout=PATIENCE)
        shutil.rmtree(home)
