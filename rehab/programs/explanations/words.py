"""What a language brings to a decision's two sentences, and the numbers that its words may name."""

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median

from rehab.programs.rules import Facts


@dataclass(frozen=True, slots=True)
class Words:
    """One language: how a sentence begins, by move, and how it goes on, by rule.

    The clinician's words have blanks: `f` is the rules' `Facts`, `n` the `Numbers` below. The
    patient's have none. `ratings` names the four pain ratings, `acts` what a clinician did by its
    move, and `stop` what a red flag of tier E or U asks of the patient.
    """

    clinician_opening: Mapping[str, str]
    part_dose: str
    full_dose: str
    clinician: Mapping[str, str]
    ratings: Mapping[str, str]
    patient_opening: Mapping[str, str]
    patient: Mapping[str, str]
    acts: Mapping[str, str]
    stop: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Numbers:
    """What a reason counts beyond the facts themselves; ratings are 0-10."""

    facts: Facts
    ratings: Mapping[str, str]

    @property
    def red_limit(self) -> float:
        """The highest rating during or after that is not yet red for this person."""
        return self.facts.policy.red_limit.for_usual(self.facts.usual)

    @property
    def green_limit(self) -> float:
        """The highest rating during or after that is still green for this person."""
        return self.facts.policy.green_limit.for_usual(self.facts.usual)

    @property
    def last_median(self) -> str:
        """The median morning of the last week that has one."""
        return f"{self.facts.weekly.medians[-1]:g}" if self.facts.weekly.medians else "?"

    @property
    def medians(self) -> str:
        """The median mornings of the last two weeks that have one, the earlier first."""
        return " / ".join(f"{median_:g}" for median_ in self.facts.weekly.medians) or "?"

    @property
    def sleep(self) -> float:
        """The median of the last sleep ratings."""
        return median(self.facts.state.sleep)

    @property
    def days_since_up(self) -> int:
        """Days from the last step up to this session."""
        return self.facts.report.day - (self.facts.state.last_up_day or 0)

    @property
    def days_since_bad(self) -> int:
        """Days from the last bad or hard session to this one."""
        return self.facts.report.day - (self.facts.state.last_bad_day or 0)

    @property
    def low_before(self) -> str:
        """Pain before, where it lies under usual pain and so is what a rise is counted from."""
        reference = self.facts.reading.reference
        return f", {self.ratings['before']} {reference:g}" if reference < self.facts.usual else ""

    @property
    def missing(self) -> str:
        """The pain ratings that were not given, by name."""
        report = self.facts.report
        given = {
            "before": report.before,
            "during": report.during,
            "after": report.after,
            "morning": report.morning,
        }
        return ", ".join(self.ratings[name] for name, value in given.items() if value is None)
