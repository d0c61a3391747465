"""What an act outside a session makes of a category's state: a clinician's, or a red flag's."""

from dataclasses import replace
from enum import StrEnum

from rehab.programs.progression import Bounds, State

RESUME_DOSE = 0.5
"""After a pause the plan starts again one step lower and at half the dose (clinical.md 2.9)."""


class Act(StrEnum):
    """Each is a decision; all but a red flag's have a clinician's name under them."""

    APPROVE = "approve"
    OVERRIDE = "override"
    PAUSE = "pause"
    RESUME = "resume"
    FLAG = "flag"
    CLEAR = "clear"
    BOUND = "bound"
    PHASE = "phase"


def approved(state: State, proposal: State, day: int) -> State:
    """The proposal that stands, in force from local day `day`."""
    went_up = proposal.step > state.step
    return replace(proposal, last_up_day=day) if went_up else proposal


def overridden(state: State, step: int, dose: float, day: int) -> State:
    """The clinician's own step and dose (0-1), from local day `day`.

    What was counted at the old level is dropped, and a higher step counts as a step up.
    """
    moved = _begun_anew(state, step, dose)
    return replace(moved, last_up_day=day) if step > state.step else moved


def _begun_anew(state: State, step: int, dose: float) -> State:
    return replace(state, step=step, dose=dose, streak=0, marks=(), hard_marks=())


def paused(state: State) -> State:
    return replace(state, paused=True)


def resumed(state: State, floor: int) -> State:
    """Going again after a pause: one step lower, not under `floor`, at no more than half a dose."""
    lower = _begun_anew(state, max(floor, state.step - 1), min(state.dose, RESUME_DOSE))
    return replace(lower, paused=False, review_open=False)


def flagged(state: State, pausing: bool) -> State:
    """A red flag outside a session: it stops the plan, or only closes its steps up."""
    return replace(state, paused=True) if pausing else replace(state, review_open=True)


def cleared(state: State) -> State:
    """A red flag that only held step-ups was looked at."""
    return replace(state, review_open=False)


def bounded(state: State, bounds: Bounds) -> State:
    """Brought inside new bounds; nothing changes when it is there already."""
    step = bounds.hold(state.step)
    return state if step == state.step else _begun_anew(state, step, state.dose)


def entered(state: State, step: int, day: int) -> State:
    """Entering a new phase at `step` on local day `day`; a higher one counts as a step up."""
    return overridden(state, step, state.dose, day)
