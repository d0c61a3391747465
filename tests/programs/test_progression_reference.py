"""The rules against the law written out a second time: two hands, one result."""

from dataclasses import asdict
from typing import Any

from hypothesis import given

from rehab.programs.case import Case
from rehab.programs.progression import Decision
from rehab.programs.replay import replay_case

from .logs import POLICIES, TIERS, cases
from .reference_model import replayed


def as_plain(case: Case) -> dict[str, Any]:
    return {
        "track": case.track,
        "category": str(case.category),
        "usual_pain": case.usual_pain,
        "floor": case.bounds.floor,
        "ceiling": case.bounds.ceiling,
        "locked": case.bounds.locked,
        "step": case.state.step,
        "dose": case.state.dose,
        "weekly": case.weekly,
        "sessions": [asdict(report) for report in case.sessions],
    }


def outcome(decision: Decision) -> dict[str, Any]:
    names = ("day", "zone", "move", "step", "dose", "alert", "paused")
    return {name: getattr(decision, name) for name in names}


@given(cases(longest=14))
def test_every_log_ends_as_the_law_written_out_naively_says(case):
    decisions = replay_case(case, POLICIES, TIERS).decisions
    assert [outcome(decision) for decision in decisions] == replayed(as_plain(case))
