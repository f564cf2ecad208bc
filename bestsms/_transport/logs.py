"""The log of httpx, which prints each URL: without what a search asks for."""

from __future__ import annotations

import logging

import httpx

__all__ = ["without_queries"]


class _WithoutQueries(logging.Filter):
    """Takes the query off the URLs that begin with one of ours; it may hold names and numbers."""

    def __init__(self) -> None:
        super().__init__("")
        self.bases: set[str] = set()

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(map(self._shown, record.args))
        return True

    def _shown(self, value: object) -> object:
        if (
            isinstance(value, httpx.URL)
            and value.query
            and str(value).startswith(tuple(self.bases))
        ):
            return value.copy_with(query=b"...")
        return value


_FILTER = _WithoutQueries()


def without_queries(base_url: str) -> None:
    """Have httpx log the requests below a base URL without their queries."""
    _FILTER.bases.add(base_url)
    # Once, however many clients there are; it is a no-op where it is there already.
    logging.getLogger("httpx").addFilter(_FILTER)
