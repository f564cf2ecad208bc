"""What ends a wait that no provider brings about: a mistake of ours, a coroutine thrown away."""

from __future__ import annotations

import sys
import types
from typing import Any

import pytest
from waits.provider import Course, Provider

from bestsms import AsyncClient
from bestsms.api import Reports
from bestsms.waiting.polling import _from_any_thread


async def test_whatever_a_look_raises_reaches_who_waits(
    client: AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also what is no error of this package: nobody waits for ever because of it."""

    async def broken(*_: Any, **__: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(Reports, "status", broken)
    with pytest.raises(ZeroDivisionError):
        await client.wait("A1")


async def test_a_wait_that_is_over_may_be_closed(client: AsyncClient, provider: Provider) -> None:
    """As any coroutine may, though nothing is left of it."""
    provider.courses["A1"] = Course(final_at=0.0)
    wait = client.wait("A1")
    assert (await wait).status == "Completed"
    wait.close()
    assert provider.looks["A1"] == [0.0]


def test_another_kind_of_loop_is_called_its_own_way(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without asyncio it is trio's."""
    token = types.SimpleNamespace(run_sync_soon=print)
    lowlevel = types.SimpleNamespace(current_trio_token=lambda: token)
    monkeypatch.setitem(sys.modules, "trio", types.SimpleNamespace(lowlevel=lowlevel))
    assert _from_any_thread() is print
