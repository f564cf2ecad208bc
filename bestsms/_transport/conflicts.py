"""A change to a fixed state that met 409: it may be there already, by an attempt of our own.

The address book can be asked, for its objects are read under the path they are changed under. Of a
message's state no report says enough, so there a 409 stays a refusal.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import attrs

from bestsms._protocol import Request, Safety
from bestsms._wire.convert import structure, to_dict
from bestsms._wire.model import Model
from bestsms.errors import BestSMSError, NotFound, Rejected

__all__ = ["already_so", "is_conflict"]

AnswerT = TypeVar("AnswerT", bound=Model)

CONFLICT = 409


def is_conflict(request: Request[Any], error: BestSMSError) -> bool:
    """Say whether a change to a fixed state of the address book met a 409."""
    operation = request.operation
    return (
        isinstance(error, Rejected)
        and error.status == CONFLICT
        and operation.safety is Safety.IDEMPOTENT
        and operation.path.startswith("/addressbook/")
    )


async def already_so(
    request: Request[AnswerT], get: Callable[[Request[AnswerT]], Awaitable[AnswerT]]
) -> AnswerT | None:
    """Read the object; return what the change should have answered, if it is there already."""
    operation = request.operation
    headers = {name: text for name, text in request.headers.items() if name != "Content-Type"}
    state = Request(
        operation=attrs.evolve(operation, method="GET", safety=Safety.SAFE),
        target=request.target,
        headers=headers,
        path=request.path,
    )
    try:
        found = await get(state)
    except NotFound:
        return structure(dict(request.path), operation.answer) if operation.removes else None
    except BestSMSError:
        return None  # The refusal itself is what is known.
    if operation.removes or request.model is None:
        return None
    now = to_dict(found)
    # A field that was cleared comes back as absent, and XML folds the ends of lines.
    asked = to_dict(request.model).items()
    return found if all(_folded(now.get(key)) == _folded(value) for key, value in asked) else None


def _folded(value: object) -> object:
    if isinstance(value, str):
        return value.replace("\r\n", "\n").replace("\r", "\n")
    return "" if value is None else value
