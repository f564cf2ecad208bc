"""What is said of every client, and what becomes of it in a run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from measuring.libraries import Library

__all__ = ["Client", "Entry"]


@dataclass(frozen=True, kw_only=True)
class Client:
    """One client, as its own documentation has it used at its best.

    Attributes:
        name: Its name with ``--only``.
        title: What the table calls it, before its version.
        library: What it is.
        driver: The rest of the name of its module in ``drivers/``.
        arguments: What the driver is told besides.
        used: How it is used, in words.
        environment: Variables it is given.
    """

    name: str
    title: str
    library: Library
    driver: str
    arguments: tuple[str, ...] = ()
    used: str
    environment: Mapping[str, str] = field(default_factory=dict)

    @property
    def ours(self) -> bool:
        """Whether it is this client."""
        return self.driver in {"ours", "sync"}


Kind = TypeVar("Kind", bound=Client)


@dataclass
class Entry(Generic[Kind]):
    """One client in a run, or why it could not be driven."""

    client: Kind
    versions: list[str] = field(default_factory=list)
    problem: str = ""

    @property
    def title(self) -> str:
        """Its name and version."""
        return " ".join([self.client.title, *self.versions[:1]])
