"""A file behind a link: from bytes, from disk, or ready encoded; never empty, never garbled."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from bestsms import File, InvalidRequest


def test_bytes_become_base64() -> None:
    """The content goes out as the references want it."""
    file = File.from_bytes(b"%PDF-1.7", name="invoice.pdf")
    assert (file.name, file.data) == ("invoice.pdf", "JVBERi0xLjc=")


@given(st.binary(min_size=1))
def test_any_content_comes_back(content: bytes) -> None:
    """Nothing is lost on the way."""
    assert base64.b64decode(File.from_bytes(content, name="x").data) == content


def test_a_file_is_read_from_disk_under_its_own_name(tmp_path: Path) -> None:
    """Or under the name that the recipient is to see; a path may be a text too."""
    source = tmp_path / "plan.txt"
    source.write_bytes(b"plan")
    assert File.from_path(source) == File.from_bytes(b"plan", name="plan.txt")
    assert File.from_path(str(source), name="Plan B.txt").name == "Plan B.txt"


def test_a_missing_file_is_an_os_error(tmp_path: Path) -> None:
    """The operating system knows best what is wrong."""
    with pytest.raises(FileNotFoundError):
        File.from_path(tmp_path / "missing")


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    """The provider answers "Missing file data" only after the upload."""
    (tmp_path / "empty").touch()
    with pytest.raises(InvalidRequest, match=r"^Data: must not be empty"):
        File.from_path(tmp_path / "empty")


@pytest.mark.parametrize("name", ["", " "])
def test_a_file_has_a_name(name: str) -> None:
    """The provider answers "Missing file name"."""
    with pytest.raises(InvalidRequest, match=r"^Name: must not be empty"):
        File.from_bytes(b"x", name=name)


@pytest.mark.parametrize("data", ["not base64!", "abc", "YQ==\n", "é", "YQ"])
def test_data_that_is_not_base64_is_refused_unseen(data: str) -> None:
    """Raw content in ``data=`` is a likely slip; the error says what to call instead."""
    with pytest.raises(InvalidRequest, match=r"use File\.from_bytes") as caught:
        File(name="x", data=data)
    assert caught.value.size == len(data)
    assert caught.value.__suppress_context__


def test_a_repr_shows_no_content() -> None:
    """Megabytes of base64 belong in no log."""
    assert repr(File.from_bytes(b"content", name="a.pdf")) == "File(name='a.pdf')"


def test_bytes_are_bytes() -> None:
    """A text has no bytes until somebody says in which encoding."""
    with pytest.raises(InvalidRequest, match="must be bytes, not str"):
        File.from_bytes("hello", name="a.txt")  # type: ignore[arg-type]
