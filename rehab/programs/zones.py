"""What a completed session says about its load, from severe to green: the traffic light."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from rehab.programs.policy import Policy
from rehab.programs.program import Category

REAL_RISE = 2
"""Points on a 0-10 rating below which a rise is noise (minimum detectable change, Childs 2005)."""

SELF_PACED = frozenset({Category.RELAXATION, Category.SELF_CARE})
"""Categories that move on completion alone: pain, effort and sleep do not steer them."""


class Zone(StrEnum):
    """How the body took a session, worst first."""

    SEVERE = "severe"
    RED = "red"
    REACT = "react"
    AMBER_PLUS = "amber_plus"
    AMBER = "amber"
    UNKNOWN = "unknown"
    GREEN = "green"


BAD = frozenset({Zone.SEVERE, Zone.RED, Zone.REACT})


@dataclass(frozen=True, slots=True)
class Report:
    """What the patient said of one completed session.

    `day` is a local day number. Pain, `effort` and `sleep` are ratings 0-10, None when not given;
    `morning` is the next morning's pain. `completion` is a percentage; `hard` means that the rest
    was left out because it was too sore or too hard; `doms` that the muscle is sore from the work.
    """

    day: int
    before: int | None
    during: int | None
    after: int | None
    morning: int | None = None
    effort: int | None = None
    completion: int = 100
    hard: bool = False
    spread: bool = False
    red_flags: tuple[str, ...] = ()
    sleep: int | None = None
    doms: bool = False


class Reading(NamedTuple):
    """A report held against the person's usual pain and the policy.

    `reference` is the lower of usual pain and pain before; `exertion` the highest of during and
    after, `worst` of these and the morning, None when not given; `rise` is worst over reference.
    """

    zone: Zone
    reference: float
    exertion: int | None
    worst: int | None
    rise: float
    complete: bool
    above_green: bool
    effortful: bool
    short: bool
    spread: bool

    @property
    def bad(self) -> bool:
        """Whether the session was severe, red or brought a reaction."""
        return self.zone in BAD


def read_session(report: Report, usual_pain: float, policy: Policy, category: Category) -> Reading:
    """Put a session in its zone (clinical 2.4, first match from the top).

    A missing rating is not zero: the others are judged as they are, and the session is at best
    `unknown`. Relaxation and self-care are judged by completion alone.
    """
    short = report.completion < policy.completion
    if category in SELF_PACED:
        zone = Zone.AMBER if short else Zone.GREEN
        return Reading(zone, usual_pain, None, None, 0, True, False, False, short, False)
    reference = usual_pain if report.before is None else min(usual_pain, report.before)
    exertion = _highest(report.during, report.after)
    worst = _highest(exertion, report.morning)
    rise = 0 if worst is None else worst - reference
    complete = None not in (report.before, report.during, report.after, report.morning)
    above_green = exertion is not None and exertion > policy.green_limit.for_usual(usual_pain)
    effortful = report.effort is not None and report.effort > policy.effort
    zone = Zone.GREEN if complete else Zone.UNKNOWN
    if above_green or rise >= REAL_RISE or effortful or short or report.spread:
        zone = Zone.AMBER
    zone = _painful_zone(report, exertion, reference, usual_pain, policy, category) or zone
    return Reading(
        zone,
        reference,
        exertion,
        worst,
        rise,
        complete,
        above_green,
        effortful,
        short,
        report.spread,
    )


def _painful_zone(
    report: Report,
    exertion: int | None,
    reference: float,
    usual_pain: float,
    policy: Policy,
    category: Category,
) -> Zone | None:
    """The zone worse than amber that pain puts the session in, if it does."""
    morning = report.morning
    peak = _highest(_highest(report.before, exertion), morning)
    if peak is not None and policy.severe.holds(peak, usual_pain):
        return Zone.SEVERE
    if exertion is not None and exertion > policy.red_limit.for_usual(usual_pain):
        return Zone.RED
    if morning is None:
        return None
    if policy.red_morning.holds(morning, reference, usual_pain):
        sore = report.doms and category is Category.STRENGTHENING
        excused = sore and morning <= policy.red_morning.doms_at_most
        return Zone.REACT if excused else Zone.RED
    if policy.reaction.holds(morning, reference, usual_pain):
        return Zone.REACT
    return Zone.AMBER_PLUS if morning - reference >= REAL_RISE else None


def _highest(one: int | None, other: int | None) -> int | None:
    if one is None or other is None:
        return other if one is None else one
    return one if one > other else other
