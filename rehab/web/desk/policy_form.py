"""The form in which the policy is tried: a simulated patient is drawn, or a log is read."""

from collections.abc import Mapping
from typing import Any

from rehab.programs.case import HIGHEST_STEP, Case
from rehab.programs.dosage import Category
from rehab.programs.library import Library
from rehab.programs.program import Track
from rehab.programs.simulation.patients import Kind, patients
from rehab.programs.simulation.run import PLAN_LADDER, walk
from rehab.programs.simulation.steering import CATEGORY, by_policy
from rehab.programs.state import State
from rehab.web.desk.policy_log import as_table, read_log

LOG = "log"
TRACKS = (Track.ACUTE.value, Track.CHRONIC.value)
MOST_WEEKS, HIGHEST_SEED = 26, 9999

ASKED = {
    "track": "chronic",
    "kind": Kind.PERSISTENT.value,
    "weeks": "8",
    "seed": "1",
    "category": Category.STRENGTHENING.value,
    "usual_pain": "4",
    "step": "2",
    "floor": "1",
    "ceiling": "5",
    "log": "",
}
"""The fields of the form as it opens."""


class Faulty(Exception):
    """Fields of the form that make no sense, each with what is wrong."""

    def __init__(self, faults: dict[str, list[str]]) -> None:
        super().__init__(str(faults))
        self.faults = faults


def simulated(said: Mapping[str, str], library: Library) -> Case:
    """A virtual patient under the policy that was chosen. Raises Faulty."""
    faults = dict(_choices(said, track=TRACKS, kind=tuple(Kind)))
    numbers = _numbers(said, faults, weeks=(2, MOST_WEEKS), seed=(0, HIGHEST_SEED))
    if faults:
        raise Faulty(faults)
    everybody = patients(len(Kind), numbers["weeks"], numbers["seed"])
    person = next(each for each in everybody if each.kind == said["kind"])
    days = walk(person, by_policy(library.policies[said["track"]]), PLAN_LADDER)
    return Case(
        id=said["kind"],
        track=said["track"],
        category=CATEGORY,
        usual_pain=person.usual_pain,
        state=State(PLAN_LADDER.start),
        bounds=PLAN_LADDER.bounds,
        weekly=True,
        sessions=tuple(day.report for day in days if day.report is not None),
    )


def typed_log(said: Mapping[str, str], library: Library) -> Case:
    """The log in the form. Raises Faulty and Unreadable."""
    tiers = {id_: str(flag.tier) for id_, flag in library.red_flags.items()}
    if said[LOG].lstrip().startswith("{"):
        return read_log(said[LOG], {}, tiers)
    faults = dict(_choices(said, track=TRACKS, category=tuple(Category)))
    steps = dict.fromkeys(("step", "floor", "ceiling"), (1, HIGHEST_STEP))
    frame: dict[str, Any] = _numbers(said, faults, **steps)
    frame["usual_pain"] = _usual(said["usual_pain"], faults)
    if not faults and not frame["floor"] <= frame["step"] <= frame["ceiling"]:
        faults["step"] = ["must lie between the lowest and the highest step"]
    if faults:
        raise Faulty(faults)
    frame |= {"track": said["track"], "category": said["category"]}
    return read_log(said[LOG], frame, tiers)


def _choices(said: Mapping[str, str], **known: tuple[str, ...]) -> dict[str, list[str]]:
    return {
        name: [f"must be one of {', '.join(values)}"]
        for name, values in known.items()
        if said[name] not in values
    }


def _numbers(
    said: Mapping[str, str], faults: dict[str, list[str]], **ranges: tuple[int, int]
) -> dict[str, int]:
    """Whole numbers within their ranges; what is none is noted in `faults`."""
    found = {}
    for name, (lowest, highest) in ranges.items():
        number = int(said[name]) if said[name].isascii() and said[name].isdecimal() else -1
        if lowest <= number <= highest:
            found[name] = number
        else:
            faults[name] = [f"must be a whole number from {lowest} to {highest}"]
    return found


def _usual(said: str, faults: dict[str, list[str]]) -> float:
    try:
        usual = float(said)
    except ValueError:
        usual = -1.0
    if not 0 <= usual <= 10:
        faults["usual_pain"] = ["must be a number from 0 to 10"]
    return usual


def as_typed(case: Case) -> dict[str, str]:
    """A simulated case as the form would have it, so that it can be altered and run again."""
    return {
        "category": case.category.value,
        "usual_pain": f"{case.usual_pain:g}",
        "step": str(case.state.step),
        "floor": str(case.bounds.floor),
        "ceiling": str(case.bounds.ceiling),
        "log": as_table(case.sessions),
    }
