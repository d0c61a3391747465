"""Replaying logs: one case a line in, the decision after each of its sessions out.

The same log and the same policy always give the same decisions; no patient, plan or database is
needed. A case that makes no sense is a fault that names its line and field.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from rehab.programs.case import Case, Malformed, read_case
from rehab.programs.policy import Policy
from rehab.programs.progression import Decision, decide
from rehab.programs.weekly import NO_WEEKLY, week_of, weekly_trend


@dataclass(frozen=True, slots=True)
class Result:
    """The decisions of one case, in order."""

    id: str
    decisions: tuple[Decision, ...]

    def as_dict(self) -> dict[str, Any]:
        """The result as JSON values."""
        return {"id": self.id, "decisions": [_told(decision) for decision in self.decisions]}


@dataclass(frozen=True, slots=True)
class Fault:
    """What makes no sense in a case: the line (from 1), the field, and what is wrong with it."""

    line: int
    field: str
    what: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.field}: {self.what}"


def replay_lines(
    lines: Iterable[str | bytes], policies: Mapping[str, Policy], tiers: Mapping[str, str]
) -> Iterator[Result | Fault]:
    """Replay JSON Lines, case by case and in order; a malformed case gives its first fault.

    `policies` maps the tracks acute and chronic to their policy, `tiers` red-flag ids to E, U or
    S. Blank lines are skipped but counted.
    """
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            yield replay_case(read_case(line, tiers), policies, tiers)
        except Malformed as error:
            yield Fault(number, error.field, error.what)


def replay_case(case: Case, policies: Mapping[str, Policy], tiers: Mapping[str, str]) -> Result:
    """Run the policy of the case's track over its sessions."""
    policy, state = policies[case.track], case.state
    decisions: list[Decision] = []
    mornings: list[tuple[int, int | None]] = []
    week, trend = -1, NO_WEEKLY
    for report in case.sessions:
        if case.weekly and week_of(report.day) != week:
            week = week_of(report.day)
            trend = weekly_trend(mornings, case.usual_pain, report.day, policy)
        mornings.append((report.day, report.morning))
        state, decision = decide(
            state, report, case.usual_pain, policy, case.category, case.bounds, tiers, trend
        )
        decisions.append(decision)
    return Result(case.id, tuple(decisions))


def _told(decision: Decision) -> dict[str, Any]:
    return {
        "day": decision.day,
        "zone": decision.zone.value,
        "move": decision.move.value,
        "step": decision.step,
        "dose": decision.dose,
        "rules": decision.rules,
        "alert": decision.alert,
        "paused": decision.paused,
        "why": decision.why,
    }
