"""Tonight: when this person goes to bed, and what may help them sleep."""

from dataclasses import dataclass
from datetime import date, datetime, time

from rehab.models.plan import ACTIVE, Plan
from rehab.programs.library import Library
from rehab.programs.sleep_series import tip_on
from rehab.services.nights import nights_of

EVENING_BEGINS = time(17)
"""From this local time on the day's page looks ahead to the night."""

SAID_AT_ITS_TIME = frozenset({"sl.bed2", "sl.scr3"})
"""Tips that speak of the very minute at which they are texted."""


@dataclass(frozen=True, slots=True)
class Tonight:
    """The bedtime that was chosen, and the tip of this evening; None on a quiet one."""

    bedtime: time
    tip: str | None


def tonight(plan: Plan, on: date, library: Library, now: datetime) -> Tonight | None:
    """What the evening of the local date `on` holds; None by day, without a bedtime, and for a plan
    that does not run."""
    local = now.astimezone(plan.patient.tz)
    runs = plan.status == ACTIVE and on <= plan.ends_on
    if not runs or plan.bedtime is None or local.time() < EVENING_BEGINS:
        return None
    nights = nights_of([plan.patient_id], now).get(plan.patient_id)
    began = max(nights.since, plan.starts_on) if nights else plan.starts_on
    key = tip_on((on - began).days, nights.latest if nights else None)
    return Tonight(plan.bedtime, _words(key, plan.bedtime, plan.patient.language, library))


def _words(key: str | None, bedtime: time, language: str, library: Library) -> str | None:
    if key is None or key in SAID_AT_ITS_TIME:
        return None
    texts = library.messages.get(language, library.messages["en"])
    return texts[key].format(time=f"{bedtime:%H:%M}", link="").strip()
