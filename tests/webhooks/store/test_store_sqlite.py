"""The store in a file: found by path or URL, private, and whole whatever happens to its process."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from inbox.stores import run

from bestsms.errors import ConfigurationError, StoreError
from bestsms.webhooks.queue import Queue
from bestsms.webhooks.store import opened


@pytest.mark.parametrize("form", ["{}", "sqlite:///{}"])
async def test_a_path_and_a_url_are_the_same_file(tmp_path: Path, status: Any, form: str) -> None:
    """Four slashes make a URL's path begin at the root."""
    path = tmp_path / "webhooks.sqlite"
    queue = Queue(form.format(path))
    assert not path.exists()  # not before it is used
    await queue.put(status())
    assert repr(queue) == f"<Queue {path}>"
    await queue.aclose()
    other = Queue(path)
    assert not await other.put(status())
    await other.aclose()


def test_three_slashes_begin_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As SQLAlchemy has it."""
    monkeypatch.chdir(tmp_path)
    assert opened("sqlite:///here.sqlite").name == "here.sqlite"


@pytest.mark.parametrize(
    "store",
    ["", "sqlite:///", "sqlite://x/y", "mysql://root@localhost/x", "no/such/folder/x", 5, None],
    ids=repr,
)
def test_what_can_not_be_a_store_makes_no_queue(store: Any) -> None:
    """It is said when the queue is made, not when the first webhook comes."""
    with pytest.raises(ConfigurationError, match=r"^webhook store: "):
        Queue(store)


async def test_only_its_owner_may_read_it(tmp_path: Path, status: Any) -> None:
    """The texts of people stand in it; in the files beside it too."""
    before = os.umask(0)
    try:
        queue = Queue(tmp_path / "w")
        await queue.put(status())
    finally:
        os.umask(before)
    modes = {stat.S_IMODE(each.stat().st_mode) for each in os.scandir(tmp_path)}
    assert modes == {0o600}
    await queue.aclose()


async def test_the_file_of_a_newer_package_is_left_alone(tmp_path: Path, status: Any) -> None:
    """Its rows may mean something else."""
    path = tmp_path / "w"
    queue = Queue(path)
    await queue.put(status())
    await queue.aclose()
    run(str(path), "PRAGMA user_version = 9")
    with pytest.raises(StoreError, match=r"another version of this package \(9\)"):
        await queue.put(status())


def test_the_package_is_imported_without_it() -> None:
    """Neither ``import bestsms`` nor the receiver's modules load a database's driver."""
    code = (
        "import sys, bestsms; assert not [m for m in sys.modules if 'webhooks' in m];"
        "import bestsms.webhooks.queue;"
        "assert not {'sqlite3', 'psycopg', 'bestsms.webhooks.store.postgresql'} & set(sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stderr == ""
