"""The reason for a decision in one plain sentence: with its numbers for the clinician, calm and
without them for the patient. A language is one more `Words` in `LANGUAGES`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rehab.programs.rules import Facts


@dataclass(frozen=True, slots=True)
class Words:
    """One language: how a sentence begins, by move, and how it goes on, by rule."""

    clinician_opening: Mapping[str, str]
    clinician: Mapping[str, str]
    part_dose: str
    patient_opening: Mapping[str, str]
    patient: Mapping[str, str]


ENGLISH = Words(
    clinician_opening={
        "progress": "Up to step {step}",
        "hold": "Held at step {step}",
        "deload": "Less at step {step}",
        "rest": "Recovery session next, still step {step}",
        "regress": "Down to step {step}",
        "rest_regress": "Recovery session next, down to step {step}",
        "pause": "Paused at step {step}",
    },
    part_dose=", dose {dose:g}",
    clinician={
        "R0": "red flag {f.flags}",
        "R0 before": "a red flag is open or the plan is paused",
        "R1": "severe pain, highest rating {f.peak}, usual {f.usual:g}",
        "R2": "pain spread to a new area",
        "R3": "red, worst rating {f.reading.worst}, usual {f.usual:g}, rise {f.reading.rise:g}",
        "R3b": "two red sessions in three",
        "R4": "next morning {f.report.morning}, usual {f.usual:g}, rise {f.morning_rise:g}",
        "R4b": "two bad sessions in three",
        "R5": "last week's median {f.policy.weekly.worse} or more over usual",
        "R5b": "two weeks' medians {f.policy.weekly.worse} or more over usual",
        "R5c": "two weeks' medians {f.policy.weekly.creeping} or more over usual",
        "R6": "back after a break of {f.break_days} days or more",
        "R7": "too sore or too hard in two of three sessions",
        "R9": "a rating is missing",
        "R10": "pain rose by {f.reading.rise:g}",
        "R11": "median sleep {f.policy.sleep_gate} or less",
        "R12": "locked, or at the highest step {f.bounds.ceiling}",
        "R13": "{f.report.completion}% done, {f.policy.completion}% needed",
        "HARD": "{f.report.completion}% done, too sore or too hard",
        "EFFORT": "effort {f.report.effort}, ceiling {f.policy.effort}",
        "LIMIT": "during or after {f.reading.exertion}, over the green limit, usual {f.usual:g}",
        "STREAK": "{f.state.streak} of {f.needed} settled sessions at full dose",
        "INTERVAL": "less than {f.policy.days_between_steps_up} days since the last step up",
        "COOLDOWN": "less than {f.policy.cooldown_days} days since the last bad or hard session",
        "RAMP": "dose returning to full",
        "UP": "{f.needed} settled sessions at full dose",
    },
    patient_opening={
        "progress": "A small step up next time: ",
        "ramp": "A little more next time: ",
        "hold": "Same plan as last time: ",
        "deload": "A shorter session next time: ",
        "rest": "A recovery session next time: ",
        "regress": "An easier level next time: ",
        "rest_regress": "A recovery session next, then an easier level: ",
        "pause": "Your exercises are paused for now: ",
    },
    patient={
        "R0": "someone at your clinic will take a look first.",
        "R1": "the pain was strong, and a rest is the right thing now.",
        "R2": "you felt pain in a new area, so your clinic takes a look before anything is added.",
        "R3": "the last session was more than your body liked, so we give it time to settle.",
        "R3b": "two recent sessions were more than your body liked, so we make it gentler.",
        "R4": "your pain was up the next morning, so we give it time to settle.",
        "R4b": "your pain has been up after two recent sessions, so we make it gentler.",
        "R5": "your mornings were sorer last week, so we keep things steady this week.",
        "R5b": "your mornings have been sorer for two weeks, so we make it gentler.",
        "R5c": "your mornings have been a little sorer lately, so we keep things steady.",
        "R6": "welcome back; after a break it is best to start gently.",
        "R7": "it has been too sore or too hard lately, and easier is the better way on.",
        "R9": "we do not have all your pain ratings, so we change nothing without them.",
        "R10": "your pain went up with the session, so we give it time to settle.",
        "R11": "your nights have been short of rest lately, so we keep things steady.",
        "R12": "this is the level that your clinic has chosen for now.",
        "R13": "whenever you find the time for the whole session, we go on from there.",
        "HARD": "the session was a lot, so we repeat it until it feels easier.",
        "EFFORT": "the session took a lot of effort, so we repeat it until it feels easier.",
        "LIMIT": "it hurt a little more than we aim for, so we stay here until it settles.",
        "STREAK": "it is going well, and a few more sessions like this lead to the next step.",
        "INTERVAL": "it is going well, and each new level gets a full week.",
        "COOLDOWN": "it is going well, and we stay a few days longer after the sore spell.",
        "RAMP": "your pain settled well, so we build back up.",
        "UP": "your last sessions went well and your pain stayed settled.",
    },
)

LANGUAGES = {"en": ENGLISH}

LOWER_STEP = ("R1", "R3b", "R4b", "R5b", "R6", "R7")
LOWER_DOSE = ("R1", "R3", "R3b", "R4", "R6")
CAUSES = {
    "regress": LOWER_STEP,
    "rest_regress": LOWER_STEP,
    "rest": LOWER_DOSE,
    "deload": LOWER_DOSE,
    "ramp": ("RAMP",),
}
RISE_TOLD_BY = frozenset({"R1", "R3", "R4"})


def clinician_sentence(
    move: str, rules: Sequence[str], step: int, dose: float, facts: Facts, language: str = "en"
) -> str:
    """Every rule that binds, with its numbers: `Held at step 2: next morning 5, … (R4).`"""
    words = LANGUAGES[language]
    told = not RISE_TOLD_BY.isdisjoint(rules)
    reasons = [
        f"{words.clinician[_topic(rule, facts)].format(f=facts)} ({rule})"
        for rule in rules
        if not (told and rule == "R10")
    ]
    opening = words.clinician_opening[move].format(step=step)
    if 0 < dose < 1:
        opening += words.part_dose.format(dose=dose)
    return f"{opening}: {'; '.join(reasons)}."


def _topic(rule: str, facts: Facts) -> str:
    return "R0 before" if rule == "R0" and not facts.report.red_flags else rule


@lru_cache(maxsize=4096)
def patient_sentence(move: str, rules: tuple[str, ...], language: str = "en") -> str:
    """What comes next and the one reason that matters most; it needs only the stored decision."""
    words = LANGUAGES[language]
    opening = "ramp" if move == "hold" and "RAMP" in rules and "R6" not in rules else move
    causes = CAUSES.get(opening, rules)
    cause = next((rule for rule in rules if rule in causes), rules[0])
    return words.patient_opening[opening] + words.patient[cause]
