"""A case run through the policy of its track: each decision, and the course drawn as a plan's."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from rehab.charts.chart import Chart
from rehab.charts.journey import Journey, Ladder, Rated, Stand, Woken
from rehab.charts.window import window
from rehab.programs.case import Case
from rehab.programs.library import Library
from rehab.programs.progression import Decision
from rehab.programs.replay import replay_case
from rehab.programs.zones import Report
from rehab.web.desk.report_charts import pain_over

DAY_0 = date(2024, 1, 1)
"""What stands for day 0 in the chart, which is told in days."""


@dataclass(frozen=True, slots=True)
class Line:
    """One session: what was said, where the load stood before it, and what was decided."""

    report: Report
    step_before: int
    dose_before: float
    decision: Decision


@dataclass(frozen=True, slots=True)
class Trial:
    """A case run through the policy of its track."""

    case: Case
    lines: tuple[Line, ...]
    chart: Chart

    def moved(self, *moves: str) -> int:
        return sum(line.decision.move in moves for line in self.lines)

    @property
    def alerts(self) -> list[Decision]:
        """The decisions that ask a clinician to look."""
        return [line.decision for line in self.lines if line.decision.alert >= 2]


def trial_of(case: Case, library: Library) -> Trial:
    """Run a case; steps up happen at once, as in a plan that is `bounded`."""
    tiers = {id_: str(flag.tier) for id_, flag in library.red_flags.items()}
    decisions = replay_case(case, library.policies, tiers).decisions
    lines, step, dose = [], case.state.step, case.state.dose
    for report, decision in zip(case.sessions, decisions, strict=True):
        lines.append(Line(report, step, dose, decision))
        step, dose = decision.step, decision.dose
    return Trial(case, tuple(lines), _chart(case, lines))


def _chart(case: Case, lines: Sequence[Line]) -> Chart:
    course = _journey(case, lines)
    shown = window(DAY_0, course.today, everything=True)
    return pain_over(course, shown, day=lambda on: f"day {(on - DAY_0).days}")


def _journey(case: Case, lines: Sequence[Line]) -> Journey:
    """The case as the course of a plan that began on DAY_0."""
    last = lines[-1].decision
    top = max(case.bounds.ceiling, case.state.step)
    ladder = Ladder(
        category=case.category,
        began=case.state.step,
        step=last.step,
        dose=last.dose,
        rungs=top,
        floor=case.bounds.floor,
        ceiling=case.bounds.ceiling,
    )
    today = _on(last.day + 1)
    return Journey(
        starts_on=DAY_0,
        ends_on=today,
        today=today,
        usual=((DAY_0, case.usual_pain),),
        sessions=tuple(_rated(line.report) for line in lines),
        mornings=tuple(Woken(_on(line.report.day + 1), line.report.morning) for line in lines),
        stands=tuple(_stand(n, case, line.decision) for n, line in enumerate(lines)),
        weeks=(),
        ladders=(ladder,),
    )


def _rated(report: Report) -> Rated:
    return Rated(_on(report.day), report.before, report.during, report.after, report.effort)


def _stand(n: int, case: Case, decision: Decision) -> Stand:
    return Stand(
        id=UUID(int=n),
        on=_on(decision.day),
        category=case.category,
        move=decision.move,
        step=decision.step,
        dose=decision.dose,
        paused=decision.paused,
        why=decision.why,
    )


def _on(day: int) -> date:
    return DAY_0 + timedelta(days=day)
