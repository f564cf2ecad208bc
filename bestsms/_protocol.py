"""The protocol without I/O: what a call is, and the request it makes.

Everything here is a pure function of its arguments, so that it can be read, tested and reused
without a network. What a call *is* (method, path, what its answer must hold) comes from the
generated :class:`Operation` objects; whether to try again is judged in :mod:`bestsms._retry`.
"""

from __future__ import annotations

import enum
import hashlib
import re
from collections.abc import Callable, Mapping
from typing import Any, Final, Generic, Protocol, TypeVar

import attrs

from bestsms._evidence import Verdict
from bestsms._settings import WireFormat
from bestsms._wire.convert import to_dict
from bestsms._wire.formats import CONTENT_TYPES, encode
from bestsms._wire.model import Model
from bestsms._wire.target import filled, queried
from bestsms._wire.xml_body import NotWritable
from bestsms.errors import InvalidRequest

__all__ = [
    "MAX_REQUEST_BYTES",
    "Caller",
    "Operation",
    "Request",
    "Response",
    "Safety",
    "build",
    "refuse_if_too_large",
]

MAX_REQUEST_BYTES: Final = 20_000_000
"""The provider's limit of one request (20 MB), in its smaller reading."""
MAX_ANSWER_BYTES: Final = 1_000_000
MAX_LIST_BYTES: Final = 8_000_000

_READING: Final = {name: {"Accept": kind} for name, kind in CONTENT_TYPES.items()}
_WRITING: Final = {
    name: {"Accept": kind, "Content-Type": kind} for name, kind in CONTENT_TYPES.items()
}
_IDS_OF_GROUPS: Final = "2.04"
_UUID: Final = r"(?i)[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"

AnswerT = TypeVar("AnswerT", bound=Model)


class Safety(enum.Enum):
    """What happens if a call is made twice; it decides what may be repeated (FAULTS 2.4)."""

    SAFE = "safe"
    """A read: it changes nothing."""
    IDEMPOTENT = "idempotent"
    """A change to a fixed state: twice is the same as once."""
    UNSAFE = "unsafe"
    """A send, a create, a resubmit: twice is two."""


def _area(operation: Operation[Any]) -> str:
    return operation.name.partition(".")[0]


def _max_answer_bytes(operation: Operation[Any]) -> int:
    # A report has every recipient of its message, and of these there may be thousands.
    is_list = not {"items", "recipients"}.isdisjoint(attrs.fields_dict(operation.answer))
    return MAX_LIST_BYTES if is_list else MAX_ANSWER_BYTES


@attrs.frozen(kw_only=True, eq=False, repr=False)
class Operation(Generic[AnswerT]):
    """One documented call, as the description has it.

    Attributes:
        name: Area and method, ``actions.abort``.
        area: The API area, as it is named on a client.
        max_answer_bytes: The most decoded bytes that are read of its answer: 8 MB of a list
            or a report, else 1 MB.
        method: The HTTP method.
        path: The path below the version, with wire names in braces.
        safety: What happens if it is made twice.
        answer: The model of its answer.
        expect: Wire keys of which one must stand in a successful answer (T50).
        unwrap: The key under which the answered object stands (T65).
        wrap: The key under which the body goes.
        root: What the outermost element of the body is called in XML.
        since: The first version that has the call.
        fold: Brings several documented shapes of the answer to one.
    """

    name: str
    method: str
    path: str
    safety: Safety
    answer: type[AnswerT]
    expect: tuple[str, ...] = ()
    unwrap: str | None = None
    wrap: str | None = None
    root: str = ""
    since: str = ""
    fold: Callable[[dict[str, Any]], dict[str, Any]] | None = None
    area: str = attrs.field(init=False, default=attrs.Factory(_area, takes_self=True))
    max_answer_bytes: int = attrs.field(
        init=False, default=attrs.Factory(_max_answer_bytes, takes_self=True)
    )

    @property
    def removes(self) -> bool:
        """Whether the call makes its object go away, so that "not found" may mean "done"."""
        return self.method == "DELETE" or self.name == "actions.abort"


