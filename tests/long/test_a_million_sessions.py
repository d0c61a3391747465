"""A million sessions of logs: with `--hypothesis-profile=long`, and `-s` to see them counted."""

import random
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import settings

from rehab.programs.case import Case
from rehab.programs.policy import Policy
from rehab.programs.program import Category
from rehab.programs.state import Bounds, State
from rehab.programs.zones import SELF_PACED, Report
from tests.programs.logs import POLICIES, TIERS, shifted
from tests.programs.test_progression_invariants import more_cautious
from tests.programs.trajectories import Stride, breaches, stands_higher, walk

pytestmark = pytest.mark.skipif(
    settings.get_current_profile_name() != "long", reason="takes long: --hypothesis-profile=long"
)

SESSIONS = 1_000_000
SEED = 20_260_302
GAPS = [1, 1, 2, 2, 2, 3, 3, 4, 6, 7, 8, 13, 14, 27, 28, 40]
DOSES = [0.0, 0.25, 0.4, 0.5, 0.64, 0.75, 0.8, 1.0, 1.0, 1.0]
CAUTIOUS = {track: more_cautious(policy) for track, policy in POLICIES.items()}


def test_a_million_sessions_break_no_invariant() -> None:
    """1-4, 8, 9 on each walk; 6, 7, 12 and 13 on a worse log, a longer break, another policy."""
    rng, began = random.Random(SEED), time.monotonic()  # noqa: S311
    seen, found = Counter[str](), list[str]()
    while seen["sessions"] < SESSIONS:
        case = some_case(rng)
        strides = walk(case, resumes=range(0, 40, rng.choice([3, 5, 41])))
        found += breaches(case, strides)
        found += compared(rng, case)
        seen["sessions"] += len(strides)
        seen["walks"] += 1
        seen["steps up"] += sum(s.decision.move == "progress" for s in strides)
        if seen["walks"] % 10_000 == 0:
            print(f"{seen['sessions']} sessions, {time.monotonic() - began:.0f} s", found[:1])  # noqa: T201
    print(f"seed {SEED}: {dict(seen)}, {time.monotonic() - began:.0f} s, {len(found)} violations")  # noqa: T201
    assert not found, found[:3]


def some_case(rng: random.Random) -> Case:
    floor = rng.randint(1, 3)
    bounds = Bounds(floor, rng.randint(floor, 6), rng.random() < 0.1)
    usual, day, reports = rng.randint(0, 20) / 2, rng.randint(0, 6), list[Report]()
    calm, steady = rng.random(), rng.random() < 0.7
    for _ in range(rng.randint(5, 40)):
        reports.append(some_report(rng, day, usual, calm))
        day += rng.choice(GAPS[:8] if steady else GAPS)
    return Case(
        id="random",
        track=rng.choice(sorted(POLICIES)),
        category=rng.choice(list(Category)),
        usual_pain=usual,
        state=State(rng.randint(floor, bounds.ceiling), rng.choice(DOSES)),
        bounds=bounds,
        weekly=True,
        sessions=tuple(reports),
    )


def some_report(rng: random.Random, day: int, usual: float, calm: float) -> Report:
    """Near usual pain and settled with the chance `calm`, and anything at all otherwise."""
    if rng.random() < calm:
        level = int(usual)
        return Report(day, level, level, level, level, effort=5, sleep=7)
    near = [min(10, max(0, int(usual) + rng.randint(-3, 4))) for _ in range(4)]
    before, during, after, morning = (r if rng.random() < 0.8 else rng.randint(0, 10) for r in near)
    return Report(
        day,
        before if rng.random() < 0.95 else None,
        during if rng.random() < 0.95 else None,
        after if rng.random() < 0.95 else None,
        morning if rng.random() < 0.85 else None,
        effort=rng.choice([None, 3, 5, 6, 7, 8, 10]),
        completion=rng.choice([100, 100, 100, 90, 89, 80, 79, 40, 0]),
        hard=rng.random() < 0.1,
        spread=rng.random() < 0.05,
        red_flags=(rng.choice(sorted(TIERS)),) if rng.random() < 0.02 else (),
        sleep=rng.choice([None, 1, 3, 4, 7, 8]),
        doms=rng.random() < 0.3,
    )


def compared(rng: random.Random, case: Case) -> Iterator[str]:
    """One comparison a case, in turn: a worse log, a higher one, a longer break, more caution."""
    policy: Policy | None = None
    match rng.randrange(4):
        case 0:
            sessions = tuple(worse(rng, report) for report in case.sessions)
        case 1:
            by = rng.randint(1, 4)
            sessions = tuple(shifted(report, by) for report in case.sessions)
        case 2:
            yield from after_a_longer_break(rng, case)
            return
        case _:
            sessions, policy = case.sessions, rng.choice(CAUTIOUS[case.track])
    lower = walk(replace(case, sessions=sessions), policy)
    yield from (f"6, 7 or 13: {case} {where}" for where in stands_higher(lower, walk(case)))


def worse(rng: random.Random, report: Report) -> Report:
    def raised(rating: int | None) -> int | None:
        return None if rating is None else min(10, rating + rng.choice([0, 0, 0, 1, 2, 4, 9]))

    return replace(
        report,
        during=raised(report.during),
        after=raised(report.after),
        morning=raised(report.morning),
        effort=raised(report.effort),
        completion=max(0, report.completion - rng.choice([0, 0, 10, 60])),
        hard=report.hard or rng.random() < 0.1,
        spread=report.spread or rng.random() < 0.1,
        red_flags=report.red_flags or (("RF12",) if rng.random() < 0.03 else ()),
        sleep=None if report.sleep is None else max(0, report.sleep - rng.choice([0, 0, 3])),
        doms=report.doms and rng.random() < 0.5,
    )


def after_a_longer_break(rng: random.Random, case: Case) -> Iterator[str]:
    if case.category in SELF_PACED:
        return
    at = rng.randrange(1, len(case.sessions))
    before, report = case.sessions[:at], case.sessions[at]
    longer = replace(report, day=max(report.day, before[-1].day + 7) + rng.randint(0, 40))
    short, long = (_load(walk(replace(case, sessions=(*before, r)))[-1]) for r in (report, longer))
    if long[0] > short[0] or (long[0] == short[0] and long[1] > short[1]):
        yield f"12: {case} at {at}: {short}, after a longer break {long}"


def _load(stride: Stride) -> tuple[int, float]:
    return stride.decision.step, stride.decision.dose
