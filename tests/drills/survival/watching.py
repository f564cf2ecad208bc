"""A watch for three secrets: what may never show them, and where one looks."""

from __future__ import annotations

import copy
import gc
import logging
import pickle
import traceback
from collections.abc import Iterator
from dataclasses import dataclass, field

TOKEN = "eyJhbGciOiJIUzI1NiJ9.canary-canary-canary.s1gn4tur3"
TEXT = "Your code is 991-337."
NUMBER = "+61498765432"
NATIONAL = NUMBER[3:]
"""However it is typed, this is in it."""

LOGGERS = ("bestsms", "httpx", "httpcore", "asyncio")


@dataclass
class Watch(logging.Handler):
    """Takes down what is logged, at DEBUG, and what is raised.

    Attributes:
        lines: Of each logger, what it said.
        errors: What was raised at callers.
    """

    lines: list[tuple[str, str]] = field(default_factory=list)
    errors: list[BaseException] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(logging.DEBUG)

    __hash__ = object.__hash__

    def emit(self, record: logging.LogRecord) -> None:
        """Take down one line, with its traceback if it has one, and with all that is attached."""
        attached = {name: value for name, value in vars(record).items() if name != "args"}
        self.lines.append((record.name, f"{self.format(record)} {attached!r} {record.args!r}"))

    def begin(self) -> None:
        """Listen to every logger."""
        logging.getLogger().addHandler(self)
        for name in (None, *LOGGERS):
            logging.getLogger(name).setLevel(logging.DEBUG)

    def end(self) -> None:
        """Listen no more."""
        logging.getLogger().removeHandler(self)
        for name in (None, *LOGGERS):
            logging.getLogger(name).setLevel(logging.WARNING if name is None else logging.NOTSET)

    # -- what is judged ----------------------------------------------------------------------------

    def shown(self) -> list[str]:
        """Where a secret was shown that must not be, each place in a few words."""
        return [
            *(each for name, said in self.lines for each in found(TOKEN, said, f"{name}'s log")),
            *(
                each
                for name, said in self.lines
                if name.split(".")[0] in {"bestsms", "py"}
                for secret in (TEXT, NATIONAL)
                for each in found(secret, said, f"{name}'s log")
            ),
            *(each for error in self.errors for each in _shown_by(error)),
        ]


def found(secret: str, said: str, where: str) -> list[str]:
    """Say that a secret is in what was said, and what stands before it."""
    at = said.find(secret)
    return [] if at < 0 else [f"{where}: {said[max(0, at - 200) : at]}<here>"]


def _shown_by(error: BaseException) -> Iterator[str]:
    for each in chain(error):
        kind = type(each).__name__
        # Text, arguments, attributes, notes.
        words = f"{each!r} {each} {each.args!r} {vars(each)!r}"
        for secret in (TOKEN, TEXT, NATIONAL):
            yield from found(secret, words, f"the words of {kind}")
        report = traceback.TracebackException.from_exception(each, capture_locals=True)
        for line in report.format(chain=False):
            yield from found(TOKEN, line, f"the locals of {kind}'s traceback")


def chain(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and all that it came from, also what ``from None`` hides."""
    seen: set[int] = set()
    waiting: list[BaseException | None] = [error]
    while waiting:
        at = waiting.pop()
        if at is not None and id(at) not in seen:
            seen.add(id(at))
            yield at
            waiting += [at.__cause__, at.__context__, *getattr(at, "exceptions", ())]


def things() -> list[object]:
    """Every living object of a class of the client's or of httpx, the emulator's left out."""
    # Of those that an earlier test has left, some wait to be collected.
    gc.collect()
    return [each for each in gc.get_objects() if _is_ours(type(each).__module__)]


def _is_ours(module: object) -> bool:
    return (
        isinstance(module, str)
        and module.split(".")[0] in {"bestsms", "httpx"}
        and not module.startswith("bestsms.emulator")
    )


def copies_of(thing: object) -> Iterator[bytes]:
    """What a pickle of it holds, and of its copies; nothing, if it can't be had."""
    for duplicate in (lambda one: one, copy.copy, copy.deepcopy):
        try:
            yield pickle.dumps(duplicate(thing))
        except Exception as error:  # noqa: BLE001 - whatever refuses is right
            yield str(error).encode()
