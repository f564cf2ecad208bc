"""One fault, as data: where it strikes, what it does, whom it meets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal, cast

import attrs
from attrs import field, frozen

from bestsms.emulator.errors import EmulatorError
from bestsms.emulator.faults.answer import Answer, check_headers, failure, page
from bestsms.emulator.numbers import normalise
from bestsms.emulator.settings import amount, one_of

Place = Literal["accept", "headers", "request_bytes", "request", "response_bytes"]
Deed = Literal[
    "refuse",
    "reset",
    "close",
    "stall",
    "garbage",
    "drip",
    "cut",
    "wrong_length",
    "html",
    "answer",
]
Acceptance = Literal["no", "yes", "late"]

_PLACES = ("accept", "headers", "request_bytes", "request", "response_bytes")
_ENDS = ("refuse", "reset", "close", "stall", "garbage")
"""They need no answer; the rest send one, whole or spoilt."""
_DEEDS = (*_ENDS, "drip", "cut", "wrong_length", "html", "answer")
_READ = ("request", "response_bytes")
"""Where the whole request has been read, so that the call can be carried out."""
_DRIP_SECONDS = 0.05
_NO_BODY = (204, 304)


def _whole(least: int) -> Any:
    def check(_: object, attribute: attrs.Attribute[Any], value: object) -> None:
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            raise EmulatorError(f"{attribute.name} is a whole number from {least}, not {value!r}")

    return attrs.validators.optional(check)


def _seconds(_: object, attribute: attrs.Attribute[Any], value: object) -> None:
    if value is not None:
        amount(attribute.name, value)


def _probability(_: object, attribute: attrs.Attribute[Any], value: object) -> None:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if not (number and 0 <= cast(float, value) <= 1):
        raise EmulatorError(f"{attribute.name} is a number from 0 to 1, not {value!r}")


def _text(_: object, attribute: attrs.Attribute[Any], value: object) -> None:
    if value is not None and (not isinstance(value, str) or not value):
        raise EmulatorError(f"{attribute.name} is a text that is not empty, not {value!r}")


def _read_number(value: object) -> str | None:
    if value is None:
        return None
    number = normalise(value) if isinstance(value, str) else None
    if number is None:
        raise EmulatorError(f"number is a telephone number, not {value!r}")
    return number


def _read_headers(value: object) -> tuple[tuple[str, str], ...]:
    """Take a mapping or pairs, so that one name can come twice."""
    pairs: Any = cast(Mapping[str, str], value).items() if isinstance(value, Mapping) else value
    try:
        found = [(name, text) for name, text in pairs]
    except (TypeError, ValueError):
        raise EmulatorError(f"headers is a mapping or pairs of texts, not {value!r}") from None
    return check_headers(found)


def _read_body(value: object) -> bytes | None:
    if value is None or isinstance(value, bytes):
        return value
    try:
        return cast(str, value).encode()
    except (AttributeError, UnicodeEncodeError):
        raise EmulatorError(f"body is text or bytes, not {value!r}") from None


def _usual_acceptance(fault: Fault) -> Acceptance:
    return "yes" if fault.at == "response_bytes" else "no"


@frozen(kw_only=True)
class Fault:
    """A fault to ``inject``; every wrong value or combination is an ``EmulatorError``.

    Args:
        do: ``reset`` (RST), ``close`` (FIN), ``stall`` (silence), ``drip`` (the answer byte by
            byte), ``cut`` (head and half the body, then FIN), ``wrong_length`` (Content-Length
            says half), ``garbage`` (not HTTP), ``html`` (a page, 200 unless ``status``),
            ``answer`` (``status``, ``headers``, ``body``), ``refuse`` (at accept: in-process
            a refused connection; a listening socket can only reset).
        at: ``accept`` (of the connection), ``headers``, ``request_bytes``, ``request`` (all of
            it is read; the usual one) or ``response_bytes``. Before ``request`` a stall also
            stops reading.
        after: So many bytes of the request's body, or of the answer with its head; None at
            ``response_bytes`` means all of it.
        accept: Whether the call is carried out: ``no``, ``yes`` (and its answer lost or
            spoilt; at ``response_bytes`` always) or ``late``.
        late_seconds: How much later, in the emulator's own time.
        seconds: Real seconds between two bytes of a drip (0.05), or until a stall ends in a FIN
            (None: it lasts until the peer goes or, over a socket, the faults are cleared).
        status: HTTP code of the fault's own answer, 200 to 599; given, it also replaces the
            call's own answer. 503 where one is needed.
        headers: Further headers of that answer, as a mapping or as pairs.
        body: Its body, text or bytes; None is a failure as JSON.
        method: Only requests with this method.
        path: Only paths that contain this text, in any case.
        number: Only sends to this number, however it is typed.
        nth: Only the k-th request (at accept: connection) that fits, counted from inject.
        times: At most so many strikes.
        probability: The chance of each request that fits, 0 to 1.
        seed: Another seed, another choice; the same seed and order repeat.
    """

    do: Deed = field(validator=one_of(*_DEEDS))
    at: Place = field(default="request", validator=one_of(*_PLACES))
    after: int | None = field(default=None, validator=_whole(0))
    accept: Acceptance = field(
        default=attrs.Factory(_usual_acceptance, takes_self=True),
        validator=one_of("no", "yes", "late"),
    )
    late_seconds: float | None = field(default=None, validator=_seconds)
    seconds: float | None = field(default=None, validator=_seconds)
    status: int | None = field(default=None, validator=_whole(200))
    headers: tuple[tuple[str, str], ...] = field(default=(), converter=_read_headers)
    body: bytes | None = field(default=None, converter=_read_body)
    method: str | None = field(default=None, validator=_text)
    path: str | None = field(default=None, validator=_text)
    number: str | None = field(default=None, converter=_read_number)
    nth: int | None = field(default=None, validator=_whole(1))
    times: int | None = field(default=None, validator=_whole(1))
    probability: float = field(default=1.0, validator=_probability)
    seed: int = field(default=0, validator=_whole(0))

    def __attrs_post_init__(self) -> None:
        """Refuse what cannot be done."""
        for wrong, text in self._contradictions():
            if wrong:
                raise EmulatorError(text)

    @classmethod
    def of(cls, fields: Mapping[str, Any]) -> Fault:
        """Make a fault of fields by name, as the control API gets them.

        Raises:
            EmulatorError: A name is unknown, ``do`` is missing, or the fault makes no sense.
        """
        known = [attribute.name for attribute in attrs.fields(cls)]
        if unknown := sorted(set(fields) - set(known)):
            raise EmulatorError(f"unknown field {unknown[0]!r}; one of: {', '.join(sorted(known))}")
        # Null means absent; attrs would take it for a value.
        given = {name: value for name, value in fields.items() if value is not None}
        if "do" not in given:
            raise EmulatorError(f"do is missing; one of {_DEEDS}")
        return cls(**given)

    def as_dict(self) -> dict[str, Any]:
        """Return the fields by name, as JSON can hold them."""
        body = None if self.body is None else self.body.decode(errors="replace")
        return {**attrs.asdict(self), "headers": list(map(list, self.headers)), "body": body}

    @property
    def has_own_answer(self) -> bool:
        """Whether its own answer goes out, and not the call's."""
        return self.accept != "yes" or self.status is not None or self.do in ("html", "answer")

    @property
    def interval(self) -> float:
        """Seconds between two bytes of a drip."""
        return _DRIP_SECONDS if self.seconds is None else self.seconds

    @property
    def reads_on(self) -> bool:
        """Whether the emulator goes on reading what the peer still writes."""
        return self.at in _READ or self.do != "stall"

    def answer(self) -> Answer:
        """Return its own answer."""
        if self.do == "html":
            return page(self.status or 200, self.headers, self.body)
        return failure(self.status or 503, self.headers, self.body)

    def _contradictions(self) -> Iterable[tuple[bool, str]]:
        early = self.at in ("accept", "headers", "request_bytes")
        answers = self.do not in _ENDS
        whole = self.do in ("html", "answer")
        yield self.do == "refuse" and self.at != "accept", "do='refuse' is for at='accept'"
        yield (
            self.at == "response_bytes" and whole,
            f"do={self.do!r} replaces the whole answer; at='request' is its place",
        )
        yield (
            self.at == "response_bytes" and self.do == "wrong_length",
            "do='wrong_length' is in the head of the answer; at='request' is its place",
        )
        yield (
            self._after_is_wrong(),
            (
                f"after is a number of bytes at='request_bytes' (from 1) or 'response_bytes', and"
                f" not {self.after!r} with at={self.at!r} and do={self.do!r}"
            ),
        )
        yield (
            early and self.accept != "no",
            f"accept={self.accept!r} needs the whole request, which at={self.at!r} has not read",
        )
        yield (
            self.at == "response_bytes" and self.accept != "yes",
            "accept is 'yes' at='response_bytes': there is an answer",
        )
        yield (
            (self.accept == "late") != (self.late_seconds is not None),
            "late_seconds and accept='late' go together",
        )
        yield (
            self.seconds is not None and self.do not in ("stall", "drip"),
            f"seconds is for do='stall' and 'drip', not {self.do!r}",
        )
        own = self.status is not None or bool(self.headers) or self.body is not None
        yield own and not answers, f"status, headers and body mean nothing to do={self.do!r}"
        yield (
            own and not self.has_own_answer,
            "headers and body without status: the call's own answer goes out",
        )
        yield (self.status or 0) > 599, f"status is from 200 to 599, not {self.status!r}"  # noqa: PLR2004
        yield (
            self.status in _NO_BODY and bool(self.body),
            f"body: an answer with status {self.status} has none",
        )
        yield (
            early and self.number is not None,
            f"number is known once the request is read, and not yet at={self.at!r}",
        )
        yield (
            self.at == "accept" and (self.method or self.path) is not None,
            "method and path are known once the headers are read, and not yet at='accept'",
        )

    def _after_is_wrong(self) -> bool:
        if self.at == "request_bytes":
            return not self.after
        if self.at == "response_bytes":
            return self.after is None and self.do in ("drip", "cut")
        return self.after is not None
