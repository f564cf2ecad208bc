"""The calls about messages: send, the three actions, the three reports (section 1.1)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from attrs import frozen

from bestsms.emulator import times
from bestsms.emulator.core import send_request
from bestsms.emulator.core.engine import Engine
from bestsms.emulator.core.records import Received
from bestsms.emulator.core.sending import zone_of
from bestsms.emulator.errors import Refused
from bestsms.emulator.reading import Fields
from bestsms.emulator.rest import spelling
from bestsms.emulator.rest.paging import page_of, whole_number

Answer = dict[str, Any]
_ONE_SECOND = timedelta(seconds=1)
_LONGEST_PERIOD = 10 * 366 * 24 * 60
"""Minutes; a longer ``timePeriod`` is cut to ten years."""


@frozen
class Call:
    """One API call, decoded.

    Args:
        version: ``2.03`` or ``2.04``.
        ids: The variable path segments, decoded.
        query: Query values under lower-case names (T13).
        body: The decoded body of a POST or PATCH, an empty object elsewhere.
    """

    version: str
    ids: tuple[str, ...]
    query: dict[str, str]
    body: Any


def send(engine: Engine, call: Call) -> Answer:
    """``POST /send/sms``."""
    try:
        job = engine.sending.accept(call.version, send_request.read(call.body))
    except Refused as refusal:
        if engine.settings.send_failures_as_200:
            refusal.status = 200
        raise
    return {"Result": "Success", "MessageID": job.message_id}


def resubmit(engine: Engine, call: Call) -> Answer:
    """``PATCH /set/resubmit/{MessageID}``."""
    (message_id,), body = call.ids, Fields(call.body)
    job = engine.job(message_id)
    before = job.state
    send_at = engine.send_time(job, body.text("SendTime"), body.text("TimeZone", "Timezone"))
    engine.delivery.resubmit(job, send_at)
    return spelling.action(job, before, "Resubmit")


def reschedule(engine: Engine, call: Call) -> Answer:
    """``PATCH /set/reschedule/{MessageID}``."""
    (message_id,), body = call.ids, Fields(call.body)
    job = engine.job(message_id)
    before = job.state
    send_at = engine.send_time(job, body.text("SendTime"), body.text("TimeZone", "Timezone"))
    if send_at is None:
        raise Refused("Missing SendTime", message_id=message_id)
    engine.delivery.reschedule(job, send_at)
    return spelling.action(job, before, "Reschedule")


def abort(engine: Engine, call: Call) -> Answer:
    """``PATCH /set/abort/{MessageID}``."""
    (message_id,) = call.ids
    Fields(call.body)  # refuses what is no object
    job = engine.job(message_id)
    before = job.state
    engine.delivery.abort(job)
    return spelling.action(job, before, "Abort")


def status(engine: Engine, call: Call) -> Answer:
    """``GET /get/status/{MessageID}``."""
    (message_id,) = call.ids
    job = engine.job(message_id)
    page = page_of(job.recipients, call.query, default=False)
    return spelling.status(call.version, job, engine.settings, page)


def reply(engine: Engine, call: Call) -> Answer:
    """``GET /get/sms/reply/{MessageID}``."""
    (message_id,) = call.ids
    job = engine.job(message_id)
    page = page_of(job.recipients, call.query, default=False)
    return spelling.replies(call.version, job, engine.settings, page)


def received(engine: Engine, call: Call) -> Answer:
    """``GET /get/sms/received``; a failure is HTTP 200 (T50)."""
    try:
        page = page_of(_received_within(engine, call.query), call.query)
    except Refused as refusal:
        refusal.status = 200
        raise
    return spelling.received(call.version, engine.settings, page)


def _received_within(engine: Engine, query: dict[str, str]) -> list[Received]:
    """Pick what arrived in the asked time, oldest first; both ends count."""
    written = query.get("datefrom", "").strip(), query.get("dateto", "").strip()
    if any(written):
        zone = zone_of(engine.settings.time_zone)
        first, last = (times.read(text, zone) for text in written)
        if first is None or last is None:
            raise Refused("dateFrom and dateTo must both be given as YYYY-MM-DDTHH:mm:ss")
        # The bounds are whole seconds, arrivals are not: 23:59:59.5 is still that day.
        return [r for r in engine.store.received if first <= r.received_at < last + _ONE_SECOND]
    if not query.get("timeperiod", "").strip():
        raise Refused("Missing timePeriod, or dateFrom and dateTo")
    period = timedelta(minutes=whole_number(query, "timePeriod", 1, _LONGEST_PERIOD))
    since = engine.world.now() - period
    return [r for r in engine.store.received if r.received_at >= since]
