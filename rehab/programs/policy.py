"""The numbers by which pain guides progression: one value per track, read from the library.

Ratings are numeric pain ratings, 0-10. Doses are fractions of a full dosage, 0-1. Every number
and the limits within which a clinic may edit it are those of the clinical specification 2.3-2.6.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from rehab.programs.program import Category


@dataclass(frozen=True, slots=True)
class PainLimit:
    """The highest rating during or just after exercise that still counts as below this limit."""

    at_least: int
    above_usual: int
    at_most: int = 10

    def for_usual(self, usual_pain: float) -> float:
        """The limit for a person whose usual pain is `usual_pain` (0-10)."""
        return min(self.at_most, max(self.at_least, usual_pain + self.above_usual))


@dataclass(frozen=True, slots=True)
class Severe:
    """A rating of `at_least` that is also `above_usual` points over the person's usual pain."""

    at_least: int
    above_usual: int

    def holds(self, rating: float, usual_pain: float) -> bool:
        """Whether one rating (0-10) is severe for a person with this usual pain."""
        return rating >= self.at_least and rating >= usual_pain + self.above_usual


@dataclass(frozen=True, slots=True)
class Reaction:
    """A next morning `rise` points over the reference that is also `above_usual` or more."""

    rise: int
    above_usual: int

    def holds(self, morning: float, reference: float, usual_pain: float) -> bool:
        """Whether the next morning's rating reacts, given min(usual, before) as reference."""
        return morning - reference >= self.rise and morning >= usual_pain + self.above_usual


@dataclass(frozen=True, slots=True)
class RedMorning:
    """A reaction so large, or a morning so painful (`always_at`), that the session was too much.

    A morning of at most `doms_at_most` in a muscle that is sore from strengthening counts as a
    reaction instead (clinical 1.8, 2.4).
    """

    reaction: Reaction
    always_at: int
    doms_at_most: int

    def holds(self, morning: float, reference: float, usual_pain: float) -> bool:
        """Whether the next morning's rating is red."""
        return morning >= self.always_at or self.reaction.holds(morning, reference, usual_pain)


@dataclass(frozen=True, slots=True)
class Restart:
    """What a break of `from_days` costs; `levels_down` of None leads back to level 1."""

    from_days: int
    levels_down: int | None
    dose: float
    alert: int


@dataclass(frozen=True, slots=True)
class TodayCut:
    """How much of today's dose is left when pain before it is this far above usual (R8)."""

    above_usual: int
    dose: float


@dataclass(frozen=True, slots=True)
class BeforeSession:
    """Today's cuts for pain before the session; from `rest_at` on, or severe, nothing is left."""

    rest_at: int
    cuts: tuple[TodayCut, ...]


@dataclass(frozen=True, slots=True)
class WeeklyLimits:
    """How far a week's median morning may lie over usual pain; fewer `mornings` say nothing."""

    mornings: int
    worse: int
    creeping: int


@dataclass(frozen=True, slots=True)
class Policy:
    """The parameters of one track; `version` names their exact content.

    `completion` is the percentage of a session that counts as done, `effort` the highest rating
    (0-10) that counts as settled, `sleep_gate` the median sleep rating (0-10) at or under which
    nothing steps up. `good_sessions` are the settled sessions a step up takes.
    """

    id: str
    name: str
    version: str
    red_limit: PainLimit
    green_limit: PainLimit
    severe: Severe
    red_morning: RedMorning
    reaction: Reaction
    good_sessions: Mapping[Category, int]
    days_between_steps_up: int
    cooldown_days: int
    completion: int
    effort: int
    sleep_gate: int
    dose_after_red: float
    dose_after_two_reds: float
    reaction_dose_factor: float
    ramp: float
    tier_s_pauses: bool
    restarts: tuple[Restart, ...]
    before_session: BeforeSession
    weekly: WeeklyLimits

    def as_dict(self) -> dict[str, Any]:
        """A JSON-ready copy, which a plan keeps from the day it is assigned."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Policy":
        """The policy of a copy made by `as_dict`."""
        limits = {name: PainLimit(**data[name]) for name in ("red_limit", "green_limit")}
        red, before = data["red_morning"], data["before_session"]
        return cls(
            **{
                **data,
                **limits,
                "severe": Severe(**data["severe"]),
                "reaction": Reaction(**data["reaction"]),
                "red_morning": RedMorning(**{**red, "reaction": Reaction(**red["reaction"])}),
                "good_sessions": {Category(c): n for c, n in data["good_sessions"].items()},
                "restarts": tuple(Restart(**restart) for restart in data["restarts"]),
                "before_session": BeforeSession(
                    before["rest_at"], tuple(TodayCut(**cut) for cut in before["cuts"])
                ),
                "weekly": WeeklyLimits(**data["weekly"]),
            }
        )


def before_session_factor(before: int, usual_pain: float, policy: Policy) -> float:
    """The share of today's dose (0-1) to offer when pain before the session is `before` (0-10).

    It holds for today only and never rises with `before`: the smallest cut that applies wins
    (clinical 2.5, R8).
    """
    limits = policy.before_session
    if before >= limits.rest_at or policy.severe.holds(before, usual_pain):
        return 0.0
    doses = (cut.dose for cut in limits.cuts if before >= usual_pain + cut.above_usual)
    return min(doses, default=1.0)
