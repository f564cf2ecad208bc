"""``bestsms bulk``: a list of any length to phones, each number once, whatever interrupts it."""

from __future__ import annotations

import argparse
import contextlib
import json
import shlex
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import attrs

from bestsms import BestSMSError, InvalidRequest, SyncClient, Verdict
from bestsms.bulk.blocking import SyncRun
from bestsms.bulk.chunks import Skipped
from bestsms.bulk.outcomes import ChunkOutcome, Totals
from bestsms.cli.bulk_campaign import Campaign
from bestsms.cli.bulk_countries import ANY_COUNTRY
from bestsms.cli.bulk_lines import MOST_NAMED, line, named
from bestsms.cli.outcomes import DONE, INTERRUPTED, REFUSED, UNCLEAR, USAGE
from bestsms.cli.terminal import complain, plain, say
from bestsms.journal import Journal, JournalError

__all__ = ["Ended", "check", "guards", "send"]


def guards(words: argparse.Namespace) -> Mapping[str, Any]:
    """Return who may be sent to, as settings of a client.

    Without a word of it: every country, and no number that is of none. A region alone allows itself
    and reads its national numbers; prefixes allow what they say.
    """
    if words.allow_any:
        return {"default_region": words.region}
    region, prefixes = words.region, words.allow_prefix
    if prefixes is not None:
        return {"default_region": region, "allowed_prefixes": prefixes}
    if region is not None:
        return {"default_region": region, "allowed_regions": [region]}
    return {"allowed_prefixes": ANY_COUNTRY}


def check(campaign: Campaign, words: argparse.Namespace) -> None:
    """See that a campaign is begun once, and then gone on with only when it is meant.

    Raises:
        ValueError: It is known and --resume was not said, or the other way round.
    """
    if not campaign.journal.exists():
        if words.resume:
            raise ValueError(
                f"{campaign.name} can't be gone on with: there is no {campaign.journal}. Leave "
                "--resume out to begin it, or say where its --journal is. Nothing was sent."
            )
        return
    journal = Journal(campaign.journal)
    try:
        progress = journal.progress(campaign.known_as)
        others = campaign.others(journal)
    except JournalError as error:
        raise ValueError(str(error)) from None
    finally:
        journal.close()
    known, alike = bool(progress.requests), campaign.alike(others)
    if known and not words.resume:
        raise ValueError(
            f"{campaign.name} was begun before: {_far(progress.recipients)}. To go on, type "
            f"{_go_on(words, begun=True)} (what was accepted is not sent again); to send to all of "
            "them once more, give it another name: --campaign NAME. Nothing was sent now."
        )
    changed = (
        f"; --campaign {alike[-1]} --resume goes on with it, unless what was sent is changed"
        if alike
        else "; leave --resume out to begin it"
    )
    # A run that ended before its first request has left an empty journal.
    if words.resume and not known and others:
        raise ValueError(
            f"{campaign.name} can't be gone on with: {campaign.journal} does not know it. A "
            f"changed list or text is another campaign{changed}. Nothing was sent."
        )
    if alike and not known:
        what = (
            "another list from a pipe, or this one with another text"
            if campaign.piped
            else "this list with other rows or another text"
        )
        raise ValueError(
            f"{campaign.journal} knows {what}, as "
            f"{' and '.join(alike[-MOST_NAMED:])}: who was sent to then would be sent to again. "
            f"If that is meant, name the campaign: --campaign {campaign.name}{changed}. Nothing "
            "was sent."
        )


def send(client: SyncClient, campaign: Campaign, words: argparse.Namespace) -> Ended:
    """Send a campaign, or the rest of it, and show how far it is.

    Args:
        client: Whose journal is the campaign's.
        campaign: What is sent.
        words: How.

    Raises:
        BestSMSError: Nothing was read, and nothing was sent.
        OSError: So it was, since a file can't be read or written.
    """
    run = client.send_many(
        campaign.recipients,
        message=words.message,
        campaign=campaign.name,
        separate=words.separate,
        max_destinations=words.per_request,
        concurrency=words.concurrency,
        recipients_per_second=words.rate,
        resend_absent=words.resend_absent,
        report=words.report,
        test=words.test,
    )
    ended = Ended(campaign, words, run.totals)
    with contextlib.ExitStack() as stack:
        update = None
        if not words.json:
            from bestsms.cli import bulk_progress  # noqa: PLC0415 - Rich is an extra

            update = stack.enter_context(bulk_progress.showing(campaign.rows))
        try:
            with run:
                _follow(run, ended, update)
        except KeyboardInterrupt:
            ended.interrupted = True
        except (BestSMSError, OSError) as error:
            if not run.totals.read:
                raise
            ended.stopped = error
    ended.totals = run.totals
    return ended


def _follow(run: SyncRun, ended: Ended, update: Callable[[Totals], None] | None) -> None:
    try:
        for outcome in run:
            ended.add(outcome)
            if update is not None:
                update(run.totals)
    except KeyboardInterrupt:
        ended.interrupted = True
        complain(
            "stopping: what is under way is waited for; Ctrl-C once more leaves it to --resume"
        )


