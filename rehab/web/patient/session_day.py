"""What the page of a session holds for a date: what is due by the pain before it, what to ask."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from rehab.models.plan import Plan
from rehab.programs.library import Library
from rehab.programs.policy import Policy, before_session_factor
from rehab.programs.program import Category, Exercise
from rehab.programs.safety import RedFlag
from rehab.services.safety import Questions, questions_on
from rehab.services.today import DONE, DUE, REST, Today, today
from rehab.web.patient.ratings import SCALE


@dataclass(frozen=True, slots=True)
class Variant:
    """What is due when pain before it is one of `befores`; `eased` when that is not all of it."""

    befores: tuple[int, ...]
    day: Today
    eased: bool

    @property
    def rests(self) -> bool:
        """Whether the exercises rest today, and relaxation stands in for them."""
        return self.eased and self.day.factor == 0


@dataclass(frozen=True, slots=True)
class SessionDay:
    """One date of a plan, for a page: `variants` are the sessions that it may hold, by pain."""

    day: Today
    variants: tuple[Variant, ...]
    questions: Questions

    @property
    def is_led(self) -> bool:
        """Whether there is something to lead through without more ado."""
        return self.day.status in (DUE, REST) and bool(self.day.exercises)

    @property
    def may_be_done_again(self) -> bool:
        return self.day.status == DONE and bool(self.day.exercises)

    @property
    def listed(self) -> tuple[Exercise, ...]:
        """What may have been done on a day that is told about afterwards."""
        return self.day.phase.exercises

    @property
    def is_strengthening(self) -> bool:
        """Whether a muscle may be sore from the work itself in the days after."""
        return any(e.category is Category.STRENGTHENING for e in self.listed)

    @property
    def red_flags(self) -> tuple[RedFlag, ...]:
        return self.questions.red_flags

    def at(self, before: int) -> Variant:
        """The session for this much pain before it (0-10)."""
        return next(variant for variant in self.variants if before in variant.befores)


def session_day(plan: Plan, on: date, library: Library) -> SessionDay:
    """What the plan holds for the local date `on`."""
    whole = today(plan, on, library)
    asked = questions_on(plan, on, library)
    return SessionDay(whole, _variants(plan, whole, library), asked)


def _variants(plan: Plan, whole: Today, library: Library) -> tuple[Variant, ...]:
    """One for each thing that pain before the session may make of it (R8), the whole one first."""
    policy = Policy.from_dict(plan.policy)
    befores: dict[float, list[int]] = defaultdict(list)
    for before in SCALE:
        befores[before_session_factor(before, plan.usual_pain, policy)].append(before)
    eased = {f: today(plan, whole.on, library, of[0]) for f, of in befores.items() if f < 1}
    days = {1.0: whole} | eased
    as_usual = [f for f, day in days.items() if day.exercises == whole.exercises]
    first = Variant(tuple(sorted(n for f in as_usual for n in befores[f])), whole, eased=False)
    less = (Variant(tuple(befores[f]), days[f], eased=True) for f in days if f not in as_usual)
    return (first, *less)
