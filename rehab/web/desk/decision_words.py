"""A decision in a clinician's words: what was said, what was counted, which rules bound."""

from collections.abc import Iterator, Mapping
from typing import Any

from rehab.models.decision import APPLIED, OVERRIDDEN, PROPOSED, Decision
from rehab.programs.acts import Act
from rehab.programs.explanations.table import TABLE, Rule
from rehab.programs.library import Library
from rehab.programs.state import FULL_DOSE
from rehab.web.desk.course_words import WORDS

Fact = tuple[str, str]
"""What it is, and how much."""

STATES = {PROPOSED: "proposed", APPLIED: "in force", OVERRIDDEN: "overruled"}
STATES_OF_PROPOSALS = {**STATES, APPLIED: "approved"}

DEEDS = {
    Act.APPROVE: "approved",
    Act.OVERRIDE: "set by hand",
    Act.PAUSE: "paused",
    Act.RESUME: "resumed",
    Act.FLAG: "red flag",
    Act.CLEAR: "red flag cleared",
    Act.BOUND: "new bounds",
    Act.PHASE: "next phase",
}
"""What was done, for decisions that no session brought."""

RATINGS = ("before", "during", "after", "morning")
NAMES = {
    "before": "Pain before",
    "during": "Worst pain during",
    "after": "Pain after",
    "morning": "Next morning",
    "effort": "Effort",
    "sleep": "Sleep",
}
NOT_SAID = "not said"


def moved(decision: Decision) -> str:
    """What was decided, in a few words: `up to step 3`, `eased at step 2, 50%`."""
    is_set = decision.inputs.get("act") == Act.OVERRIDE
    words = WORDS["set_by_hand" if is_set else f"move_{decision.move}"].format(step=decision.step)
    if decision.dose < FULL_DOSE and decision.move != "pause":
        return f"{words}, {percent(decision.dose)}"
    return words


def percent(share: float) -> str:
    """A share 0-1 as it is read."""
    return f"{round(100 * share)}%"


def stands(state: Mapping[str, Any]) -> str:
    """Where a state has a category: `step 2, 50%`, `step 2, paused`."""
    where = f"step {state['step']}, {percent(state['dose'])}"
    return f"{where}, paused" if state.get("paused") else where


def status(decision: Decision) -> str:
    """What became of it, in one or two words."""
    if decision.undone_by_id is not None:
        return "taken back"
    if decision.replaced_at is not None:
        return "replaced"
    words = STATES_OF_PROPOSALS if decision.accepted is not None else STATES
    return words.get(decision.state, decision.state)


def deed(decision: Decision) -> str:
    """What a person or a red flag did; empty for what a session brought."""
    act = decision.inputs.get("act")
    return DEEDS[Act(act)] if act else ""


def ratings(decision: Decision) -> Iterator[Fact]:
    """What the patient said of the session; what was not said is never 0."""
    report = decision.inputs.get("report")
    if report is None:
        return
    for name in (*RATINGS, "effort", "sleep"):
        value = report.get(name)
        yield NAMES[name], NOT_SAID if value is None else str(value)
    yield "Done", f"{report['completion']}%"
    if report.get("hard"):
        yield "Left out", "too sore or too hard"
    if report.get("spread"):
        yield "New area", "yes"
    if report.get("doms"):
        yield "Sore muscle", "yes"


def counted(decision: Decision) -> Iterator[Fact]:
    """What the rules made of it: what a rise is counted from, the rise, the zone, the weeks."""
    inputs = decision.inputs
    if "usual_pain" in inputs:
        usual, report = inputs["usual_pain"], inputs["report"]
        reference = usual if report["before"] is None else min(usual, report["before"])
        worst = [report[name] for name in RATINGS[1:] if report[name] is not None]
        yield "Usual pain", f"{usual:g}"
        yield "Counted from", f"{reference:g} (the lower of usual and before)"
        yield "Rise", f"{max(worst) - reference:+g}" if worst else NOT_SAID
    if decision.zone:
        yield "Zone", decision.zone.replace("amber_plus", "amber plus")
    medians = inputs.get("weekly", {}).get("medians")
    if medians:
        yield "Weekly medians", ", ".join(f"{value:g}" for value in medians)


def before(decision: Decision) -> Iterator[Fact]:
    """Where the category stood, and within what."""
    state, bounds = decision.inputs.get("before"), decision.inputs.get("bounds")
    if state:
        yield "Stood at", stands(state)
        yield "Settled sessions", str(state.get("streak", 0))
        if state.get("review_open"):
            yield "Red flag", "open: no step up"
    if bounds:
        locked = ", locked" if bounds["locked"] else ""
        yield "Allowed", f"steps {bounds['floor']} to {bounds['ceiling']}{locked}"


def flags(decision: Decision, library: Library) -> Iterator[str]:
    """The red flags that were ticked, as they were asked for."""
    inputs = decision.inputs
    for id_ in inputs.get("report", inputs).get("red_flags", ()):
        known = library.red_flags.get(id_)
        yield known.question if known else id_.replace("_", " ")


def rules(decision: Decision) -> Iterator[tuple[str, Rule | None]]:
    """Every rule that bound, with its line of the table; None for what a person did."""
    return ((name, TABLE.get(name)) for name in decision.rules)
