"""When to leave the provider alone: after faults of ours at once, after its silence soon.

A breaker that is closed to texts lets one through when its time is over; if that one goes, all go.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from rehab.notifications.senders import Kind, Outcome, Reason

FAILURES_ALLOWED = 5
"""Calls in a row that the provider did not answer, before it is left alone."""

SILENT_FOR, LONGEST_SILENCE = timedelta(seconds=30), timedelta(minutes=10)
MEND_FOR, LONGEST_MEND = timedelta(minutes=5), timedelta(minutes=30)
"""The first pause, and the longest: each is twice the one before. A fault of ours, such as a wrong
key, is mended by a person and takes longer."""

BUSY_FOR = timedelta(seconds=5)
"""A provider that is busy and does not say for how long."""

LONGEST_BUSY = timedelta(hours=1)
"""Whatever it asks for, it is tried again after that."""

PROBE_WITHIN = timedelta(seconds=15)
"""How long the one text that is let through has, before another one is."""


@dataclass(frozen=True, slots=True)
class Breaker:
    """`failures` in a row, how often it closed since the last success, and until when it does."""

    failures: int = 0
    closures: int = 0
    closed_until: datetime | None = None
    reason: Reason | None = None

    def is_closed(self, now: datetime) -> bool:
        """A pause that is longer than any was set by a clock that ran ahead: it counts no more."""
        return self.closed_until is not None and now < self.closed_until <= now + LONGEST_BUSY

    def ends(self, now: datetime) -> datetime:
        """When its pause is over: now, if there is none that counts."""
        return self.closed_until if self.closed_until and self.is_closed(now) else now

    def admits(self, wanted: int, now: datetime) -> int:
        """How many texts of `wanted` may be tried: none while closed, then one, then all."""
        if self.is_closed(now):
            return 0
        return min(wanted, 1) if self.closures else wanted

    def probing(self, now: datetime) -> "Breaker":
        """The breaker while its one text is under way."""
        return replace(self, closed_until=now + PROBE_WITHIN)


def after(breaker: Breaker, outcome: Outcome, now: datetime) -> Breaker:
    """The breaker after one more outcome."""
    if outcome.kind is Kind.ACCEPTED or _is_about_the_number(outcome):
        opens = breaker.closures and not _was_asked_to_wait(breaker)
        return Breaker() if opens else replace(breaker, failures=0, closures=0)
    if outcome.reason is Reason.OURS_IS_BROKEN:
        return _closed(breaker, outcome.reason, MEND_FOR, LONGEST_MEND, now)
    if _is_busy(outcome):
        return _waiting(breaker, outcome, now)
    failed = replace(breaker, failures=breaker.failures + 1)
    if failed.failures < FAILURES_ALLOWED and not breaker.closures:
        return failed
    return _closed(failed, outcome.reason, SILENT_FOR, LONGEST_SILENCE, now)


def goes_well(outcome: Outcome) -> bool:
    """Whether the provider works, and nothing else is held back for this."""
    taken = outcome.kind is Kind.ACCEPTED or _is_about_the_number(outcome)
    return taken and outcome.reason is not Reason.FILTERED


def _is_about_the_number(outcome: Outcome) -> bool:
    """The provider works; it is this number, or this text, that it does not take."""
    return outcome.kind is Kind.FAILED and outcome.reason is not Reason.OURS_IS_BROKEN


def _is_busy(outcome: Outcome) -> bool:
    """It has answered, and asks to be left alone: its limit, or the sender's queue, is full."""
    return outcome.kind is Kind.RETRY and (outcome.code, outcome.retry_after) != (None, None)


def _waiting(breaker: Breaker, outcome: Outcome, now: datetime) -> Breaker:
    """Closed for as long as it asks; a fault of ours that is being mended stays one."""
    until = max(now + (asked_wait(outcome) or BUSY_FOR), breaker.ends(now))
    mending = breaker.is_closed(now) and breaker.reason is Reason.OURS_IS_BROKEN
    reason = breaker.reason if mending else outcome.reason
    return replace(breaker, failures=0, closed_until=until, reason=reason)


def asked_wait(outcome: Outcome) -> timedelta:
    """How long the provider asks to be left alone, up to an hour; nothing when it does not say."""
    return timedelta(seconds=min(outcome.retry_after or 0.0, LONGEST_BUSY.total_seconds()))


def _was_asked_to_wait(breaker: Breaker) -> bool:
    """Closed because the provider asked for it: what it took before says nothing about that."""
    return breaker.failures == 0 and breaker.reason is Reason.NOT_ACCEPTED


def _closed(
    breaker: Breaker, reason: Reason | None, first: timedelta, longest: timedelta, now: datetime
) -> Breaker:
    """Closed for twice as long as the last time; what fails while it is closed adds nothing."""
    found_ours = reason is Reason.OURS_IS_BROKEN and breaker.reason is not reason
    if breaker.is_closed(now) and not found_ours and not _was_probing(breaker, now):
        return breaker
    pause = min(first * (1 << min(breaker.closures, 16)), longest)
    until = max(now + pause, breaker.ends(now))
    return Breaker(breaker.failures, breaker.closures + 1, until, reason)


def _was_probing(breaker: Breaker, now: datetime) -> bool:
    return breaker.closed_until is not None and breaker.closed_until <= now + PROBE_WITHIN
