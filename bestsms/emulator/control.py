"""The control API under ``/_emulator/``: what a test or a person may do to the emulator.

=======================  ======================================================
``GET state``            everything at a glance
``POST reset``           back to how it started: data, settings and clock
``POST clock/advance``   ``{"seconds": 60}``
``POST replies``         ``{"from": "+61…", "message": "Yes", "unmatched": false}``
``POST destinations``    ``{"destination": "+61…", "result": "failed"}``, optional
                         ``delivery_seconds``, ``visibility_seconds``, ``reply``
``POST updates``         ``{"MessageID": "…", "event": "Link clicked"}``: an UPDATED webhook
``GET ledger``           every accepted MessageID with its count
``GET callbacks``        every webhook POST so far
``GET faults``           the faults in force, each with how often it struck
``POST faults``          ``{"do": "reset", "accept": "yes", "times": 1}``: the fields of
                         ``Fault``; one at accept needs ``nth`` or ``times``, as it
                         strikes the connections of the control API too
``DELETE faults``        no more faults
``GET settings``         the switches; ``PATCH settings`` changes some of them
=======================  ======================================================

Bad input answers 400 with ``{"error": "…"}``. There is no authentication: the emulator
listens on loopback unless told twice.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, cast

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from bestsms.emulator import times, views
from bestsms.emulator.core.engine import Engine, printable
from bestsms.emulator.core.records import Rule
from bestsms.emulator.errors import EmulatorError, Refused
from bestsms.emulator.faults.fault import Fault
from bestsms.emulator.rest import bodies
from bestsms.emulator.rest.answers import render
from bestsms.emulator.settings import amount

_Endpoint = Callable[[Request], Awaitable[Response]]
_Action = Callable[[Engine, dict[str, Any]], Any]


def routes(engine: Engine) -> list[Route]:
    """Return the routes of the control API, to be mounted under ``/_emulator``."""
    table: dict[str, dict[str, _Action]] = {
        "/state": {"GET": lambda e, _: views.state(e)},
        "/reset": {"POST": _reset},
        "/clock/advance": {"POST": _advance},
        "/replies": {"POST": _reply},
        "/destinations": {"POST": _destination},
        "/updates": {"POST": _update},
        "/ledger": {"GET": lambda e, _: views.ledger(e)},
        "/callbacks": {"GET": lambda e, _: views.callbacks(e)},
        "/faults": {"GET": lambda e, _: views.faults(e), "POST": _inject, "DELETE": _clear_faults},
        "/settings": {"GET": _settings, "PATCH": _settings},
    }
    return [
        Route(path, _endpoint(engine, actions), methods=list(actions))
        for path, actions in table.items()
    ]


def make_rule(
    result: str,
    delivery_seconds: float | None,
    visibility_seconds: float | None,
    reply: str | None,
) -> Rule:
    """Check what a caller wants of a destination.

    Raises:
        EmulatorError: A number of seconds is none, or the reply no text.
    """
    for name, value in (
        ("delivery_seconds", delivery_seconds),
        ("visibility_seconds", visibility_seconds),
    ):
        if value is not None:
            amount(name, value)
    if reply is not None:
        printable(reply)
    return Rule(result, delivery_seconds, visibility_seconds, reply)


def _endpoint(engine: Engine, actions: dict[str, _Action]) -> _Endpoint:
    async def respond(request: Request) -> Response:
        action = actions["GET" if request.method == "HEAD" else request.method]
        try:
            body = await _body(request)
            with engine.lock:
                engine.settle()
                return render(action(engine, body))
        except Refused as refusal:
            text = "the body is not JSON" if refusal.status == 400 else refusal.texts[0]  # noqa: PLR2004
            return render({"error": text}, refusal.status)
        except EmulatorError as error:
            return render({"error": str(error)}, 400)
        except ClientDisconnect:
            return Response(status_code=400)

    return respond


async def _body(request: Request) -> dict[str, Any]:
    raw = await bodies.read_bytes(request)
    body: Any = bodies.decode(b"" if request.method in ("GET", "HEAD") else raw)
    if not isinstance(body, dict):
        raise EmulatorError("the body must be a JSON object")
    return cast(dict[str, Any], body)


def _reset(engine: Engine, _: dict[str, Any]) -> dict[str, Any]:
    engine.reset()
    return views.state(engine)


def _advance(engine: Engine, body: dict[str, Any]) -> dict[str, Any]:
    seconds = body.get("seconds")
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        raise EmulatorError("seconds must be a number")
    engine.advance(seconds)
    return {"time": times.rfc3339(engine.world.now())}


def _reply(engine: Engine, body: dict[str, Any]) -> dict[str, Any]:
    unmatched = body.get("unmatched", False)
    if not isinstance(unmatched, bool):
        raise EmulatorError("unmatched must be true or false")
    from_, message = _text(body, "from"), _text(body, "message")
    return views.received(engine.receive(from_, message, unmatched=unmatched))


def _destination(engine: Engine, body: dict[str, Any]) -> dict[str, Any]:
    reply = _text(body, "reply") if body.get("reply") is not None else None
    rule = make_rule(
        _text(body, "result"), body.get("delivery_seconds"), body.get("visibility_seconds"), reply
    )
    number = engine.set_destination(_text(body, "destination"), rule)
    return {"destination": number, "result": rule.result}


def _update(engine: Engine, body: dict[str, Any]) -> dict[str, Any]:
    message_id, event = _text(body, "MessageID"), _text(body, "event")
    engine.update(message_id, event)
    return {"MessageID": message_id, "event": event}


def _inject(engine: Engine, body: dict[str, Any]) -> dict[str, Any]:
    fault = Fault.of(body)
    if fault.at == "accept" and fault.nth is None and fault.times is None:
        raise EmulatorError(
            "at='accept' needs nth or times here: it strikes the call that would clear it, too"
        )
    return views.fault(engine.store.faults.lay(fault))


def _clear_faults(engine: Engine, _: dict[str, Any]) -> list[dict[str, Any]]:
    engine.store.faults.clear()
    return views.faults(engine)


def _settings(engine: Engine, body: dict[str, Any]) -> dict[str, Any]:
    return engine.change_settings(body).as_dict()


def _text(body: dict[str, Any], name: str) -> str:
    value = body.get(name)
    if not isinstance(value, str):
        raise EmulatorError(f"{name} must be a string")
    return value
