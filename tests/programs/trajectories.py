"""Whole logs walked session by session, and what must hold of every walk (clinical 2.8)."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from rehab.programs import acts
from rehab.programs.case import Case
from rehab.programs.policy import Policy
from rehab.programs.progression import Decision, Move, decide
from rehab.programs.state import Bounds, State
from rehab.programs.weekly import NO_WEEKLY, weekly_trend
from rehab.programs.zones import BAD, REAL_RISE, SELF_PACED, Report

from .logs import POLICIES, TIERS


@dataclass(frozen=True, slots=True)
class Stride:
    """One session of a walk: what stood before it, what was said and what came of it."""

    before: State
    report: Report
    decision: Decision
    after: State


def walk(case: Case, policy: Policy | None = None, resumes: Collection[int] = ()) -> list[Stride]:
    """Every session of a case; before those numbered in `resumes` a pause is ended by a person."""
    policy = policy or POLICIES[case.track]
    state, mornings, strides = case.state, list[tuple[int, int | None]](), list[Stride]()
    for number, report in enumerate(case.sessions):
        if number in resumes and (state.paused or state.review_open):
            state = acts.resumed(state, case.bounds.floor)
        trend = NO_WEEKLY
        if case.weekly:
            trend = weekly_trend(mornings, case.usual_pain, report.day, policy)
        mornings.append((report.day, report.morning))
        given = (report, case.usual_pain, policy, case.category, case.bounds, TIERS, trend)
        after, decision = decide(state, *given)
        strides.append(Stride(state, report, decision, after))
        state = after
    return strides


def breaches(case: Case, strides: Sequence[Stride]) -> Iterator[str]:
    """The invariants 1-4, 8 and 9 that a walk breaks, by number."""
    for stride in strides:
        yield from (f"{number}: {stride}" for number in _broken(case, stride))
    ups = [stride.report.day for stride in strides if stride.after.step > stride.before.step]
    if any(later - earlier < 7 for earlier, later in pairwise(ups)):
        yield f"3: steps up on the days {ups}"


def _broken(case: Case, stride: Stride) -> Iterator[int]:
    before, after, decision = stride.before, stride.after, stride.decision
    more = after.step > before.step or after.dose > before.dose
    if case.category not in SELF_PACED:
        if more and _rise(stride.report, case.usual_pain) >= REAL_RISE:
            yield 1
        if more and _is_missing_a_rating(stride.report):
            yield 8
    if more and (after.paused or after.review_open):
        yield 2
    if before.paused > after.paused or before.review_open > after.review_open:
        yield 2
    if after.step > before.step + 1 or (after.step > before.step) != (
        decision.move == Move.PROGRESS
    ):
        yield 3
    if not _holds(case.bounds, after) or (case.bounds.locked and after.step > before.step):
        yield 4
    if after.dose > before.dose and decision.zone in BAD:
        yield 9


def _rise(report: Report, usual_pain: float) -> float:
    told = [r for r in (report.during, report.after, report.morning) if r is not None]
    reference = usual_pain if report.before is None else min(usual_pain, report.before)
    return max(told) - reference if told else 0


def _is_missing_a_rating(report: Report) -> bool:
    return None in (report.before, report.during, report.after, report.morning)


def _holds(bounds: Bounds, state: State) -> bool:
    return bounds.floor <= state.step <= bounds.ceiling and 0 <= state.dose <= 1


def stands_higher(worse: Sequence[Stride], better: Sequence[Stride]) -> Iterator[str]:
    """Where the worse of two walks over the same days stands above the better one (6, 7, 13)."""
    for one, other in zip(worse, better, strict=True):
        low, high = one.decision, other.decision
        if low.step > high.step or (low.step == high.step and low.dose > high.dose):
            yield f"day {low.day}: {low} over {high}"