@attrs.define
class Ended:
    """How a run of a campaign ended.

    Attributes:
        campaign: What was sent.
        words: The command.
        totals: How many of what.
        interrupted: Whether a person stopped it.
        stopped: What stopped it, if anything else did.
        first: The first refused rows.
        why: Of each kind of error the first, and of how many recipients.
    """

    campaign: Campaign
    words: argparse.Namespace
    totals: Totals
    interrupted: bool = False
    stopped: BestSMSError | OSError | None = None
    first: list[Skipped] = attrs.field(factory=list[Skipped])
    why: dict[str, tuple[str, int]] = attrs.field(factory=dict[str, tuple[str, int]])

    def add(self, outcome: ChunkOutcome) -> None:
        """Note what a person must know of an outcome."""
        refused = (row for row in outcome.skipped if not row.duplicate)
        for row in refused:
            if len(self.first) == MOST_NAMED:
                break
            self.first.append(row)
        # Without recipients it is what ends the run.
        if outcome.error is not None and outcome.verdict is not Verdict.ACCEPTED and len(outcome):
            kind = type(outcome.error).__name__
            text, count = self.why.get(kind, (str(outcome.error), 0))
            self.why[kind] = text, count + len(outcome)

    @property
    def _refused(self) -> bool:
        """Whether the list, or a word of the command, is what ended it."""
        cause = None if self.stopped is None else self.stopped.__cause__
        return isinstance(self.stopped, InvalidRequest) or isinstance(cause, InvalidRequest)

    @property
    def code(self) -> int:
        """The exit code: 0 only if everybody in the list was sent to."""
        totals = self.totals
        if self.interrupted:
            return INTERRUPTED
        if totals.unknown:
            return UNCLEAR
        if self._refused and totals.accepted == totals.resumed:
            return USAGE
        failed = totals.rejected + totals.not_sent + totals.refused
        return REFUSED if failed or self.stopped is not None else DONE

    def show(self) -> None:
        """Print it: JSON for a script, else lines for a person, and how to go on."""
        if self.words.json:
            say(json.dumps(self._as_dict()))
        else:
            for each in self._lines():
                say(plain(each))
        stopped = "" if self.stopped is None else str(self.stopped)
        if stopped:
            complain(plain(stopped))
        for text, count in self.why.values():
            if text != stopped:
                said = text.replace("resend_absent=True", "--resend-absent")
                complain(f"{count:,} recipients: {plain(said)}")
        left = self.totals.unknown + self.totals.not_sent + self.totals.rejected
        # What was refused would be refused again.
        if not self._refused and (left or self.interrupted or self.stopped is not None):
            complain(f"to go on: {_go_on(self.words, begun=_is_begun(self.campaign))}")

    def _as_dict(self) -> dict[str, Any]:
        return {
            "campaign": self.campaign.name,
            "journal": str(self.campaign.journal),
            "report": self.words.report,
            "test": self.words.test,
            "interrupted": self.interrupted,
            "stopped": None if self.stopped is None else str(self.stopped),
            **attrs.asdict(self.totals),
        }

    def _lines(self) -> Iterator[str]:
        totals = self.totals
        mode = " as a test (nobody gets it)" if self.words.test else ""
        wanted = totals.read - totals.duplicates
        first = "the first " if self.interrupted or self.stopped is not None else ""
        yield (
            f"Campaign {self.campaign.name}: "
            f"{totals.accepted:,} of {first}{wanted:,} accepted{mode}."
        )
        for name, count, about in (
            ("resumed", totals.resumed, ", sent by an earlier run"),
            ("unknown", totals.unknown, ", may or may not have been sent"),
            ("rejected", totals.rejected, ", the provider said no"),
            ("not sent", totals.not_sent, ""),
            ("duplicates", totals.duplicates, ", each sent to once"),
            ("refused", totals.refused, ", not sent to"),
        ):
            if count:
                yield line(name, f"{count:,}{about}")
        yield from named(self.first, totals.refused, self.words)
        yield line("requests", f"{totals.requests:,}")
        yield line("journal", str(self.campaign.journal))
        if self.words.report is not None:
            yield line("report", self.words.report)


def _far(recipients: Mapping[Verdict | None, int]) -> str:
    """Say how far a campaign came."""
    counts: dict[str, int] = {}
    for verdict, count in recipients.items():
        name = (verdict or Verdict.UNKNOWN).value
        counts[name] = counts.get(name, 0) + count
    return ", ".join(f"{count:,} {name}" for name, count in sorted(counts.items()))


def _is_begun(campaign: Campaign) -> bool:
    """Say whether anything is written down of a campaign that was tried to be sent."""
    try:
        with contextlib.closing(Journal(campaign.journal)) as journal:
            return bool(journal.progress(campaign.known_as).requests)
    except JournalError:
        return True


def _go_on(words: argparse.Namespace, *, begun: bool) -> str:
    """Return the command that goes on with the campaign of another."""
    resume = ["--resume"] if begun and not words.resume else []
    return plain(shlex.join(["bestsms", *words.line, *resume]))
