"""Strict about queries: which names, how they are spelt, and what goes together."""

from __future__ import annotations

import re
from collections.abc import Callable

from starlette.requests import Request

from bestsms.emulator.rest.spelling_book import SEARCHED
from bestsms.emulator.rest.strict.deviation import deviation, shown
from bestsms.emulator.rest.strict.rules import LOCAL_TIME

_LARGEST_PAGE = 100
_COUNT = re.compile(r"[1-9][0-9]{0,9}")
_PERIOD, _FROM, _TO = "timePeriod", "dateFrom", "dateTo"
_SIZE, _PAGE = "recordsPerPage", "page"

_LISTS = {
    "GET addressbook/contact/list": (),
    "GET addressbook/contact/search": SEARCHED,
    "GET addressbook/contact/*/group/list": (),
    "GET addressbook/group/list": (),
    "GET addressbook/group/*/contact/list": (),
    "GET get/sms/received": (_PERIOD, _FROM, _TO),
}
"""The calls that always page (T14), with the other names that they take."""

_REPORTS = ("GET get/status/*", "GET get/sms/reply/*")
"""The calls that page when they are asked to (T18)."""


def check(request: Request, call: str) -> None:
    """Check the query of a call.

    Raises:
        Refused: 400.
    """
    if b"+" in request.scope["query_string"]:
        raise deviation("a query spells a plus as %2B and a space as %20 (T17)")
    given = request.query_params.multi_items()
    names = [name for name, _ in given]
    paged = call in _LISTS or call in _REPORTS
    known = (*_LISTS.get(call, ()), *((_SIZE, _PAGE) if paged else ()))
    for name in names:
        if name not in known:
            takes = f"takes {', '.join(known)}" if known else "takes no query"
            raise deviation(f"query {shown(name)} is not known: the call {takes} (T13)")
        if names.count(name) > 1:
            raise deviation(f"query {name} is given more than once (T13)")
    for name, value in given:
        _RULES.get(name, _text)(value, f"query {name}")
    _check_paging(call, names)
    if call == "GET get/sms/received":
        _check_period(names)


def _check_paging(call: str, names: list[str]) -> None:
    if (_SIZE in names) != (_PAGE in names):
        raise deviation("recordsPerPage and page go together (T14, T18)")
    if call in _LISTS and _SIZE not in names:
        raise deviation("a list is asked for with recordsPerPage and page (T14)")


def _check_period(names: list[str]) -> None:
    if (_FROM in names) != (_TO in names) or (_PERIOD in names) == (_FROM in names):
        raise deviation("either timePeriod, or both dateFrom and dateTo (T15)")


def _count(value: str, path: str) -> None:
    if not _COUNT.fullmatch(value):
        raise deviation(f"{path} is a whole number from 1 (T14)")


def _page_size(value: str, path: str) -> None:
    _count(value, path)
    if int(value) > _LARGEST_PAGE:
        raise deviation(f"{path} is at most {_LARGEST_PAGE} (T14)")


def _text(value: str, path: str) -> None:
    if not value:
        raise deviation(f"{path} is blank; leave it out (T43)")


_RULES: dict[str, Callable[[str, str], None]] = {
    _SIZE: _page_size,
    _PAGE: _count,
    _PERIOD: _count,
    _FROM: LOCAL_TIME,
    _TO: LOCAL_TIME,
}
