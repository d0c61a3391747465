"""When the red-flag questions are asked, and which of them (clinical.md 3)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from rehab.programs.safety import RedFlag, Tier

WEEKLY_FOR = timedelta(weeks=4)
WEEK = timedelta(weeks=1)
MONTH = timedelta(weeks=4)
LONG_GAP = timedelta(days=28)


class Occasion(StrEnum):
    """Why the whole list is asked."""

    INTAKE = "intake"
    AFTER_GAP = "after_gap"
    WEEKLY = "weekly"
    MONTHLY = "monthly"


@dataclass(frozen=True, slots=True)
class Log:
    """What the schedule looks at: local dates, None where it never happened."""

    starts_on: date
    screened_on: date | None
    last_session_on: date | None


def occasion_on(today: date, log: Log) -> Occasion | None:
    """Why all questions are due today; None when only those of every log are."""
    if log.screened_on is None:
        return Occasion.INTAKE
    since = today - log.screened_on
    if log.last_session_on is not None:
        gap = today - log.last_session_on
        if gap >= LONG_GAP and log.screened_on <= log.last_session_on:
            return Occasion.AFTER_GAP
    if today < log.starts_on + WEEKLY_FOR:
        return Occasion.WEEKLY if since >= WEEK else None
    return Occasion.MONTHLY if since >= MONTH else None


def questions(flags: Mapping[str, RedFlag], occasion: Occasion | None) -> tuple[RedFlag, ...]:
    """The questions to tick: all on an occasion, else the emergency and urgent ones of each log."""
    return tuple(f for f in flags.values() if occasion is not None or f.tier is not Tier.SEE)


def pauses(ids: Iterable[str], flags: Mapping[str, RedFlag], tier_s_pauses: bool) -> bool:
    """Whether these red flags stop the plan; tier S does in the acute track only."""
    tiers = {flags[id_].tier for id_ in ids}
    return bool(tiers & {Tier.EMERGENCY, Tier.URGENT}) or (tier_s_pauses and bool(tiers))
