"""The methods of a sync twin: each one line that wraps its async original.

``blocking(Area.method)`` has the same name, arguments, types and docstring, and no second copy of
the code. ``blocking_iter`` does the same for an async iterator, ``blocking_stream`` for one that
can say where it is.
"""

from __future__ import annotations

import functools
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Coroutine, Iterator
from typing import TYPE_CHECKING, Any, Concatenate, Final, Generic, ParamSpec, Self, TypeVar, cast

from bestsms._bridge.portal import PortalThread

if TYPE_CHECKING:
    from typing import Protocol

    T_co = TypeVar("T_co", covariant=True)

    class AsyncStream(Protocol[T_co]):
        """An async iterator that can say where it is."""

        @property
        def cursor(self) -> str: ...

        def __aiter__(self) -> AsyncIterator[T_co]: ...

        async def __anext__(self) -> T_co: ...

        async def aclose(self) -> None: ...


__all__ = [
    "Bridged",
    "SyncStream",
    "blocking",
    "blocking_iter",
    "blocking_stream",
    "direct",
]

P = ParamSpec("P")
T = TypeVar("T")
TargetT = TypeVar("TargetT")
TargetT_co = TypeVar("TargetT_co", covariant=True)

_END: Final = object()


class Bridged(Generic[TargetT_co]):
    """The base of a sync twin: the async object, and the thread its methods run on."""

    __slots__ = ("_portal", "_target")

    def __init__(self, target: TargetT_co, portal: PortalThread) -> None:
        self._target = target
        self._portal = portal

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"


def blocking(
    method: Callable[Concatenate[TargetT, P], Coroutine[Any, Any, T]],
) -> Callable[Concatenate[Bridged[TargetT], P], T]:
    """Make the blocking twin of a coroutine method."""

    @functools.wraps(method)
    def call(self: Bridged[TargetT], /, *args: P.args, **kwargs: P.kwargs) -> T:
        return self._portal.run(functools.partial(method, self._target, *args, **kwargs))  # pyright: ignore[reportPrivateUsage]

    return cast("Callable[Concatenate[Bridged[TargetT], P], T]", call)


def direct(
    method: Callable[Concatenate[TargetT, P], T],
) -> Callable[Concatenate[Bridged[TargetT], P], T]:
    """Make the twin of a method that neither blocks nor awaits, and is fit for any thread."""

    @functools.wraps(method)
    def call(self: Bridged[TargetT], /, *args: P.args, **kwargs: P.kwargs) -> T:
        return method(self._target, *args, **kwargs)  # pyright: ignore[reportPrivateUsage]

    return cast("Callable[Concatenate[Bridged[TargetT], P], T]", call)


def blocking_iter(
    method: Callable[Concatenate[TargetT, P], AsyncIterator[T]],
) -> Callable[Concatenate[Bridged[TargetT], P], Iterator[T]]:
    """Make the blocking twin of a method that returns an async iterator."""

    @functools.wraps(method)
    def call(self: Bridged[TargetT], /, *args: P.args, **kwargs: P.kwargs) -> Iterator[T]:
        # At once, so that a wrong argument is an error here and not in the loop.
        source = method(self._target, *args, **kwargs)  # pyright: ignore[reportPrivateUsage]
        return _advanced(source, self._portal)  # pyright: ignore[reportPrivateUsage]

    return cast("Callable[Concatenate[Bridged[TargetT], P], Iterator[T]]", call)


def _advanced(source: AsyncIterator[T], portal: PortalThread) -> Iterator[T]:
    async def advance() -> object:
        return await anext(source, _END)

    async def close() -> None:
        if isinstance(source, AsyncGenerator):
            await source.aclose()

    try:
        while (item := portal.run(advance)) is not _END:
            yield cast("T", item)
    except GeneratorExit:
        # A loop that is left early ends its source too, unless the client went first. It may be a
        # finaliser that comes here, on any thread, and must not wait.
        portal.post(close)
        raise
    except BaseException:
        portal.finish(close)
        raise
    portal.finish(close)


class SyncStream(Iterator[T]):
    """The blocking twin of a stream: iterate over it, and store its ``cursor``."""

    def __init__(self, stream: AsyncStream[T], portal: PortalThread) -> None:
        self._stream = stream
        self._portal = portal

    @property
    def cursor(self) -> str:
        """Where the stream is, as a text to store: pass it as ``since`` to go on from there."""
        return self._stream.cursor

    def __next__(self) -> T:
        item = self._portal.run(self._advance)
        if item is _END:
            raise StopIteration
        return cast("T", item)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End it; the cursor stays readable."""
        self._portal.finish(self._stream.aclose)

    async def _advance(self) -> object:
        return await anext(self._stream, _END)


def blocking_stream(
    method: Callable[Concatenate[TargetT, P], AsyncStream[T]],
) -> Callable[Concatenate[Bridged[TargetT], P], SyncStream[T]]:
    """Make the blocking twin of a method that returns a stream."""

    @functools.wraps(method)
    def call(self: Bridged[TargetT], /, *args: P.args, **kwargs: P.kwargs) -> SyncStream[T]:
        return SyncStream(method(self._target, *args, **kwargs), self._portal)  # pyright: ignore[reportPrivateUsage]

    return cast("Callable[Concatenate[Bridged[TargetT], P], SyncStream[T]]", call)