@attrs.frozen(kw_only=True, eq=False, repr=False)
class Request(Generic[AnswerT]):
    """A call with its arguments, ready for any HTTP client.

    Attributes:
        target: Path and query, percent-encoded, from ``/api`` on.
        headers: All but Authorization, which the transport adds at the last moment.
        body: The encoded body, if the call has one.
        model: What the body was made of.
        path: The path parameters by wire name.
        message_id: The message it is about, if any, for errors.
    """

    operation: Operation[AnswerT]
    target: str
    headers: Mapping[str, str]
    body: bytes | None = None
    model: Model | None = None
    path: Mapping[str, str] = attrs.field(factory=dict[str, str])
    message_id: str | None = None

    def __str__(self) -> str:
        return f"{self.operation.method} {self.operation.path}"

    @property
    def changes(self) -> bool:
        """Whether the call changes anything at the provider."""
        return self.operation.safety is not Safety.SAFE

    def verdict(self, known: Verdict) -> Verdict | None:
        """What an error says of this call: what is known, or nothing of a read."""
        return known if self.changes else None

    def body_sha256(self) -> str | None:
        """Return the SHA-256 of the body in hex, if there is one."""
        return None if self.body is None else hashlib.sha256(self.body).hexdigest()


@attrs.frozen(kw_only=True, eq=False, repr=False)
class Response:
    """What came back.

    Attributes:
        headers: By lower-case name.
        whole: Whether all of the body was read.
        secure: Whether it came over TLS, and so from the provider itself.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    whole: bool = True
    secure: bool = False


class Caller(Protocol):
    """What an area makes its calls through."""

    async def call(
        self,
        operation: Operation[AnswerT],
        *,
        path: Mapping[str, str] | None = None,
        query: Mapping[str, object] | None = None,
        body: Model | None = None,
    ) -> AnswerT:
        """Make one documented call and return its answer."""
        ...


def build(
    operation: Operation[AnswerT],
    version: str,
    *,
    path: Mapping[str, str],
    query: Mapping[str, object],
    body: Model | None,
    wire_format: WireFormat = "json",
) -> Request[AnswerT]:
    """Build the request of a call.

    Args:
        operation: Which call.
        version: The API version of its area.
        path: The path parameters by wire name.
        query: The query parameters by wire name; ``None`` is left out.
        body: The body's model, if the call has one.
        wire_format: How the body is written, and the answer asked for.

    Raises:
        InvalidRequest: The version does not know what is asked for, a path parameter would change
            the path, a text can't be encoded, or the body is over 20 MB.
    """
    _refuse_unknown(operation, version, path, body)
    message_id = path.get("MessageID") or getattr(body, "message_id", None)
    content = None
    if body is not None:
        content = _encode(operation, to_dict(body, version), wire_format, message_id)
    return Request(
        operation=operation,
        target=f"/api/v{version}{filled(operation.path, path)}{queried(query)}",
        headers=_READING[wire_format] if body is None else _WRITING[wire_format],
        body=content,
        model=body,
        path=path,
        message_id=message_id,
    )


def _refuse_unknown(
    operation: Operation[Any], version: str, path: Mapping[str, str], body: Model | None
) -> None:
    if version < operation.since:
        raise InvalidRequest(
            "version",
            f"version {version} of the API has no {operation.name}; make the client with "
            f"versions={{{operation.area!r}: {operation.since!r}}}",
        )
    group = path.get("GroupID") or getattr(body, "group_id", None)
    if version < _IDS_OF_GROUPS and group is not None and re.fullmatch(_UUID, group):
        raise InvalidRequest(
            "GroupCode",
            f"version {version} of the API knows groups by their code, and this is an ID (T3)",
            size=len(group),
        )


def _encode(
    operation: Operation[Any],
    payload: dict[str, Any],
    wire_format: WireFormat,
    message_id: str | None,
) -> bytes:
    whole = {operation.wrap: payload} if operation.wrap else payload
    try:
        content = encode(whole, wire_format, operation.root)
    except UnicodeEncodeError as error:
        raise InvalidRequest(
            "body",
            f"holds half of a surrogate pair (U+{ord(error.object[error.start]):04X}), "
            "which can't be encoded",
            message_id=message_id,
        ) from None
    except NotWritable as error:
        raise InvalidRequest(
            error.path,
            f"holds U+{error.code_point:04X} at character {error.index}, which no XML document "
            "can hold; leave it out, or use wire_format='json'",
            message_id=message_id,
        ) from None
    refuse_if_too_large(content, message_id)
    return content


def refuse_if_too_large(content: bytes, message_id: str | None) -> None:
    """Refuse a body that is over the provider's limit.

    Raises:
        InvalidRequest: It is.
    """
    size = len(content)
    if size > MAX_REQUEST_BYTES:
        raise InvalidRequest(
            "body",
            f"a request is at most {MAX_REQUEST_BYTES:,} bytes, and this one is {size:,}; "
            "split the destinations or link to smaller files",
            size=size,
            message_id=message_id,
        )
