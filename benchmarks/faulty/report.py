"""The report: a narrow Markdown table, and a listing that says everything."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from faulty.faults import CONTROL, FAULTS, Fault
from faulty.runs import Outcome, Row

__all__ = ["listing", "table"]

LONGEST = 110


def table(rows: Iterable[Row]) -> Iterator[str]:
    """Give the lines of the table: a row for each fault and client, so that it stays narrow."""
    yield "| fault | client | POSTs | too many | the caller is told |"
    yield "|---|---|---|---|---|"
    all_rows = list(rows)
    for fault in (fault for fault in FAULTS if fault.shown):
        title = f"**{fault.title}**"
        for row in all_rows:
            name = " ".join(filter(None, [row.peer.title, row.version]))
            yield f"| {title} | {name} | {_cells(row, fault)} |"
            title = ""


def listing(rows: Iterable[Row]) -> Iterator[str]:
    """Give the lines of the listing: the faults, then each client under each of them."""
    yield "The faults"
    for fault in (CONTROL, *FAULTS):
        yield f"  {fault.name:<17} {fault.text}"
    for row in rows:
        yield ""
        yield f"{row.peer.title} {row.version}".rstrip()
        yield f"  timeout: {row.peer.timeout}"
        yield f"  reached: {row.peer.reached}"
        if row.problem:
            yield f"  could not be driven: {row.problem}"
        for name, outcome in row.outcomes.items():
            yield f"  {name:<17} {_counts(outcome)}"
            yield f"  {'':<17} {_told(outcome)}"


def _cells(row: Row, fault: Fault) -> str:
    if row.problem:
        return "| | could not be driven"
    outcome = row.outcomes[fault.name]
    told = outcome.told
    words = told["told"] if told["told"] == "success" else f"`{told['told']}`"
    if told["told"] == "still waiting":
        words = f"still waiting {told['text']}"
    if told["told"] == "success" and told.get("text"):
        words += ", found by its id"
    elif told.get("message_id") and told["told"] != "success":
        words += " with the id"
    more = f"**{outcome.duplicates}**" if outcome.duplicates else "0"
    return f"{outcome.case.posts} | {more} | {words}"


def _counts(outcome: Outcome) -> str:
    case = outcome.case
    counted = [_several(case.posts, "POST"), _several(len(case.texts), "text") + " accepted"]
    if outcome.duplicates:
        counted.append(_several(outcome.duplicates, "duplicate"))
    if case.lookups:
        counted.append(f"looked up {_several(case.lookups, 'time')}")
    return ", ".join(counted)


def _told(outcome: Outcome) -> str:
    told = outcome.told
    parts = [f"{told['module']}.{told['told']}" if told.get("module") else told["told"]]
    if told.get("text"):
        parts[0] += f": {_short(told['text'])}"
    if told.get("verdict"):
        parts.append(f"verdict {told['verdict']}")
    if told.get("message_id"):
        known = told["message_id"] in outcome.case.texts
        parts.append("an id that the server accepted" if known else "an id")
    elif told["told"] != "still waiting":
        parts.append("no id")
    if "seconds" in told:
        parts.append(f"{told['seconds']:.0f} s")
    return "; ".join(parts)


def _several(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


def _short(text: str) -> str:
    """Take out what differs from run to run, and what is too long to read."""
    text = re.sub(r"https?://127\.0\.0\.1:\d+/\w+/[\w-]+", "URL", text)
    text = re.sub(r"/\w+/(" + "|".join(fault.name for fault in FAULTS) + r")\b", "", text)
    text = re.sub(r"127\.0\.0\.1(', port=|:)\d+", r"127.0.0.1\1PORT", text)
    text = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "ID", text)
    text = re.sub(r" at 0x[0-9a-f]+", "", " ".join(text.split()))
    return text if len(text) <= LONGEST else text[: LONGEST - 3] + "..."
