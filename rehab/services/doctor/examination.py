"""An examination: many looks at once, each by itself, all done in the time that there is."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, wait
from contextvars import copy_context
from dataclasses import dataclass
from enum import StrEnum
from threading import Thread

from sqlalchemy.exc import SQLAlchemyError


class Level(StrEnum):
    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Verdict:
    """One thing seen. What is not ok says what to do about it."""

    level: Level
    says: str


@dataclass(frozen=True, slots=True)
class Finding:
    """A verdict on `what`: one line for the operator."""

    level: Level
    what: str
    says: str

    def __str__(self) -> str:
        return f"{self.level:<4}  {self.what}: {self.says}"


Look = Callable[[], Iterator[Verdict]]
Taken = Future[list[Verdict] | None]


@dataclass(frozen=True, slots=True)
class Check:
    """A look at one thing. It is not taken where what it comes `after` has failed."""

    what: str
    look: Look
    after: str | None = None


def ok(says: str) -> Verdict:
    return Verdict(Level.OK, says)


def warn(says: str) -> Verdict:
    return Verdict(Level.WARN, says)


def fail(says: str) -> Verdict:
    return Verdict(Level.FAIL, says)


def examine(checks: Sequence[Check], seconds: float) -> list[Finding]:
    """What every check found, in their order. One that raises has failed, and so has one that is
    not done after `seconds`; no other is touched by that."""
    found: dict[str, Taken] = {check.what: Future() for check in checks}
    for check in checks:
        before = found[check.after] if check.after else None
        work = (copy_context().run, (_answer, check, before, found[check.what]))
        Thread(target=work[0], args=work[1], name=check.what, daemon=True).start()
    wait(found.values(), timeout=seconds)
    late = [fail(f"gave no answer within {seconds:.0f} s")]
    return [
        Finding(verdict.level, check.what, " ".join(verdict.says.split()))
        for check in checks
        for verdict in (found[check.what].result() or [] if found[check.what].done() else late)
    ]


def _answer(check: Check, before: Taken | None, found: Taken) -> None:
    """What the look finds; None for one that is not taken."""
    try:
        is_taken = before is None or _is_well(before.result())
        found.set_result(list(check.look()) if is_taken else None)
    except Exception as error:
        found.set_result([fail(said(error))])


def _is_well(told: list[Verdict] | None) -> bool:
    return told is not None and all(verdict.level != Level.FAIL for verdict in told)


def said(error: Exception) -> str:
    """An error in one line, in its own words."""
    cause = error.__cause__ if isinstance(error, SQLAlchemyError) else None
    words = str(cause or error).strip() or "no word of why"
    return f"{words.splitlines()[0]} ({type(error).__name__})"
