"""The decision table: each rule is a trigger that puts a cap on the next load.

Every rule is looked at, the lowest cap wins, and a step up needs a green session on which no
rule binds; so a worse log can never end higher by slipping past an earlier rule.

| id | binds when |
|---|---|
| R0 | a red flag is open or the plan is paused |
| R1 | severe: a rating at the severe threshold |
| R2 | pain spread to a new area |
| R3, R3b | red: over the red limit, or a red morning; the second red in three sessions |
| R4, R4b | a reaction next morning; the second bad session in three |
| R5, R5b, R5c | last week's median well over usual; two such weeks; two weeks somewhat over |
| R6 | the first session after a break |
| R7 | too sore or too hard in two of three sessions |
| R9 | a rating is missing |
| R10 | a real rise of pain: two points or more |
| R11 | poor sleep |
| R12 | locked by the clinician, or at the plan's highest step |
| R13 | not enough done, for lack of time or forgotten |
| HARD | too sore or too hard, once |
| EFFORT | more effort than the policy's ceiling |
| LIMIT | during or after above the green limit without a real rise |
| STREAK | a settled session, but not enough of them yet |
| INTERVAL | a settled session, too soon after the last step up |
| COOLDOWN | a settled session, too soon after a bad or hard one |
| RAMP | the dose is on its way back to full |
| UP | a step up |

R8, pain before a session, cuts that day's dose only: see `policy.before_session_factor`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from typing import NamedTuple

from rehab.programs.policy import Policy, Restart
from rehab.programs.program import Category
from rehab.programs.state import Bounds, State
from rehab.programs.weekly import Weekly
from rehab.programs.zones import BAD, REAL_RISE, SELF_PACED, Reading, Report, Zone

RED_MARK, REACTION_MARK, NO_MARK = "R", "A", ""


class Facts(NamedTuple):
    """All that the rules look at.

    `state` is the load after a break's cut, with this session already counted in its windows,
    streak and days; `flag_alert` is the alert level (0-3) of the red flags of this session.
    """

    state: State
    report: Report
    usual: float
    reading: Reading
    policy: Policy
    category: Category
    bounds: Bounds
    weekly: Weekly
    first_of_week: bool
    restarts: tuple[Restart, ...]
    flag_alert: int

    @property
    def needed(self) -> int:
        """Settled sessions that a step up takes in this category."""
        return self.policy.good_sessions[self.category]

    @property
    def flags(self) -> str:
        """The red flags of this session by name."""
        return ", ".join(self.report.red_flags)

    @property
    def peak(self) -> int:
        """The highest rating of all, pain before the session included."""
        return max(self.reading.worst or 0, self.report.before or 0)

    @property
    def morning_rise(self) -> float:
        """How far the next morning lies over the reference."""
        return (self.report.morning or 0) - self.reading.reference

    @property
    def break_days(self) -> int:
        """The longest break in the policy that this one amounts to, in days."""
        return max((restart.from_days for restart in self.restarts), default=0)


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of the table: when it binds, and what it then does besides closing the step up.

    It can bind only in its `zones`. `down` caps the step one below; `dose` gives a cap on the
    dose; `alert` a level 0-3.
    """

    id: str
    zones: frozenset[Zone]
    binds: Callable[[Facts], bool]
    down: bool = False
    dose: Callable[[Facts], float] | None = None
    alert: Callable[[Facts], int] | None = None


def _current(facts: Facts) -> float:
    return facts.state.dose


def _after_reaction(facts: Facts) -> float:
    return facts.state.dose * facts.policy.reaction_dose_factor


def _after_red(facts: Facts) -> float:
    return min(facts.policy.dose_after_red, _after_reaction(facts))


def _review(facts: Facts) -> int:
    return 2


def _stopped(facts: Facts) -> bool:
    return facts.state.paused or facts.state.review_open


def _two_reds(facts: Facts) -> bool:
    return facts.state.marks.count(RED_MARK) >= 2


def _bad_again(facts: Facts) -> bool:
    marks = facts.state.marks
    return len(marks) - marks.count(NO_MARK) >= 2


def _hard_again(facts: Facts) -> bool:
    return facts.report.hard and facts.state.hard_marks.count(True) >= 2


def _sleeps_badly(facts: Facts) -> bool:
    sleep = facts.state.sleep
    if not sleep or facts.category in SELF_PACED:
        return False
    return median(sleep) <= facts.policy.sleep_gate


def _shut(facts: Facts) -> bool:
    return facts.bounds.locked or facts.state.step >= facts.bounds.ceiling


def _soon_after_up(facts: Facts) -> bool:
    last = facts.state.last_up_day
    return last is not None and facts.report.day - last < facts.policy.days_between_steps_up


def _soon_after_bad(facts: Facts) -> bool:
    last = facts.state.last_bad_day
    return last is not None and facts.report.day - last < facts.policy.cooldown_days


def _always(facts: Facts) -> bool:
    return True


ANY = frozenset(Zone)
GREEN = frozenset({Zone.GREEN})
NOT_GREEN = ANY - GREEN

RULES = (
    Rule("R0", ANY, _stopped, dose=_current, alert=lambda f: f.flag_alert),
    Rule("R1", frozenset({Zone.SEVERE}), _always, True, lambda f: 0.0, _review),
    Rule("R2", NOT_GREEN, lambda f: f.reading.spread, False, _current, _review),
    Rule("R3", frozenset({Zone.RED}), _always, False, _after_red),
    Rule("R3b", ANY, _two_reds, True, lambda f: f.policy.dose_after_two_reds, _review),
    Rule("R4", frozenset({Zone.REACT}), _always, False, _after_reaction),
    Rule("R4b", BAD, _bad_again, True, _current),
    Rule("R5", ANY, lambda f: f.weekly.worse, alert=lambda f: 2 if f.first_of_week else 0),
    Rule("R5b", ANY, lambda f: f.weekly.worse_twice and f.first_of_week, True, alert=_review),
    Rule("R5c", ANY, lambda f: f.weekly.creeping),
    Rule("R6", ANY, lambda f: bool(f.restarts), alert=lambda f: max(r.alert for r in f.restarts)),
    Rule("R7", ANY, _hard_again, True),
    Rule("R9", NOT_GREEN, lambda f: not f.reading.complete),
    Rule("R10", NOT_GREEN, lambda f: f.reading.rise >= REAL_RISE),
    Rule("R11", ANY, _sleeps_badly),
    Rule("R12", ANY, _shut),
    Rule("R13", NOT_GREEN, lambda f: f.reading.short and not f.report.hard),
    Rule("HARD", ANY, lambda f: f.report.hard and not _hard_again(f)),
    Rule("EFFORT", NOT_GREEN, lambda f: f.reading.effortful),
    Rule("LIMIT", NOT_GREEN, lambda f: f.reading.above_green and f.reading.rise < REAL_RISE),
    Rule("STREAK", GREEN, lambda f: f.state.streak < f.needed),
    Rule("INTERVAL", GREEN, _soon_after_up),
    Rule("COOLDOWN", GREEN, _soon_after_bad),
)

RULES_IN = {zone: tuple(rule for rule in RULES if zone in rule.zones) for zone in Zone}
"""The rules that can bind in each zone, in the table's order."""


def binding(facts: Facts) -> list[Rule]:
    """Every rule that binds on this session, in the table's order."""
    return [rule for rule in RULES_IN[facts.reading.zone] if rule.binds(facts)]
