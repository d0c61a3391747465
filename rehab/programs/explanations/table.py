"""The decision table in plain words, as docs/progression.md has it."""

from collections.abc import Mapping
from typing import NamedTuple


class Rule(NamedTuple):
    """One line of the table."""

    binds: str
    does: str


TABLE: Mapping[str, Rule] = {
    "R0": Rule(
        "a red flag is open, or the plan is paused",
        "pauses the whole plan, or closes the step up (tier S, chronic)",
    ),
    "R1": Rule("severe pain", "recovery session, one step down, alert"),
    "R2": Rule("pain in a new area", "no step up, no more dose, alert"),
    "R3": Rule("a red session", "acute: recovery session; chronic: half the dose at most"),
    "R3b": Rule("the second red session in three", "one step down, half the dose at most, alert"),
    "R4": Rule("a reaction next morning", "acute: a fifth less; chronic: the same dose"),
    "R4b": Rule("this session is bad, and so was another of the last three", "one step down"),
    "R5": Rule("last week's median morning 2 or more over usual", "no step up this week, alert"),
    "R5b": Rule("the same two weeks running", "one step down with the week's first session, alert"),
    "R5c": Rule("two weeks 1 or more over usual", "no step up this week"),
    "R6": Rule(
        "the first session after a break of a week or more", "down by the length of the break"
    ),
    "R7": Rule("too sore or too hard in two of three sessions", "one step down"),
    "R9": Rule("a rating is missing", "no step up, no more dose"),
    "R10": Rule("a real rise of pain", "no step up, no more dose"),
    "R11": Rule("the median of the last three sleep ratings is low", "no step up"),
    "R12": Rule("locked by the clinician, or at the highest step", "no step up"),
    "R13": Rule("not enough done, for lack of time or forgotten", "no step up, never a step down"),
    "HARD": Rule(
        "too sore or too hard, once", "no step up; the count of settled sessions begins anew"
    ),
    "EFFORT": Rule("more effort than the ceiling", "no step up"),
    "LIMIT": Rule("over the green limit without a real rise", "no step up"),
    "STREAK": Rule("settled, but not often enough yet", "no step up"),
    "INTERVAL": Rule("settled, but too soon after the last step up", "no step up"),
    "COOLDOWN": Rule("settled, but too soon after a bad or hard session", "no step up"),
    "RAMP": Rule(
        "no real rise and nothing missing, below full dose", "the dose comes back in parts"
    ),
    "UP": Rule("no other rule binds, and settled often enough", "one step up"),
}
"""By the rule's name, in the order in which they are looked at."""
