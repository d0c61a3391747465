"""From a decision to its sentences: which reasons are told, in what order, and in whose words."""

from collections.abc import Collection, Sequence
from functools import lru_cache

from rehab.programs.explanations.english import ENGLISH
from rehab.programs.explanations.spanish import SPANISH
from rehab.programs.explanations.words import Numbers, Words
from rehab.programs.rules import Facts
from rehab.programs.safety import Tier

LANGUAGES = {"en": ENGLISH, "es": SPANISH}

URGENT = (Tier.EMERGENCY, Tier.URGENT)
"""The tiers that cannot wait, the gravest first."""

LOWER_STEP = ("R1", "R3b", "R4b", "R5b", "R6", "R7")
LOWER_DOSE = ("R1", "R3", "R3b", "R4", "R6")
CAUSES = {
    "regress": LOWER_STEP,
    "rest_regress": LOWER_STEP,
    "rest": LOWER_DOSE,
    "deload": LOWER_DOSE,
    "ramp": ("RAMP",),
}
"""The rules that can bring a move about: the clinician reads them first, the patient only one."""

TOLD_BY = {"R10": ("R1", "R3", "R4"), "R4b": ("R3b",), "R5": ("R5b",), "R5c": ("R5b",)}
"""A rule whose reason another one, if it binds too, already says: it is named beside that one."""


def clinician_sentence(
    move: str, rules: Sequence[str], step: int, dose: float, facts: Facts, language: str = "en"
) -> str:
    """Every rule that binds, with its numbers: `Held at step 2: next morning 5, … (R4, R10).`"""
    words = LANGUAGES[language]
    numbers = Numbers(facts, words.ratings)
    opening = _opening(move, rules)
    reasons = [
        words.clinician[_topic(teller, facts)].format(f=facts, n=numbers, flags=facts.flags) + named
        for teller, named in _told(tuple(rules), CAUSES.get(opening, ()))
    ]
    return f"{_clinician_opening(words, opening, step, dose)}: {'; '.join(reasons)}."


def _opening(move: str, rules: Sequence[str]) -> str:
    """The move, but for a hold in which the dose comes back."""
    return "ramp" if move == "hold" and "RAMP" in rules and "R6" not in rules else str(move)


@lru_cache(maxsize=4096)
def _told(rules: tuple[str, ...], causes: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """The rules to tell, what brought the move about first, each with all that it speaks for."""
    told: dict[str, list[str]] = {}
    for rule in sorted(rules, key=lambda rule: rule not in causes):
        teller = next((other for other in TOLD_BY.get(rule, ()) if other in rules), rule)
        told.setdefault(teller, []).append(rule)
    return tuple((teller, f" ({', '.join(named)})") for teller, named in told.items())


def _topic(rule: str, facts: Facts) -> str:
    """The words that a rule takes on these facts."""
    if rule == "R0" and not facts.report.red_flags:
        return "R0 before"
    if rule == "R3" and not _exertion_is_red(facts):
        return "R3 morning"
    return rule


def _exertion_is_red(facts: Facts) -> bool:
    exertion = facts.reading.exertion
    return exertion is not None and exertion > facts.policy.red_limit.for_usual(facts.usual)


def _clinician_opening(words: Words, opening: str, step: int, dose: float) -> str:
    text = words.clinician_opening[opening].format(step=step)
    if 0 < dose < 1:
        return text + words.part_dose.format(percent=100 * dose)
    return text + words.full_dose if opening == "ramp" else text


def flag_sentence(
    move: str, step: int, dose: float, flags: Sequence[str], language: str = "en"
) -> str:
    """For the clinician: what a red flag does to a category that the session did not contain."""
    words = LANGUAGES[language]
    reason = words.clinician["R0" if flags else "R0 before"].format(flags=", ".join(flags))
    return f"{_clinician_opening(words, move, step, dose)}: {reason} (R0)."


@lru_cache(maxsize=4096)
def patient_sentence(move: str, rules: tuple[str, ...], language: str = "en") -> str:
    """What comes next and the one reason that matters most; it needs only the stored decision."""
    words = LANGUAGES[language]
    opening = _opening(move, rules)
    causes = CAUSES.get(opening, rules)
    cause = next((rule for rule in rules if rule in causes), rules[0])
    return words.patient_opening[opening] + words.patient[cause]


def red_flag_sentence(
    tiers: Collection[str], move: str, rules: Sequence[str] = ("R0",), language: str = "en"
) -> str:
    """For the patient: a red flag of tier E or U says what to do now, before any plan.

    Otherwise, for tier S and where there is no red flag, it is the decision's own sentence.
    """
    stop = LANGUAGES[language].stop
    first = next((stop[tier] for tier in URGENT if tier in tiers), None)
    return first or patient_sentence(move, tuple(rules), language)


def act_sentence(move: str, language: str = "en") -> str:
    """For the patient: what their clinician has done to the plan."""
    acts = LANGUAGES[language].acts
    return acts.get(move, acts["other"])
